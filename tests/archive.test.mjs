// The document store in the whole house: parts and ranges, the proof from the log, erasure, whom
// the holder lets look, a place that is lost, and the program killed in the middle of an upload.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { execFileSync, spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, program, root } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { missing, rows } from './stores.mjs'

const sha256 = octets => createHash('sha256').update(octets).digest('hex')
const MiB = 1 << 20
let house, kim, han
before(async () => {
  if (missing) return
  house = await House.open()
  kim = await new Client(house).sign_in('Kim Hayun')
  han = await new Client(house).sign_in('Han Yerin')
})
after(() => house?.close())

async function multipart(person, path, fields) {
  const data = new FormData()
  data.append('_csrf', person.csrf)
  for (const [name, value] of Object.entries(fields)) data.append(name, value instanceof Buffer ? new Blob([value]) : value, ...(value instanceof Buffer ? ['part.bin'] : []))
  const request = new Request('http://x', { method: 'POST', body: data })
  return person.send('POST', path, {
    headers: { accept: 'application/json', 'content-type': request.headers.get('content-type'), 'sec-fetch-site': 'same-origin', origin: house.url },
    body: Buffer.from(await request.arrayBuffer())
  })
}
async function put(person, octets, name = 'deed.bin', folder = 'House') {
  const begun = await multipart(person, '/my/vault/uploads', { name, type: 'application/octet-stream', folder })
  assert.equal(begun.status, 200, begun.text)
  const { record, part } = begun.json()
  for (let at = 0; at < octets.length; at += part) {
    const added = await multipart(person, `/my/vault/uploads/${record}`, { offset: String(at), part: octets.subarray(at, at + part) })
    assert.equal(added.status, 200, added.text)
  }
  const kept = await multipart(person, `/my/vault/uploads/${record}/finish`, { sha256: sha256(octets) })
  assert.equal(kept.status, 200, kept.text)
  return kept.json()
}
const sealed = (person, record, what = 'proof') => until(async () => (await person.get(`/my/vault/${record}`)).json()[what] === 'sealed',
  { seconds: 30, what: 'the log’s confirmation' })

test('a file of many parts comes back whole and by ranges', { skip: missing }, async () => {
  const octets = randomBytes(9 * MiB + 12345)
  const kept = await put(kim, octets)
  assert.equal(kept.sha256, sha256(octets))
  assert.equal(kept.copies, 2)
  const whole = await kim.send('GET', `/my/vault/${kept.record}/file`)
  assert.equal(whole.status, 200)
  assert.equal(sha256(whole.bytes), kept.sha256)
  assert.equal(whole.headers['content-type'], 'application/octet-stream')
  assert.match(whole.headers['content-disposition'], /^attachment/)
  for (const [range, from, to] of [['bytes=0-0', 0, 1], ['bytes=1048570-1048590', 1048570, 1048591], ['bytes=-5', octets.length - 5, octets.length],
    [`bytes=${octets.length - 3}-`, octets.length - 3, octets.length]]) {
    const part = await kim.send('GET', `/my/vault/${kept.record}/file`, { headers: { range } })
    assert.equal(part.status, 206, range)
    assert.equal(part.headers['content-range'], `bytes ${from}-${to - 1}/${octets.length}`)
    assert.ok(part.bytes.equals(octets.subarray(from, to)), range)
  }
  assert.equal((await kim.send('GET', `/my/vault/${kept.record}/file`, { headers: { range: `bytes=${octets.length}-` } })).status, 416)
  const view = (await kim.get('/my/vault')).json().records.find(r => r.key === kept.record)
  assert.equal(view.copies, 2)
  assert.ok(view.verified)
})

test('a form without script puts a small file in', { skip: missing }, async () => {
  const answer = await multipart(kim, '/my/vault', { folder: 'Signatures', file: Buffer.from('a signature') })
  assert.equal(answer.status, 303, answer.text)
  const view = (await kim.get(answer.headers.location)).json()
  assert.equal(view.folder, 'Signatures')
  assert.equal(view.sha256, sha256('a signature'))
  assert.equal((await multipart(kim, '/my/vault', { folder: '' })).status, 422)
})

test('its proof verifies by the command line, and says what was kept', { skip: missing }, async () => {
  const octets = randomBytes(2000)
  const { record } = await put(kim, octets)
  await sealed(kim, record)
  const view = (await kim.get(`/my/vault/${record}`)).json()
  const said = JSON.parse(view.statement)
  assert.equal(said.sha256, sha256(octets))
  assert.equal(said.record, record)
  const proof = (await kim.send('GET', `/my/vault/${record}/proof`)).text
  const folder = mkdtempSync(join(tmpdir(), 'madang-proof-'))
  writeFileSync(join(folder, 'proof'), proof)
  writeFileSync(join(folder, 'policy'), (await kim.send('GET', '/transparency/policy')).text)
  const good = spawnSync(program, ['log', 'verify', join(folder, 'proof'), '--policy', join(folder, 'policy')], { cwd: root, encoding: 'utf8' })
  assert.equal(good.status, 0, good.stdout + good.stderr)
  // One letter of it changed is no proof.
  writeFileSync(join(folder, 'proof'), proof.replace(/extra (.{10})(.)/, (_, a, b) => `extra ${a}${b === 'A' ? 'B' : 'A'}`))
  assert.notEqual(spawnSync(program, ['log', 'verify', join(folder, 'proof'), '--policy', join(folder, 'policy')], { cwd: root }).status, 0)
  rmSync(folder, { recursive: true })
  // The log of documents is of its own, and anybody sees its size.
  const { logs } = (await new Client(house).get('/transparency')).json()
  assert.ok(Number(logs.find(l => l.name === 'documents').size) >= 1, JSON.stringify(logs))
})

test('erasure destroys key and salt for ever, leaves the commitment, and is proved and signed', { skip: missing }, async () => {
  const { record } = await put(kim, Buffer.from('a will that was changed'))
  await sealed(kim, record)
  const before = (await kim.send('GET', `/my/vault/${record}/proof`)).text
  const commitment = rows(house, 'vault', `select hex(commitment) from statement where what = 'kept' order by number desc limit 1`.replace('hex(commitment)', house.options.database ? "encode(commitment, 'hex')" : 'lower(hex(commitment))'))[0][0]
  assert.equal((await kim.post(`/my/vault/${record}/erase`)).status, 303)
  await sealed(kim, record, 'erasure')
  assert.equal((await kim.send('GET', `/my/vault/${record}/file`)).status, 410)
  const [[key, salt, said, name]] = rows(house, 'vault', `select length(sealed_key), (select length(salt) from statement s where s.record = r.key and what = 'kept'),
    (select said from statement s where s.record = r.key and what = 'kept') || '-', r.name || '-' from record r where state = 2 order by erased desc limit 1`)
  assert.deepEqual([key, salt, said, name], ['0', '0', '-', '-'])
  const bundle = (await new Client(house).send('GET', '/transparency/documents/checkpoint')).text
  const size = Number(bundle.split('\n')[1])
  const entries = (await new Client(house).send('GET', `/transparency/documents/tile/entries/000.p/${size}`)).bytes.toString('hex')
  assert.ok(entries.includes(commitment), 'the commitment stays in the log')
  const proof = (await kim.send('GET', `/my/vault/${record}/proof`)).text
  assert.notEqual(proof, before)
  const view = (await kim.get(`/my/vault/${record}`)).json()
  assert.equal(JSON.parse(view.statement).what, 'erased')
  // The agency's signature over the statement, judged by openssl.
  const signature = (await kim.send('GET', `/my/vault/${record}/erasure`)).bytes
  const folder = mkdtempSync(join(tmpdir(), 'madang-erasure-'))
  writeFileSync(join(folder, 's.p7s'), signature)
  writeFileSync(join(folder, 'said'), view.statement)
  writeFileSync(join(folder, 'root.pem'), execFileSync('cat', [join(house.data, 'keys', 'root.cert.pem')]))
  const judged = spawnSync('openssl', ['cms', '-verify', '-binary', '-inform', 'DER', '-in', join(folder, 's.p7s'), '-content', join(folder, 'said'),
    '-CAfile', join(folder, 'root.pem'), '-purpose', 'any', '-out', '/dev/null'], { encoding: 'utf8' })
  assert.equal(judged.status, 0, judged.stderr)
  rmSync(folder, { recursive: true })
})

test('others look only if they were let in, and the holder reads of each look', { skip: missing }, async () => {
  const { record } = await put(kim, Buffer.from('between us'))
  for (const path of [`/my/vault/${record}`, `/my/vault/${record}/file`, `/my/vault/${record}/proof`])
    assert.equal((await han.get(path)).status, 404, path)
  assert.equal((await han.post(`/my/vault/${record}/erase`)).status, 404)
  assert.equal((await new Client(house).get(`/my/vault/${record}`)).status, 401)
  const { invitation } = (await kim.post(`/my/vault/${record}/invite`)).json()
  const path = new URL(invitation).pathname
  assert.equal((await kim.post(path)).status, 409, 'not herself')
  assert.equal((await han.post(path)).status, 303)
  assert.equal((await han.post(path)).status, 410, 'a link is good once')
  const file = await han.send('GET', `/my/vault/${record}/file`)
  assert.equal(file.text, 'between us')
  assert.equal((await han.post(`/my/vault/${record}/erase`)).status, 403)
  assert.equal((await han.get('/my/vault')).json().shared.length, 1)
  const looks = rows(house, 'vault', `select count(*) from audit_entry where record_of = 'vault' and what = 0 and record = '${record}' and actor_person <> subject`)
  assert.ok(Number(looks[0][0]) >= 1)
  const { lookers } = (await kim.get(`/my/vault/${record}`)).json()
  assert.equal(lookers.length, 1)
  assert.equal((await kim.post(`/my/vault/${record}/take-back`, { person: lookers[0].person })).status, 303)
  assert.equal((await han.get(`/my/vault/${record}`)).status, 404)
})

test('parts that do not fit are refused and change nothing', { skip: missing }, async () => {
  const { record } = (await multipart(kim, '/my/vault/uploads', { name: 'x', type: '', folder: '' })).json()
  const add = (fields, who = kim) => multipart(who, `/my/vault/uploads/${record}`, fields)
  assert.equal((await add({ offset: '5', part: Buffer.alloc(10) })).json().code, 'vault.offset')
  assert.equal((await add({ offset: '0', part: Buffer.alloc(4 * MiB + 1) })).json().code, 'vault.part')
  assert.equal((await add({ offset: '-1', part: Buffer.alloc(1) })).status, 422)
  assert.equal((await add({ offset: '0' })).status, 422)
  assert.equal((await add({ offset: '0', part: Buffer.alloc(10) }, han)).status, 404)
  assert.equal((await multipart(kim, `/my/vault/uploads/${record}/finish`, {})).json().code, 'vault.empty')
  assert.equal((await add({ offset: '0', part: Buffer.alloc(10, 1) })).status, 200)
  assert.equal((await multipart(kim, `/my/vault/uploads/${record}/finish`, { sha256: '00' })).json().code, 'vault.changed')
  assert.equal((await kim.post(`/my/vault/${record}/erase`)).status, 303, 'an upload can be given up')
  assert.equal((await kim.get(`/my/vault/${record}`)).status, 404)
})

test('a whole place is lost: everything is still there, the page says so, and a new disk is filled', { skip: missing }, async () => {
  const octets = randomBytes(3 * MiB)
  const { record } = await put(kim, octets)
  const at = join(house.data, 'vault')
  renameSync(join(at, 'a'), join(at, 'gone'))
  assert.equal(sha256((await kim.send('GET', `/my/vault/${record}/file`)).bytes), sha256(octets))
  const health = (await new Client(house).get('/health')).text
  assert.match(health, /late/)
  mkdirSync(join(at, 'a'))
  assert.equal(sha256((await kim.send('GET', `/my/vault/${record}/file`)).bytes), sha256(octets), 'and reading mends it')
  rmSync(join(at, 'b'), { recursive: true })
  assert.equal(sha256((await kim.send('GET', `/my/vault/${record}/file`)).bytes), sha256(octets))
  mkdirSync(join(at, 'b'))
  assert.ok(existsSync(join(at, 'gone')))
  rmSync(join(at, 'gone'), { recursive: true })
})

test('killed in the middle of an upload, it goes on from what was acknowledged', { skip: missing }, async () => {
  const octets = randomBytes(10 * MiB)
  const own = await House.open({ data: mkdtempSync(join(tmpdir(), 'madang-')) })
  const who = await new Client(own).sign_in('Kim Hayun')
  const before = house
  house = own
  try {
    const { record, part } = (await multipart(who, '/my/vault/uploads', { name: 'film', type: '', folder: '' })).json()
    assert.equal((await multipart(who, `/my/vault/uploads/${record}`, { offset: '0', part: octets.subarray(0, part) })).status, 200)
    const cut = multipart(who, `/my/vault/uploads/${record}`, { offset: String(part), part: octets.subarray(part, 2 * part) }).catch(() => undefined)
    await new Promise(done => setTimeout(done, 15))
    await own.kill()
    await cut
    await own.start()
    const again = await new Client(own).sign_in('Kim Hayun')
    let { offset } = (await again.get(`/my/vault/uploads/${record}`)).json()
    assert.ok(offset === part || offset === 2 * part, `acknowledged or not, never half: ${offset}`)
    for (; offset < octets.length; offset += part)
      assert.equal((await multipart(again, `/my/vault/uploads/${record}`, { offset: String(offset), part: octets.subarray(offset, offset + part) })).status, 200)
    const kept = await multipart(again, `/my/vault/uploads/${record}/finish`, { sha256: sha256(octets) })
    assert.equal(kept.status, 200, kept.text)
    await sealed(again, record)
  } finally {
    house = before
    await own.close()
    rmSync(own.data, { recursive: true, force: true })
  }
})
