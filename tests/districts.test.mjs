// The voices of a province are held against the people who live there: what cannot be is told to all, and to the agency in charge.
// Here a house that is not to be trusted writes voices of people who do not exist.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, free_port } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { small_pack } from './small_pack.mjs'
import { missing, rows } from './stores.mjs'

const skip = missing
let house, folder, kim
before(async () => {
  if (skip) return
  folder = mkdtempSync(join(tmpdir(), 'madang-districts-'))
  house = await House.open({ port: await free_port(), pack: small_pack(folder), files: { 'guard.yaml': 'limits: false\noutgoing: [loopback]\n' } })
  kim = await new Client(house).sign_in('Kim Hayun')
})
after(async () => {
  await house?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})
const json = async at => (await new Client(house).get(at)).json()
async function filed(title) {
  const answer = await kim.post('/petitions/file', { title, body: 'Please.', category: 'transport' })
  assert.equal(answer.status, 303, answer.text)
  return answer.headers.location
}
// As they would lie in the log, without anybody who said them.
async function invent(at, district, n) {
  const { key } = await json(at), slot = new Date(Math.floor(Date.now() / 600000) * 600000).toISOString()
  const [[last]] = rows(house, 'petitions', 'select max(number) from leaf')
  const number = rows(house, 'petitions', `select key from ask where number = '${at.split('/').pop()}'`)[0][0]
  const lines = Array.from({ length: n }, (_, i) => {
    const who = createHash('sha256').update(`${last} ${i}`).digest('hex')
    return `(${Number(last) + 1 + i}, ${number}, 'madang-voices/1 ${key} back + ${who} ${district} ${slot}')`
  })
  rows(house, 'petitions', `insert into leaf (number, ask, said) values ${lines.join(', ')}`)
}
const counted = (at, n) => until(async () => (await json(at)).ask.count === n, { what: `${at}: ${n}` })
const csv = async at => (await new Client(house).get(`${at}/counts.csv`)).text.trim().split('\r\n').map(l => l.split(','))

test('as many as live there is nothing, one more is told on every page and to the agency', { skip }, async () => {
  // Counted here from the rows of the register: who lives in Sejong (29).
  const today = Math.floor((Date.now() + 9 * 3600000) / 86400000)
  const now = table => `from register_${table} where recorded_to = (select max(recorded_to) from register_${table}) and valid_from <= ${today} and valid_to > ${today}`
  const towns = new Map(rows(house, 'residents', `select key, town ${now('households')}`))
  const all = rows(house, 'residents', `select household ${now('persons')}`), people = all.filter(([home]) => towns.get(home)?.startsWith('29')).length
  assert.ok(people > 3 && people < 200, String(people))

  const at = await filed('A library in the new town'), other = await filed('A crossing at the school')
  assert.equal((await kim.post(`${other}/say`, { saying: 'back' })).status, 303)
  await invent(at, '29', people)
  await counted(at, people)
  const kept = await until(() => {
    const found = new Map(rows(house, 'petitions', 'select district, people from district_people'))
    return found.size > 0 && found
  }, { seconds: 30, what: 'the people of the districts' })
  assert.deepEqual([Number(kept.get('29')), Number(kept.get('all')), kept.size], [people, all.length, 18], 'seventeen provinces, and all of them')
  await new Promise(r => setTimeout(r, 6000))                  // longer than between two looks
  assert.deepEqual((await json(`${at}/unusual`)).excess, [])
  assert.ok((await csv(at)).slice(1).every(line => line[4] === ''))

  await invent(at, '29', 1)
  await counted(at, people + 1)
  const seen = await until(async () => {
    const found = await json(`${at}/unusual`)
    return found.excess.length && found
  }, { seconds: 30, what: 'that it cannot be' })
  assert.deepEqual(seen.excess.map(e => [e.district, e.name, e.counted, e.people]), [['29', 'Sejong', people + 1, people]])
  assert.deepEqual([seen.counted, seen.adjusted], [people + 1, people])
  assert.match((await new Client(house).page(`${at}/unusual`)).text, /More joined from a province than people live there/)
  const page = (await new Client(house).page(at)).text
  assert.match(page, /More joined from a province than people live there/)
  assert.match(page, /More than live there/)
  assert.deepEqual((await json(at)).buckets.map(b => [b.code, b.excess]), [['29', true]])
  const lines = await csv(at)
  assert.equal(lines[0].join(), 'hour,saying,district,counted,unusual')
  assert.deepEqual([...new Set(lines.slice(1).map(line => `${line[2]} ${line[4]}`))], ['29 more_than_people'])
  const notices = () => rows(house, 'notices', `select office, link from notice where link = '${at}/unusual'`)
  await until(() => notices().length > 0, { what: 'the notice' })
  const told = notices()
  assert.deepEqual(told, [['molit', `${at}/unusual`]], 'once')

  // Nothing of it is said of another petition; and it stays said when voices are taken back.
  assert.ok(!(await json(other)).buckets.some(b => b.excess))
  const entry = rows(house, 'petitions', "select count(*) from audit_entry where items = 'excess'")[0][0]
  await invent(at, '29', 2)
  await until(async () => (await json(`${at}/unusual`)).excess[0].counted === people + 3, { seconds: 30, what: 'the most that were counted' })
  assert.equal(Number(rows(house, 'petitions', "select count(*) from audit_entry where items = 'excess'")[0][0]), Number(entry) + 1)
  assert.equal(rows(house, 'notices', `select count(*) from notice where link = '${at}/unusual'`)[0][0], '1')
})
