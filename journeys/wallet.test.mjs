// A document on the phone: it is issued, put into the wallet, shown to a shop (yes or no, and no date of birth), shown by a code
// without a network and read by the other side without a network, withdrawn, and gone; axe on each page, phone and desktop.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { free_port } from './program.mjs'
import { House, Person, close_browser, desktop, phone, wait_for } from './house.mjs'

let house
// The address by which the house is known is that of its wallets' requests.
before(async () => { house = await House.open({ port: await free_port() }) })
after(async () => { await close_browser(); await house?.close() })

const certificate = [p => p.choose(/등본|Whole household/), async () => {}, p => p.page.locator('main select').selectOption('bank')]
const state = (p, wanted) => p.page.locator(`madang-wallet[data-state="${wanted}"]`).waitFor()

async function taken(kim, name) {
  await kim.issue('resident-certificate', certificate)
  await kim.judge(`wallet-document-${name}`)
  await kim.follow(/^전자지갑에 담기$|^Put into my wallet$/)
  await kim.judge(`wallet-put-${name}`)
  await kim.press(/담을 준비|Get ready/)
  await kim.judge(`wallet-offer-${name}`)
  const pin = (await kim.text()).match(/\b(\d{6})\b/)[1]
  await kim.follow(/전자지갑 열기|Open the wallet/)
  const field = kim.page.locator('madang-wallet input[name=pin]')
  await field.waitFor()
  assert.ok(!kim.page.url().includes('pre-authorized'), 'the code does not stay in the address')
  await field.fill(pin)
  await kim.judge(`wallet-pin-${name}`)
  await kim.page.locator('madang-wallet form button.primary').click()
  await state(kim, 'added').catch(async e => assert.fail(`${await kim.page.locator('madang-wallet').getAttribute('data-state')}: ${await kim.text()}\n${e}`))
  await kim.page.locator('madang-wallet article.box .badge.good').first().waitFor()
}

for (const [language, viewport] of [['ko', phone], ['en', desktop]])
  test(`a shop asks, the wallet answers yes and nothing more, in ${language}`, async () => {
    const kim = await Person.arrive(house, { language, viewport })
    await kim.sign_in(language === 'ko' ? '김하윤' : 'Kim Hayun')
    await kim.go('/wallet')
    await kim.judge(`wallet-empty-${language}`)
    await taken(kim, language)
    await kim.sees(language === 'ko' ? /남은 사본 10장/ : /10 copies left/)
    await kim.sees(language === 'ko' ? /유효/ : /Valid/)
    await kim.judge(`wallet-card-${language}`)
    // Keys cannot be taken out of this device.
    assert.equal(await kim.page.evaluate(() => new Promise(done => {
      indexedDB.open('madang-wallet').onsuccess = e => {
        e.target.result.transaction('held').objectStore('held').getAll().onsuccess = r => done(r.target.result[0].copies.some(c => c.key.extractable))
      }
    })), false)

    const han = await Person.arrive(house, { language, viewport: desktop })
    await han.sign_in(language === 'ko' ? '한예린' : 'Han Yerin')
    await han.go('/proofs')
    await han.judge(`proofs-choose-${language}`)
    await han.choose(/만 19세|Aged 19/)
    await han.press(/^묻기$|^Ask$/)
    await han.judge(`proofs-waiting-${language}`)
    const here = await han.page.locator('main a[href^="/wallet#"]').getAttribute('href')

    await kim.page.locator('madang-wallet button', { hasText: language === 'ko' ? /^문서 담기$/ : /^Add a document$/ }).click()
    await kim.page.locator('madang-wallet input[name=code]').fill(here)
    await kim.page.locator('madang-wallet form button.primary').click()
    await kim.page.locator('[data-consent=yes]').waitFor()
    const asked = await kim.page.locator('[data-consent=yes]').innerText()
    assert.match(asked, /19/)
    assert.doesNotMatch(asked, /1988/, 'the date of birth is not in what is shown')
    await kim.judge(`wallet-consent-${language}`)
    await kim.page.locator('[data-consent=yes] button.primary').click()
    await state(kim, 'shown')
    await kim.sees(language === 'ko' ? /남은 사본 9장/ : /9 copies left/)
    await kim.page.locator('madang-wallet > details > summary').click()
    await kim.judge(`wallet-history-${language}`)

    await wait_for(async () => /확인되었습니다|Confirmed/.test(await han.text()))
    await han.sees(/예|Yes/)
    await han.sees_not(/1988/)
    await han.judge(`proofs-answer-${language}`)
    await han.leave()
    await kim.leave()
  })

test('without a network a code is shown and judged, and after the withdrawal it is not believed', async () => {
  const kim = await Person.arrive(house, { language: 'en', viewport: phone })
  await kim.sign_in('Kim Hayun')
  await taken(kim, 'offline')
  const shop = await Person.arrive(house, { language: 'en', viewport: phone })
  await shop.go('/wallet/check')
  await shop.judge('wallet-check')
  for (const p of [kim, shop]) {
    await p.page.evaluate(() => navigator.serviceWorker.ready)
    await p.page.reload()
    await p.page.waitForLoadState('networkidle')
  }
  // Both have been here once; now nobody has a connection.
  await shop.page.evaluate(() => fetch('/status/1').then(r => r.text()))
  for (const p of [kim, shop]) {
    await p.context.setOffline(true)
    await p.page.reload()
  }
  const card = kim.page.locator('madang-wallet article.box').first()
  await card.waitFor()
  await card.locator('button', { hasText: 'Show as a code' }).click()
  await kim.page.locator('madang-wallet label', { hasText: /Age of at least 19/ }).click()
  await kim.page.locator('madang-wallet form button.primary').click()
  const code = await kim.page.locator('.wallet-code').innerText()
  assert.match(code, /^SDJ1:/)
  await kim.page.locator('svg.qr').waitFor()
  await kim.page.screenshot({ path: `${house.data}/code.png` })
  await shop.page.locator('madang-wallet-check textarea').fill(code)
  await shop.page.locator('madang-wallet-check button.primary').click()
  await shop.page.locator('madang-wallet-check[data-state=good]').waitFor()
  await shop.sees(/Genuine and valid/)
  await shop.sees(/19[\s\S]*Yes/)
  await shop.sees_not(/1988/)
  // One letter changed is no code of anybody.
  await shop.page.locator('madang-wallet-check textarea').fill(code.replace(/.$/, c => c === 'A' ? 'B' : 'A'))
  await shop.page.locator('madang-wallet-check button.primary').click()
  await shop.page.locator('madang-wallet-check[data-state^=check_]').waitFor()

  for (const p of [kim, shop]) await p.context.setOffline(false)
  await shop.judge('wallet-check-bad')
  await kim.go('/my/documents')
  await kim.page.locator('main a[href^="/my/documents/"]').first().click()
  await kim.page.waitForLoadState()
  await kim.page.locator('main details summary').last().click()
  await kim.press(/^Withdraw|^Revoke/)
  await wait_for(async () => {
    await shop.page.locator('madang-wallet-check textarea').fill(code)
    await shop.page.locator('madang-wallet-check button.primary').click()
    await shop.page.locator('madang-wallet-check[data-state]').waitFor()
    return await shop.page.locator('madang-wallet-check').getAttribute('data-state') === 'check_revoked'
  })
  await kim.go('/wallet')
  await wait_for(async () => /Withdrawn/.test(await kim.text()))
  await kim.judge('wallet-withdrawn')
  kim.errors = kim.errors.filter(e => !/ERR_INTERNET_DISCONNECTED|Failed to load resource/.test(e))
  shop.errors = shop.errors.filter(e => !/ERR_INTERNET_DISCONNECTED|Failed to load resource/.test(e))
  await kim.leave()
  await shop.leave()
})

test('without script the pages say why the wallet needs it', async () => {
  const kim = await Person.arrive(house, { language: 'en', script: false })
  await kim.go('/wallet')
  await kim.sees(/needs JavaScript/)
  await kim.context.close()
})
