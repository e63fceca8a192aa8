// Common use of administrative information in the whole house: the ground of a look-up, nothing
// beyond the items of the task, consent that is seen first and taken back, answers of yes or no,
// limits, and the person's own trail. Expected values are read from the stores by their own tools.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { House, root } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { missing, rows } from './stores.mjs'

const day = days => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10)
let house, kim, park, lee, yoon, oh, number
before(async () => {
  if (missing) return
  house = await House.open()
  const who = async name => new Client(house).sign_in(name)
  kim = await who('Kim Hayun'); park = await who('Park Seojun')
  lee = await who('Lee Dohyun'); yoon = await who('Yoon Seoa'); oh = await who('Oh Minseok')
  number = n => rows(house, 'residents', `select resident_number from register_persons where name = '${n}' and key = ${key_of(n)}`)[0][0]
})
after(() => house?.close())

// The people of the demonstration have names of their own in the account's table.
const keys = {}
function key_of(name) {
  keys[name] ??= rows(house, 'identity', `select person from account where name = '${name}'`)[0][0]
  return keys[name]
}
const look = (official, task, fields) => official.post(`/desk/sharing/${task}`, fields)
async function consented(official, person, task, name) {
  const asked = await official.post(`/desk/sharing/${task}/consent`, { number: number(name), reference: 'F-1', until: day(20) })
  assert.equal(asked.status, 200, asked.text)
  const key = asked.json().asked
  assert.equal((await person.post(`/my/sharing/${key}/given`)).status, 303)
  return key
}

test('without an application in hand or her consent nobody is looked up', { skip: missing }, async () => {
  const refused = await look(lee, 'passport_issue', { number: number('김하윤'), reference: '2026-0101-000001' })
  assert.equal(refused.status, 403)
  assert.match(refused.json().type, /sharing\.no_ground$/)
  assert.equal(rows(house, 'sharing', 'select count(*) from used')[0][0], '0')
  const other = await look(yoon, 'passport_issue', { number: number('김하윤'), reference: 'x' })
  assert.equal(other.status, 403)
  assert.match(other.json().type, /sharing\.not_yours$/, 'a welfare officer issues no passports')
  assert.equal((await look(lee, 'nothing_such', { number: '1', reference: 'x' })).status, 404)
  const nobody = await look(lee, 'passport_issue', { number: '000000-0000000', reference: 'x' })
  assert.equal(nobody.status, 404)
  assert.equal(nobody.json().field, 'number')
})

test('she sees what would be seen, agrees, and the office sees exactly that', { skip: missing }, async () => {
  const asked = await lee.post('/desk/sharing/passport_issue/consent', { number: number('김하윤'), reference: '여권-2026-17', until: day(30) })
  assert.equal(asked.status, 200, asked.text)
  const again = await lee.post('/desk/sharing/passport_issue/consent', { number: number('김하윤'), reference: '여권-2026-17', until: day(30) })
  assert.equal(again.status, 409)
  const key = asked.json().asked
  await until(async () => (await kim.get('/my/notices')).json().notices?.find(n => n.link === `/my/sharing/${key}`))
  assert.equal((await park.get(`/my/sharing/${key}`)).status, 404, 'it is nobody else’s')

  const preview = (await kim.get(`/my/sharing/${key}`)).json()
  assert.equal(preview.consent.state, 'asked')
  assert.equal((await look(lee, 'passport_issue', { number: number('김하윤'), reference: '여권-2026-17' })).status, 403, 'asking is not having')
  assert.equal((await kim.post(`/my/sharing/${key}/given`)).status, 303)
  const seen = await look(lee, 'passport_issue', { number: number('김하윤'), reference: '' })
  assert.equal(seen.status, 200, seen.text)
  const screen = seen.json()
  assert.deepEqual([screen.ground, screen.reference], ['consent', '여권-2026-17'])
  assert.deepEqual(screen.findings.map(f => f.reg), ['persons', 'families', 'military_service', 'border_crossings', 'driving_licences', 'passports'])
  const without_times = list => list.map(({ at, micros, ...rest }) => rest)
  assert.deepEqual(without_times(screen.findings), without_times(preview.findings), 'what she saw is what the office saw')

  const me = key_of('김하윤')
  const person = screen.findings[0].records[0]
  const [name, born] = rows(house, 'residents', `select name, born from register_persons where key = ${me}`)[0]
  assert.equal(person.name, name)
  assert.equal(new Date(person.born) / 86400000, Number(born))
  assert.ok(!('resident_number' in person) && !('latin' in person), 'only the items of the task')
  const crossings = rows(house, 'agencies', `select key from register_border_crossings where traveller = ${me}`).length
  assert.equal(screen.findings[3].state, crossings ? 'found' : 'none')
  assert.equal(screen.findings[3].records.length, crossings)
  const licences = rows(house, 'agencies', `select key, kind from register_driving_licences where holder = ${me}`)
  assert.deepEqual(screen.findings[4].records.map(r => r.kind), licences.map(l => l[1]))
})

test('each look stands in her trail with its task, law and number', { skip: missing }, async () => {
  const trail = (await kim.get('/my/data')).json()
  const reads = trail.entries.filter(e => /Issuing a passport/.test(JSON.stringify(e)))
  assert.ok(reads.length >= 2, JSON.stringify(trail.entries.slice(0, 3)))
  assert.ok(reads.every(e => /Passport Act/.test(JSON.stringify(e))))
  assert.ok(reads.some(e => /여권-2026-17/.test(JSON.stringify(e))))
})

test('what was agreed to is taken back at once, and cannot be given twice', { skip: missing }, async () => {
  const { consents } = (await kim.get('/my/sharing')).json()
  const mine = consents.find(c => c.task === 'passport_issue')
  assert.equal(mine.state, 'given')
  assert.equal((await kim.post(`/my/sharing/${mine.key}/withdrawn`)).status, 303)
  assert.equal((await look(lee, 'passport_issue', { number: number('김하윤'), reference: '' })).status, 403)
  assert.equal((await kim.post(`/my/sharing/${mine.key}/given`)).status, 409)
  const declined = await lee.post('/desk/sharing/passport_issue/consent', { number: number('김하윤'), reference: 'again', until: day(1) })
  assert.equal((await kim.post(`/my/sharing/${declined.json().asked}/declined`)).status, 303)
  assert.equal((await look(lee, 'passport_issue', { number: number('김하윤'), reference: '' })).status, 403)
})

test('a question is answered yes or no and gives nothing besides', { skip: missing }, async () => {
  await consented(lee, park, 'identity_card', '박서준')
  const { findings } = (await look(lee, 'identity_card', { number: number('박서준'), reference: '' })).json()
  const today = Math.floor(Date.now() / 86400000)
  const him = key_of('박서준')
  const has = (reg, by, date) => rows(house, 'agencies', `select 1 from register_${reg} where ${by} = ${him} and ${date} >= ${today}`).length > 0
  const answers = Object.fromEntries(findings.filter(f => f.asks).map(f => [f.reg, f]))
  assert.equal(answers.passports.state, has('passports', 'holder', 'expires') ? 'yes' : 'no')
  assert.equal(answers.driving_licences.state, has('driving_licences', 'holder', 'test_until') ? 'yes' : 'no')
  for (const f of Object.values(answers)) assert.deepEqual(f.records, [])
})

test('an application in the hands of the office is ground enough, of another office it is not', { skip: missing }, async () => {
  const draft = await kim.begin('move-in')
  const herself = (await kim.options(draft, 'who')).filter(v => v === kim.person).map(v => ['who', v])
  await kim.answer(draft, 'moved', { moved: day(-1), moved_year: day(-1).slice(0, 4), moved_month: day(-1).slice(5, 7), moved_day: day(-1).slice(8) })
  await kim.answer(draft, 'address', { address: '경기도 성남시 분당구 정자1동 9', address_id: '3102351' })
  await kim.answer(draft, 'who', herself)
  await kim.answer(draft, 'household', { household: 'new' })
  for (let left = 6; left > 0; --left) {
    const at = await kim.get(`/apply/${draft}`)
    const question = at.headers.location.split('/').at(-1)
    if (question === 'check') break
    await kim.answer(draft, question, question === 'unit' ? { unit: '101동 101호' } : {})
  }
  const done = await kim.submit(draft)
  assert.equal(done.status, 201, done.text)
  const reference = (await kim.get(done.json().location.split('?')[0])).json().head.number
  assert.ok(reference)
  const seen = await look(oh, 'move_in', { number: number('김하윤'), reference })
  assert.equal(seen.status, 200, seen.text)
  assert.deepEqual([seen.json().ground, seen.json().reference], ['case', reference])
  assert.equal((await look(lee, 'move_in', { number: number('김하윤'), reference })).status, 403, 'Jongno does not decide a move to Bundang')
  assert.equal((await look(oh, 'move_in', { number: number('박서준'), reference })).status, 403, 'it is not his application')
})

test('who it is behind a number is not told before there is a ground', { skip: missing }, async () => {
  const asked = await lee.post('/desk/sharing/seal_registration/consent', { number: number('박서준'), reference: 'F-9', until: day(3) })
  assert.equal(asked.status, 200, asked.text)
  const page = await lee.send('POST', '/desk/sharing/seal_registration', {
    headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', origin: house.url },
    body: new URLSearchParams({ number: number('박서준'), reference: '', _csrf: lee.csrf }).toString()
  })
  assert.equal(page.status, 403)
  for (const text of [asked.text, page.text]) assert.ok(!text.includes('박서준'), 'no name')
})

test('consent ends with its day', { skip: missing }, async () => {
  const key = await consented(lee, park, 'vehicle_transfer', '박서준')
  assert.equal((await look(lee, 'vehicle_transfer', { number: number('박서준'), reference: '' })).status, 200)
  const yesterday = Math.floor(Date.now() / 86400000) - 2          // a day before, in any zone
  rows(house, 'sharing', `update consent set until = ${yesterday} where task = 'vehicle_transfer'`)
  assert.equal((await look(lee, 'vehicle_transfer', { number: number('박서준'), reference: '' })).status, 403)
  const shown = (await park.get(`/my/sharing/${key}`)).json()
  assert.deepEqual([shown.consent.state, shown.findings], ['ended', []])
  assert.equal((await park.post(`/my/sharing/${key}/withdrawn`)).status, 409)
})

test('a register that does not answer is said to, and holds up no other', { skip: missing }, async () => {
  await consented(lee, park, 'passport_issue', '박서준')
  rows(house, 'agencies', 'alter table register_passports rename to register_passports_away')
  const seen = await look(lee, 'passport_issue', { number: number('박서준'), reference: '' })
  rows(house, 'agencies', 'alter table register_passports_away rename to register_passports')
  assert.equal(seen.status, 200, seen.text)
  const states = Object.fromEntries(seen.json().findings.map(f => [f.reg, f]))
  assert.deepEqual([states.passports.state, states.passports.problem, states.passports.records], ['failed', 'sharing.not_answered', []])
  assert.deepEqual([states.persons.state, states.military_service.state], ['found', 'found'])
})

test('a post looks up so many a day and no more', { skip: missing }, async () => {
  const [[before]] = rows(house, 'sharing', "select looked from daily_effort where who = 'jongno.resident'")
  rows(house, 'sharing', "update daily_effort set looked = 200 where who = 'jongno.resident'")
  const last = await look(lee, 'passport_issue', { number: number('박서준'), reference: '' })
  assert.equal(last.status, 429)
  assert.match(last.json().type, /sharing\.too_many$/)
  rows(house, 'sharing', `update daily_effort set looked = ${before} where who = 'jongno.resident'`)
})

test('who tries without ground again and again is stopped for the day', { skip: missing }, async () => {
  let last
  for (let i = 0; i < 12; ++i) last = await look(yoon, 'livelihood', { number: number('박서준'), reference: `guess-${i}` })
  assert.equal(last.status, 429)
  assert.match(last.json().type, /sharing\.locked$/)
})

test('anybody reads what is shared and how much, and no person in it', { skip: missing }, async () => {
  const all = (await new Client(house).get('/sharing')).json()
  assert.ok(all.tasks.length >= 30)
  assert.ok(all.documents.length >= 160)
  const counted = rows(house, 'sharing', 'select sum(n) from used')[0][0]
  assert.equal(all.used.reduce((sum, u) => sum + u.n, 0), Number(counted))
  assert.ok(Number(counted) >= 6 + 3, 'six registers for a passport, and the others')
  const text = JSON.stringify(all)
  for (const name of ['김하윤', '박서준', '이도현']) assert.ok(!text.includes(name))
  const listed = readFileSync(join(root, 'packs/korea/sharing/documents.csv'), 'utf8').split('\n').filter(l => l && !l.startsWith('#')).length - 1
  assert.equal(all.documents.length, listed)
})
