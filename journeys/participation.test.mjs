// The people design and talk with officials, in a browser: a project of the design group by keyboard, on a phone and without script; a
// forum with its broadcast page, the board of all sites and the calendar.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, Person, close_browser, phone, wait_for } from './house.mjs'
import { free_port, root } from './program.mjs'
import { small_pack } from '../tests/small_pack.mjs'

let house, folder
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'madang-participation-'))
  house = await House.open({ port: await free_port(), pack: small_pack(folder) })
})
after(async () => {
  await close_browser()
  await house?.close()
  rmSync(folder, { recursive: true, force: true })
})
const fill = async (who, fields) => {
  for (const [name, value] of Object.entries(fields)) {
    const control = who.page.locator(`main [name="${name}"]`).first()
    if (await control.evaluate(e => e.tagName) === 'SELECT') await control.selectOption(value)
    else await control.fill(value)
  }
}
const date = name => {
  const d = new Date(Date.now() + 86400000)
  return { [`${name}_year`]: String(d.getFullYear()), [`${name}_month`]: String(d.getMonth() + 1), [`${name}_day`]: String(d.getDate()) }
}

test('a citizen is invited to a project and puts evidence on its board, without script and on a phone', async () => {
  const cho = await Person.arrive(house)
  await cho.sign_in('조은우')
  await cho.go('/desk/design')
  await fill(cho, { title: '두렵지 않은 기다림', problem: '정류장이 어둡습니다.', category: 'transport' })
  await cho.judge('design-desk')
  await cho.press(/^과제 열기$/)
  await cho.sees(/아직 아무것도 없습니다/)
  await fill(cho, { invite: 'citizen' })
  await cho.press(/^초대하기$/)
  const link = new URL(await cho.page.locator('main code').innerText()).pathname
  await cho.judge('design-invited')
  const kim = await Person.arrive(house, { viewport: phone, script: false })
  await kim.sign_in('김하윤')
  await kim.go(link)
  await kim.sees(/국민디자인단|두렵지 않은 기다림/)
  await kim.press(/^받아들이기$/)
  await kim.follow(/^메모$/)
  await fill(kim, { title: '본 것', body: '여섯 명이 버스를 보냈습니다.' })
  await kim.press(/판에 올리기/)
  await kim.press(/판에서 내리기/)
  await kim.sees_not(/여섯 명이/)
  await kim.page.locator('summary', { hasText: '내린 것' }).click()
  await kim.press(/^되돌리기$/)
  await kim.sees(/여섯 명이 버스를 보냈습니다/)
  await kim.follow(/^여정 지도$/)
  await fill(kim, { title: '저녁 퇴근길' })
  await kim.press(/판에 올리기/)
  for (const [what, feeling] of [['기다립니다', '-2'], ['탑니다', '1'], ['앉습니다', '2']]) {
    await kim.page.locator('summary', { hasText: '단계 더하기' }).click()
    await kim.page.locator('main [name^="what-"]').fill(what)
    await kim.page.locator('main [name^="feeling-"]').selectOption(feeling)
    await kim.press(/^단계 더하기$/)
  }
  await kim.sees(/아주 나쁨 \(-2\)/)
  const at = new URL(kim.page.url()).pathname
  await kim.leave()
  const own = await Person.arrive(house, { viewport: phone })
  await own.sign_in('김하윤')
  await own.go(at)
  await own.judge('design-work-phone')
  await own.go(at + '/new/interview')
  await own.press(/판에 올리기/)
  await own.sees(/제목을 120자까지/)
  await own.judge('design-interview-phone')
  await own.go(at)
  await own.press(/^공개하기$/)
  await own.go(at.replace('/board', ''))
  await own.judge('design-project-phone')
  await own.leave()
  await cho.go('/design')
  await cho.judge('design-list')
  await cho.go(at.replace('/board', ''))
  await cho.judge('design-project')
  await cho.leave()
})

test('a forum is planned, announced, talked about and stands in the calendar and on the board', async () => {
  const cho = await Person.arrive(house)
  await cho.sign_in('조은우')
  await cho.go('/desk/forum-plans/new')
  await fill(cho, { title: '어떻게 탈 것인가', body: '타고 내리는 일', category: 'transport', ...date('begins'), begins_time: '19:00', place: '시민청 2층' })
  await cho.judge('forum-plan-new')
  await cho.press(/^저장$/)
  await cho.judge('forum-plan')
  await cho.press(/포럼을 알리기/)
  await cho.follow(/공개된 페이지/)
  const at = new URL(cho.page.url()).pathname
  await cho.leave()
  const kim = await Person.arrive(house, { viewport: phone })
  await kim.sign_in('김하윤')
  await kim.go(at)
  await kim.sees(/방송이 없는 포럼입니다/)
  await kim.page.locator('textarea[name=body]').fill('저희 정류장도요.')
  await kim.press(/댓글 올리기/)
  await kim.sees(/저희 정류장도요/)
  await kim.judge('forum-phone')
  await kim.go('/first-street')
  await kim.judge('first-street-phone')
  await wait_for(async () => { await kim.go('/first-street/channel'); return /두렵지 않은 기다림/.test(await kim.text()) })
  await kim.judge('channel-phone')
  await kim.go('/first-street/adoption')
  await kim.judge('adoption-phone')
  const d = new Date(Date.now() + 86400000)
  await kim.go(`/first-street/calendar?month=${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, '0')}`)
  await kim.sees(/어떻게 탈 것인가/)
  await kim.judge('calendar-phone')
  await kim.leave()
})

test('a group shares what it did, with a picture that is described', async () => {
  const kim = await Person.arrive(house, { viewport: phone })
  await kim.sign_in('김하윤')
  await kim.go('/activities/start')
  await fill(kim, { title: '정류장을 칠했습니다', team: '타는 사람들', place: '자하문로', category: 'transport', body: '하루에 다 칠했습니다.', ...date('held') })
  await kim.press(/저장하고 사진 더하기/)
  await kim.sees(/아직 나만 볼 수 있습니다/)
  await kim.page.locator('input[type=file]').setInputFiles(join(root, 'engines/pictures/fuzz/corpus/picture/small.png'))
  await kim.page.locator('input[name=alt]').fill('파랗게 칠한 정류장')
  await kim.press(/^사진 더하기$/)
  await kim.judge('activity-draft-phone')
  await kim.press(/^공개하기$/)
  assert.equal(await kim.page.locator('main img').getAttribute('alt'), '파랗게 칠한 정류장')
  await kim.judge('activity-phone')
  await kim.leave()
})
