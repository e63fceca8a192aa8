// Journey 4: Choi reports a birth; the official accepts it; the child has a resident number, a place in
// the household and an entry in the family register, and what follows is offered.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { House, Person, close_browser, phone, wait_for } from './house.mjs'

let house
before(async () => { house = await House.open() })
after(async () => { await close_browser(); await house?.close() })

const next = /^(다음|계속)/

// Check digit of a resident number: weights 2..9,2..5 (Enforcement Rule of the Resident Registration
// Act, the number's last digit until October 2020).
function valid_number(number) {
  const digits = [...number.replace('-', '')].map(Number)
  const sum = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5].reduce((s, w, i) => s + w * digits[i], 0)
  return digits.length === 13 && (11 - sum % 11) % 10 === digits[12]
}

async function records_of(person) {
  const answer = await person.page.request.get(house.url + '/my/data/records', { headers: { accept: 'application/json' } })
  return answer.json()
}

const day = new Date(Date.now() - 5 * 86400000)
async function say_when_and_where(person) {
  await person.page.locator('input[name=born_year]').fill(String(day.getFullYear()))
  await person.page.locator('input[name=born_month]').fill(String(day.getMonth() + 1))
  await person.page.locator('input[name=born_day]').fill(String(day.getDate()))
  await person.press(next)
  await person.page.locator('input[name=place]').fill('해운대 조산원')
  await person.press(next)
}

test('Choi reports a birth on her phone and the child is registered', async () => {
  const choi = await Person.arrive(house, { viewport: phone })
  await choi.sign_in('최지우')
  const household = (await records_of(choi)).persons[0].household

  await choi.go('/services/birth-report')
  await choi.press(/신고 시작/)
  await choi.press(next)
  await choi.sees(/답을 적거나/)          // a surname is needed
  await choi.page.locator('input[name=surname]').fill('한')
  await choi.press(next)
  await choi.page.locator('input[name=given]').fill('봄<b>')
  await choi.press(next)
  await choi.page.goBack()
  await choi.page.locator('input[name=given]').fill('봄')
  await choi.press(next)
  await choi.page.locator('input[name=latin]').fill('Han Bom')
  await choi.press(next)
  await choi.choose('여')
  await choi.press(next)
  await say_when_and_where(choi)
  await choi.sees(/한/)
  await choi.judge('birth-check-phone')
  await choi.press(/신고하기/)
  await choi.sees(/접수되었습니다/)

  const oh = await Person.arrive(house)
  await oh.sign_in('오민석')
  await oh.page.getByRole('link', { name: /출생신고.*최지우/ }).first().click()
  await oh.page.waitForLoadState()
  for (const seen of ['한봄', '해운대 조산원', '제44조', '충족'])
    assert.match(await oh.page.content(), new RegExp(seen))
  await oh.judge('birth-desk')
  await oh.press(/수리하고 서명/)

  // Told, with the number; and the family register follows by itself.
  await wait_for(async () => {
    await choi.go('/my/notices')
    return /수리되었습니다/.test(await choi.text())
  })
  await choi.judge('birth-notices-phone')
  let certificate = ''
  await wait_for(async () => {
    await choi.issue('family-certificate', [p => p.choose('주민등록번호 뒷자리'), p => p.page.locator('select').selectOption('bank')])
    certificate = await choi.paper()
    return /한봄/.test(certificate)
  })
  const number = certificate.match(/한봄[\s\S]*?(\d{6}-\d{7})/)[1]
  assert.ok(valid_number(number), `${number} has a valid check digit`)
  const two = n => String(n).padStart(2, '0')
  assert.equal(number.slice(0, 7), `${two(day.getFullYear() % 100)}${two(day.getMonth() + 1)}${two(day.getDate())}-`)
  assert.equal(number[7], '4', 'a girl born from 2000 on')

  // The official finds the child in the same household, as a child of its head or of the spouse.
  await oh.go('/desk/registers')
  await oh.page.locator('select[name=register]').selectOption('persons')
  await oh.page.locator('select[name=by]').selectOption('resident_number')
  await oh.page.locator('input[name=value]').fill(number)
  await oh.page.locator('input[name=purpose]').fill('출생 기록 확인')
  await oh.page.locator('form[action="/desk/registers"] button').last().click()
  await oh.page.waitForLoadState()
  const found = await oh.page.locator('#main').innerText()
  assert.match(found, /한봄/)
  assert.match(found, new RegExp(household))
  assert.match(found, /세대주와의 관계\s+자녀/)

  await choi.go('/my')
  await choi.sees(/아동수당/)
  await choi.sees(/첫만남이용권/)
  await choi.judge('birth-bundle-phone')
  await oh.leave()
  await choi.leave()
})

test('A second report of the same child does not make a second person', async () => {
  const choi = await Person.arrive(house)
  await choi.sign_in('최지우')
  await choi.go('/my')
  await choi.page.getByRole('link', { name: /출생신고/ }).first().click()
  await choi.sees(/수리/)
  // Back to the page that filed it, and filed again: the same receipt.
  const before = (await (await choi.page.request.get(house.url + '/my', { headers: { accept: 'application/json' } })).json())
  assert.equal(before.cases.filter(c => c.procedure === 'birth-report').length, 1)

  // A report of its own about the same child: the official is told, and cannot accept it.
  await choi.go('/services/birth-report')
  await choi.press(/신고 시작/)
  for (const [name, value] of [['surname', '한'], ['given', '봄'], ['latin', 'Han Bom']]) {
    await choi.page.locator(`input[name=${name}]`).fill(value)
    await choi.press(next)
  }
  await choi.choose('여')
  await choi.press(next)
  await say_when_and_where(choi)
  await choi.press(/신고하기/)
  await choi.sees(/접수되었습니다/)
  const oh = await Person.arrive(house)
  await oh.sign_in('오민석')
  await oh.page.getByRole('link', { name: /출생신고.*최지우/ }).first().click()
  await oh.sees(/같은 이름과 생년월일의 아이가 세대에 있음/)
  await oh.press(/요건을 확인하고 수리/)
  await oh.sees(/이미 등록된 아이입니다/)
  const persons = (await records_of(choi)).persons
  assert.equal(persons.length, 1)
  await oh.leave()
  await choi.leave()
})
