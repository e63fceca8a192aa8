// Benefits find the citizen: without signing in and without script, with amounts worked out by hand; by the
// law of another year; filled in from the register for who has signed in, who then finds the look in My data.
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

async function answer(person, typed, chosen) {
  for (const [name, value] of Object.entries(typed)) await person.page.locator(`input[name=${name}]`).fill(value)
  for (const [name, value] of Object.entries(chosen)) await pick(person, name, value)
  await person.press(/^(혜택 찾기|Find benefits)$/)
}

const couple = { age: '67', household_size: '2', monthly_income: '1100000', yearly_earnings: '0', monthly_rent: '0' }
const nothing_else = { married: 'yes', single_parent: 'no', earners: 'none', disability: 'none', with_parents: 'no' }

test('A couple finds what it is entitled to on a phone, without script and without signing in', async () => {
  const couple_of_67 = await Person.arrive(house, { viewport: phone, script: false })
  await couple_of_67.go('/benefits')
  await answer(couple_of_67, { ...couple, as_of_year: '2025', as_of_month: '6', as_of_day: '1' }, nothing_else)
  // 342,510 x 0.8; 32 % of 3,932,658 is 1,258,451, of which 1,100,000 is there; a household of two
  await couple_of_67.sees(/매달 274,008원/)
  await couple_of_67.sees(/매달 158,451원/)
  await couple_of_67.sees(/2인 가구의 소득인정액 1,100,000원이 기준 1,258,451원보다 적어/)
  await couple_of_67.sees(/해마다 407,500원/)
  assert.match(await couple_of_67.page.content(), /두 살이 안 된 아기가 없습니다/)
  assert.match(await couple_of_67.page.content(), /기초연금법 제8조제1항/, 'the rule names its article')
  await couple_of_67.leave()
})

test('The same couple is judged by the law of another year', async () => {
  const earlier = await Person.arrive(house, { language: 'en', viewport: phone })
  await earlier.go('/benefits')
  await earlier.judge('benefits-questions-phone')
  await answer(earlier, { ...couple, as_of_year: '2024', as_of_month: '6', as_of_day: '1' }, nothing_else)
  await earlier.sees(/267,848 won a month/)           // 334,810 x 0.8
  await earlier.sees(/78,435 won a month/)            // 32 % of 3,682,609 is 1,178,435
  await earlier.judge('benefits-results-phone')
  await earlier.follow(/^Basic pension$/)
  await earlier.sees(/보건복지부고시/)
  await earlier.judge('benefits-one')
  await earlier.leave()
})

test('Who lost a job finds what the insurance pays and what is still to be told', async () => {
  const without_work = await Person.arrive(house, { viewport: phone })
  await without_work.go('/benefits')
  const facts = { age: '40', household_size: '1', monthly_income: '1500000', yearly_earnings: '0', monthly_rent: '0', children: '7' }
  const work = { monthly_wage: '3200000', insured_months: '30', as_of_year: '2025', as_of_month: '6', as_of_day: '1' }
  await answer(without_work, { ...facts, ...work }, { ...nothing_else, married: 'no', work: 'lost_job' })
  // 60 % of 3,200,000 / 30 is 64,000, below 80 % of eight hours at 10,030: 64,192 a day
  await without_work.sees(/하루 64,192원씩 150일 받습니다/)
  await without_work.sees(/한 달\(30일\)에 1,925,760원/)
  await without_work.sees(/매달 730,500원/)            // emergency support for one in 2025
  await without_work.sees(/8세가 안 된 자녀가 있습니다/)
  await without_work.sees(/더 답하면 알 수 있는 \d+가지/)
  assert.match(await without_work.page.content(), /임신 중인지 알아야 정할 수 있습니다/)
  await without_work.judge('benefits-results-work-phone')
  await without_work.leave()
})

test('The law before and after a change stands beside it', async () => {
  const reader = await Person.arrive(house)
  await reader.go('/benefits/child-allowance')
  await reader.sees(/2019년 1월 1일부터/)
  await reader.sees(/2018년 9월 1일부터/)
  await reader.sees(/부칙\(법률 제21489호\)/)
  await reader.sees(/가구에 한 번/)
  await reader.judge('benefits-versions')
  await reader.leave()
})

test('What cannot be read is named, and the rest is kept', async () => {
  const careless = await Person.arrive(house)
  await careless.go('/benefits')
  await answer(careless, { ...couple, age: '200', children: '셋' }, nothing_else)
  await careless.sees(/0부터 120까지의 숫자/)
  await answer(careless, { age: '67' }, {})
  await careless.sees(/나이를 쉼표로 나누어/)
  assert.equal(await careless.page.locator('input[name=household_size]').inputValue(), '2')
  await careless.judge('benefits-errors')
  await careless.leave()
})

test('Kim finds her household filled in, and that look in her record', async () => {
  const kim = await Person.arrive(house)
  await kim.sign_in('김하윤')
  await kim.go('/benefits')
  assert.equal(await kim.page.locator('input[name=household_size]').inputValue(), '3')
  assert.ok(await kim.page.locator('input[name=married][value=yes]').isChecked())
  const born = new Date('1988-04-12'), now = new Date()
  const birthday_is_past = now.getMonth() > 3 || (now.getMonth() === 3 && now.getDate() >= 12)
  assert.equal(await kim.page.locator('input[name=age]').inputValue(),
    String(now.getFullYear() - born.getFullYear() - (birthday_is_past ? 0 : 1)))
  await kim.judge('benefits-filled-in')
  await kim.go('/my/data?by=all')
  assert.match(await kim.page.content(), /혜택찾기에 미리 채우기/)
  await kim.leave()
})
