// National Design Group: a project from its invitation to what a ministry made of its result. People join by their own act, what is not
// published stays with the members, people in photos and interviews have agreed, a stage ends when it has what it needs.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, free_port, root } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { small_pack } from './small_pack.mjs'
import { missing, rows } from './stores.mjs'

const skip = missing
let house, folder
const people = new Map()
before(async () => {
  if (skip) return
  folder = mkdtempSync(join(tmpdir(), 'madang-design-'))
  house = await House.open({ port: await free_port(), pack: small_pack(folder), files: { 'guard.yaml': 'limits: false\n' } })
})
after(async () => {
  await house?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

async function person(name) {
  if (!people.has(name)) people.set(name, await new Client(house).sign_in(name))
  return people.get(name)
}
const ask = async (at, who = new Client(house)) => (await who.get(at)).json()
const goes = async (who, at, fields = {}) => {
  const answer = await who.post(at, fields)
  assert.equal(answer.status, 303, `${at}: ${answer.text}`)
  return answer.headers.location
}
const refused = async (who, at, fields, status, code) => {
  const answer = await who.post(at, fields)
  assert.deepEqual([answer.status, answer.json().type], [status, `/problems/${code}`], answer.text)
}
function photo(who, at, fields, octets) {
  const mark = 'x-madang-x', parts = []
  for (const [key, value] of Object.entries({ ...fields, _csrf: who.csrf })) parts.push(Buffer.from(`--${mark}\r\nContent-Disposition: form-data; name="${key}"\r\n\r\n${value}\r\n`))
  parts.push(Buffer.from(`--${mark}\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\n`), octets, Buffer.from(`\r\n--${mark}--\r\n`))
  return who.send('POST', at, { headers: { accept: 'application/json', 'content-type': `multipart/form-data; boundary=${mark}`, 'sec-fetch-site': 'same-origin', origin: house.url }, body: Buffer.concat(parts) })
}

test('the demonstration has its twelve projects of ten people, found by stage, ministry, year and word', { skip }, async () => {
  const all = await until(async () => { const v = await ask('/design'); return v.total === 12 && v }, { what: 'the projects' })
  assert.equal(Number(rows(house, 'design', 'select count(*) from circle_member')[0][0]), 120)
  const { stage, agency, year } = all.projects[0]
  for (const [name, value] of Object.entries({ stage, agency, year })) {
    const some = await ask(`/design?${name}=${value}`)
    assert.ok(some.total >= 1 && some.projects.every(p => String(p[name]) === String(value)), name)
  }
  assert.deepEqual((await ask(`/design?q=${encodeURIComponent('유모차')}`)).projects.map(p => p.title), ['아이와 함께 타는 버스'])
  assert.equal((await ask('/design?q=%25')).total, 0, 'a sign of the reader is that sign')
})

let at, work
test('an official opens one; citizens and experts join by an invitation that works once', { skip }, async () => {
  const [cho, kim, park, han] = [await person('Cho Eunwoo'), await person('Kim Hayun'), await person('Park Seojun'), await person('Han Yerin')]
  assert.equal((await kim.post('/desk/design', { title: 'x', problem: 'y', category: 'transport' })).status, 403)
  await refused(cho, '/desk/design', { title: '', problem: 'y', category: 'transport' }, 422, 'design.title')
  work = await goes(cho, '/desk/design', { title: 'Waiting without fear', problem: 'The stop is dark.', category: 'transport' })
  at = work.replace('/board', '')
  assert.equal((await kim.get(work)).status, 403)
  assert.equal((await new Client(house).get(work)).status, 401)
  await refused(cho, `${work}/invite`, { invite: 'friend' }, 422, 'circle.kind')
  for (const [who, kind] of [[kim, 'citizen'], [han, 'expert']]) {
    const link = new URL((await cho.post(`${work}/invite`, { invite: kind })).json().link).pathname
    assert.match((await who.page(link)).text, /Waiting without fear/)
    await goes(who, link, kind === 'expert' ? { named: 'yes' } : {})
    assert.equal((await park.post(link, {})).status, 404)
  }
  await refused(kim, `${work}/invite`, { invite: 'citizen' }, 403, 'design.not_lead')
  const seen = await ask(at)
  assert.deepEqual(seen.members, { citizen: 1, official: 1, expert: 1, named: ['조은우', '한예린'] })
  assert.ok(!(await new Client(house).page(at)).text.includes('김하윤'))
})

test('a stage is left when it has what it needs; people in it have agreed; what is removed comes back', { skip }, async () => {
  const [cho, kim] = [await person('Cho Eunwoo'), await person('Kim Hayun')]
  await refused(kim, `${work}/next`, {}, 409, 'design.needs')
  await goes(kim, `${work}/items`, { kind: 'note', title: 'Seen', body: 'Six let a bus go.' })
  await goes(kim, `${work}/items`, { kind: 'note', title: 'Heard', body: 'It is cold.' })
  await refused(kim, `${work}/items`, { kind: 'rumour', title: 'x', body: 'y' }, 422, 'design.kind')
  await refused(kim, `${work}/items`, { kind: 'interview', title: 'A parent', body: 'I wait.' }, 422, 'design.consent')
  await goes(kim, `${work}/items`, { kind: 'interview', title: 'A parent', body: 'I wait.', consent: 'A parent at the stop, in words, 2 March' })
  const items = Object.fromEntries((await ask(work, kim)).items.map(i => [i.title, i]))
  await refused(kim, `${work}/items/${items['A parent'].key}/publish`, { on: 'yes' }, 409, 'design.consent_public')
  const png = readFileSync(join(root, 'engines/pictures/fuzz/corpus/picture/small.png'))
  assert.equal((await photo(kim, `${work}/items`, { kind: 'photo', title: 'The stop', alt: '' }, png)).json().type, '/problems/design.alt')
  assert.equal((await photo(kim, `${work}/items`, { kind: 'photo', title: 'The stop', alt: 'A stop without a lamp' }, png)).status, 303)
  const picture = (await ask(work, kim)).items.find(i => i.kind === 'photo')
  const address = `${at}/items/${picture.key}/photo`
  assert.equal((await new Client(house).get(address)).status, 404)
  assert.equal((await kim.get(address)).headers['content-type'], 'image/png')
  await goes(kim, `${work}/items/${picture.key}/publish`, { on: 'yes' })
  assert.equal((await new Client(house).get(address)).status, 200)
  // Off the board and back: what a stage needs is counted on the board alone.
  const note = `${work}/items/${items.Seen.key}/remove`
  await goes(kim, note, { on: 'yes' })
  await refused(kim, `${work}/next`, {}, 409, 'design.needs')
  await goes(cho, note, { on: 'no' })
  await goes(kim, `${work}/next`)
  assert.equal((await ask(at)).project.stage, 'define')
  // Consent withdrawn: gone from the store.
  await goes(kim, `${work}/items/${items['A parent'].key}/forget`)
  assert.equal(Number(rows(house, 'design', "select count(*) from item where title = 'A parent'")[0][0]), 0)
  assert.equal((await (await person('Park Seojun')).post(`${work}/items`, { kind: 'note', title: 'x', body: 'y' })).status, 403)
})

test('a journey is a table and a curve; a decision names its evidence, public where that is', { skip }, async () => {
  const kim = await person('Kim Hayun')
  await goes(kim, `${work}/items`, { kind: 'journey_map', title: 'An evening' })
  const map = (await ask(work, kim)).items.find(i => i.kind === 'journey_map')
  const step = (what, feeling) => ({ [`what-${map.key}`]: what, [`feeling-${map.key}`]: feeling, [`thought-${map.key}`]: 'Is it near' })
  await refused(kim, `${work}/items/${map.key}/steps`, step('Waits', '7'), 422, 'design.step')
  for (const [what, feeling] of [['Waits', '-2'], ['Gets on', '1'], ['Sits', '2']]) await goes(kim, `${work}/items/${map.key}/steps`, step(what, feeling))
  await goes(kim, `${work}/items/${map.key}/drop-step`, { at: '2' })
  assert.equal((await kim.post(`${work}/items/${map.key}/drop-step`, { at: '9' })).status, 404)
  await goes(kim, `${work}/items/${map.key}/publish`, { on: 'yes' })
  const curve = await new Client(house).get(`${at}/items/${map.key}/curve.svg`)
  // Two steps 80 apart; -2 stands 160 below +2, +1 stands 40 below it.
  assert.match(curve.text, /points="40,200 120,80"/)
  const page = (await new Client(house).page(at)).text
  assert.ok(page.includes('Very bad (-2)') && page.includes('1. Waits'))
  const secret = (await ask(work, kim)).items.find(i => i.title === 'Heard')
  await refused(kim, `${work}/decisions`, { what: 'A lamp', because: 'Dark', 'evidence[]': 'nothing' }, 422, 'design.evidence')
  await goes(kim, `${work}/decisions`, [['what', 'A lamp'], ['because', 'It is dark.'], ['evidence[]', map.key], ['evidence[]', secret.key]])
  assert.deepEqual((await ask(at)).decisions, [])
  const [decision] = (await ask(work, kim)).decisions
  await goes(kim, `${work}/decisions/${decision.key}`, { on: 'yes' })
  assert.deepEqual((await ask(at)).decisions.map(d => [d.what, d.evidence]), [['A lamp', [map.key]]], 'evidence of the members is not named')
})

test('it goes back with a reason, on to the last stage, and to the ministry once', { skip }, async () => {
  const [kim, cho] = [await person('Kim Hayun'), await person('Cho Eunwoo')]
  await refused(kim, `${work}/back`, { back: '' }, 422, 'design.because')
  await goes(kim, `${work}/back`, { back: 'One more evening' })
  assert.equal((await ask(at)).project.stage, 'observe')
  await goes(kim, `${work}/items`, { kind: 'interview', title: 'A driver', body: 'I cannot see them.', consent: 'A driver, in words, 3 March', consent_public: 'yes' })
  await goes(kim, `${work}/next`)
  const add = (kind, title) => goes(kim, `${work}/items`, { kind, title, body: 'As seen.', consent: 'One of us, in words' })
  const decide = what => goes(kim, `${work}/decisions`, { what, because: 'It helps.' })
  await refused(kim, `${work}/hand`, {}, 409, 'design.last_stage')
  await goes(kim, `${work}/next`)
  await add('note', 'a'), await add('note', 'b'), await decide('A lamp with a button')
  await goes(kim, `${work}/next`)
  await add('note', 'c')
  await goes(kim, `${work}/next`)
  await add('interview', 'A second parent'), await decide('It stays')
  await refused(kim, `${work}/next`, {}, 409, 'design.needs')
  await goes(kim, `${work}/result`, { result: 'Lamps that wake when somebody waits.' })
  assert.equal((await ask(at)).result, '', 'a draft is the members\' own')
  await goes(kim, `${work}/next`)
  await refused(kim, `${work}/next`, {}, 409, 'design.last')
  for (let i = 0; i < 2; i++) await goes(kim, `${work}/hand`)
  assert.equal((await ask('/handed')).total, 1)
  await refused(kim, `${work}/result`, { result: 'Other' }, 409, 'design.handed')
  const handed = (await ask('/handed')).asks[0].href
  assert.equal((await ask(handed)).source, at)
  await goes(cho, `${handed.replace('/handed', '/desk/handed')}/answer`, { body: 'At forty stops.', verdict: 'adopted' })
  const page = (await new Client(house).page(at)).text
  assert.ok(page.includes('Lamps that wake') && page.includes('Adopted') && page.includes('At forty stops.'))
  assert.equal((await new Client(house).get('/first-street/adoption.csv')).text.split('\r\n')[1], 'molit,1,0,1,0,0,1')
})

test('members leave by themselves, and the audit names who did what', { skip }, async () => {
  const [kim, cho] = [await person('Kim Hayun'), await person('Cho Eunwoo')]
  await refused(cho, `${work}/leave`, {}, 409, 'design.leads')
  await goes(kim, `${work}/leave`)
  assert.equal((await kim.get(work)).status, 403)
  assert.equal((await ask(at)).members.citizen, 0)
  const said = rows(house, 'design', "select distinct items from audit_entry where record_of = 'project'").map(r => r[0])
  for (const one of ['opened', 'item', 'consent withdrawn', 'stage define', 'back to observe', 'handed over']) assert.ok(said.includes(one), one)
})
