// A figure of the law is changed without touching its logic: proposed by one official with its source, put in force by
// another, from a day on. Everybody reads its history; what a decision stands on is drawn and said in words.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { House, Person, close_browser, desktop, phone } from './house.mjs'

let house
before(async () => { house = await House.open() })
after(async () => { await close_browser(); await house?.close() })

const fetched = async (path, options) => {
  const answer = await fetch(house.url + path, { headers: { accept: 'application/json' }, ...options })
  return { status: answer.status, ...await answer.json() }
}
const json = async (person, path) => (await person.page.request.get(house.url + path, { headers: { accept: 'application/json' } })).json()
const evaluate = facts => fetched('/decisions/basic-pension/evaluate', {
  method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' }, body: JSON.stringify(facts)
})
async function official(name, options) {
  const person = await Person.arrive(house, { viewport: desktop, ...options })
  await person.sign_in(name)
  await person.page.waitForURL(/\/desk/)
  return person
}
const figure = '/desk/figures/basic_pension_amount'
const year = new Date().getFullYear() + 2
const starts = `${year}-01-01`, before_it = `${year - 1}-12-31`

test('Anyone reads what a decision stands on, drawn and in words, and the history of its figures', async () => {
  const reader = await Person.arrive(house, { language: 'en', viewport: phone })
  await reader.go('/decisions/housing')
  await reader.sees(/What it stands on/)
  const drawing = reader.page.locator('.requirements svg')
  assert.equal(await drawing.getAttribute('role'), 'img')
  assert.match(await drawing.getAttribute('aria-label'), /said in words/)
  // Nothing is only in the drawing, nor only in the words.
  const drawn = (await drawing.locator('title').allTextContents()).sort()
  const { requirements } = await fetched('/decisions/housing')
  assert.deepEqual(requirements.map(r => r.name).sort(), drawn)
  const limit = requirements.find(r => r.name === 'limit')
  assert.deepEqual([limit.kind, limit.logic], ['decision', 'text'])
  assert.deepEqual(limit.needs.slice().sort(), ['household size', 'housing ratio', 'median income', 'median limit'])
  assert.equal(requirements.find(r => r.name === 'median income').kind, 'figure')
  assert.equal(requirements.find(r => r.name === 'monthly rent').kind, 'fact')
  assert.equal(requirements[0].name, 'entitlement')
  await reader.page.locator('summary', { hasText: 'In words' }).click()
  await reader.sees(/limit \(decision, expression\): from household size/)
  await reader.judge('decision-graph-phone')
  await reader.go('/figures/median_income')
  await reader.sees(/보건복지부고시 제2025-135호/)
  await reader.sees(/5,359,036/)                    // a household of three in 2026
  await reader.judge('figure-history-phone')
  await reader.leave()
})

test('A decision describes itself to programs: facts, types, choices', async () => {
  const api = await fetched('/decisions/unemployment-benefit/openapi.json')
  assert.equal(api.openapi, '3.1.0')
  const body = api.paths['/decisions/unemployment-benefit/evaluate'].post.requestBody.content['application/json'].schema.properties
  assert.deepEqual(body.work.enum, ['employee', 'self_employed', 'lost_job', 'none', null])
  assert.deepEqual(body.monthly_wage.type, ['number', 'null'])
  assert.equal(body.minimum_wage, undefined, 'figures are the law\'s, nobody sends them')
})

let key
test('Moon proposes a figure; what does not fit is refused, and what it would do is shown', async () => {
  const moon = await official('문가람')
  await moon.go('/desk/decisions')
  await moon.follow(/법의 기준/)
  await moon.follow(/기준연금액/)
  await moon.page.fill('input[name=becomes]', '[400000]')
  await moon.page.fill('input[name=starts]', starts)
  await moon.page.fill('input[name=source]', '보건복지부고시 시험 제1호')
  await moon.press(/새 값 내기/)
  await moon.sees(/지금 값과 같은 꼴로.*349700/)
  await moon.page.fill('input[name=becomes]', '400000')
  await moon.page.fill('input[name=starts]', '2020-01-01')
  await moon.press(/새 값 내기/)
  await moon.sees(/오늘이나 그 뒤이고/)
  await moon.page.fill('input[name=starts]', starts)
  await moon.page.fill('input[name=source]', ' ')
  await moon.press(/새 값 내기/)
  await moon.sees(/어느 고시나 조문/)
  await moon.page.fill('input[name=source]', '보건복지부고시 시험 제1호')
  await moon.press(/새 값 내기/)
  await moon.sees(/승인 기다림/)
  const { proposals } = await json(moon, figure)
  key = proposals[0].key
  // The trials of the pack with the value now and with the new one: 400,000, and 0.8 of it for each of a couple.
  const after = new Set(proposals[0].effects.map(e => e.after))
  assert.ok(after.has('entitled, 400000, single') && after.has('entitled, 320000, couple'), [...after].join('; '))
  assert.ok(proposals[0].effects.every(e => e.provision === 'basic-pension'))
  await moon.judge('figure-proposed')
  // Who proposed it cannot put it in force.
  const csrf = await moon.page.locator('input[name=_csrf]').first().inputValue()
  const own = await moon.page.request.post(`${house.url}${figure}/${key}/publish`, {
    form: { _csrf: csrf }, headers: { accept: 'application/json', origin: house.url }
  })
  assert.equal(own.status(), 403)
  assert.equal((await evaluate({ age: 67, married: false, monthly_income: 0, as_of: starts })).amount, '349700')
  // Tried on everybody as of its first day, before anybody decides.
  await moon.press(/기초연금: 모든 사람에게 대 보기/)
  await moon.page.waitForSelector('table', { timeout: 30000 })
  const { report } = await json(moon, '/desk/decisions/whatif')
  assert.deepEqual([report.day, report.all.losers, report.all.less], [starts, 0, 0])
  assert.equal(report.all.more, report.all.before)
  await moon.leave()
})

test('Seo gives one back with a reason, and puts another in force: from its day on it decides', async () => {
  const moon = await official('문가람')
  await moon.go(figure)
  await moon.page.fill('input[name=becomes]', '500000')
  await moon.page.fill('input[name=starts]', starts)
  await moon.page.fill('input[name=source]', '잘못 옮긴 고시')
  await moon.press(/새 값 내기/)
  const wrong = (await json(moon, figure)).proposals.find(p => p.value === '500000').key
  await moon.leave()
  const seo = await official('서유나', { viewport: phone })
  await seo.go(figure)
  const acts = seo.page.locator(`form[action$="${wrong}/return"]`)
  await seo.page.locator('summary', { hasText: '돌려보내기' }).first().click()
  await acts.locator('textarea').fill('고시의 값과 다릅니다.')
  await acts.locator('button').click()
  await seo.sees(/고시의 값과 다릅니다/)
  await seo.page.locator(`form[action$="${key}/publish"] button`).click()
  await seo.page.waitForLoadState()
  await seo.sees(/시행 확정/)
  await seo.judge('figure-published-phone')
  await seo.leave()
  const alone = { age: 67, married: false, monthly_income: 0 }
  assert.equal((await evaluate({ ...alone, as_of: before_it })).amount, '349700')
  const decided = await evaluate({ ...alone, as_of: starts })
  assert.equal(decided.amount, '400000')
  assert.equal(decided.inputs.find(i => i.name === 'basic pension amount').source, '보건복지부고시 시험 제1호')
  const { values } = await fetched('/figures/basic_pension_amount')
  assert.deepEqual(values.at(-1), { from: starts, value: '400000', source: '보건복지부고시 시험 제1호' })
})

test('Who reads about herself may have it computed from the registers, as known at an instant', async () => {
  const kim = await Person.arrive(house)
  await kim.sign_in('김영호')
  await kim.go('/my/benefits')
  const csrf = await kim.page.locator('input[name=_csrf]').first().inputValue()
  const ask = async form => kim.page.request.post(house.url + '/decisions/basic-pension/evaluate', {
    form: { _csrf: csrf, registers: 'yes', ...form }, headers: { accept: 'application/json', origin: house.url }
  })
  const now = await (await ask({})).json()
  assert.deepEqual([now.entitled, now.amount], [true, '279760'])       // 349,700 x 0.8
  assert.equal(now.inputs.find(i => i.name === 'age').source, 'persons')
  assert.equal(now.inputs.find(i => i.name === 'monthly income').source, 'circumstances')
  // Before the nation was loaded no register knew him.
  assert.equal((await ask({ as_known: '1990-01-01T00:00:00Z' })).status(), 404)
  await kim.leave()
  const nobody = await fetch(house.url + '/decisions/basic-pension/evaluate', {
    method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' }, body: '{"registers": "yes"}'
  })
  assert.equal(nobody.status, 403)
})

test('Nobody else comes near the figures at the desk', async () => {
  const lee = await official('이도현')
  for (const path of ['/desk/figures', figure]) {
    const answer = await lee.page.request.get(house.url + path, { headers: { accept: 'application/json' } })
    assert.equal(answer.status(), 404)
  }
  await lee.leave()
})
