// A benefit finds a pensioner: he is told by night, sees why, applies on one page, an official decides with the
// signed record beside her, and what is decided against the computation needs a reason. Amounts worked out by hand
// from the figures of 2026 (parameters.yaml); who lives on what stands in cast.yaml.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { House, Person, close_browser, phone, desktop, wait_for } from './house.mjs'
import { Mailbox } from './mailbox.mjs'
import { rows } from '../tests/stores.mjs'

let house, mail
before(async () => {
  mail = await Mailbox.open()
  house = await House.open({ arguments: ['--mail-server', mail.url, '--mail-from', 'no-reply@madang.example'] })
})
after(async () => { await close_browser(); await house?.close(); mail.close() })

const json = async (person, path) => {
  const answer = await person.page.request.get(house.url + path, { headers: { accept: 'application/json' } })
  return { status: answer.status(), ...(answer.ok() ? await answer.json() : {}) }
}

async function ask_for_money(person, remarks) {
  await person.page.locator('input[name=bank]').fill('마당은행')
  await person.page.locator('input[name=account]').fill('110-234-567890')
  if (remarks) await person.page.locator('textarea[name=remarks]').fill(remarks)
  await person.press(/신청서 보내기/)
  await person.sees(/접수/)
  return person.page.url().split('/').at(-1).replace(/\?.*/, '')
}

let record
test('Kim Yeongho is told, sees why, and applies on one page of his phone', async () => {
  const kim = await Person.arrive(house, { viewport: phone })
  await kim.sign_in('김영호')
  // What was found is kept first, then told.
  await wait_for(async () => (await json(kim, '/my/notices')).notices.some(n => /받을 수 있는 급여/.test(n.title)), 60)
  await kim.go('/my/notices')
  await kim.sees(/받을 수 있는 급여 \d+건을 찾았습니다/)
  await kim.sees(/기초연금, 매달 279,760원/)          // 349,700 x 0.8, both of a couple
  await kim.follow(/받을 수 있는 급여/)
  await kim.sees(/소득인정액 1,310,000원이 부부 기준 3,952,000원보다/)   // 700,000 + 300,000 + 310,000
  await kim.judge('claims-mine-phone')
  await kim.go('/benefits/basic-pension/apply')
  await kim.sees(/매달 279,760원/)
  await kim.sees(/주민등록부/)
  await kim.judge('claims-apply-phone')
  await kim.press(/신청서 보내기/)
  await kim.sees(/은행 이름을 적어 주세요/)
  record = await ask_for_money(kim)
  await kim.follow(/판단 기록/)
  await kim.sees(/서명\s+맞습니다/)
  await kim.sees(/다시 셈한 결과\s+똑같습니다/)
  assert.match(await kim.page.content(), /기초연금법 제8조제1항/)
  await kim.judge('claims-record-phone')
  // Twice is once.
  await kim.go('/benefits/basic-pension/apply')
  await kim.sees(/이미 신청하셨고/)
  await kim.go('/my/data')
  await kim.sees(/받을 수 있는 급여 찾아 알리기/)
  await kim.leave()
})

test('Nobody else has the record, and a record that was touched is seen to be', async () => {
  const park = await Person.arrive(house)
  await park.sign_in('박서준')
  assert.equal((await json(park, `/benefits/records/${record}`)).status, 404)
  await park.leave()
  const kim = await Person.arrive(house)
  await kim.sign_in('김영호')
  const touch = (from, to) =>
    rows(house, 'benefits', `update evaluation set record = replace(record, '${from}', '${to}')`)
  touch('"amount":"279760"', '"amount":"979760"')
  let seen = await json(kim, `/benefits/records/${record}`)
  assert.deepEqual([seen.signature_holds, seen.repeated], [false, false])
  touch('"amount":"979760"', '"amount":"279760"')
  seen = await json(kim, `/benefits/records/${record}`)
  assert.deepEqual([seen.signature_holds, seen.repeated, seen.entitled], [true, true, true])
  await kim.leave()
})

test('He chooses to be told by e-mail as well; the address counts once its number came back', async () => {
  const kim = await Person.arrive(house, { viewport: phone })
  await kim.sign_in('김영호')
  await kim.go('/my/notices')
  await kim.follow(/알림 받는 방법/)
  await kim.sees(/알림함으로만 받으십니다/)
  await kim.page.locator('form[action="/my/channels/email"] input[name=address]').fill('yeongho@')
  await kim.press(/확인 숫자 보내기/)
  await kim.sees(/전자우편 주소를 .* 꼴로/)
  await kim.go('/my/channels')
  await kim.page.locator('form[action="/my/channels/email"] input[name=address]').fill('yeongho@mail.example')
  await kim.press(/확인 숫자 보내기/)
  await kim.sees(/yeongho@mail.example로 숫자를 보냈습니다/)
  await wait_for(async () => mail.messages.length > 0)
  assert.deepEqual([mail.messages[0].to, mail.messages[0].subject], ['yeongho@mail.example', '확인 숫자'])
  const code = mail.messages[0].text.match(/\d{6}/)[0]
  await kim.page.locator('form[action="/my/channels/email/code"] input[name=code]').fill(code === '000000' ? '000001' : '000000')
  await kim.press(/^확인$/)
  await kim.sees(/숫자가 맞지 않습니다/)
  await kim.go('/my/channels')
  await kim.judge('claims-channels-phone')
  await kim.page.locator('form[action="/my/channels/email/code"] input[name=code]').fill(code)
  await kim.press(/^확인$/)
  await kim.sees(/새 알림이 오면 yeongho@mail.example/)
  await kim.go('/my/data')
  await kim.sees(/알림이 있음을 전자우편이나 문자로 알림/)
  await kim.leave()
})

test('The welfare officer sees fact, source and reason, and decides; the award begins with the month', async () => {
  const yoon = await Person.arrive(house, { viewport: desktop })
  await yoon.sign_in('윤서아')
  await yoon.page.waitForURL(/\/desk/)
  await yoon.go(`/desk/cases/${record}`)
  await yoon.sees(/기초연금 신청/)
  await yoon.sees(/오늘의 등록부로/)
  await yoon.judge('claims-desk')
  await yoon.press(/수리하고 서명/)
  await yoon.leave()
  const kim = await Person.arrive(house)
  await kim.sign_in('김영호')
  const mine = await json(kim, '/my/benefits')
  const today = new Date(Date.now() + 9 * 3600000).toISOString()
  assert.deepEqual(mine.awards.map(a => [a.benefit, a.starts]), [['basic-pension', today.slice(0, 8) + '01']])
  assert.ok(!mine.found.some(f => f.benefit === 'basic-pension'), 'what is received is not offered')
  await wait_for(async () => (await json(kim, '/my/notices')).notices.some(n => /기초연금 신청/.test(n.title)))
  // The e-mail says that there is something, and never what.
  await wait_for(async () => mail.messages.some(m => m.subject === '새 알림이 있습니다'))
  const told = mail.messages.filter(m => m.subject === '새 알림이 있습니다')
  assert.ok(told.every(m => m.to === 'yeongho@mail.example' && m.text.includes('/my/notices')))
  assert.ok(told.every(m => !/연금|신청|김영호/.test(m.text)))
  await kim.leave()
})

let against
test('Kim Hayun is just above a limit: she learns what would change it, and applies nevertheless', async () => {
  const kim = await Person.arrive(house)
  await kim.sign_in('김하윤')
  await kim.go('/benefits/housing/apply')
  // 48 % of 5,359,036 is 2,572,337; the household has 2,600,000 and 50,000
  await kim.sees(/월 소득인정액: 2,650,000 → 2,572,337이면 받을 수 있습니다/)
  await kim.judge('claims-apply-near')
  against = await ask_for_money(kim, '배우자가 지난달 일자리를 잃었습니다.')
  await kim.leave()
})

test('To grant what the computation denies takes a reason', async () => {
  const yoon = await Person.arrive(house)
  await yoon.sign_in('윤서아')
  await yoon.page.waitForURL(/\/desk/)
  await yoon.go(`/desk/cases/${against}`)
  const csrf = await yoon.page.locator('input[name=_csrf]').first().inputValue()
  const bare = await yoon.page.request.post(house.url + `/desk/cases/${against}/accept`, {
    form: { _csrf: csrf }, headers: { accept: 'application/json', origin: house.url }
  })
  assert.equal(bare.status(), 422)
  assert.match((await bare.json()).type, /against_computed/)
  await yoon.page.locator('summary', { hasText: /수리/ }).click()
  await yoon.page.locator('#accept-text').fill('실직으로 다음 달 소득이 기준 아래로 내려갑니다.')
  await yoon.page.locator('form[action$="/accept"] button').click()
  await yoon.sees(/수리/)
  await yoon.leave()
})

test('Park points to a household in need; its own town follows up, and nobody else hears of it', async () => {
  const kim = await Person.arrive(house)
  await kim.sign_in('김하윤')
  const { households } = await json(kim, '/my/data/records')
  await kim.leave()
  const park = await Person.arrive(house, { viewport: phone })
  await park.sign_in('박서준')
  await park.go('/services/neighbour-report')
  await park.press(/이웃 알리기/)
  const [, building] = households[0].address.match(/^(.*?)(, .*)?$/)
  await park.page.locator('input[name=where]').fill(building)
  await park.page.getByRole('option').first().click()
  await park.press(/^(다음|계속)/)
  await park.choose('우편물이나 배달이 쌓여')
  await park.press(/^(다음|계속)/)
  await park.press(/^(다음|계속)/)
  await park.press(/신고하기|신청하기|보내기/)
  await park.sees(/접수되었습니다/)
  const key = park.page.url().split('/').at(-1).replace(/\?.*/, '')
  await park.leave()
  const yoon = await Person.arrive(house)
  await yoon.sign_in('윤서아')
  await yoon.page.waitForURL(/\/desk/)
  await yoon.go(`/desk/cases/${key}`)
  await yoon.sees(/우편물이나 배달이 쌓여/)
  await yoon.leave()
})

test('One step ends the notices, and what was found is forgotten', async () => {
  const kim = await Person.arrive(house)
  await kim.sign_in('김영호')
  await kim.go('/my/benefits')
  await kim.press(/안내 받지 않기/)
  await kim.sees(/급여 안내를 받지 않고 있습니다/)
  assert.deepEqual((await json(kim, '/my/benefits')).found, [])
  await kim.press(/안내 다시 받기/)
  await wait_for(async () => (await json(kim, '/my/benefits')).found.length > 0)
  // Looked at once more, what he receives is not found again.
  const mine = await json(kim, '/my/benefits')
  assert.ok(mine.awards.some(a => a.benefit === 'basic-pension'))
  assert.ok(!mine.found.some(f => f.benefit === 'basic-pension'))
  await kim.leave()
})

test('What the law will end is told before it ends, and e-mail can be given up', async () => {
  // 9,000,000 won a month are above the 3,952,000 of a couple.
  rows(house, 'benefits', "update register_circumstances set other_income = 9000000 where key = (select person from award where benefit = 'basic-pension')")
  const kim = await Person.arrive(house)
  await kim.sign_in('김영호')
  await kim.go('/my/benefits')
  await kim.press(/안내 받지 않기/)
  await kim.press(/안내 다시 받기/)
  await wait_for(async () => (await json(kim, '/my/notices')).notices.some(n => /기초연금: .* 뒤에는 받지 못하게/.test(n.title)))
  await kim.go('/my/channels')
  await kim.press(/전자우편 알림 그만 받기/)
  await kim.sees(/알림함으로만 받으십니다/)
  await kim.leave()
})
