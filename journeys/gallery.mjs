// Looks at every page of the gallery (engines/html/tests/gallery_test.cpp) in Chromium: axe-core with
// the rules of WCAG 2.2 AA, on a phone and on a desk, in both languages and both contrasts; no sideways
// scrolling at 320 px; nothing refused by the Content-Security-Policy; every target is large enough.
//   node journeys/gallery.mjs [--shots folder] [name ...]        needs: build/gallery, web/dist
import { createServer } from 'node:http'
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const require = createRequire(join(root, 'web', 'package.json'))
const { chromium } = require('playwright-core')
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
const gallery = process.env.MADANG_GALLERY ?? join(root, 'build', 'gallery')
const dist = join(root, 'web', 'dist')

const words = process.argv.slice(2)
const at = words.indexOf('--shots')
const shots = at >= 0 ? words.splice(at, 2)[1] : undefined
if (shots) mkdirSync(shots, { recursive: true })
if (!existsSync(gallery) || !existsSync(dist)) {
  console.log('skipped: needs build/gallery (html_test) and web/dist (npm run build)')
  process.exit(0)
}

const policy = readFileSync(join(root, 'engines/html/include/madang/html/page.hpp'), 'utf8')
  .match(/content_security_policy =\s*((?:"[^"]*"\s*)+);/)[1].match(/"([^"]*)"/g).map(s => s.slice(1, -1)).join('')
const types = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' }
const found = [
  { label: '주민등록등본 발급', href: '/service.ko.html', tag: '바로 발급', note: '행정안전부 · 무료' },
  { label: '건축물대장등본 발급', href: '/service.ko.html', tag: '바로 발급', note: '국토교통부 · 무료' },
  { label: '토지(임야)대장등본 발급', href: '/service.ko.html', note: '국토교통부 · 무료' }]
const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost')
  if (url.pathname === '/search/suggest' || url.pathname === '/addresses') {
    response.setHeader('content-type', 'application/json')
    const addresses = [{ label: '서울특별시 종로구 자하문로 24길 11', value: '11110-1' }]
    return response.end(JSON.stringify({ items: url.pathname === '/addresses' ? addresses : found }))
  }
  const file = url.pathname.startsWith('/assets/') ? join(dist, url.pathname.slice(8)) : join(gallery, url.pathname)
  if (!existsSync(file) || file.includes('..')) return response.writeHead(404).end()
  response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream')
  response.setHeader('content-security-policy', policy)
  response.end(readFileSync(file))
}).listen(0)
const base = `http://localhost:${server.address().port}`

const wanted = words.filter(w => !w.startsWith('-'))
const pages = readdirSync(gallery).filter(f => f.endsWith('.html'))
  .filter(f => wanted.length === 0 || wanted.some(w => f.startsWith(w))).sort()
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] })
let wrong = 0
const say = (file, what) => { wrong++; console.log(`WRONG ${file}: ${what}`) }

async function open(file, viewport, script = true) {
  const context = await browser.newContext({ viewport, locale: 'ko-KR', javaScriptEnabled: script, reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.on('console', message => { if (message.type() === 'error') say(file, message.text()) })
  page.on('pageerror', error => say(file, error.message))
  await page.goto(`${base}/${file}`)
  await page.waitForLoadState('networkidle')
  return page
}

async function judge(file, page) {
  await page.evaluate(axe)
  const report = await page.evaluate(() => globalThis.axe.run({
    runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] } }))
  for (const v of report.violations)
    say(file, `axe ${v.id}: ${v.nodes.slice(0, 2).map(n => `${n.target} ${n.failureSummary?.split('\n')[1]?.trim()}`).join(' | ')}`)
}

const sideways = () => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1
for (const file of pages) {
  const plain = !file.includes('.high')
  const desk = await open(file, { width: 1280, height: 900 })
  await judge(file, desk)
  if (shots) await desk.screenshot({ path: join(shots, file.replace('.html', '.desk.png')), fullPage: true })
  await desk.context().close()
  if (!plain) continue
  const phone = await open(file, { width: 390, height: 844 })
  await judge(`${file} (phone)`, phone)
  if (shots) await phone.screenshot({ path: join(shots, file.replace('.html', '.phone.png')), fullPage: true })
  await phone.setViewportSize({ width: 320, height: 640 })
  if (await phone.evaluate(sideways)) say(file, 'scrolls sideways at 320 px')
  await phone.context().close()
  const bare = await open(file, { width: 390, height: 844 }, false)
  if (await bare.locator('main').count() !== 1) say(file, 'has no main without script')
  await bare.context().close()
}

// ---- islands by keyboard ----
if (pages.includes('home.ko.html')) {
  const page = await open('home.ko.html', { width: 1280, height: 1120 })
  const field = page.locator('#search-q')
  await field.fill('등본')
  await page.locator('.options li').first().waitFor()
  if (shots) await page.screenshot({ path: join(shots, 'suggest.png') })
  if (await field.getAttribute('aria-expanded') !== 'true') say('suggest', 'is not told as expanded')
  if (await page.locator('.options mark').first().textContent() !== '등본') say('suggest', 'does not mark what was typed')
  await judge('suggest', page)
  await field.press('ArrowDown')
  const active = await field.getAttribute('aria-activedescendant')
  if (await page.locator(`#${active}`).getAttribute('aria-selected') !== 'true') say('suggest', 'the active option is not selected')
  await field.press('Escape')
  if (await page.locator('.options').isVisible()) say('suggest', 'Escape does not close it')
  await field.press('ArrowDown')
  await page.locator('.options li').first().waitFor()
  await field.press('ArrowDown')
  await field.press('Enter')
  await page.waitForURL(/service\.ko/)
  await page.context().close()
}
if (pages.includes('error.ko.html')) {
  for (const script of [true, false]) {
    const page = await open('error.ko.html', { width: 390, height: 844 }, script)
    const focused = await page.locator('#error-summary:focus').count()
    if (focused !== 1) say('error', `the summary does not take the focus (script ${script})`)
    await page.context().close()
  }
}
if (pages.includes('desk.ko.html')) {
  const page = await open('desk.ko.html', { width: 1440, height: 900 })
  if (shots) await page.screenshot({ path: join(shots, 'desk.wide.png') })
  await page.waitForFunction(() => customElements.get('madang-desk'))
  await page.keyboard.press('j')
  if (await page.evaluate(() => document.activeElement?.getAttribute('href')) !== '?item=1') say('desk', 'J does not go to the next case')
  await page.keyboard.press('k')
  if (await page.evaluate(() => document.activeElement?.getAttribute('href')) !== '?item=0') say('desk', 'K does not go back')
  await page.keyboard.press('/')
  if (await page.evaluate(() => document.activeElement?.id) !== 'search-q') say('desk', '/ does not go to the search')
  await page.keyboard.press('Tab')
  await page.keyboard.press('?')
  if (!await page.locator('dialog[open]').count()) say('desk', '? does not show the keys')
  await judge('desk help', page)
  await page.context().close()
}
if (pages.includes('mydata.ko.html')) {
  const page = await open('mydata.ko.html', { width: 1280, height: 900 })
  const first = page.locator('thead button').first()
  await first.click()
  const times = await page.locator('tbody time').evaluateAll(list => list.map(t => t.dateTime))
  if (times.join() !== [...times].sort().join()) say('sort', `rows are not sorted: ${times}`)
  await page.context().close()
}
if (pages.includes('fields.ko.html')) {
  const page = await open('fields.ko.html', { width: 390, height: 844 })
  await page.locator('#address').fill('자하문')
  await page.locator('.options li').first().waitFor()
  await page.locator('.options li').first().click()
  if (await page.locator('[name=address_id]').inputValue() !== '11110-1') say('address', 'the key of the address is not kept')
  await page.locator('#note').fill('가'.repeat(201))
  if (!await page.locator('.count.over').count()) say('count', 'too long is not told')
  await page.locator('#lease').setInputFiles({ name: 'a.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc((10 << 20) + 1) })
  if (await page.locator('#lease-size').isHidden()) say('upload', 'a file too large is not told')
  await page.context().close()
}

await browser.close()
server.close()
console.log(wrong === 0 ? `${pages.length} pages: nothing wrong` : `${wrong} wrong`)
process.exit(wrong === 0 ? 0 : 1)
