// What every journey needs: a house of its own (the real program, fresh data, its own port), a real
// Chromium, people to sign in as, and axe on every page that is looked at.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import assert from 'node:assert/strict'
import { House, program, root } from './program.mjs'

export { House, program }
const require = createRequire(join(root, 'web', 'package.json'))
const { chromium } = require('playwright-core')
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')
// The same engine without the windows and bars of a browser that nobody looks at: half the work.
const shell = '/usr/bin/chromium-headless-shell'
const chromium_path = process.env.MADANG_CHROMIUM ?? (existsSync(shell) ? shell : '/usr/bin/chromium')

const launch = more => chromium.launch({
  executablePath: chromium_path,
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync', ...more]
})

let browser
export async function open_browser() {
  browser ??= await launch([])
  return browser
}
// A browser of its own whose camera sees a picture (JPEG); who opens it closes it.
export function browser_with_camera(picture) {
  return launch(['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${picture}`])
}
// A browser of its own with further arguments, as one that can draw with WebGL; who opens it closes it.
export const chromium_with = more => launch(more)
export async function close_browser() {
  await browser?.close()
  browser = undefined
}

export const phone = { width: 390, height: 844 }
export const desktop = { width: 1280, height: 900 }

// A person with a device of her own: her browser keeps its cookies and nobody else's.
export class Person {
  static async arrive(house, { language = 'ko', viewport = desktop, script = true, with_browser } = {}) {
    const person = new Person()
    const b = with_browser ?? await open_browser()
    person.house = house
    person.context = await b.newContext({
      viewport, locale: language === 'ko' ? 'ko-KR' : 'en-GB', javaScriptEnabled: script,
      acceptDownloads: true, timezoneId: 'Asia/Seoul'
    })
    person.page = await person.context.newPage()
    person.page.setDefaultTimeout(60000)
    person.errors = []
    person.page.on('console', m => { if (m.type() === 'error') person.errors.push(m.text()) })
    person.page.on('pageerror', e => person.errors.push(String(e)))
    return person
  }

  async go(path) {
    return this.page.goto(this.house.url + path)
  }

  async sign_in(name) {
    await this.go('/sign-in')
    // The page that is left is loaded too: what counts is that the next one has come.
    const next = this.page.waitForEvent('framenavigated')
    await this.page.getByRole('button', { name: new RegExp(name) }).click()
    await next
    await this.page.waitForLoadState()
  }

  async press(name) {
    // Whoever presses a button has left the field, and a list of suggestions with it.
    await this.page.evaluate(() => globalThis.document.activeElement?.blur())
    await this.page.getByRole('button', { name }).first().click()
    await this.page.waitForLoadState()
  }
  // Choices are large: their label covers the control, and is what people press.
  async choose(label) {
    await this.page.locator('main label', { hasText: label }).first().click()
  }
  async follow(name) {
    await this.page.getByRole('link', { name }).first().click()
    await this.page.waitForLoadState()
  }
  async text() {
    return this.page.locator('main').innerText()
  }
  async sees(pattern, message) {
    const text = await this.text()
    assert.match(text, pattern instanceof RegExp ? pattern : new RegExp(pattern), message)
  }
  async sees_not(pattern) {
    assert.doesNotMatch(await this.text(), pattern)
  }

  // Asks for a document: `answers` fill one page each.
  async issue(service, answers) {
    await this.go(`/services/${service}`)
    await this.page.locator('main form[action$="/start"] button').click()
    for (const answer of answers) {
      await this.page.waitForLoadState()
      await answer(this)
      await this.press(/^(다음|계속|Continue)/)
    }
    await this.press(/발급하기|Issue the document/)
    await this.sees(/발급되었습니다|ready/)
  }
  // The document on the page, as a file in the folder of the house.
  async download() {
    const [file] = await Promise.all([
      this.page.waitForEvent('download'),
      this.page.getByRole('link', { name: /내려받기|Download/ }).click()
    ])
    const path = join(this.house.data, file.suggestedFilename())
    await file.saveAs(path)
    return path
  }
  // Its text, as poppler reads it.
  async paper() {
    return execFileSync('pdftotext', ['-layout', await this.download(), '-'], { encoding: 'utf8' })
  }

  // WCAG 2.2 A and AA and best practice, by axe; no violation is accepted. And nothing wider than
  // the screen. The pages are the same on both stores: they are judged on the first.
  async judge(name) {
    if (process.env.MADANG_STORE === 'postgres') return
    await this.page.evaluate(axe)
    const found = await this.page.evaluate(async () => {
      // Without preload: it would write stylesheets into shadow trees, which our pages refuse.
      const result = await globalThis.axe.run(document, {
        preload: false, resultTypes: ['violations'],
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
      })
      return result.violations.map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`)
    })
    assert.deepEqual(found, [], `axe on ${name ?? this.page.url()}`)
    const wide = await this.page.evaluate(() =>
      document.documentElement.scrollWidth - document.documentElement.clientWidth)
    assert.ok(wide <= 0, `${name ?? this.page.url()} is ${wide} px wider than the screen`)
    if (process.env.MADANG_PICTURES) {
      mkdirSync(process.env.MADANG_PICTURES, { recursive: true })
      await this.page.screenshot({ path: join(process.env.MADANG_PICTURES, `${name}.png`), fullPage: true })
    }
  }

  async leave() {
    assert.deepEqual(this.errors.filter(e => !/favicon|status of 4(04|09|15|22)/.test(e)), [], 'errors in the browser')
    await this.context.close()
  }
}

export async function wait_for(check, seconds = 15) {
  for (let i = 0; i < seconds * 4; i++) {
    if (await check()) return
    await new Promise(r => setTimeout(r, 250))
  }
  assert.fail('waited in vain')
}
