// A vote of an apartment complex in a real browser: two trustees make keys, two voters enter the list on their phones and vote, one of them
// twice, the trustees open the result, and a reader verifies the archive in the page.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { House, Person, close_browser, phone, desktop } from './house.mjs'
import { free_port } from './program.mjs'

let house, poll
before(async () => { house = await House.open({ port: await free_port() }) })
after(async () => {
  await close_browser()
  await house?.close()
})
const people = {}
async function person(name, options = { viewport: phone }) {
  if (!people[name]) {
    people[name] = await Person.arrive(house, options)
    await people[name].sign_in(name)
  }
  return people[name]
}
// The label covers the control and is what people press.
const on_label = { force: true }
// What the browser computes first is sent a moment after the button was pressed.
const comes = (who, words) => who.page.locator('main', { hasText: words }).waitFor()
const ready = who => who.page.waitForSelector('madang-election[data-ready]')

test('the manager begins a vote from proposals', async () => {
  const park = await person('박서준', { viewport: desktop })
  await park.go('/communities')
  await park.sees(/공동체 815곳/)
  await park.judge('communities')
  await park.go('/communities/1')
  await park.judge('community')
  await park.follow(/주민 확인 코드/)
  await park.judge('community-code')
  await park.go('/communities/1/poll')
  await park.page.locator('input[name=title]').fill('무엇을 먼저 할까요')
  for (const box of await park.page.locator('input[name="proposals[]"]').all()) await box.check(on_label)
  await park.judge('community-begin')
  await park.press(/명부 받기 시작/)
  await park.sees(/명부 등록 중/)
  poll = new URL(park.page.url()).pathname
})

let links
test('trustees make their keys in the browser', async () => {
  const park = await person('박서준')
  links = await park.page.locator('a[href^="/trustees/"]').evaluateAll(all => all.map(a => a.getAttribute('href')))
  assert.equal(links.length, 2)
  for (const [i, name] of ['한예린', '강태오'].entries()) {
    const who = await person(name)
    await who.go(links[i])
    await ready(who)
    await who.press(/내 열쇠 만들기/)
    await who.page.getByText('열쇠를 파일로 보관').waitFor()
    if (i === 0) await who.judge('trustee-key-phone')
    await who.press(/공개 열쇠 보내기/)
    await comes(who, /열쇠를 받았습니다/)
  }
})

test('voters enter the list, and vote on their phones', async () => {
  for (const name of ['김하윤', '최지우']) {
    const who = await person(name)
    await who.go(`${poll}/register`)
    await ready(who)
    await who.press(/투표 자격 만들기/)
    await who.page.getByText('적어 두세요').first().waitFor()
    if (name === '김하윤') await who.judge('credential-phone')
    await who.press(/^명부에 오르기$/)
    await comes(who, /명부 등록 중/)
  }
  const park = await person('박서준')
  await park.go(poll)
  await park.press(/투표 열기/)
  await park.sees(/투표 중/)
  const kim = await person('김하윤')
  const vote = async (who, choice) => {
    await who.go(`${poll}/vote`)
    await ready(who)
    await who.page.locator(`input[type=radio][value="${choice}"]`).check(on_label)
    await who.press(/암호로 바꾸어 투표하기/)
    await who.page.waitForURL(/board\?mine=/)
    await who.sees(/이 투표지는 셉니다/)
  }
  await kim.go(`${poll}/vote`)
  await ready(kim)
  await kim.press(/암호로 바꾸어 투표하기/)
  await comes(kim, /하나는 골라야 합니다/)
  await kim.judge('vote-phone')
  await vote(kim, 0)
  const first = new URL(kim.page.url()).searchParams.get('mine')
  await kim.judge('board-phone')
  await vote(kim, 1)
  await kim.go(`${poll}/board?mine=${encodeURIComponent(first)}`)
  await kim.sees(/나중 것으로 바뀌었습니다/)
  await vote(await person('최지우'), 1)
})

test('trustees open the result, and a reader verifies it', async () => {
  const park = await person('박서준')
  await park.go(poll)
  await park.press(/투표 마감/)
  await park.sees(/개표 중/)
  for (const [i, name] of ['한예린', '강태오'].entries()) {
    const who = await person(name)
    await who.go(links[i])
    await ready(who)
    if (i === 0) await who.judge('trustee-open-phone')
    await who.press(/내 몫 열기/)
    await who.page.waitForURL(url => url.pathname === poll)
  }
  const reader = await Person.arrive(house, { viewport: desktop, language: 'en' })
  await reader.go(poll)
  await reader.sees(/Here is the result/)
  await reader.judge('election-finished')
  await reader.go(`${poll}/verify`)
  await ready(reader)
  await reader.press(/Verify now/)
  await reader.page.waitForSelector('madang-election[data-state=good]')
  await reader.sees(/all 3 ballots are right; 2 of them count/)
  await reader.judge('election-verified')
  await reader.leave()
  for (const who of Object.values(people)) await who.leave()
})
