// A bank and an agency apply for what they need, the ministry reviews, everybody reads how it is used; a citizen sends her data to the bank
// on a phone, without script, sees it and stops it. And the bank's own page asks her for what a loan needs; she leaves some of it, for a shorter time.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { Bank } from './bank.mjs'
import { House, Person, close_browser, phone } from './house.mjs'
import { free_port } from './program.mjs'
import { missing } from '../tests/stores.mjs'

let house, bank
before(async () => {
  if (missing) return
  bank = new Bank(await free_port())
  house = await House.open({ port: await free_port(), files: { 'clients.yaml': 'clients:\n' + bank.entry } })
  await bank.open(house.url)
})
after(async () => { await close_browser(); bank?.close(); await house?.close() })

const day = days => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10)
const asked = async (method, path, body) => {
  const a = await bank.program(method, '/exchange' + path, body).catch(e => ({ status: e.cause?.status ?? 500, text: () => String(e) }))
  return { status: a.status, text: await a.text() }
}

test('Agreements: applied for, reviewed, used and counted; a citizen sends and stops', { skip: missing }, async () => {
  const made = await asked('POST', '/agreements', { register: 'persons', items: ['name', 'born'], purpose: '계좌를 여는 사람의 본인 확인', law: '은행법 제34조', ends: day(200) })
  assert.equal(made.status, 201, made.text)
  const { number } = JSON.parse(made.text)

  const lee = await Person.arrive(house)
  await lee.sign_in('이도현')
  await lee.go('/desk')
  await lee.follow('공동이용 협약')
  await lee.judge('agreements-list')
  await lee.follow('협약 신청')
  await lee.judge('agreements-register')
  await lee.page.getByLabel('대장', { exact: true }).selectOption('driving_licences')
  await lee.press('다음')
  await lee.press('신청 보내기')
  await lee.sees(/항목을 하나 이상/)
  await lee.judge('agreements-apply-wrong')
  await lee.page.locator('main input[type=checkbox]').first().check({ force: true })
  await lee.page.getByLabel('목적', { exact: true }).fill('장애인 주차 허가')
  await lee.page.getByLabel('법적 근거').fill('장애인복지법 제39조')
  await lee.press('신청 보내기')
  await lee.sees(/검토 중/)
  await lee.sees(/장애인 주차 허가/)
  await lee.judge('agreements-asked')

  const oh = await Person.arrive(house, { viewport: phone })
  await oh.sign_in('오민석')
  await oh.go(`/desk/agreements/${number}`)
  await oh.sees(/한강은행/)
  await oh.judge('agreements-review')
  await oh.press('거부')
  await oh.sees(/이유를 5자 이상/)
  await oh.press('승인')
  await oh.sees(/유효/)
  await oh.judge('agreements-in-force')

  const kim = await Person.arrive(house, { viewport: phone, script: false })
  await kim.sign_in('김하윤')
  await kim.go('/my/sharing')
  await kim.follow('내 정보 보내기')
  await kim.follow(/한강은행/)
  await kim.press('묶어서 보내기')
  await kim.sees(/하나 이상 골라/)
  await kim.choose('주민등록부')
  await kim.press('묶어서 보내기')
  await kim.sees(/보내는 중/)

  const { bundles } = JSON.parse((await asked('GET', '/bundles')).text)
  const got = await asked('GET', `/bundles/${bundles[0]}`)
  assert.equal(got.status, 200, got.text)
  assert.equal(JSON.parse(Buffer.from(got.text.split('.')[1], 'base64url')).items[0].records[0].name, '김하윤')
  await kim.go('/my/data')
  await kim.sees(/계좌를 여는 사람의 본인 확인/)
  await kim.go('/my/mydata')
  await kim.press('보내기를 멈춥니다')
  await kim.sees(/멈춤/)
  assert.equal((await asked('GET', `/bundles/${bundles[0]}`)).status, 403)

  const seen = await Person.arrive(house)
  await seen.sign_in('박서준')
  await seen.go('/my/mydata')
  await seen.judge('mydata')
  await seen.follow(/한강은행/)
  await seen.judge('mydata-choose')
  await seen.go('/sharing/agreements')
  await seen.sees(/한강은행/)
  await seen.judge('agreements-public')
  await seen.go('/sharing/agreements?lang=en')
  await seen.sees(/Answers by agency/)
  for (const one of [lee, oh, kim, seen]) await one.leave()
})

test('A bank asks by sign-on; she reads it in words, leaves some of it, shortens it, and stops it', { skip: missing }, async () => {
  const purpose = '대출 심사를 위한 본인과 재산 확인'
  const oh = await Person.arrive(house)
  await oh.sign_in('오민석')
  for (const [register, items] of [['persons', ['name', 'born']], ['vehicles', ['kind', 'first_registered']]]) {
    const made = await asked('POST', '/agreements', { register, items, purpose, law: '은행법 제34조', ends: day(200) })
    assert.equal(made.status, 201, made.text)
    await oh.go(`/desk/agreements/${JSON.parse(made.text).number}`)
    await oh.press('승인')
    await oh.sees(/유효/)
  }
  bank.wanted = [{ type: 'mydata', actions: ['read'], datatypes: ['persons.name', 'persons.born', 'vehicles.kind'], purpose, until: day(100) }]

  const kim = await Person.arrive(house, { viewport: phone, script: false })
  await kim.sign_in('김하윤')
  await kim.page.goto(`${bank.url}/`)
  await kim.follow('대출 신청')
  assert.ok(kim.page.url().startsWith(`${house.url}/connect/`), kim.page.url())
  for (const said of [/한강은행에 내 정보 보내기/, /목적: 대출 심사를 위한 본인과 재산 확인/, /행정안전부: 주민등록부/, /국토교통부/, /성명/, /생년월일/, new RegExp(day(100)), /은행법 제34조/]) await kim.sees(said)
  const boxes = kim.page.locator('main input[type=checkbox]')
  assert.deepEqual(await boxes.evaluateAll(all => all.map(b => [b.value, b.checked])), [['persons.name', true], ['persons.born', true], ['vehicles.kind', true]])

  await kim.page.getByLabel('언제까지 보낼까요').fill(day(300))
  await kim.press('고른 것을 보내고 계속')
  await kim.sees(new RegExp(`오늘부터 ${day(100)}까지`))
  await kim.choose('생년월일')
  await kim.page.getByLabel('언제까지 보낼까요').fill(day(30))
  await kim.press('고른 것을 보내고 계속')
  assert.ok(kim.page.url().startsWith(`${bank.url}/back`), kim.page.url())
  await kim.sees(/김하윤/)
  await kim.sees_not(/1988/)
  assert.equal(await kim.page.locator('#until').innerText(), day(30))
  assert.deepEqual(bank.tokens.authorization_details, [{ ...bank.wanted[0], datatypes: ['persons.name', 'vehicles.kind'], until: day(30) }])

  await kim.go('/my/data')
  await kim.sees(/대출 심사를 위한 본인과 재산 확인/)
  await kim.go('/my/mydata')
  await kim.sees(new RegExp(day(30)))
  await kim.press('보내기를 멈춥니다')
  await kim.page.goto(`${bank.url}/again`)
  await kim.sees_not(/받을 수 없습니다/)
  await kim.go('/my/mydata')
  await kim.press('보내기를 멈춥니다')
  await kim.page.goto(`${bank.url}/again`)
  await kim.sees(/받을 수 없습니다/)

  const park = await Person.arrive(house, { viewport: phone })
  await park.sign_in('박서준')
  await park.page.goto(`${bank.url}/loan`)
  await park.judge('mydata-asked-phone')
  for (const one of await park.page.locator('main input[type=checkbox]').all()) await one.uncheck({ force: true })
  await park.press('고른 것을 보내고 계속')
  await park.sees(/하나 이상 고르거나/)
  await park.judge('mydata-asked-wrong-phone')
  await park.press('동의하지 않음')
  await park.sees(/access_denied/)
  await park.page.setViewportSize({ width: 320, height: 640 })
  await park.page.goto(`${bank.url}/loan`)
  assert.ok(await park.page.evaluate(() => document.documentElement.scrollWidth <= 320), 'fits 320 px')
  for (const one of [oh, kim, park]) await one.leave()
})
