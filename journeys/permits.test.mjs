// A permit from the counter: applied for on a phone, checked step by step, decided, held, put on paper, suspended with a
// reason, given back. All of it is a folder of the pack.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { House, Person, close_browser, phone, wait_for } from './house.mjs'

let house
before(async () => { house = await House.open() })
after(async () => { await close_browser(); await house?.close() })

const next = /^(다음|계속|Continue)/

async function apply(person, service, answers) {
  await person.go(`/services/${service}`)
  await person.page.locator('main form[action$="/start"] button').click()
  for (const answer of answers) {
    await person.page.waitForLoadState()
    await answer(person)
    await person.press(next)
  }
  await person.press(/신고하기|신청하기|Submit|보내기/)
}
const fill = (name, value) => p => p.page.locator(`main [name="${name}"]`).fill(value)

test('A shop is reported, checked by its procedure, decided, and held', async () => {
  const kim = await Person.arrive(house, { viewport: phone })
  await kim.sign_in('김하윤')
  await apply(kim, 'mail-order-sales', [
    fill('shop', '보리책방'), fill('site', 'bori.example'), fill('goods', '책'), p => p.choose(/^예$/)])
  await kim.sees(/접수/)
  const number = (await kim.text()).match(/\d{4}-\d{4}-\d{6}/)[0]
  await kim.page.getByRole('link', { name: /처리 절차와 지금 단계/ }).first().click()
  await kim.sees(/지금 여기\s*구매안전서비스와 사업자등록 확인/)
  await kim.judge('permit-procedure-phone')

  const lee = await Person.arrive(house)
  await lee.sign_in('이도현')
  await lee.go('/desk')
  await lee.follow(/^할 일/)
  await lee.judge('permit-tasks')
  await lee.page.getByRole('row', { name: new RegExp(number) }).getByRole('link').click()
  await lee.sees(/보리책방/)
  await lee.judge('permit-task')
  await lee.page.locator('main [name=note]').fill('구매안전서비스 가입을 확인했습니다.')
  await lee.press(/^기준에 맞음$/)
  await lee.go('/desk')
  await lee.page.getByRole('link', { name: /보리책방|통신판매업/ }).first().click()
  await lee.sees(/결정할 차례/)
  await lee.judge('permit-case')
  await lee.press(/수리하고 서명/)

  await wait_for(async () => { await kim.go('/my/licences'); return /보리책방/.test(await kim.text()) })
  await kim.sees(/유효/)
  await kim.judge('permit-licences-phone')
  await kim.leave()
  await lee.leave()
})

test('The licence is put on paper, suspended with a reason that its holder reads, and closed', async () => {
  const kim = await Person.arrive(house, { language: 'en' })
  await kim.sign_in('Kim Hayun|김하윤')
  await kim.issue('licence-certificate', [p => p.choose(/보리책방/)])
  const paper = await kim.paper()
  assert.match(paper, /보리책방/)
  assert.match(paper, /MOS-\d{4}-\d{4}-\d{6}/)
  const number = paper.match(/MOS-\d{4}-\d{4}-\d{6}/)[0]

  const lee = await Person.arrive(house)
  await lee.sign_in('이도현')
  await lee.go(`/desk/licences/${number}`)
  await lee.judge('permit-licence')
  await lee.page.locator('main [name=reason]').evaluate(e => { e.required = false })
  await lee.press(/^정지$/)
  await lee.judge('permit-licence-error')
  await lee.page.locator('main [name=reason]').fill('청약철회를 거부한 사실이 확인됨 (제17조)')
  await lee.press(/^정지$/)
  await lee.sees(/정지/)

  await wait_for(async () => { await kim.go('/my/notices'); return /suspended/.test(await kim.text()) })
  await kim.go('/my/licences')
  await kim.sees(/Suspended/)

  const yoon = await Person.arrive(house)
  await yoon.sign_in('윤서아')
  assert.equal((await yoon.go(`/desk/licences/${number}`)).status(), 404)
  await lee.leave()
  await yoon.leave()
  await kim.leave()
})

test('What the program says, a program reads', async () => {
  const lee = await Person.arrive(house)
  await lee.sign_in('이도현')
  const tasks = await lee.page.request.get(house.url + '/desk/tasks', { headers: { accept: 'application/json' } })
  assert.ok(Array.isArray((await tasks.json()).tasks))
  const none = await lee.page.request.get(house.url + '/desk/tasks/0000000000000', { headers: { accept: 'application/json' } })
  assert.equal(none.status(), 404)
  assert.equal((await none.json()).code, 'process.no_task')
  await lee.leave()
})
