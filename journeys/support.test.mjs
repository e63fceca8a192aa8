// Support for businesses: found on a phone without script, with ceilings worked out by hand; filled in from the
// business register for its owner, who then finds the look in her record.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { House, Person, close_browser, phone } from './house.mjs'

let house
before(async () => { house = await House.open() })
after(async () => { await close_browser(); await house?.close() })

async function pick(person, name, value) {
  const id = await person.page.getAttribute(`input[name=${name}][value=${value}]`, 'id')
  await person.page.click(`label[for="${id}"]`)
}

async function answer(person, industry, typed, chosen) {
  await person.page.selectOption('select[name=industry]', industry)
  for (const [name, value] of Object.entries(typed)) await person.page.locator(`input[name=${name}]`).fill(value)
  for (const [name, value] of Object.entries(chosen)) await pick(person, name, value)
  await person.press(/^(지원 찾기|Find support)$/)
}

const summer = { as_of_year: '2026', as_of_month: '6', as_of_day: '1' }

test('A cafe that closes finds what it may ask for, on a phone, without script and without signing in', async () => {
  const owner = await Person.arrive(house, { viewport: phone, script: false })
  await owner.go('/benefits')
  await owner.follow(/^사업체 지원 찾기$/)
  await answer(owner, 'I', { founded: '2', employees: '3', lowest_wage: '2500000', yearly_profit: '40000000', ...summer }, { closing: 'yes' })
  await owner.sees(/6,000,000원까지/)                  // clearing the shop, 2026
  await owner.sees(/직원 한 명에 매달 118,000원/)       // 2,500,000 x 5.90 % x 80 %
  await owner.sees(/직원이 3명이라 소상공인 기준 5명이 안 됩니다/)
  await owner.sees(/해마다 소득에서 6,000,000원까지/)
  assert.match(await owner.page.content(), /대표의 나이를 알아야 정할 수 있습니다/)
  assert.match(await owner.page.content(), /제조업을 하는 기업이 받습니다/)
  await owner.leave()
})

test('A factory finds others, and what each stands on', async () => {
  const maker = await Person.arrive(house, { language: 'en', viewport: phone })
  await maker.go('/business/support')
  await maker.judge('support-questions-phone')
  await answer(maker, 'C', { founded: '5', employees: '9', exports: '99999', owner_age: '45', ...summer }, { owner_sex: 'f' })
  await maker.sees(/up to 30,000,000 won/)
  await maker.sees(/up to 200,000,000 won/)
  await maker.sees(/contracts of up to 100,000,000 won/)
  await maker.judge('support-results-phone')
  await maker.follow(/^Smart factories$/)
  await maker.sees(/A business/)
  await maker.sees(/중소벤처기업부공고/)
  await maker.judge('support-one')
  await maker.leave()
})

test('What is missing is named, and a programme that is not there is refused', async () => {
  const careless = await Person.arrive(house)
  await careless.go('/business/support')
  await careless.press(/^지원 찾기$/)
  await careless.judge('support-errors')
  assert.equal((await careless.go('/business/support/nothing')).status(), 404)
  await careless.sees(/그런 지원사업이 없습니다/)
  await careless.leave()
})

test('Han finds her business filled in, and those looks in her record', async () => {
  const han = await Person.arrive(house)
  await han.sign_in('한예린')
  await han.go('/business/support')
  assert.notEqual(await han.page.locator('select[name=industry]').inputValue(), '')
  assert.notEqual(await han.page.locator('input[name=founded]').inputValue(), '')
  const born = new Date('1979-05-17'), now = new Date()
  const birthday_is_past = now.getMonth() > 4 || (now.getMonth() === 4 && now.getDate() >= 17)
  assert.equal(await han.page.locator('input[name=owner_age]').inputValue(),
    String(now.getFullYear() - born.getFullYear() - (birthday_is_past ? 0 : 1)))
  assert.ok(await han.page.locator('input[name=owner_sex][value=f]').isChecked())
  await han.sees(/사업자등록에서/)
  await han.judge('support-filled-in')
  await han.go('/my/data?by=all')
  assert.match(await han.page.content(), /사업체 지원 찾기에 미리 채우기/)
  assert.match(await han.page.content(), /중소기업기본법 제20조의2/)
  await han.leave()
})
