// Journeys 3, 5 and 6: Kim moves house and joins Park's; the official decides; everyone is told; Kim sees
// who looked; and the register still knows what it said before.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { House, Person, close_browser, phone, wait_for } from './house.mjs'

let house
before(async () => { house = await House.open() })
after(async () => { await close_browser(); await house?.close() })

const next = /^(다음|계속)/

// The building in which somebody of the demonstration lives, as her own register page shows it.
async function address_of(name) {
  const person = await Person.arrive(house)
  await person.sign_in(name)
  const answer = await person.page.request.get(house.url + '/my/data/records', { headers: { accept: 'application/json' } })
  const records = await answer.json()
  await person.leave()
  return records.households[0].address
}

test('Kim reports a move into the household of Park, who agrees, and an official accepts it', async () => {
  const full = await address_of('박서준')
  const [, building, unit] = full.match(/^(.*) (\S+동 \S+호)$/)
  const town = '정자1동'

  const kim = await Person.arrive(house)
  await kim.sign_in('김하윤')
  await kim.go('/services/move-in')
  await kim.press(/신고 시작/)
  // A day in the future is refused beside the field.
  await kim.page.locator('input[name=moved_year]').fill('2090')
  await kim.page.locator('input[name=moved_month]').fill('1')
  await kim.page.locator('input[name=moved_day]').fill('2')
  await kim.press(next)
  await kim.sees(/뒤일 수 없습니다/)
  const day = new Date(Date.now() - 3 * 86400000)
  await kim.page.locator('input[name=moved_year]').fill(String(day.getFullYear()))
  await kim.page.locator('input[name=moved_month]').fill(String(day.getMonth() + 1))
  await kim.page.locator('input[name=moved_day]').fill(String(day.getDate()))
  await kim.press(next)
  // The address finder: town first, then the road.
  const road = building.split(', ')[0].split(' ').at(-2)
  await kim.page.locator('input[name=address]').pressSequentially(`${town} ${road}`, { delay: 5 })
  await kim.page.getByRole('option').filter({ hasText: building }).first().click()
  await kim.judge('move-address')
  await kim.press(next)
  await kim.page.locator('input[name=unit]').fill(unit)
  await kim.press(next)
  await kim.sees(/누가 함께 이사하나요/)
  await kim.choose('김하윤')
  await kim.choose('정도윤')
  await kim.judge('move-who')
  await kim.press(next)
  await kim.choose('이미 사는 세대에')
  await kim.press(next)
  await kim.page.locator('input[name=head_name]').fill('박서진')
  await kim.press(next)
  await kim.press(next)   // no note
  await kim.press(/신고하기/)
  await kim.sees(/그 이름의 세대주를 찾을 수 없습니다/)
  await kim.judge('move-check-error')
  await kim.page.locator('main a[href*="/head_name"]').click()
  await kim.page.locator('input[name=head_name]').fill('박서준')
  await kim.press(next)
  await kim.press(/신고하기/)
  await kim.sees(/접수되었습니다/)
  await kim.sees(/동의를 기다리고/)
  await kim.judge('move-filed')

  // Park is asked and agrees, on a phone.
  const park = await Person.arrive(house, { viewport: phone })
  await park.sign_in('박서준')
  await park.go('/')
  await park.sees(/김하윤님의 전입신고에 동의가 필요합니다/)
  await park.follow(/확인하기/)
  await park.judge('consent-phone')
  await park.press(/^동의합니다/)
  await park.sees(/답하셨습니다/)

  // Another town's official does not see the case; the agency's does.
  const lee = await Person.arrive(house)
  await lee.sign_in('이도현')
  await lee.go('/desk')
  assert.doesNotMatch(await lee.page.content(), /김하윤/)

  const oh = await Person.arrive(house)
  await oh.sign_in('오민석')
  await oh.page.waitForURL(/\/desk/)
  assert.match(await oh.page.content(), /D-3/)
  await oh.page.getByRole('link', { name: /전입신고.*김하윤/ }).first().click()
  await oh.page.waitForLoadState()
  const desk = await oh.page.content()
  for (const seen of ['신청 내용', '한 화면 조회', '판단', '동의함', '14일'])
    assert.match(desk, new RegExp(seen))
  await oh.judge('desk')
  const address = oh.page.url()
  const refused = await lee.page.goto(address)
  assert.equal(refused.status(), 404)

  // A question back, an answer, and the clock between.
  await oh.page.locator('summary', { hasText: '보완 요청' }).click()
  await oh.page.locator('#ask-text').fill('남편분은 언제 오시나요?')
  await oh.page.locator('form[action$="/ask"] button').click()
  await oh.page.waitForLoadState()
  await kim.go('/')
  await kim.follow(/답하기/)
  await kim.sees(/남편분은 언제 오시나요/)
  await kim.judge('case-question')
  await kim.page.locator('textarea[name=text]').fill('직장 때문에 지금 집에 남습니다.')
  await kim.press(/답변 보내기/)
  await kim.sees(/확인하고 있습니다/)

  await oh.page.goto(address)
  assert.match(await oh.page.content(), /직장 때문에/)
  await oh.press(/수리하고 서명/)
  assert.match(await oh.page.content(), /수리됨|수리/)

  // Everyone concerned is told; what usually follows is offered.
  await wait_for(async () => {
    await kim.go('/my/notices')
    return /수리되었습니다/.test(await kim.text())
  })
  await park.go('/my/notices')
  await park.sees(/수리되어 등록부가 바뀌었습니다/)
  await lee.page.goto(house.url + '/desk/office')
  assert.match(await lee.page.content(), /전출/)
  await kim.go('/my')
  await kim.sees(/자동차 주소 변경/)
  await kim.sees(/초등학교 전학/)
  await kim.judge('my-bundle')

  // The register says so from the day of the move.
  await kim.go('/my/data/records')
  await kim.sees(new RegExp(building))

  // The rest of the life event: the vehicle's address, with its own state.
  await kim.go('/my')
  await kim.page.locator('main a', { hasText: '자동차 주소 변경' }).first().click()
  await kim.press(/주소 바꾸기/)
  await kim.page.locator('main fieldset label').first().click()
  await kim.press(next)
  await kim.press(/신고하기/)
  await kim.sees(/접수되었습니다/)
  await kim.go('/my')
  await kim.sees(/처리 중/)
  for (const person of [kim, park, lee, oh]) await person.leave()
})

test('Kim sees who looked at her data: the official with post, purpose and law', async () => {
  const kim = await Person.arrive(house, { language: 'ko' })
  await kim.sign_in('김하윤')
  await kim.go('/my/data')
  await kim.sees(/오민석/)
  await kim.sees(/행정안전부/)
  await kim.sees(/주민등록법 제16조/)
  await kim.judge('my-data')
  const looks = await (await kim.page.request.get(house.url + '/my/data', { headers: { accept: 'application/json' } })).json()
  const by_official = looks.entries.filter(e => e.who === '오민석')
  assert.ok(by_official.length > 0)
  for (const e of by_official) {
    assert.ok(e.purpose && e.law, 'every look says purpose and law')
    assert.match(e.post + e.agency, /./)
  }
  const copy = await kim.page.request.get(house.url + '/my/data/download')
  assert.match(copy.headers()['content-disposition'], /attachment/)
  const data = await copy.json()
  assert.equal(data.records.persons[0].name, '김하윤')
  assert.equal(data.records.vehicles.length, 1)
  await kim.leave()
})

test('An official with the right asks the register as of any date and as it was known on any date', async () => {
  const kim = await Person.arrive(house)
  await kim.sign_in('김하윤')
  const me = (await (await kim.page.request.get(house.url + '/my/data/records', { headers: { accept: 'application/json' } })).json()).persons[0]
  await kim.leave()

  const oh = await Person.arrive(house)
  await oh.sign_in('오민석')
  await oh.go('/desk/registers')
  await oh.judge('registers')
  const look = async (valid, known) => {
    await oh.page.locator('select[name=register]').selectOption('persons')
    await oh.page.locator('select[name=by]').selectOption('resident_number')
    await oh.page.locator('input[name=value]').fill(me.resident_number)
    await oh.page.locator('input[name=purpose]').fill('전입 전후의 세대 확인')
    await oh.page.locator('input[name=valid]').fill(valid)
    await oh.page.locator('input[name=known]').fill(known)
    await oh.page.locator('form[action="/desk/registers"] button').last().click()
    await oh.page.waitForLoadState()
    return oh.page.content()
  }
  // Without a purpose nothing opens.
  await oh.page.locator('input[name=value]').fill(me.resident_number)
  await oh.page.locator('form[action="/desk/registers"] button').last().click()
  await oh.page.waitForLoadState()
  assert.match(await oh.page.content(), /목적을 5자 이상/)

  const head = /세대주와의 관계[\s\S]{0,200}본인/
  assert.doesNotMatch(await look('', ''), head, 'today she is a member of another household')
  await oh.judge('registers-found')
  assert.match(await oh.page.content(), /고쳐짐/)
  assert.match(await look('2024-01-01', ''), head, 'in 2024 she was head of her own')
  // As known before the move was registered, she still heads her household today.
  const yesterday = new Date(Date.now() - 86400000).toISOString().slice(0, 10)
  assert.match(await look('', yesterday), head, 'the correction does not hide what was known')
  await oh.leave()

  const jung = await Person.arrive(house)
  await jung.sign_in('정수빈')
  await jung.go('/desk/audit?action=decided')
  assert.match(await jung.page.content(), /오민석/)
  await jung.judge('audit')
  const denied = await jung.page.request.get(house.url + '/desk/registers')
  assert.equal(denied.status(), 403, 'an auditor reads who looked, not the registers')
  assert.match(await denied.text(), /왜 거절되었는지/)
  await jung.leave()
})
