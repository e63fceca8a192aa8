// Everybody gets through: without script, with the keyboard alone, in English, on the narrowest screen,
// in high contrast, and at a counter without a network.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { House, Person, close_browser, phone } from './house.mjs'

let house
before(async () => { house = await House.open() })
after(async () => { await close_browser(); await house?.close() })

const narrow = { width: 320, height: 640 }

test('Without script a certificate is issued and a move is reported', async () => {
  const kim = await Person.arrive(house, { script: false, viewport: phone })
  await kim.sign_in('김하윤')
  await kim.go('/')
  await kim.page.locator('input[name=q]').fill('등본')
  await kim.page.locator('form[role=search] button, form.search button').first().click()
  await kim.follow(/주민등록표 등본/)
  await kim.issue('resident-certificate', [
    p => p.choose('등본'), async () => {}, p => p.page.locator('select').selectOption('bank')])
  assert.match(await kim.paper(), /주민등록표/)

  await kim.go('/services/move-in')
  await kim.press(/신고 시작/)
  const day = new Date(Date.now() - 2 * 86400000)
  for (const [part, value] of [['year', day.getFullYear()], ['month', day.getMonth() + 1], ['day', day.getDate()]])
    await kim.page.locator(`input[name=moved_${part}]`).fill(String(value))
  await kim.press(/^다음/)
  // No list to choose from: the address is typed, and its town is found from its words.
  await kim.page.locator('input[name=address]').fill('정자1동 10')      // there are two
  await kim.press(/^다음/)
  await kim.sees(/목록에서 골라/)
  await kim.page.locator('input[name=address]').fill('경기도 성남시 분당구 정자1동 10')
  await kim.press(/^다음/)
  await kim.sees(/동과 호가 있나요/)
  await kim.leave()
})

test('With the keyboard alone', async () => {
  const kim = await Person.arrive(house)
  await kim.go('/')
  // The first stop leads past the header.
  await kim.page.keyboard.press('Tab')
  assert.match(await kim.page.evaluate(() => document.activeElement.textContent), /본문으로/)
  await kim.page.keyboard.press('Enter')
  await kim.page.keyboard.press('Tab')
  assert.equal(await kim.page.evaluate(() => document.activeElement.getAttribute('name')), 'q')
  await kim.page.keyboard.type('emdqhs')       // 등본, with the keyboard in English
  await kim.page.getByRole('option').first().waitFor()
  await kim.page.keyboard.press('ArrowDown')
  await kim.page.keyboard.press('Enter')
  await kim.page.waitForURL(/\/services\/resident-certificate/)
  await kim.sign_in('김하윤')
  await kim.go('/services/resident-certificate')
  await focus_by_tab(kim, /발급 시작/)
  await kim.page.keyboard.press('Enter')
  await kim.page.waitForURL(/\/apply\//)
  await tab_to(kim, el => el.type === 'radio')
  await kim.page.keyboard.press('Space')
  await kim.page.keyboard.press('Enter')
  await kim.page.waitForLoadState()
  await kim.sees(/무엇을 보이게|보이게 할까요/)
  await kim.leave()
})

test('In English, and the choice is kept', async () => {
  const visitor = await Person.arrive(house, { language: 'ko', viewport: phone })
  await visitor.go('/?lang=en')
  await visitor.go('/services')
  assert.equal(await visitor.page.locator('html').getAttribute('lang'), 'en')
  for (const path of ['/', '/services', '/services/resident-certificate', '/events', '/events/moving', '/agencies',
    '/agencies/mois', '/news', '/policies', '/verify', '/sign-in', '/privacy', '/accessibility', '/search?q=resident',
    '/regions/99']) {
    await visitor.go(path)
    const main = await visitor.text()
    const korean = (main.match(/[가-힣]/g) ?? []).length
    assert.ok(korean <= main.length / 20, `${path} in English: ${korean} Korean letters in ${main.slice(0, 400)}`)
  }
  await visitor.go('/services?contrast=high')
  await visitor.go('/')
  assert.equal(await visitor.page.locator('html').getAttribute('data-contrast'), 'high')
  await visitor.judge('home-english-high-contrast-phone')
  await visitor.go('/?contrast=standard')
  assert.equal(await visitor.page.locator('html').getAttribute('data-contrast'), null)
  await visitor.leave()
})

test('Every page that anybody can open, and every page of a citizen, at 320 pixels', async () => {
  const kim = await Person.arrive(house, { viewport: narrow })
  for (const path of ['/', '/services', '/services/move-in', '/events', '/events/birth', '/agencies', '/agencies/mois',
    '/news', '/policies', '/verify', '/verify/paper', '/sign-in', '/privacy', '/accessibility', '/api', '/no-such-page']) {
    await kim.go(path)
    await kim.judge('narrow' + path.replaceAll('/', '-'))
  }
  await kim.sign_in('김하윤')
  for (const path of ['/', '/my', '/my/documents', '/my/notices', '/my/data', '/my/data?by=all', '/my/data/records']) {
    await kim.go(path)
    await kim.judge('narrow-kim' + path.replaceAll(/[/?=]/g, '-'))
  }
  await kim.leave()
})

test('Without script and at 320 pixels, from the map of the country to a town', async () => {
  const visitor = await Person.arrive(house, { viewport: narrow, script: false })
  const looker = await Person.arrive(house, { viewport: narrow })     // axe is a script
  const judged = async name => {
    await looker.go(new URL(visitor.page.url()).pathname + new URL(visitor.page.url()).search)
    await looker.judge(`narrow-regions-${name}`)
  }
  await visitor.go('/agencies')
  await visitor.follow(/지도에서 찾으세요/)
  assert.equal(await visitor.page.locator('.map svg a').count(), 17)
  await visitor.sees(/도식이며 실제 경계가 아닙니다/)
  await judged('country')
  await visitor.page.locator('.map a[href="/regions/11"]').click()
  assert.equal(await visitor.page.locator('h1').innerText(), '서울특별시')
  await judged('province')
  await visitor.page.locator('table').getByRole('link', { name: '종로구' }).click()
  await judged('municipality')
  await visitor.page.locator('table').getByRole('link', { name: '사직동' }).click()
  await visitor.sees(/사직동 주민센터/)
  await visitor.sees(/종로구청장/)
  assert.equal(await visitor.page.locator('.map a[aria-current=page] title').textContent(), '사직동')
  await judged('town')
  await visitor.follow(/^전입신고/)
  assert.match(visitor.page.url(), /\/services\/move-in$/)

  for (const [typed, first] of [['종로구', '종로구'], ['jongno', '종로구'], ['부산 중구', '중구'], ['Seoul', '서울특별시']]) {
    await visitor.go('/regions')
    await visitor.page.locator('input[name=q]').fill(typed)
    await visitor.press(/찾기/)
    assert.equal(await visitor.page.locator('.service-line a').first().innerText(), first, typed)
  }
  await judged('search')
  await visitor.go('/regions?q=없는동네')
  await visitor.sees(/맞는 행정구역이 없습니다/)
  await judged('search-empty')
  await visitor.go('/regions?contrast=high')
  await looker.go('/regions?contrast=high')
  await looker.judge('narrow-regions-high-contrast')
  await visitor.leave()
  await looker.leave()
})

test('The map can be walked with the keyboard, and passed', async () => {
  const visitor = await Person.arrive(house)
  await visitor.go('/regions')
  await tab_to(visitor, el => el.getAttribute('href') === '#districts')
  await visitor.page.keyboard.press('Tab')
  const focus = () => visitor.page.evaluate(() => ({
    leads: document.activeElement.getAttribute('href'),
    ring: getComputedStyle(document.activeElement.querySelector('path')).strokeWidth
  }))
  assert.deepEqual(await focus(), { leads: '/regions/11', ring: '6px' })
  await visitor.judge('regions-focus')
  await visitor.page.keyboard.press('Enter')
  await visitor.page.waitForURL(/\/regions\/11$/)
  await tab_to(visitor, el => el.getAttribute('href') === '#districts')
  await visitor.page.keyboard.press('Enter')
  await visitor.page.keyboard.press('Tab')
  assert.equal(await visitor.page.evaluate(() => document.activeElement.closest('.map') === null), true)
  await visitor.leave()
})

test('Printed, a page is its text in black on white, without what can only be pressed', async () => {
  const kim = await Person.arrive(house)
  await kim.sign_in('김하윤')
  for (const [path, kept] of [['/services/move-in', '14일'], ['/my/data/records', '주민등록번호'], ['/agencies/mois', '행정안전부']]) {
    await kim.go(path)
    await kim.page.emulateMedia({ media: 'print' })
    const shown = await kim.page.evaluate(() => [...document.querySelectorAll('body *')].filter(e =>
      e.checkVisibility() && e.matches('button, input:not([type=hidden]), select, nav, form.search')).map(e => e.outerHTML.slice(0, 90)))
    assert.deepEqual(shown, [], `${path}: on paper there is nothing to press`)
    const [colour, ground] = await kim.page.evaluate(() => {
      const style = getComputedStyle(document.body)
      return [style.color, style.backgroundColor]
    })
    assert.deepEqual([colour, ground], ['rgb(0, 0, 0)', 'rgb(255, 255, 255)'], path)
    writeFileSync(join(house.data, 'printed.pdf'), await kim.page.pdf({ format: 'A4', preferCSSPageSize: true }))
    const text = execFileSync('pdftotext', ['-layout', join(house.data, 'printed.pdf'), '-'], { encoding: 'utf8' })
    assert.match(text, new RegExp(kept), path)
    assert.doesNotMatch(text, /로그아웃|언어 선택/, path)
    await kim.page.emulateMedia({ media: null })
  }
  await kim.leave()
})

test('Signed out, nothing of Kim can be opened again', async () => {
  const kim = await Person.arrive(house)
  await kim.sign_in('김하윤')
  await kim.go('/my')
  const cookie = (await kim.context.cookies()).find(c => c.name === 'session')
  assert.ok(cookie.httpOnly)
  await kim.press(/로그아웃/)
  await kim.page.goBack()
  const again = await kim.go('/my')
  assert.match(kim.page.url(), /\/sign-in/)
  assert.equal(again.status(), 200)
  const stolen = await fetch(house.url + '/my', { headers: { cookie: `session=${cookie.value}`, accept: 'application/json' } })
  assert.equal(stolen.status, 401)
  await kim.leave()
})

test('A paper is verified without a network', async () => {
  const kim = await Person.arrive(house)
  await kim.sign_in('박서준')
  await kim.issue('resident-certificate', [
    p => p.choose('등본'), async () => {}, p => p.page.locator('select').selectOption('bank')])
  const pdf = await kim.download()
  await kim.leave()
  execFileSync('pdftoppm', ['-r', '200', '-png', '-singlefile', pdf, join(house.data, 'paper')])
  const code = execFileSync('zbarimg', ['-q', '--raw', join(house.data, 'paper.png')], { encoding: 'utf8' }).trim()

  const counter = await Person.arrive(house, { viewport: phone })
  await counter.go('/verify/paper')
  await counter.page.evaluate(() => navigator.serviceWorker.ready)
  await counter.page.waitForFunction(async () => {
    const caches_ = await caches.keys()
    return caches_.length > 0 && await caches.match('/verify/keys.json') !== undefined
  })
  await counter.context.setOffline(true)
  await counter.page.goto(house.url + '/verify/paper')
  await counter.page.locator('[name=code]').fill(code)
  await counter.press(/확인/)
  await counter.page.locator('.banner.good').waitFor()
  await counter.judge('paper-offline-phone')
  // One letter of what is printed, changed.
  const at = code.length - 20
  await counter.page.locator('[name=code]').fill(code.slice(0, at) + (code[at] === 'A' ? 'B' : 'A') + code.slice(at + 1))
  await counter.press(/확인/)
  await counter.page.locator('.banner.bad').waitFor()
  await counter.context.setOffline(false)
  await counter.leave()
})

async function tab_to(person, wanted, most = 60) {
  for (let i = 0; i < most; i++) {
    await person.page.keyboard.press('Tab')
    if (await person.page.evaluate(`(${wanted})(document.activeElement)`)) return
  }
  assert.fail('the keyboard does not get there')
}
async function focus_by_tab(person, label) {
  await tab_to(person, `el => ${label}.test(el.textContent)`)
}
