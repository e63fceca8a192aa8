// m-Voting where nobody can find who voted (level 1: RFC 9474; engines/voices/tokens.hpp): who may gets one token for the vote, and
// the choice is sent with it and without a session. The client is the browser's own.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, free_port } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { small_pack } from './small_pack.mjs'
import { missing, rows } from './stores.mjs'
import { browser_tokens, no_compiler } from './voice_tokens.mjs'
import { entries_in } from './votes_log.mjs'

const skip = missing || no_compiler
let house, folder, ours, hong, kim, park, choi
const people = new Map()
before(async () => {
  if (skip) return
  folder = mkdtempSync(join(tmpdir(), 'madang-unseen-'))
  house = await House.open({ port: await free_port(), pack: small_pack(folder), files: { 'guard.yaml': 'limits: false\noutgoing: [loopback]\n' } })
  ours = await browser_tokens();
  [hong, kim, park, choi] = await Promise.all(['Hong Yuna', 'Kim Hayun', 'Park Seojun', 'Choi Jiwoo'].map(person))
})
after(async () => {
  await house?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

async function person(name) {
  if (!people.get(name)) people.set(name, await new Client(house).sign_in(name))
  return people.get(name)
}
const json = async (at, who = new Client(house)) => (await who.get(at)).json()
const in_days = n => new Date(Date.now() + n * 86400000 + 9 * 3600000).toISOString().slice(0, 16).replace('T', ' ')
const refuge = { title: 'Where should the next refuge be?', body: 'Two hundred beds.', category: 'rights', kind: 'one', options: 'North\nSouth\nWest', results: 'at_once' }
async function drafted(fields = {}, by = hong) {
  const answer = await by.post(by === hong ? '/desk/votes/new' : '/votes/new', { ...refuge, closes: in_days(3), ...fields })
  assert.equal(answer.status, 303, answer.text)
  return answer.headers.location.replace(/\/manage$/, '')
}
async function opened(fields = {}, by = hong) {
  const at = await drafted(fields, by)
  assert.equal((await by.post(`${at}/publish`)).status, 303)
  return at
}
const code_of = answer => [answer.status, answer.json().type?.replace('/problems/', '')]
async function begun(who, at) {
  const said = (await who.post(`${at}/token/begin`)).json()
  return ours.begin(said.ask, said.bucket, said.key)
}
async function token_of(who, at) {
  const token = await begun(who, at), answer = await who.post(`${at}/token`, { bucket: token.bucket, blinded: token.blinded })
  assert.equal(answer.status, 200, answer.text)
  return ours.finish(token, answer.json().signature)
}
// As the island sends it: no cookie, no token of a session.
const send = (at, fields, then = '') => new Client(house).post(`${at}/voice${then}`, fields)
const choose = (at, token, chosen, with_secret = false) => send(at, ours.voice_of(token, 'choice', with_secret, chosen))
const take_back = (at, token) => send(at, ours.voice_of(token, 'choice', true), '/take-back')
const counts = async at => (await json(`${at}/results`)).lines.map(l => l.count)
const counted = (at, wanted) => until(async () => JSON.stringify(await counts(at)) === JSON.stringify(wanted), { what: `${at}: ${wanted}` })
const end = async (at, by = hong) => {
  assert.equal((await by.post(`${at}/end`, { reason: 'Enough.' })).status, 303)
  await until(async () => (await json(`${at}/results`)).ended, { what: 'the end' })
}
// As the page of the recount does it, and nothing of the house but its log.
async function recounted(at, wanted) {
  const { ask, paper } = await json(`${at}/recount`), reader = new Client(house)
  return until(async () => {
    const octets = async path => new Uint8Array((await reader.get(path)).bytes)
    // Some seals are opened and others not yet: Malformed.
    const found = await ours.recount(octets, '/transparency/votes', '/transparency/policy', ask, 'choice', paper, true).catch(() => false)
    return found && found.counted === wanted && found.root && (paper.sealed === false || found.choices.voters === wanted) && found
  }, { seconds: 30, what: 'the log' })
}

let vote, parks
test('who may gets one token, who may not gets none, and no place narrows down who it is', { skip }, async () => {
  assert.deepEqual((await hong.post('/desk/votes/new', { ...refuge, closes: in_days(3), presence: 'venue' })).json().field, 'presence')
  const draft = await drafted()
  assert.equal((await new Client(house).get(`${draft}/tokens`)).status, 404)
  assert.equal((await kim.post(`${draft}/token/begin`)).status, 404)
  const women = await opened({ areas: '서울특별시 종로구', sex: 'f' })
  assert.equal((await kim.post(`${women}/token/begin`)).status, 200)
  for (const path of ['/token/begin', '/token']) {
    const [status, code] = code_of(await park.post(`${women}${path}`, { bucket: 'all', blinded: 'AAAA' }))
    assert.deepEqual([status, /^vote\.not_(sex|area)$/.test(code)], [403, true], code)
    assert.equal((await new Client(house).post(`${women}${path}`)).status, 401)
  }
  assert.deepEqual((await json(`${women}/tokens`)).keys.map(k => [k.bucket, k.issued]), [['all', 0]])
  const ordinary = await opened({ category: 'safety' })
  assert.equal((await kim.post(`${ordinary}/token/begin`)).status, 404, 'another level')

  vote = await opened()
  assert.equal((await json(vote)).level, 1)
  assert.deepEqual(code_of(await kim.post(`${vote}/choose`, { choice: 1 })), [409, 'voices.by_token'], 'not under a pseudonym')
  const first = await begun(park, vote), second = await begun(park, vote), asks = blinded => park.post(`${vote}/token`, { bucket: 'all', blinded })
  assert.deepEqual(code_of(await asks('rubbish!')), [422, 'voices.token_blinded'])
  const answers = [await asks(first.blinded), await asks(first.blinded)]
  assert.ok(answers.every(a => a.status === 200 && a.text === answers[0].text), 'what was lost is said again')
  assert.deepEqual(code_of(await asks(second.blinded)), [409, 'voices.token_had'])
  parks = await ours.finish(first, answers[0].json().signature)
})

test('a token is one choice without a session, changed and taken back by who has its secret', { skip }, async () => {
  assert.deepEqual(code_of(await park.post(`${vote}/voice`, ours.voice_of(parks, 'choice', false, '2'))), [422, 'voices.with_session'])
  for (const [chosen, code] of [['', 'nothing'], ['4', 'unknown'], ['x', 'unknown'], ['1,2', 'too_many']]) assert.deepEqual(code_of(await choose(vote, parks, chosen)), [422, `paper.${code}`], chosen)
  assert.equal((await send(vote, ours.voice_of(parks, 'back', false))).status, 409, 'no vote takes that')
  assert.equal((await choose(vote, parks, '2')).status, 200)
  await counted(vote, [0, 1, 0])
  for (const chosen of ['2', '3']) assert.deepEqual(code_of(await choose(vote, parks, chosen)), [409, 'voices.token_spent'])
  const wrong = { ...parks, secret: Buffer.alloc(32, 7).toString('base64url') }
  assert.deepEqual(code_of(await choose(vote, wrong, '3', true)), [403, 'voices.token_secret'])
  assert.deepEqual(code_of(await take_back(vote, wrong)), [403, 'voices.token_secret'])
  assert.equal((await choose(vote, parks, '3', true)).status, 200)
  await counted(vote, [0, 0, 1])
  assert.equal((await take_back(vote, parks)).status, 200)
  await counted(vote, [0, 0, 0])
  assert.deepEqual(code_of(await choose(vote, parks, '1')), [409, 'voices.token_taken'])
  assert.equal((await choose(vote, parks, '1', true)).status, 200)
  await counted(vote, [1, 0, 0])
})

test('forged, or of another vote, a token is refused', { skip }, async () => {
  const other = await opened({ title: 'And the one after it?' }), hers = await token_of(choi, other)
  assert.deepEqual(code_of(await choose(vote, hers, '1')), [422, 'voices.token'])
  const forged = Buffer.from(hers.signature, 'base64url')
  forged[40] ^= 1
  assert.deepEqual(code_of(await choose(other, { ...hers, signature: forged.toString('base64url') }, '1')), [422, 'voices.token'])
  for (const fields of [{}, { saying: 'choice' }, { saying: 'choice', chosen: '1' }, { saying: 'choice', chosen: '1', message: 'A'.repeat(60000), signature: '?' }])
    assert.equal((await send(other, fields)).status, 422)
  assert.equal((await choose(other, hers, '1')).status, 200, 'the good one counts')
  await counted(other, [1, 0, 0])
})

// By hand: Park 1, Choi 2, Kim 2, Han keeps her token: 1 2 0, four issued and three used.
test('the result is everybody\'s, counted again from the log, and no more tokens were used than issued', { skip }, async () => {
  for (const who of [choi, kim]) assert.equal((await choose(vote, await token_of(who, vote), '2')).status, 200)
  const han = await token_of(await person('Han Yerin'), vote)
  await counted(vote, [1, 2, 0])
  assert.deepEqual((await json(`${vote}/tokens`)).keys.map(k => [k.issued, k.spent]), [[4, 3]])
  const found = await recounted(vote, 3)
  assert.deepEqual([found.choices.counts, found.signed, found.tokens.spent, found.tokens.good], [[1, 2, 0], true, 3, true])
  assert.ok([3, 4].includes(found.tokens.issued))
  const { key } = await json(vote), [{ key: shown }] = (await json(`${vote}/tokens`)).keys
  const hash = createHash('sha256').update(Buffer.from(shown, 'base64url')).digest('hex')
  assert.ok((await entries_in(new Client(house))).some(e => e.startsWith(`madang-voices/1 ${key} key all ${hash} `)))
  await end(vote)
  for (const done of [await choose(vote, han, '1'), await choose(vote, parks, '3', true), await take_back(vote, parks)]) assert.deepEqual(code_of(done), [409, 'voices.closed'])
  const kang = await person('Kang Taeo'), late = await begun(kang, vote)
  assert.deepEqual(code_of(await kang.post(`${vote}/token`, { bucket: 'all', blinded: late.blinded })), [409, 'voices.closed'])
  assert.deepEqual([await counts(vote), (await json(`${vote}/results`)).tables], [[1, 2, 0], []])
  const pages = await Promise.all(['', '/results', '/recount', '/tokens'].map(then => new Client(house).page(vote + then)))
  assert.ok(pages.every(page => page.status === 200))
  assert.match(pages[1].text, /As nobody knows who voted, there are no results by province/)
  assert.match(pages[3].text, /does not protect against coercion or buying/)
})

test('a sealed poll of a citizen by tokens tells nothing until its end, and then all of it', { skip }, async () => {
  const at = await opened({ kind: 'ranking', method: 'borda', results: 'after' }, kim)
  assert.match(at, /^\/votes\/P/)
  const [hers, his] = [await token_of(choi, at), await token_of(park, at)]
  assert.equal((await choose(at, hers, '3,1')).status, 200)
  assert.equal((await choose(at, his, '2')).status, 200)
  assert.equal((await choose(at, his, '3,2,1', true)).status, 200)
  await until(async () => (await json(`${at}/results`)).voters === 2, { what: 'two voices' })
  assert.deepEqual((await json(`${at}/results`)).lines, [])
  await end(at, kim)
  // Borda of three options: 3>1 gives 1 and 2 points to nos. 1 and 3, 3>2>1 gives 1 to no. 2 and 2 to no. 3.
  await counted(at, [1, 1, 4])
  assert.deepEqual((await recounted(at, 2)).choices.counts, [1, 1, 4])
})

test('nothing in any table joins a person to what she chose', { skip }, async () => {
  const who = createHash('sha256').update(Buffer.from(parks.message, 'base64url')).digest('hex')
  const tables = house.options.database ? rows(house, 'mvoting', "select tablename from pg_tables where schemaname = 'mvoting'")
    : rows(house, 'mvoting', "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
  const all = new Map(tables.map(([name]) => [name, rows(house, 'mvoting', `select * from ${name}`).map(r => r.join('|'))]))
  const with_text = text => [...all].filter(([, lines]) => lines.some(l => l.includes(text))).map(([name]) => name).sort()
  assert.deepEqual(with_text(who), ['leaf', 'voice'], 'the voice is known by its token alone')
  const number = rows(house, 'identity', "select person from account where latin = 'Park Seojun'")[0][0]
  for (const name of ['voice', 'leaf', 'token_issue', 'token_key']) {
    const lines = all.get(name)
    assert.ok(lines.length > 0 && !lines.some(l => l.includes(number) || l.includes(park.person)), name)
  }
  const holders = rows(house, 'mvoting', 'select holder from token_issue').flat()
  assert.equal(holders.length, 7)
  for (const holder of holders) assert.deepEqual(with_text(holder), ['token_issue'])
  assert.deepEqual(rows(house, 'mvoting', `select what, items from audit_entry where subject = ${number} and record_of = 'ask' and record = '${(await json(vote)).key}'`), [['2', 'token']], 'audit::action::issued')
})

test('an invented nation shows petitions and a vote of each level, whose voices came as everybody\'s do', { skip }, async () => {
  const other = mkdtempSync(join(tmpdir(), 'madang-shown-')), pack = small_pack(other)
  const said = (name, lines) => writeFileSync(join(other, 'voices/demonstration', `${name}.yaml`), lines.map(l => `- ${JSON.stringify(l)}\n`).join(''))
  said('national-petition', [{ days: 5, backed: 4, provinces: ['21'], category: 'rights', title: 'Hidden addresses', body: 'For who fled.' },
    { days: 4, backed: 3, category: 'politics', title: 'Who paid', body: 'Within a month.' }])
  said('vote', [{ agency: 'mogef', category: 'rights', days: 2, open: 5, kind: 'one', voices: 5, title: 'Where?', body: 'Next year.', options: [{ text: 'North' }, { text: 'South' }] }])
  const shown = await House.open({ port: await free_port(), pack, files: { 'guard.yaml': 'limits: false\noutgoing: [loopback]\n' } })
  try {
    const look = async at => (await new Client(shown).get(at)).json()
    const { asks } = await until(async () => {
      const all = await look('/petitions')
      return all.asks.length === 2 && all
    }, { seconds: 60, what: 'petitions that are listed, as enough back them' })
    for (const [title, level, bucket, n] of [['Hidden addresses', 1, '21', 4], ['Who paid', 2, 'all', 3]]) {
      const at = asks.find(a => a.title === title).href
      assert.deepEqual([(await look(at)).level, (await look(at)).ask.count], [level, n])
      assert.deepEqual((await look(`${at}/tokens`)).keys.map(k => [k.bucket, k.issued, k.spent]), [[bucket, n, n]])
    }
    const votes = await until(async () => {
      const all = (await look('/votes')).votes
      return all.length === 1 && (await look(`${all[0].href}/results`)).voters === 5 && all
    }, { seconds: 60, what: 'the vote' })
    const lines = (await look(`${votes[0].href}/results`)).lines.map(l => l.count)
    assert.equal(lines[0] + lines[1], 5)
    assert.deepEqual((await look(`${votes[0].href}/tokens`)).keys.map(k => [k.bucket, k.issued, k.spent]), [['all', 5, 5]])
  } finally {
    await shown.close()
    rmSync(other, { recursive: true, force: true })
  }
})
