// Documents from one agency to another in the whole house: sealed, signed, delivered, opened for a purpose, refused, discarded; who is not
// of either agency finds nothing. Statements are judged by openssl; rows are read by the stores' own tools.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { House } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { missing, rows } from './stores.mjs'

const day = days => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10)
const sha256 = b => createHash('sha256').update(b).digest('hex')
const paper = Buffer.from('%PDF-1.4 a paper of nobody\n'.repeat(1000))
let house, lee, cho, oh, kim, yoon
before(async () => {
  if (missing) return
  house = await House.open()
  const who = async name => new Client(house).sign_in(name)
  lee = await who('Lee Dohyun'); cho = await who('Cho Eunwoo'); oh = await who('Oh Minseok'); kim = await who('Kim Hayun'); yoon = await who('Yoon Seoa')
})
after(() => house?.close())
const code = a => a.json().type?.replace('/problems/', '')

async function multipart(person, path, fields, file) {
  const data = new FormData()
  data.append('_csrf', person.csrf)
  for (const [name, value] of Object.entries(fields)) data.append(name, value)
  if (file) data.append('files', new Blob([file]), 'paper.pdf')
  const request = new Request('http://x', { method: 'POST', body: data })
  return person.send('POST', path, {
    headers: { accept: 'application/json', 'content-type': request.headers.get('content-type'), 'sec-fetch-site': 'same-origin', origin: house.url },
    body: Buffer.from(await request.arrayBuffer())
  })
}
const said = { title_: 'A paper of a citizen', purpose: 'Deciding on a road permit', law: 'e-Government Act art. 25', reference: '2026-0012', until: day(20), person: '' }
async function draft() {
  const begun = await lee.post('/desk/distribution', { receiver: 'molit' })
  assert.equal(begun.status, 303, begun.text)
  return begun.headers.location
}
async function delivered() {
  const at = await draft()
  const number = rows(house, 'residents', `select resident_number from register_persons where key = (${rows(house, 'identity', "select person from account where login = 'kim'")[0][0]})`)[0][0]
  const sent = await multipart(lee, at, { ...said, person: number, act: 'send' }, paper)
  assert.equal(sent.status, 303, sent.text)
  await until(async () => (await lee.get(at)).json().letter.state === 'delivered')
  return at.split('/').at(-1)
}

test('a paper goes to another agency sealed, is opened for a purpose, and signed receipts come back', { skip: missing }, async () => {
  const n = await delivered(), come = `/desk/distribution/come/${n}`
  assert.equal(code(await cho.get(`${come}/files/0`)), 'distribution.not_opened')
  assert.equal((await cho.post(`${come}/open`, { purpose: 'x' })).status, 422)
  assert.equal((await cho.post(`${come}/open`, { purpose: 'Reading for the permit' })).status, 303)
  const got = await cho.get(`${come}/files/0`)
  assert.equal(sha256(got.bytes), sha256(paper))
  await until(async () => (await lee.get(`/desk/distribution/sent/${n}`)).json().letter.state === 'opened')
  const { receipts, files } = (await lee.get(`/desk/distribution/sent/${n}`)).json()
  assert.deepEqual(receipts.map(r => r.what).sort(), ['delivered', 'opened'])
  assert.equal(files[0].sha256, sha256(paper))
  // openssl verifies the statement, and not another one.
  const r = receipts.find(x => x.what === 'opened')
  const verify = statement => {
    writeFileSync(join(house.data, 'r.txt'), statement)
    writeFileSync(join(house.data, 'r.p7s'), Buffer.from(r.signature, 'base64'))
    return execFileSync('openssl', ['cms', '-verify', '-binary', '-noverify', '-inform', 'DER', '-in', join(house.data, 'r.p7s'), '-content', join(house.data, 'r.txt')], { stdio: ['ignore', 'pipe', 'ignore'] })
  }
  assert.equal(verify(r.statement).toString(), r.statement)
  assert.throws(() => verify(r.statement.replace('opened', 'openex')))
  assert.match(JSON.stringify((await kim.get('/my/data')).json()), /Reading for the permit/, 'she reads who opened it and why')
  assert.match((await lee.get('/desk/distribution.csv')).text, new RegExp(n))
})

test('nobody of a third agency finds it, a refusal has a reason and destroys the files', { skip: missing }, async () => {
  const n = await delivered(), come = `/desk/distribution/come/${n}`
  assert.equal((await oh.get(come)).status, 404)
  assert.equal((await oh.get(`/desk/distribution/sent/${n}`)).status, 404)
  assert.equal((await yoon.get('/desk/distribution')).status, 403)
  assert.equal((await kim.get('/desk/distribution')).status, 403)
  assert.equal((await cho.post(`${come}/refuse`, { reason: '' })).status, 422)
  assert.equal((await cho.post(`${come}/refuse`, { reason: 'It is not our business' })).status, 303)
  await until(async () => (await lee.get(`/desk/distribution/sent/${n}`)).json().letter.state === 'refused')
  assert.equal((await lee.get(`/desk/distribution/sent/${n}`)).json().letter.reason, 'It is not our business')
  assert.equal(rows(house, 'distribution', `select count(*) from enclosed where number = '${n}' and record <> 0`)[0][0], '0')
  assert.equal((await cho.post(`${come}/open`, { purpose: 'Reading all the same' })).status, 409)
})

test('a draft is kept, says what it lacks, and is discarded', { skip: missing }, async () => {
  const at = await draft()
  assert.equal((await multipart(lee, at, { ...said, title_: '', act: 'save' })).status, 303)
  assert.equal((await lee.get(at)).json().letter.purpose, said.purpose)
  for (const [field, value] of [['title_', ''], ['purpose', 'x'], ['law', ''], ['reference', ''], ['until', day(-1)], ['until', 'soon'], ['until', day(900)], ['person', '000000-0000000']])
    assert.deepEqual([field, (await multipart(lee, at, { ...said, [field]: value, act: 'send' })).json().field], [field, field])
  assert.equal((await multipart(lee, at, { ...said, act: 'send' })).json().field, 'files')
  assert.equal((await multipart(lee, at, { act: 'discard' })).status, 303)
  assert.equal((await lee.get(at)).status, 404)
  assert.equal((await lee.post('/desk/distribution', { receiver: 'pss' })).status, 404)
})
