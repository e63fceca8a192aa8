// The smallest country that works: packs/example, the Republic of Tidewater. It speaks English only,
// keeps two registers, and stands on packs/common for the rest. Whatever of Korea were left in the
// program would show here: every answer that the test fetches is looked through for it.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { House, root } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'

const hangul = /[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]/
const unsaid = /\[[a-z_]+\.[a-z_.]+\]/          // a key that no text says
const korea = /Korea|\bSeoul\b|Jongno|Gov24|Resident Registration Act/

let house, alma, jasper, greta, ivor, nobody

// A client that reads what it gets as a sceptic.
class Reader extends Client {
  async send(method, path, wish) {
    const answer = await super.send(method, path, wish)
    if (/text|json/.test(answer.headers['content-type'] ?? '') && !path.startsWith('/assets')) {
      for (const wrong of [hangul, korea])
        assert.doesNotMatch(answer.text, wrong, `${method} ${path}`)
      if (/html/.test(answer.headers['content-type'])) assert.doesNotMatch(answer.text, unsaid, path)
    }
    return answer
  }
}

before(async () => {
  house = await House.open({ pack: 'packs/example', population: '1:1000' })
  nobody = new Reader(house, { language: 'ko' })   // who asks for Korean is answered in English
  alma = await new Reader(house).sign_in('Alma Ashdown')
  jasper = await new Reader(house).sign_in('Jasper Kestrel')
  greta = await new Reader(house).sign_in('Greta Marlowe')
  ivor = await new Reader(house).sign_in('Ivor Quarrie')
})
after(() => house?.close())

async function ok(client, path) {
  const answer = await client.page(path)
  assert.equal(answer.status, 200, `${path}: ${answer.status}`)
  return answer.text
}
const record = async client => (await client.get('/my/data/records')).json()

// ---- what stands in the open ----

test('every public page of Tidewater is there, in its one language', async () => {
  const home = await ok(nobody, '/')
  assert.match(home, /<html lang="en">/)
  assert.match(home, /Demonstration government of Tidewater/)
  assert.doesNotMatch(home, /hreflang/)          // nothing to choose from
  for (const path of ['/?lang=ko', '/services', '/services/resident-certificate', '/services/move-in',
    '/services/business-certificate', '/events', '/events/moving', '/agencies', '/agencies/interior',
    '/news', '/news/portal-opens', '/policies', '/policies/every-look-has-a-reason', '/verify',
    '/privacy', '/accessibility', '/api', '/sign-in', '/search?q=residence'])
    await ok(nobody, path)
})

test('every page without a parameter answers, whoever asks', async () => {
  const { paths } = (await nobody.get('/openapi.json')).json()
  for (const [path, verbs] of Object.entries(paths)) {
    if (!verbs.get || path.includes('{')) continue
    for (const client of [alma, greta, ivor])
      for (const answer of [await client.page(path), await client.get(path)])
        assert.ok(answer.status < 500, `${path}: ${answer.status}`)
  }
})

test('a service is found by what people call it', async () => {
  const found = (await nobody.get('/search?q=change%20of%20address')).json()
  assert.equal(found.services[0].id, 'move-in')
})

// ---- a certificate ----

test('Alma has her certificate of residence as a PDF, and the portal knows it again', async () => {
  const draft = await alma.begin('resident-certificate')
  await alma.answer(draft, 'show', { show: 'relations' })
  await alma.answer(draft, 'use', { use: 'bank' })
  await ok(alma, `/apply/${draft}/check`)
  const done = await alma.submit(draft)
  assert.equal(done.status, 201, done.text)
  const place = done.json().location.replace(/\?.*/, '')
  await ok(alma, place)
  const pdf = await alma.get(`${place}/file`, { accept: 'application/pdf' })
  assert.equal(pdf.status, 200)
  const file = join(house.data, 'certificate.pdf')
  writeFileSync(file, pdf.bytes)
  const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' })
  for (const said of [/Certificate of Residence/, /Republic of Tidewater/, /Alma Ashdown/, /Bram Ashdown/,
    /Clara Ashdown/, /Old Quay, Port Amber/, /For a bank/, /Spouse/, /Mayor of Port Amber/, /880412-2\*{6}/])
    assert.match(text, said)
  assert.doesNotMatch(text, hangul)
  assert.doesNotMatch(text, korea)
  const [wallet] = (await alma.get('/my/documents')).json().documents
  assert.match(await ok(nobody, `/v/${wallet.number}`), /Certificate of Residence/)
})

// ---- a move ----

async function report(client, address, answers) {
  const draft = await client.begin('move-in')
  const day = new Date(Date.now() - 3 * 86400000)
  await client.answer(draft, 'moved', { moved_year: day.getFullYear(), moved_month: day.getMonth() + 1, moved_day: day.getDate() })
  await client.answer(draft, 'address', { address })
  const members = await client.options(draft, 'who')
  await client.answer(draft, 'who', members.map(m => ['who', m]))
  for (const [question, answer] of Object.entries(answers)) await client.answer(draft, question, { [question]: answer })
  await client.answer(draft, 'note', {})
  await ok(client, `/apply/${draft}/check`)
  const done = await client.submit(draft)
  assert.equal(done.status, 201, done.text)
  return done.json().location.match(/cases\/(\w+)/)[1]
}

async function accept(key) {
  await ok(greta, '/desk')
  await ok(greta, `/desk/cases/${key}`)
  const done = await greta.post(`/desk/cases/${key}/accept`)
  assert.ok([200, 201, 303].includes(done.status), `${done.status} ${done.text}`)
}

test('an address that names no town of the country is asked for again', async () => {
  const draft = await jasper.begin('move-in')
  const answer = await jasper.post(`/apply/${draft}/address`, { address: '5 Lantern Street, Atlantis' })
  assert.equal(answer.status, 422)
  await jasper.post(`/apply/${draft}/discard`)
})

test('Alma reports a move of her whole household, the official accepts it, and the register says so', async () => {
  const address = '5 Heron Street, Stone Orchard, Fern Valley'
  const key = await report(alma, address, { household: 'new' })
  await ok(alma, `/my/cases/${key}`)
  await accept(key)
  const { households } = await record(alma)
  assert.equal(households[0].address, address)
  assert.equal(households[0].town, '1002052')
  await until(async () => /Stone Orchard|accepted/i.test((await alma.page('/my/notices')).text), { what: 'the notice' })
  for (const path of ['/my', '/my/data', '/my/notices', '/my/documents', `/my/cases/${key}`]) await ok(alma, path)
})

test('who joins a household is accepted after its head has agreed', async () => {
  const { households } = await record(jasper)
  const ivor_moves = await report(ivor, households[0].address, { household: 'join', head_name: 'Jasper Kestrel' })
  assert.match(await ok(jasper, '/'), /Ivor Quarrie needs your consent/)
  await ok(jasper, `/my/consents/${ivor_moves}`)
  const given = await jasper.post(`/my/consents/${ivor_moves}`, { agree: 'yes' })
  assert.ok([200, 303].includes(given.status), `${given.status} ${given.text}`)
  await accept(ivor_moves)
  const moved = await record(ivor)
  assert.equal(moved.households[0].key, households[0].key)
})

test('everybody reads who looked, for which purpose and under which law of Tidewater', async () => {
  const page = await ok(alma, '/my/data')
  assert.match(page, /Residents Act art\. 9/)
  assert.match(page, /Move-in report/)
})

test('no register that the country does not keep is offered at the desk', async () => {
  const page = await ok(greta, '/desk/registers')
  assert.match(page, /Register of households/)
  assert.doesNotMatch(page, /value="(families|vehicles|parcels|buildings|businesses)"/)
})
