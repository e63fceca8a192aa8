// Voices of level 2: a person has one pass a quarter and gives one voice in each petition with it, without a session, under pseudonyms
// that nobody can join (ARC; engines/voices/passes.hpp). The client is the browser's own; thresholds are those of the small pack.
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
import { browser_tokens, no_compiler } from './voice_tokens.mjs'
import { counted_again, entries_in } from './votes_log.mjs'

const skip = missing || no_compiler
let house, folder, ours
before(async () => {
  if (skip) return
  folder = mkdtempSync(join(tmpdir(), 'madang-passes-'))
  house = await House.open({ port: await free_port(), pack: small_pack(folder), files: { 'guard.yaml': 'limits: false\noutgoing: [loopback]\n' } })
  ours = await browser_tokens()
})
after(async () => {
  await house?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const people = new Map()
async function person(name) {
  if (!people.get(name)) people.set(name, await new Client(house).sign_in(name))
  return people.get(name)
}
const ask = async at => (await new Client(house).get(at)).json()
async function filed(fields, where, by) {
  const answer = await by.post(`${where}/file`, fields)
  assert.equal(answer.status, 303, answer.text)
  return answer.headers.location
}
const code_of = answer => [answer.status, answer.json().type?.replace('/problems/', '')]
const counts = (at, n) => until(async () => (await ask(at)).ask.count === n, { what: `${at}: ${n}` })
// As the island sends it: no cookie, no token of a session.
const voice = (at, fields, then = '') => new Client(house).post(`${at}/voice${then}`, fields)

const reform = { title: 'Publish who paid for which campaign', body: 'Within a month of the vote.', category: 'politics' }
let vote, second, parks_pass
async function begun_pass(who, at) {
  const { quarter, key } = (await who.post(`${at}/token/begin`)).json()
  return ours.begin_pass(quarter, key)
}
async function pass_of(who, at) {
  const pass = await begun_pass(who, at)
  const answer = await who.post(`${at}/token`, { blinded: pass.request })
  assert.equal(answer.status, 200, answer.text)
  return ours.finish_pass(pass, answer.json().signature)
}
const shown = async at => (await new Client(house).get(`${at}/tokens`)).json()
const made = async (pass, at, sign = '+', time) => ours.voice_of_pass(pass, (await ask(at)).key, 'back', sign, time ?? (await shown(at)).now)
const give_by_pass = async (pass, at) => voice(at, await made(pass, at))
const take_by_pass = async (pass, at) => voice(at, await made(pass, at, '-'), '/take-back')

test('a person has one pass a quarter, by the key that all are shown, and her trail says no petition', { skip }, async () => {
  vote = await filed(reform, '/petitions', await person('Choi Jiwoo'))
  second = await filed({ ...reform, title: 'Count on Sundays' }, '/petitions', await person('Han Yerin'))
  const park = await person('Park Seojun'), nobody = new Client(house)
  assert.equal((await ask(vote)).level, 2)
  assert.deepEqual(code_of(await park.post(`${vote}/say`, { saying: 'back' })), [409, 'voices.by_token'], 'not under a pseudonym')
  for (const at of ['/token/begin', '/token']) assert.equal((await nobody.post(`${vote}${at}`)).status, 401)
  assert.deepEqual((await shown(vote)).keys, [])
  assert.deepEqual(code_of(await park.post(`${vote}/token`, { blinded: 'AAAA' })), [422, 'voices.pass_request'], 'before there is a key')
  const first = await begun_pass(park, vote), other = await begun_pass(park, second)
  const quarter = `${new Date().getUTCFullYear()}-${Math.floor(new Date().getUTCMonth() / 3) + 1}`
  assert.equal(first.quarter, quarter)
  for (const at of [vote, second]) {
    const all = await shown(at)
    assert.deepEqual([all.level, all.quarter, all.keys.map(k => [k.bucket, k.key, k.issued])], [2, quarter, [['all', first.key, 0]]])
  }
  const asks = (pass, at = vote) => park.post(`${at}/token`, { blinded: pass.request })
  for (const blinded of ['rubbish!', first.request.slice(4), first.secrets]) assert.deepEqual(code_of(await asks({ request: blinded })), [422, 'voices.pass_request'])
  const answers = [await asks(first), await asks(first, second)]
  assert.deepEqual(answers.map(a => a.status), [200, 200], 'what was lost is said again')
  assert.deepEqual(code_of(await asks(other, second)), [409, 'voices.pass_had'])
  parks_pass = ours.finish_pass(first, answers[1].json().signature)
  assert.throws(() => ours.finish_pass(other, answers[0].json().signature))
  const number = rows(house, 'identity', "select person from account where latin = 'Park Seojun'")[0][0]
  assert.match((await park.page('/my/data?by=all')).text, /Pass for petitions/)
  assert.deepEqual(rows(house, 'petitions', `select what, record, reference from audit_entry where subject = ${number} and record_of = 'pass'`), [['2', quarter, quarter]])
})

test('a pass is one voice in each petition without a session, taken back and given again by showing it anew', { skip }, async () => {
  const park = await person('Park Seojun'), first = await made(parks_pass, vote)
  assert.deepEqual(code_of(await park.post(`${vote}/voice`, first)), [422, 'voices.with_session'])
  assert.equal((await voice(vote, first)).status, 200)
  await counts(vote, 1)
  assert.deepEqual(code_of(await give_by_pass(parks_pass, vote)), [409, 'voices.pass_spent'])
  assert.equal((await give_by_pass(parks_pass, second)).status, 200, 'the same in another petition, and nobody was asked')
  const back = await made(parks_pass, vote, '-')
  assert.deepEqual(code_of(await voice(vote, back)), [422, 'voices.pass'], 'it says to take it back')
  assert.equal((await voice(vote, back, '/take-back')).status, 200)
  await counts(vote, 0)
  assert.deepEqual(code_of(await voice(vote, first)), [409, 'voices.pass_old'], 'who has seen it cannot give it again')
  assert.equal((await give_by_pass(parks_pass, vote)).status, 200)
  assert.deepEqual(code_of(await voice(vote, back, '/take-back')), [409, 'voices.pass_old'])
  await counts(vote, 1)
  await counts(second, 1)
})

test('of another petition, quarter or time, changed or forged, a pass is refused', { skip }, async () => {
  const third = await filed({ ...reform, title: 'Of last quarter' }, '/petitions', await person('Choi Jiwoo'))
  assert.deepEqual(code_of(await voice(third, await made(parks_pass, vote))), [422, 'voices.pass'])
  const good = await made(parks_pass, third), forged = Buffer.from(good.presentation, 'base64url')
  forged[200] ^= 1
  for (const fields of [{ ...good, presentation: forged.toString('base64url') }, { ...good, time: String(Number(good.time) + 1) }, { ...good, presentation: '' }])
    assert.deepEqual(code_of(await voice(third, fields)), [422, 'voices.pass'])
  for (const time of ['', 'now', '1e3', '99999999999999999999', '-1', String(Date.now() - 660000), String(Date.now() + 660000)])
    assert.deepEqual(code_of(await voice(third, { ...good, time })), [422, 'voices.pass_time'], time)
  assert.deepEqual(code_of(await voice(third, await made(parks_pass, third, '+', Date.now() - 660000))), [422, 'voices.pass_time'])
  // As if it had been filed a hundred days ago: its pass is of another quarter, with another key.
  rows(house, 'petitions', "update ask set filed = filed - 8640000000000 where title = 'Of last quarter'")
  assert.deepEqual(code_of(await give_by_pass(parks_pass, third)), [422, 'voices.pass'])
  const old = await pass_of(await person('Park Seojun'), third)
  assert.notEqual(old.quarter, parks_pass.quarter)
  assert.notEqual(old.key, parks_pass.key)
  assert.deepEqual(code_of(await give_by_pass(old, vote)), [422, 'voices.pass'])
  assert.equal((await give_by_pass(old, third)).status, 200)
})

test('enough passes list it, the log counts no more than were issued, and no table joins two voices of one person', { skip }, async () => {
  for (const name of ['Kim Yeongho', 'Kang Taeo']) assert.equal((await give_by_pass(await pass_of(await person(name), second), vote)).status, 200)
  await until(async () => (await ask(vote)).ask.stage === 'open', { what: 'listed' })
  const { key } = await ask(vote), all = await shown(vote)
  assert.deepEqual(all.keys.map(k => [k.issued, k.spent]), [[3, 3]])
  const entries = await until(async () => {
    const found = await entries_in(new Client(house))
    return counted_again(found, key, 'back') === 3 && found
  }, { seconds: 30, what: 'the log' })
  const again = new ours.Tokens(key)
  for (const e of entries) again.add(e)
  assert.deepEqual(again.sum, { issued: 3, spent: 3, good: true })
  const keys_of = { [vote]: key, [second]: (await ask(second)).key }
  const hash = createHash('sha256').update(Buffer.from(parks_pass.key, 'base64url')).digest('hex')
  for (const at of [vote, second]) assert.ok(entries.some(e => e.startsWith(`madang-voices/1 ${keys_of[at]} key all ${hash} `)), at)
  assert.match((await new Client(house).page(`${vote}/tokens`)).text, /What this does not protect against/)
  // Parks's pseudonyms in two petitions, and whom the passes were given to, stand where nothing else of them does.
  const tag_in = async at => createHash('sha256').update(ours.tag_of(Buffer.from((await made(parks_pass, at)).presentation, 'base64url'))).digest('hex')
  const tags = [await tag_in(vote), await tag_in(second)]
  assert.notEqual(tags[0], tags[1])
  const tables = house.options.database ? rows(house, 'petitions', "select tablename from pg_tables where schemaname = 'petitions'")
    : rows(house, 'petitions', "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
  const text = new Map(tables.map(([name]) => [name, rows(house, 'petitions', `select * from ${name}`).map(r => r.join('|'))]))
  const with_text = what => [...text].filter(([, lines]) => lines.some(l => l.includes(what))).map(([name]) => name).sort()
  for (const tag of tags) assert.deepEqual(with_text(tag), ['leaf', 'voice'])
  const holders = rows(house, 'petitions', `select holder from pass_issue where quarter = '${parks_pass.quarter}'`).flat()
  assert.equal(holders.length, 3)
  for (const holder of holders) assert.deepEqual(with_text(holder), ['pass_issue'])
  for (const part of [parks_pass.request, parks_pass.credential]) assert.deepEqual(with_text(part.slice(0, 40)), [])
})
