// Seoul asks, citizens answer: an official of Jongno makes a vote, Kim votes on her phone without script, changes her mind and takes it
// back, others follow, the hall's screen hears of it by itself, and whoever doubts the result counts it again in the browser.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, Person, close_browser, phone, desktop, wait_for } from './house.mjs'
import { free_port } from './program.mjs'
import { small_pack } from '../tests/small_pack.mjs'

let house, folder
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'madang-mvoting-'))
  house = await House.open({ port: await free_port(), pack: small_pack(folder) })
})
after(async () => {
  await close_browser()
  await house?.close()
  rmSync(folder, { recursive: true, force: true })
})

// In two days, in Korea's time, as the form asks for it.
async function fill_end(who) {
  const [d, t] = new Date(Date.now() + 2 * 86400000 + 9 * 3600000).toISOString().split('T'), [year, month, day] = d.split('-')
  for (const [part, value] of Object.entries({ year, month, day, time: t.slice(0, 5) })) await who.page.locator(`input[name=closes_${part}]`).fill(value)
}

let at
test('an official makes a vote, sees what is wrong, looks at it, and publishes it', async () => {
  const reader = await Person.arrive(house, { viewport: phone })
  await reader.go('/votes')
  await reader.sees(/지금 열린 투표가 없습니다/)
  await reader.judge('mvoting-empty-phone')
  await reader.leave()
  const hong = await Person.arrive(house, { viewport: desktop })
  await hong.sign_in('홍유나')
  await hong.go('/desk/votes')
  await hong.follow(/^투표 만들기$/)
  await hong.page.locator('input[name=title]').fill('제설함을 어디에 더 놓을까요?')
  await hong.page.locator('textarea[name=body]').fill('이번 겨울 이백 개를 더 놓습니다.')
  await hong.page.locator('textarea[name=options]').fill('언덕길\n학교 앞')
  await hong.page.locator('input[name=closes_month]').fill('내일')
  await hong.page.locator('select[name=category]').selectOption('safety')
  await hong.page.locator('select[name=results]').selectOption('at_once')
  await hong.press(/저장하고 미리 보기/)
  await hong.sees(/날짜와 시각을 모두 써 주세요/)
  await hong.judge('mvoting-error-desktop')
  assert.equal(await hong.page.locator('textarea[name=options]').inputValue(), '언덕길\n학교 앞')
  await fill_end(hong)
  await hong.page.locator('select[name=presence]').selectOption('venue')
  await hong.press(/저장하고 미리 보기/)
  await hong.sees(/아직 아무도 볼 수 없습니다/)
  await hong.judge('mvoting-draft-desktop')
  await hong.press(/^공개하기$/)
  await hong.sees(/투표 중/)
  at = new URL(hong.page.url()).pathname
  await hong.leave()
})

let screen
test('the screen of the hall shows a code; Kim scans it and votes on her phone without script', async () => {
  screen = await Person.arrive(house, { viewport: desktop })
  await screen.sign_in('홍유나')
  await screen.go(`${at}/screen`)
  await screen.sees(/코드는 30초마다 바뀝니다/)
  await screen.judge('mvoting-screen-desktop')
  const code = () => screen.page.evaluate(async path => (await (await fetch(path, { headers: { accept: 'application/json' } })).json()).address, `${at}/screen/code`)
  const kim = await Person.arrive(house, { viewport: phone, script: false })
  await kim.sign_in('김하윤')
  await kim.go(at)
  await kim.sees(/투표장에서 하는 투표입니다/)
  const scanned = new URL(await code())
  await kim.go(scanned.pathname + scanned.search)
  await kim.press(/^투표하기$/)
  await kim.sees(/하나 이상 골라 주세요/)
  await kim.choose('언덕길')
  await kim.press(/^투표하기$/)
  await kim.sees(/고르신 것: 언덕길/)
  await screen.page.waitForFunction(() => /1명/.test(document.querySelector('.screen-count')?.textContent ?? ''))
  await kim.choose('학교 앞')
  await kim.press(/선택 바꾸기/)
  await kim.sees(/고르신 것: 학교 앞/)
  await kim.press(/투표 거두기/)
  await kim.sees_not(/고르신 것/)
  await kim.choose('학교 앞')
  await kim.press(/^투표하기$/)
  await kim.sees(/고르신 것: 학교 앞/)
  await kim.leave()
  await screen.page.waitForFunction(() => document.querySelector('[data-option="2"] meter')?.value === 1)
  // With script it is the same page.
  const park = await Person.arrive(house, { viewport: phone })
  await park.sign_in('박서준')
  const again = new URL(await code())
  await park.go(again.pathname + again.search)
  await park.judge('mvoting-vote-phone')
  await park.choose('언덕길')
  await park.press(/^투표하기$/)
  await park.sees(/고르신 것: 언덕길/)
  await park.judge('mvoting-voted-phone')
  await park.leave()
  await screen.page.waitForFunction(() => /2명/.test(document.querySelector('.screen-count')?.textContent ?? ''))
  await screen.judge('mvoting-screen-counted-desktop')
  await screen.leave()
})

test('it ends, everybody reads the result and counts it again', async () => {
  const hong = await Person.arrive(house, { viewport: desktop })
  await hong.sign_in('홍유나')
  await hong.go(`${at}/manage`)
  await hong.page.getByText('일찍 끝내기').first().click()
  await hong.page.locator('textarea[name=reason]').fill('모두 투표하였습니다.')
  await hong.press(/^일찍 끝내기$/)
  await hong.sees(/예정보다 일찍 끝났습니다/)
  await hong.leave()
  const reader = await Person.arrive(house, { viewport: phone })
  await reader.go(`${at}/results`)
  await reader.sees(/1표 \(50\.0\s%\)/)
  await reader.judge('mvoting-results-phone')
  await reader.go(`${at}/recount`)
  await reader.page.locator('madang-recount button').waitFor()
  await wait_for(async () => {
    await reader.go(`${at}/recount`)
    await reader.page.locator('madang-recount button').click()
    await reader.page.waitForSelector('madang-recount[data-state]')
    return await reader.page.locator('madang-recount').getAttribute('data-state') === 'good'
  })
  await reader.judge('mvoting-recount-phone')
  await reader.leave()
})
