// An official needs what seven agencies know for a passport; the citizen sees it first, on a phone
// and without script, agrees, and takes it back.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { House, Person, close_browser, phone } from './house.mjs'
import { missing, rows } from '../tests/stores.mjs'

let house, number
before(async () => {
  if (missing) return
  house = await House.open()
  const [[person]] = rows(house, 'identity', "select person from account where name = '김하윤'")
  number = rows(house, 'residents', `select resident_number from register_persons where key = ${person}`)[0][0]
})
after(async () => { await close_browser(); await house?.close() })

test('A passport: asked, seen first, agreed, looked up on one screen, taken back', { skip: missing }, async () => {
  const lee = await Person.arrive(house)
  await lee.sign_in('이도현')
  await lee.go('/desk')
  await lee.follow(/한 화면 조회/)
  await lee.judge('sharing-tasks')
  await lee.follow(/여권 발급/)
  await lee.judge('sharing-task')
  await lee.page.getByLabel('주민등록번호').fill(number)
  await lee.page.getByLabel('접수번호').fill('여권-2026-0031')
  await lee.press(/^조회/)
  await lee.sees(/동의를 요청하세요/)
  await lee.judge('sharing-no-ground')
  await lee.press('동의 요청 보내기')
  await lee.sees(/동의 요청을 보냈습니다/)

  const kim = await Person.arrive(house, { viewport: phone, script: false })
  await kim.sign_in('김하윤')
  await kim.go('/my/notices')
  await kim.follow(/정보 조회 동의를 요청했습니다/)
  await kim.sees(/이 관청이 보게 될 내용/)
  await kim.sees(/여권-2026-0031/)
  await kim.press(/^동의합니다/)
  await kim.sees(/동의함/)

  await lee.go('/desk/sharing/passport_issue')
  await lee.page.getByLabel('주민등록번호').fill(number)
  await lee.press(/^조회/)
  for (const register of ['주민등록부 (개인)', '가족관계등록부', '병적 기록', '출입국 기록', '자동차운전면허대장', '여권 발급 대장'])
    await lee.sees(new RegExp(register.replace(/[()]/g, '\\$&')))
  await lee.sees(/본인 동의/)
  await lee.sees_not(new RegExp(number))
  await lee.judge('sharing-screen')

  await kim.go('/my/data')
  await kim.sees(/여권 발급/)
  await kim.go('/my/sharing')
  await kim.follow('여권 발급')
  await kim.press('동의를 거둡니다')
  await kim.sees(/동의를 거둠/)
  await lee.go('/desk/sharing/passport_issue')
  await lee.page.getByLabel('주민등록번호').fill(number)
  await lee.press(/^조회/)
  await lee.sees(/본인의 동의도 없습니다/)
})

test('Anybody reads what is shared', { skip: missing }, async () => {
  const guest = await Person.arrive(house, { viewport: phone })
  await guest.go('/sharing')
  await guest.sees(/행정정보 공동이용/)
  await guest.sees(/여권 발급/)
  await guest.judge('sharing-public-phone')
})
