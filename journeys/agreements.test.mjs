// A bank and an agency apply for what they need, the ministry reviews, everybody reads how it is used; a citizen sends her data to the bank
// on a phone, without script, sees it and stops it.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { House, Person, close_browser, phone } from './house.mjs'
import { free_port } from './program.mjs'
import { missing } from '../tests/stores.mjs'

const secret = 'a secret of the trial'
let house, token
before(async () => {
  if (missing) return
  house = await House.open({
    port: await free_port(),
    files: { 'clients.yaml': `clients:\n  - {id: hangang-bank, name: {ko: 한강은행, en: Bank}, purpose: {ko: 시험, en: Trial}, law: {ko: 법, en: Act}, proof: client_secret_basic, secret_sha256: "${createHash('sha256').update(secret).digest('hex')}", scopes: [exchange]}\n` }
  })
  const asked = await fetch(`${house.url}/oauth/token`, { method: 'POST', headers: { authorization: 'Basic ' + Buffer.from(`hangang-bank:${encodeURIComponent(secret)}`).toString('base64') }, body: new URLSearchParams({ grant_type: 'client_credentials' }) })
  token = (await asked.json()).access_token
})
after(async () => { await close_browser(); await house?.close() })

const bank = async (method, path, body) => {
  const a = await fetch(`${house.url}/exchange${path}`, { method, headers: { authorization: `Bearer ${token}`, ...body ? { 'content-type': 'application/json' } : {} }, body: body && JSON.stringify(body) })
  return { status: a.status, text: await a.text() }
}

test('Agreements: applied for, reviewed, used and counted; a citizen sends and stops', { skip: missing }, async () => {
  const until = new Date(Date.now() + 200 * 86400000).toISOString().slice(0, 10)
  const made = await bank('POST', '/agreements', { register: 'persons', items: ['name', 'born'], purpose: '계좌를 여는 사람의 본인 확인', law: '은행법 제34조', ends: until })
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

  const { bundles } = JSON.parse((await bank('GET', '/bundles')).text)
  const got = await bank('GET', `/bundles/${bundles[0]}`)
  assert.equal(got.status, 200, got.text)
  assert.equal(JSON.parse(Buffer.from(got.text.split('.')[1], 'base64url')).items[0].records[0].name, '김하윤')
  await kim.go('/my/data')
  await kim.sees(/계좌를 여는 사람의 본인 확인/)
  await kim.go('/my/mydata')
  await kim.press('보내기를 멈춥니다')
  await kim.sees(/멈춤/)
  assert.equal((await bank('GET', `/bundles/${bundles[0]}`)).status, 403)

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
