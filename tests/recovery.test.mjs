// Recovery of encryption keys by two persons, judged by openssl: what was encrypted for somebody with `openssl cms` is read again with the key
// that two officers gave back, and by nothing that one of them, or the database, has.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { missing, rows } from './stores.mjs'

const first_words = 'four lanterns over the pond', second_words = 'a heron on the third stone', her_words = 'rainy crane bookshelf'
let house, folder, kim, ryu, kang, jung
const openssl = (...args) => execFileSync('openssl', args, { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })

before(async () => {
  if (missing) return
  folder = mkdtempSync(join(tmpdir(), 'madang-recovery-'))
  house = await House.open()
  kim = await new Client(house).sign_in('Kim Hayun')
  ryu = await new Client(house).sign_in('Ryu Hajin')
  kang = await new Client(house).sign_in('Kang Taeo')
  jung = await new Client(house).sign_in('Jung Subin')
})
after(async () => {
  await house?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

// RFC 6238 with node's own HMAC.
async function with_app(browser) {
  await browser.post('/my/sign-in/code/begin')
  const { secret } = (await browser.get('/my/sign-in/code')).json()
  let bits = ''
  for (const c of secret) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)))
  const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map(b => parseInt(b, 2)))).update(counter).digest()
  assert.equal((await browser.post('/my/sign-in/code', { code: String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0') })).status, 200)
}
const refused = (answer, status, code) => assert.deepEqual([answer.status, answer.json().code], [status, code], answer.text)
const apply = () => kim.post('/certification/apply', { authority: 'kica', kind: 'encryption', passphrase: 'the first passphrase' })
const ask = serial => kim.post(`/my/certificates/${serial}/recovery`, { grounds: 'The computer broke.', passphrase: her_words })
const act = (officer, key, passphrase) => officer.post(`/desk/recovery/${key}/act`, { passphrase })

let serial
test('an encryption certificate is issued once two officers keep its key, each under words that she alone knows', { skip: missing }, async () => {
  refused(await apply(), 409, 'certification.no_officers')
  assert.deepEqual(rows(house, 'certification', "select count(*) from certificate where kind = 'encryption'"), [['0']], 'nothing half done')
  assert.equal((await kim.post('/desk/recovery/enrol', { passphrase: first_words })).status, 403)
  assert.equal((await ryu.post('/desk/recovery/enrol', { passphrase: first_words })).json().code, 'step_up.needed')
  for (const officer of [ryu, kang, jung]) await with_app(officer)
  refused(await ryu.post('/desk/recovery/enrol', { passphrase: 'short' }), 422, 'certification.recovery_passphrase')
  assert.equal((await ryu.post('/desk/recovery/enrol', { passphrase: first_words })).status, 303)
  refused(await apply(), 409, 'certification.no_officers')
  assert.equal((await kang.post('/desk/recovery/enrol', { passphrase: second_words })).status, 303)
  assert.equal((await kang.get('/desk/recovery')).json().officers.length, 2)
  refused(await kim.post('/certification/apply', { authority: 'kica', kind: 'encryption', request: 'x' }), 422, 'certification.key_of_house')
  const made = await apply()
  assert.equal(made.status, 201, made.text)
  serial = made.json().serial

  writeFileSync(join(folder, 'mine.pem'), (await kim.get(`/my/certificates/${serial}/certificate.pem`)).text)
  const text = openssl('x509', '-in', 'mine.pem', '-noout', '-text')
  assert.match(text, /Key Usage: critical\s+Key Agreement\n/)
  writeFileSync(join(folder, 'letter'), 'Meet me at the pond.\n')
  openssl('cms', '-encrypt', '-aes256', '-in', 'letter', '-out', 'letter.p7m', '-outform', 'DER', '-binary', 'mine.pem')
  writeFileSync(join(folder, 'first.p12'), (await kim.send('POST', `/my/certificates/${serial}/file`, {
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: house.url }, body: `_csrf=${encodeURIComponent(kim.csrf)}`
  })).bytes)
  openssl('pkcs12', '-in', 'first.p12', '-nodes', '-passin', 'pass:the first passphrase', '-out', 'first.pem')
  assert.equal(openssl('cms', '-decrypt', '-in', 'letter.p7m', '-inform', 'DER', '-inkey', 'first.pem', '-binary'), 'Meet me at the pond.\n')
})

test('two officers act, neither twice, and the holder alone opens what they give back', { skip: missing }, async () => {
  refused(await kim.post(`/my/certificates/${serial}/recovery`, { grounds: 'x', passphrase: 'short' }), 422, 'certification.recovery_passphrase')
  refused(await kim.post(`/my/certificates/${serial}/recovery`, { grounds: '', passphrase: her_words }), 422, 'certification.recovery_grounds')
  assert.equal((await ask(serial)).status, 303)
  refused(await ask(serial), 409, 'certification.recovery_waits')
  const key = (await ryu.get('/desk/recovery')).json().cases[0].key
  const page = await ryu.page(`/desk/recovery/${key}`)
  assert.match(page.text, /You are the first/)
  refused(await act(ryu, key, 'not the words'), 422, 'certification.recovery_wrong')
  refused(await act(jung, key, first_words), 403, 'certification.recovery_role')
  assert.equal((await act(ryu, key, first_words)).status, 303)
  refused(await act(ryu, key, first_words), 403, 'certification.recovery_second')
  refused(await kim.post(`/my/certificates/${serial}/recovery/take`, { passphrase: her_words }), 410, 'certification.fetched')
  refused(await act(kang, key, first_words), 422, 'certification.recovery_wrong')
  // Somebody who was enrolled later has no share of this key.
  assert.equal((await jung.post('/desk/recovery/enrol', { passphrase: 'the late one has nothing' })).status, 303)
  refused(await act(jung, key, 'the late one has nothing'), 409, 'certification.recovery_no_share')
  assert.equal((await act(kang, key, second_words)).status, 303)
  refused(await act(kang, key, second_words), 409, 'certification.decided')

  refused(await kim.post(`/my/certificates/${serial}/recovery/take`, { passphrase: first_words }), 422, 'certification.recovery_wrong')
  const file = await kim.post(`/my/certificates/${serial}/recovery/take`, { passphrase: her_words })
  assert.equal(file.headers['content-type'], 'application/x-pkcs12', file.text)
  writeFileSync(join(folder, 'again.p12'), file.bytes)
  openssl('pkcs12', '-in', 'again.p12', '-nodes', '-passin', `pass:${her_words}`, '-out', 'again.pem')
  assert.equal(openssl('cms', '-decrypt', '-in', 'letter.p7m', '-inform', 'DER', '-inkey', 'again.pem', '-binary'), 'Meet me at the pond.\n')
  const bare = pem => pem.match(/-----BEGIN PRIVATE KEY-----[^-]+/)[0]
  assert.equal(bare(readFileSync(join(folder, 'again.pem'), 'utf8')), bare(readFileSync(join(folder, 'first.pem'), 'utf8')))
  refused(await kim.post(`/my/certificates/${serial}/recovery/take`, { passphrase: her_words }), 410, 'certification.fetched')
})

test('each step is in the history, in the trail, and told to the holder; nothing of the key lies bare', { skip: missing }, async () => {
  const events = (await kim.get(`/my/certificates/${serial}`)).json().events.map(e => e.what)
  assert.deepEqual(events.filter(e => e.startsWith('recovery')), ['recovery_asked', 'recovery_first', 'recovery_second', 'recovery_taken'])
  const told = (await kim.get('/my/notices')).text
  for (const words of ['was asked for', 'A first officer acted', 'was recovered']) assert.ok(told.includes(words), words)
  assert.deepEqual(rows(house, 'certification', `select items from audit_entry where record = '${serial}' and items like 'recovery%' order by key`).flat(), ['recovery_asked', 'recovery_first', 'recovery_second', 'recovery_taken'])
  const left = rows(house, 'certification', 'select state, length(result), (select count(*) from recovery_pass) from recovery')
  assert.deepEqual(left, [['taken', '0', '0']])
  // The key's own octets, as openssl shows them, are nowhere among what is kept.
  const secret = openssl('pkey', '-in', 'first.pem', '-noout', '-text').match(/priv:\s+([0-9a-f:\s]+?)pub:/)[1].replace(/[^0-9a-f]/g, '')
  const kept = house.options.database
    ? rows(house, 'certification', "select encode(sealed, 'hex') from escrow union all select encode(sealed, 'hex') from escrow_share")
    : rows(house, 'certification', 'select lower(hex(sealed)) from escrow union all select lower(hex(sealed)) from escrow_share')
  assert.ok(kept.length >= 3)
  for (const [one] of kept) assert.ok(!one.includes(secret))
})

test('a refusal ends it, nobody recovers another’s, and other certificates are not kept', { skip: missing }, async () => {
  assert.equal((await ask(serial)).status, 303)
  const key = (await ryu.get('/desk/recovery')).json().cases[0].key
  refused(await ryu.post(`/desk/recovery/${key}/refuse`, { note: '' }), 422, 'certification.note')
  assert.equal((await ryu.post(`/desk/recovery/${key}/refuse`, { note: 'The request was not hers.' })).status, 303)
  refused(await act(kang, key, second_words), 409, 'certification.decided')
  await until(async () => (await kim.get('/my/notices')).text.includes('was refused'), { what: 'the notice' })
  const han = await new Client(house).sign_in('Han Yerin')
  assert.equal((await han.get(`/my/certificates/${serial}/recovery`)).status, 404)
  assert.equal((await kim.get('/desk/recovery')).status, 403)
  const plain = (await kim.post('/certification/apply', { authority: 'kica', kind: 'person', passphrase: 'the first passphrase' })).json().serial
  refused(await kim.get(`/my/certificates/${plain}/recovery`), 404, 'certification.not_kept')
  assert.equal((await ryu.page('/desk/recovery/nothing')).status, 404)
})
