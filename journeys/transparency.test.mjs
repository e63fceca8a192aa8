// Logs nobody can rewrite: a citizen opens a line of who looked at her data and has her own browser check its proof; a proof that
// was changed on its way is seen; without script there is the file; the page for everybody; axe on all of them.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { House, Person, close_browser, phone, wait_for } from './house.mjs'
import { rows } from '../tests/stores.mjs'

let house
before(async () => { house = await House.open() })
after(async () => { await close_browser(); await house?.close() })

const first_proof = async person => {
  await wait_for(async () => {
    await person.go('/my/data?by=all')
    return await person.page.locator('main a[href^="/my/data/entries/"]').count() > 0
  })
  return person.page.locator('main a[href^="/my/data/entries/"]').first()
}

for (const [language, viewport] of [['ko', phone], ['en', undefined]])
  test(`a proof is checked in the browser, in ${language}`, async () => {
    const kim = await Person.arrive(house, { language, ...viewport ? { viewport } : {} })
    await kim.sign_in(language === 'ko' ? '김하윤' : 'Kim Hayun')
    const link = await first_proof(kim)
    await kim.judge(`log-my-data-proofs-${language}`)
    await link.click()
    await kim.page.waitForLoadState()
    await kim.judge(`log-proof-${language}`)
    await kim.press(/이 브라우저에서 검증|Check in this browser/)
    await kim.page.locator('madang-proof[data-state="good"]').waitFor()
    assert.equal(await kim.page.locator('madang-proof li .badge.good').count(), 4)
    assert.match(await kim.page.locator('madang-proof .result').innerText(), /네 가지가 모두|All four/)
    await kim.judge(`log-proof-checked-${language}`)
    assert.deepEqual(kim.errors, [])
    await kim.context.close()
  })

test('a proof that was changed on its way is seen by the browser', async () => {
  const kim = await Person.arrive(house, { language: 'en' })
  await kim.sign_in('Kim Hayun')
  await (await first_proof(kim)).click()
  await kim.page.waitForLoadState()
  await kim.page.route('**/proof', async route => {
    const answer = await route.fetch(), text = await answer.text()
    const extra = text.match(/^extra (.*)$/m)[1], octets = Buffer.from(extra, 'base64')
    octets[60] ^= 1
    await route.fulfill({ response: answer, body: text.replace(extra, octets.toString('base64')) })
  })
  await kim.press(/Check in this browser/)
  await kim.page.locator('madang-proof[data-state="bad"]').waitFor()
  assert.match(await kim.page.locator('madang-proof [data-step="inclusion"]').innerText(), /Wrong/)
  assert.match(await kim.page.locator('madang-proof [data-step="log"]').innerText(), /Good/)
  await kim.judge("log-proof-wrong")
  await kim.context.close()
})

test('without script there is the file, and no button that does nothing', async () => {
  const kim = await Person.arrive(house, { language: 'en', script: false })
  await kim.sign_in('Kim Hayun')
  await (await first_proof(kim)).click()
  await kim.page.waitForLoadState()
  assert.equal(await kim.page.getByRole('button', { name: /Check in this browser/ }).count(), 0)
  const [file] = await Promise.all([kim.page.waitForEvent('download'), kim.page.getByRole('link', { name: /Take the proof/ }).click()])
  assert.match(file.suggestedFilename(), /\.tlog-proof$/)
  await kim.context.close()
})

test('the page for everybody says which logs there are and who watches them', async () => {
  for (const [language, viewport] of [['ko', phone], ['en', undefined]]) {
    const anyone = await Person.arrive(house, { language, ...viewport ? { viewport } : {} })
    await anyone.go('/transparency')
    const said = await anyone.page.locator('main').innerText()
    assert.match(said, language === 'ko' ? /감사원[^]*확인하고 있음/ : /Board of Audit[^]*Confirms/)
    await anyone.judge(`log-page-${language}`)
    assert.deepEqual(anyone.errors, [])
    await anyone.context.close()
  }
})

test('an auditor searches, sees a wrong day explained, and opens the alerts', async () => {
  const jung = await Person.arrive(house, { language: 'ko' })
  await jung.sign_in('정수빈')
  await jung.go('/desk/audit')
  await jung.page.locator('summary', { hasText: '자세히 찾기' }).click()
  await jung.page.locator('input[name="who"]').fill('김하윤')
  await jung.page.getByRole('button', { name: '찾기' }).last().click()
  await jung.page.waitForLoadState()
  await jung.sees(/김하윤/)
  await jung.judge('log-audit')
  const [file] = await Promise.all([jung.page.waitForEvent('download'), jung.page.getByRole('link', { name: 'CSV' }).click()])
  assert.equal(file.suggestedFilename(), 'audit.csv')
  await jung.go('/desk/audit?from=어제')
  await jung.sees(/2026-11-23처럼/)
  await jung.judge('log-audit-wrong')
  await jung.go('/desk/alerts')
  await jung.judge('log-alerts')
  await jung.context.close()
})

for (const [language, viewport] of [['ko', phone], ['en', undefined]])
  test(`an alert is looked into, passed on and explained, in ${language}`, async () => {
    const ko = language === 'ko', key = ko ? 1 : 2
    const agency = JSON.stringify({ ko: '종로구', en: 'Jongno-gu' })
    rows(house, 'transparency', `insert into alert (key, rule, official, name, agency, hour, persons, usual, found_at, handled_at, handled_by, note) values (${key}, 'household', ${70 + key}, '이도현', '${agency}', ${Date.now() * 1000}, 1, 0, 0, 0, '', '')`)
    const jung = await Person.arrive(house, { language, ...viewport ? { viewport } : {} })
    await jung.sign_in(ko ? '정수빈' : 'Jung Subin')
    await jung.go('/desk/alerts')
    await jung.sees(/같은 세대에 사는 1명|1 persons of the own household/)
    await jung.judge(`alert-open-${language}`)
    await jung.press(/살펴보기 시작함|I am looking into it/)
    await jung.sees(/정수빈 살펴봄|Looked into by/)
    await jung.press(/소속 기관에 넘기기|Pass on/)
    await jung.sees(/무엇이었는지|Write what it was/)
    await jung.judge(`alert-error-${language}`)
    await jung.page.locator('input[name^=note_]').fill(ko ? '소속 기관의 확인이 필요함' : 'His office should ask him.')
    await jung.press(/소속 기관에 넘기기|Pass on/)
    await jung.sees(/정수빈 넘김|Passed on by/)
    await jung.judge(`alert-passed-on-${language}`)
    await jung.page.locator('input[name^=note_]').fill(ko ? '본인의 증명서를 창구에서 뗌' : 'He printed his own certificate.')
    await jung.press(/처리하기|Mark as handled/)
    await jung.sees(/본인의 증명서를|He printed/)
    await jung.judge(`alert-handled-${language}`)
    await jung.context.close()
  })
