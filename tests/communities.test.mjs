// Residents of a community propose, enter the list, vote, and open the result with their trustees; all that is secret is made here, as in
// the browser, and what the house keeps is judged by belenios-tool. Forged, doubled and late ballots are refused; kill -9 loses none.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { House, free_port } from '../journeys/program.mjs'
import { belenios, tool_verifies, without_belenios } from './belenios.mjs'
import { Client } from './client.mjs'
import { missing, rows } from './stores.mjs'

const skip = missing || without_belenios
let house, bel, nobody
const people = {}
before(async () => {
  if (skip) return
  bel = await belenios()
  house = await House.open({ port: await free_port(), files: { 'guard.yaml': 'limits: false\noutgoing: [loopback]\n' } })
  await arrive()
})
after(async () => {
  await house?.close()
  bel?.forget()
})
async function arrive() {
  nobody = new Client(house)
  for (const [key, name] of [['kim', 'Kim Hayun'], ['park', 'Park Seojun'], ['han', 'Han Yerin'], ['kang', 'Kang Taeo'], ['choi', 'Choi Jiwoo'], ['lee', 'Lee Dohyun']])
    people[key] = await new Client(house).sign_in(name)
}
const view = async (path, who = nobody) => (await who.get(path)).json()
const refused = async (answer, status, code) => {
  const got = await answer
  assert.deepEqual([got.status, got.json()?.type?.split('/').at(-1)], [status, code], got.text)
}
const done = async answer => {
  const got = await answer
  assert.equal(got.status, 303, got.text)
  return got.headers.location
}
const archive = async at => {
  const answer = await fetch(`${house.url}${at}/archive`)
  assert.match(answer.headers.get('content-disposition'), /\.bel"$/)
  return new Uint8Array(await answer.arrayBuffer())
}
const verified = async at => {
  const octets = await archive(at), seen = await bel.verify(octets)
  assert.ok(tool_verifies(seen.uuid, octets), 'belenios-tool')
  return seen
}

test('815 communities are found by name and town; the finished one is verified', { skip }, async () => {
  const all = await view('/communities')
  assert.equal(all.total, 815)
  assert.equal(all.communities[0].name, 'Jeongja Zelkova Apartments')
  assert.ok((await view('/communities?q=byeoryang')).communities.some(c => c.name === 'Byeoryang Pine Grove Community'))
  assert.equal((await view('/communities?q=nowhere')).total, 0)
  assert.deepEqual([all.open.length, all.finished.length], [1, 1])
  const at = `/elections/${all.finished[0].number}`
  const one = await view(at)
  // The votes of packs/korea/communities.yaml, counted by hand.
  assert.deepEqual(one.choices.map(c => c.votes), [5, 3, 2])
  assert.deepEqual((await verified(at)).result, [[5, 3, 2]])
  assert.equal((await view(`/elections/${all.open[0].number}`)).counted, 4)
  assert.equal((await verified(`/elections/${all.open[0].number}`)).closed, false)
})

const at = '/communities/1'
test('who lives there is confirmed by the code or by the register', { skip }, async () => {
  const { lee, park, kang } = people
  assert.equal((await nobody.post(`${at}/join`, {})).status, 401)
  await refused(lee.post(`${at}/join`, { code: 'WRONG' }), 422, 'communities.code')
  await refused(lee.post(`${at}/join`, {}), 403, 'communities.address')
  await refused(lee.get(`${at}/code`), 403, 'communities.not_manager')
  const { code } = await view(`${at}/code`, park)
  assert.match((await park.get(`${at}/code.svg`)).text, /<svg/)
  await done(lee.post(`${at}/join`, { code }))
  assert.equal((await view(at, lee)).resident, true)
  await done(park.post(`${at}/code`, {}))
  assert.notEqual((await view(`${at}/code`, park)).code, code)
  assert.equal((await view(at, lee)).resident, true)
  await done(lee.post(`${at}/leave`, {}))
  await refused(lee.post(`${at}/leave`, {}), 403, 'communities.not_resident')
  await refused(park.post(`${at}/leave`, {}), 409, 'communities.manager_stays')
  // Her own town, by the register; the look stands among hers.
  await done(kang.post('/communities/2/join', {}))
  await refused(nobody.get('/communities/9999'), 404, 'communities.unknown')
})

test('residents propose with text and video, and withdraw', { skip }, async () => {
  const { kim, lee, han } = people
  const good = { title: '옥상에 태양광을 놓습니다', body: '전기료를 나눕니다.', video: 'https://video.example/sun' }
  await refused(lee.post(`${at}/propose`, good), 403, 'communities.not_resident')
  await refused(kim.post(`${at}/propose`, { ...good, title: 'x' }), 422, 'communities.title')
  await refused(kim.post(`${at}/propose`, { ...good, video: 'javascript:alert(1)' }), 422, 'communities.video')
  await done(kim.post(`${at}/propose`, good))
  const [newest] = (await view(at, kim)).proposals
  assert.deepEqual([newest.title, newest.video, newest.mine], [good.title, good.video, true])
  await refused(han.post(`${at}/withdraw`, { proposal: newest.key }), 403, 'communities.not_author')
  await done(kim.post(`${at}/withdraw`, { proposal: newest.key }))
  assert.notEqual((await view(at, kim)).proposals[0].title, good.title)
})

let poll, number, uuid, links
const keys = {}, credentials = {}
test('the manager begins a vote; trustees make keys, voters enter the list', { skip }, async () => {
  const { kim, park, han, kang, choi, lee } = people
  const { proposals } = await view(`${at}/poll`, park)
  const fields = (changed = {}, chosen = proposals) => [...Object.entries(
    { title: '무엇을 먼저 할까요', most: '2', blank: 'yes', days: '7', trustees: '2', ...changed }), ...chosen.map(p => ['proposals[]', p])]
  await refused(kim.post(`${at}/poll`, fields()), 403, 'communities.not_manager')
  await refused(park.post(`${at}/poll`, fields({ most: '4' })), 422, 'communities.figures')
  await refused(park.post(`${at}/poll`, fields({}, proposals.slice(1, 2))), 422, 'communities.proposals')
  poll = await done(park.post(`${at}/poll`, fields()))
  const seen = await view(poll, park);
  ({ uuid, number } = seen)
  assert.deepEqual([seen.state, seen.choices.length, seen.trustees.length], ['registering', 3, 2])
  links = seen.trustees.map(t => t.link)
  assert.ok((await view(poll)).trustees.every(t => t.link === ''), 'the links are for the manager')
  for (const [i, who] of ['han', 'kang'].entries()) {
    keys[who] = await bel.make_trustee()
    const forged = { ...keys[who].public_key, pok: { ...keys[who].public_key.pok, response: '1' } }
    await refused(people[who].post(`${links[i]}/key`, { key: JSON.stringify(forged) }), 422, 'elections.trustee_key')
    await done(people[who].post(`${links[i]}/key`, { key: JSON.stringify(keys[who].public_key) }))
  }
  await refused(han.post(`${links[1]}/key`, { key: JSON.stringify(keys.han.public_key) }), 404, 'communities.unknown')
  for (const who of ['kim', 'choi', 'park']) {
    const secret = bel.make_credential()
    credentials[who] = await bel.secret_of(secret, uuid)
    await done(people[who].post(`${poll}/register`, { credential: bel.public_credential(credentials[who]) }))
  }
  await refused(choi.post(`${poll}/register`, { credential: bel.public_credential(credentials.kim) }), 422, 'elections.credentials')
  await refused(choi.post(`${poll}/register`, { credential: '2' }), 422, 'elections.credentials')
  await refused(lee.post(`${poll}/register`, { credential: bel.public_credential(credentials.kim) }), 403, 'communities.not_resident')
  await refused(kim.post(`${poll}/open`, {}), 403, 'communities.not_manager')
  await refused(kim.post(`${poll}/vote`, { ballot: '{}' }), 409, 'communities.state')
  await done(park.post(`${poll}/open`, {}))
  await refused(han.post(`${poll}/register`, { credential: bel.public_credential(credentials.kim) }), 409, 'communities.state')
  await refused(kang.post(`${links[1]}/key`, { key: JSON.stringify(keys.kang.public_key) }), 409, 'communities.state')
})

let election
const ballot = (who, choices) => bel.make_ballot(election, credentials[who], [choices])
const trackers = async () => (await view(`${poll}/board`)).ballots
test('a ballot is taken when all of it is right, and stands on the board', { skip }, async () => {
  const { kim, choi, han } = people
  election = (await nobody.get(`${poll}/election`)).text
  const first = await ballot('kim', [0, 1, 0, 0])
  const location = await done(kim.post(`${poll}/vote`, { ballot: first.text }))
  assert.equal(decodeURIComponent(location.split('mine=')[1]), first.tracker)
  assert.deepEqual(await trackers(), [{ tracker: first.tracker, counts: true }])
  await refused(kim.post(`${poll}/vote`, { ballot: first.text }), 409, 'communities.ballot_twice')
  await refused(choi.post(`${poll}/vote`, { ballot: first.text }), 422, 'elections.credential')
  await refused(han.post(`${poll}/vote`, { ballot: first.text }), 403, 'communities.not_in_list')
  assert.equal((await nobody.post(`${poll}/vote`, { ballot: first.text })).status, 401)
  for (const [code, spoil] of [
    ['ballot_form', b => b.replace(',', ', ')], ['ballot_form', () => '{}'], ['ballot_form', () => 'x'.repeat(1000)],
    ['signature', b => b.replace(/"response":"(\d)/, (_, d) => `"response":"${d === '1' ? 2 : 1}`)],
    ['ballot_of_another', b => b.replace(uuid, '1'.repeat(14))]
  ]) await refused(kim.post(`${poll}/vote`, { ballot: spoil(first.text) }), 422, `elections.${code}`)
  // Choices outside the rule, honestly signed: the proof cannot be made, so another's are taken.
  const other = JSON.parse((await ballot('choi', [0, 0, 1, 0])).text), mine = JSON.parse(first.text)
  await refused(kim.post(`${poll}/vote`, { ballot: bel.print_ballot({ ...mine, answers: other.answers }) }), 422, 'elections.signature')
  assert.equal((await trackers()).length, 1)
})

test('killed at once after its answer, the house has the ballot; the last of each voter counts', { skip }, async () => {
  const again = await ballot('kim', [0, 0, 1, 1]), blank = await ballot('choi', [1, 0, 0, 0])
  await done(people.kim.post(`${poll}/vote`, { ballot: again.text }))
  await done(people.choi.post(`${poll}/vote`, { ballot: blank.text }))
  await house.kill()
  await house.start()
  await arrive()
  const seen = await trackers()
  assert.deepEqual(seen.map(b => b.counts), [false, true, true])
  assert.deepEqual(seen.slice(1).map(b => b.tracker), [again.tracker, blank.tracker])
  assert.deepEqual([(await view(poll)).ballots, (await view(poll)).counted], [3, 2])
  const kept = Number(rows(house, 'communities', `select count(*) as n from ballot b join poll p on p.key = b.poll where p.number = ${number}`)[0][0])
  assert.equal(kept, 3)
  await verified(poll)
})

test('it ends early only when all have voted; then nothing more is taken', { skip }, async () => {
  const { park, kim } = people
  await refused(park.post(`${poll}/close`, {}), 409, 'communities.early')
  await refused(kim.post(`${poll}/close`, {}), 403, 'communities.not_manager')
  await done(park.post(`${poll}/vote`, { ballot: (await ballot('park', [0, 0, 0, 1])).text }))
  await done(park.post(`${poll}/close`, {}))
  await refused(kim.post(`${poll}/vote`, { ballot: (await ballot('kim', [0, 1, 0, 0])).text }), 409, 'communities.over')
  assert.equal((await verified(poll)).closed, true)
})

test('all trustees together open the sum, and anybody verifies it', { skip }, async () => {
  const { han, kang } = people
  const tally = await view(`${poll}/tally`)
  const of = who => bel.decrypt(election, tally, keys[who].private_key).then(JSON.stringify)
  const share = await of('han')
  await refused(han.post(`${links[0]}/share`, { share: await of('kang') }), 422, 'elections.decryption')
  await refused(han.post(`${links[0]}/share`, { share: '{}' }), 422, 'elections.decryption')
  await refused(kang.post(`${links[0]}/share`, { share }), 404, 'communities.unknown')
  await done(han.post(`${links[0]}/share`, { share }))
  await refused(han.post(`${links[0]}/share`, { share }), 409, 'communities.state')
  assert.equal((await view(poll)).state, 'closed')
  await done(kang.post(`${links[1]}/share`, { share: await of('kang') }))
  const seen = await view(poll)
  // By hand: Kim 0,1,1; Choi blank; Park 0,0,1.
  assert.deepEqual([seen.state, seen.blank_votes, seen.choices.map(c => c.votes)], ['finished', 1, [0, 1, 2]])
  const found = await verified(poll)
  assert.deepEqual([found.result, found.cast, found.counted], [[[1, 0, 1, 2]], 4, 3])
  const spoilt = await archive(poll), text = Buffer.from(spoilt).toString('latin1')
  spoilt[text.indexOf('"result":[[') + 11] ^= 1
  await assert.rejects(bel.verify(spoilt))
  assert.equal(tool_verifies(found.uuid, spoilt), false)
})

test('each act stands in the audit, and who voted what stands nowhere', { skip }, () => {
  const acts = rows(house, 'communities', `select items from audit_entry where record_of = 'election' and record = '${uuid}'`).map(r => r[0])
  for (const [act, times] of [['registered', 3], ['ballot', 4], ['opened', 1], ['closed', 1]])
    assert.equal(acts.filter(a => a === act).length, times, act)
  const told = rows(house, 'communities', 'select event from outbox').map(r => r[0])
  assert.equal(told.filter(e => e === 'communities.ballot').length, 4)
})
