// Certification as foreign programs see it: openssl (verify, ocsp, ts, crl, pkcs12), GnuTLS (certtool, ocsptool), and the ACME clients certbot, lego and
// acme-tiny against the running program over TLS. What is right follows from the RFCs named; nothing is copied from our own answers.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { X509Certificate, createHash, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, scryptSync, sign } from 'node:crypto'
import { cpSync, mkdtempSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync, readdirSync, existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as any_server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, program, root } from '../journeys/program.mjs'
import { Client } from './client.mjs'

const has = name => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0
const free_port = () => new Promise(resolve => {
  const s = any_server().listen(0, '127.0.0.1', () => { const { port } = s.address(); s.close(() => resolve(port)) })
})

let house, folder, kim, ryu, lee, challenge_port, eab
const at = name => join(folder, name)
const openssl = (args, options = {}) => execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options })
const run = (program, args, options = {}) => {
  const done = spawnSync(program, args, { encoding: 'utf8', ...options })
  return { status: done.status, text: `${done.stdout}${done.stderr}` }
}
const fetch_file = async (path, name) => {
  const answer = await kim.send('GET', path)
  assert.equal(answer.status, 200, `${path}: ${answer.text.slice(0, 200)}`)
  writeFileSync(at(name), answer.bytes)
  return answer
}
const as_pem = name => {
  openssl(['x509', '-inform', 'DER', '-in', at(`${name}.cer`), '-out', at(`${name}.pem`)])
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'madang-ca-'))
  // A pack whose servers prove their names at a port that a test may listen on.
  challenge_port = await free_port()
  cpSync(join(root, 'packs'), at('packs'), { recursive: true })
  const pki = at('packs/korea/pki.yaml')
  writeFileSync(pki, readFileSync(pki, 'utf8').replace('challenge_port: 80', `challenge_port: ${challenge_port}`))
  openssl(['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost', '-keyout', at('tls.key'), '-out', at('tls.pem')])
  writeFileSync(at('house.yaml'), `tls_certificate: ${at('tls.pem')}\ntls_key: ${at('tls.key')}\n`)
  house = await House.open({ scheme: 'https', pack: at('packs/korea'), arguments: ['--config', at('house.yaml'), '--nightly', 'false'] })
  kim = await new Client(house).sign_in('Kim Hayun')
  lee = await new Client(house).sign_in('Lee Dohyun')
  ryu = await new Client(house).sign_in('Ryu Hajin')
  await lee.post('/act-as', { post: 'jongno.resident' })
  await ryu.post('/act-as', { post: 'mois.certification' })
  await kim.get('/certification')
  for (const id of ['kica', 'gov-mois']) { await fetch_file(`/pki/ca/${id}.cer`, `${id}.cer`); as_pem(id) }
  for (const id of ['national', 'government']) { await fetch_file(`/pki/root/${id}.cer`, `${id}.cer`); as_pem(id) }
})
after(async () => { await house?.close(); if (folder) rmSync(folder, { recursive: true, force: true }) })

const request = (name, more = []) => {
  openssl(['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=ignored', '-keyout', at(`${name}.key`),
    '-out', at(`${name}.csr`), ...more])
  return readFileSync(at(`${name}.csr`), 'utf8')
}
const pem_of = async (client, serial, name) => {
  const answer = await client.get(`/my/certificates/${serial}/certificate.pem`)
  assert.equal(answer.status, 200, answer.text)
  writeFileSync(at(`${name}.pem`), answer.bytes)
}
const list_of = async (authority, serial) => {
  const shard = parseInt(serial.at(-1), 16) % 4
  await fetch_file(`/pki/crl/${authority}/${shard}.crl`, 'shard.crl')
  await fetch_file(`/pki/arl/${authority.startsWith('gov-') ? 'government' : 'national'}.crl`, 'root.crl')
  for (const name of ['shard', 'root']) openssl(['crl', '-inform', 'DER', '-in', at(`${name}.crl`), '-out', at(`${name}.crl.pem`)])
}
const verified = (name, root_name, issuer) => run('openssl', ['verify', '-crl_check_all', '-CAfile', at(`${root_name}.pem`), '-untrusted', at(`${issuer}.pem`),
  '-CRLfile', at('shard.crl.pem'), '-CRLfile', at('root.crl.pem'), '-x509_strict', at(`${name}.pem`)])


// openssl ocsp speaks plain HTTP or TLS without checking; here it makes the request, we carry it, it judges the answer.
async function asked(issuer, name, { nonce = false, get = false, hash = 'sha1', roots = 'national' } = {}) {
  openssl(['ocsp', '-issuer', at(`${issuer}.pem`), `-${hash}`, '-cert', at(`${name}.pem`), nonce ? '-nonce' : '-no_nonce', '-reqout', at('ocsp.req')])
  const body = readFileSync(at('ocsp.req'))
  const answer = get ? await kim.send('GET', `/ocsp/${issuer}/${encodeURIComponent(body.toString('base64'))}`)
    : await kim.send('POST', `/ocsp/${issuer}`, { headers: { 'content-type': 'application/ocsp-request', cookie: '' }, body })
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.headers['content-type'], 'application/ocsp-response')
  writeFileSync(at('ocsp.res'), answer.bytes)
  // With the request itself it compares the nonce, else it looks for the certificate.
  const of = nonce ? ['-reqin', at('ocsp.req'), '-resp_text'] : ['-issuer', at(`${issuer}.pem`), `-${hash}`, '-cert', at(`${name}.pem`)]
  const judged = run('openssl', ['ocsp', '-respin', at('ocsp.res'), ...of, '-CAfile', at(`${roots}.pem`), '-verify_other', at(`${issuer}.pem`)])
  return { ...judged, answer }
}

let serial
test('a citizen gets a certificate for a key of her own, and openssl and certtool believe it', async () => {
  const filed = await kim.post('/certification/apply', { authority: 'kica', kind: 'person', request: request('kim') })
  assert.equal(filed.status, 201, filed.text)
  serial = filed.json().serial
  await pem_of(kim, serial, 'kim')
  await list_of('kica', serial)
  const judged = verified('kim', 'national', 'kica')
  assert.equal(judged.status, 0, judged.text)
  const said = openssl(['x509', '-in', at('kim.pem'), '-noout', '-subject', '-ext', 'keyUsage,extendedKeyUsage,certificatePolicies,crlDistributionPoints', '-nameopt', 'utf8'])
  assert.match(said, /김하윤/)
  assert.match(said, /Digital Signature, Non Repudiation/)
  assert.match(said, /1\.3\.6\.1\.4\.1\.32473\.1\.1\.1/)
  assert.match(said, new RegExp(`/pki/crl/kica/${parseInt(serial.at(-1), 16) % 4}\\.crl`), 'the address of its shard, for its life')
  assert.doesNotMatch(openssl(['x509', '-in', at('kim.pem'), '-noout', '-text']), /\d{6}-\d{7}/, 'no resident number')
  writeFileSync(at('chain.pem'), readFileSync(at('kim.pem'), 'utf8') + readFileSync(at('national.pem'), 'utf8'))
  if (has('certtool')) {
    const other = run('certtool', ['--verify-chain', '--infile', at('chain.pem')])
    assert.match(other.text, /Chain verification output: Verified/, other.text)
  }
})

// ---- key files of Korean certificates ----

// PBKDF1 with SHA-1: the key is the first 16 octets, the IV the first 16 of SHA-1 of the last 4.
const kisa_secret = (passphrase, salt, rounds) => {
  let t = Buffer.concat([Buffer.from(passphrase), salt])
  for (let i = 0; i < rounds; ++i) t = createHash('sha1').update(t).digest()
  return { key: t.subarray(0, 16).toString('hex'), iv: createHash('sha1').update(t.subarray(16)).digest().subarray(0, 16).toString('hex') }
}
const seed = (direction, { key, iv }, data) => execFileSync('openssl',
  ['enc', direction, '-seed-cbc', '-provider', 'legacy', '-provider', 'default', '-K', key, '-iv', iv], { input: data, stdio: ['pipe', 'pipe', 'pipe'] })
const der = (tag, ...parts) => {
  const content = Buffer.concat(parts), n = content.length
  return Buffer.concat([Buffer.from(n < 128 ? [tag, n] : n < 256 ? [tag, 0x81, n] : [tag, 0x82, n >> 8, n & 255]), content])
}
const oid = text => {
  const [first, second, ...rest] = text.split('.').map(Number)
  return Buffer.from([first * 40 + second, ...rest.flatMap(n => {
    const out = [n & 127]
    for (n = Math.floor(n / 128); n; n = Math.floor(n / 128)) out.unshift(n & 127 | 128)
    return out
  })])
}
function npki_opened(file, passphrase) {
  const said = openssl(['asn1parse', '-inform', 'DER'], { input: file, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] })
  assert.match(said, /OBJECT +:1\.2\.410\.200004\.1\.15/)
  const [salt, content] = [...said.matchAll(/OCTET STRING +\[HEX DUMP\]:([0-9A-F]+)/g)].map(found => Buffer.from(found[1], 'hex'))
  const rounds = parseInt(said.match(/INTEGER +:([0-9A-F]+)/)[1], 16)
  return createPrivateKey({ key: seed('-d', kisa_secret(passphrase, salt, rounds), content), format: 'der', type: 'pkcs8' })
}

test('madang key convert reads key files of others and writes each form', () => {
  const convert = (file, to, out, lines, more = []) => spawnSync(program, ['--pack', join(root, 'packs/korea'), 'key', 'convert', at(file), '--to', to, '--out', at(out), ...more],
    { input: lines.join('\n') + '\n', encoding: 'utf8', env: { ...process.env, LANG: 'en_US.UTF-8' } })
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const plain = pair.privateKey.export({ type: 'pkcs8', format: 'der' })
  writeFileSync(at('own.pem'), pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const same = key => assert.deepEqual(key.export({ type: 'pkcs8', format: 'der' }), plain)
  // Made by hand after the specification, with openssl's SEED.
  const salt = Buffer.from('0102030405060708', 'hex'), secret = kisa_secret('first', salt, 2048)
  writeFileSync(at('signPri.key'), der(0x30, der(0x30, der(0x06, oid('1.2.410.200004.1.15')), der(0x30, der(0x04, salt), der(0x02, Buffer.from([0x08, 0x00])))), der(0x04, seed('-e', secret, plain))))
  assert.equal(convert('signPri.key', 'pem', 'npki.pem', ['first', 'second']).status, 0)
  same(createPrivateKey({ key: readFileSync(at('npki.pem')), passphrase: 'second' }))
  writeFileSync(at('fixed.key'), der(0x30, der(0x30, der(0x06, oid('1.2.410.200004.1.4')), der(0x30, der(0x04, salt), der(0x02, Buffer.from([0x08, 0x00])))),
    der(0x04, seed('-e', { key: secret.key, iv: Buffer.from('0123456789012345').toString('hex') }, plain))))
  assert.equal(convert('fixed.key', 'pem', 'fixed.pem', ['first']).status, 0)
  same(createPrivateKey({ key: readFileSync(at('fixed.pem')), passphrase: 'first' }))
  // PBES2 as openssl writes it, and read back by openssl.
  for (const [cipher, to] of [['seed-cbc', 'npki-seed'], ['aria-256-cbc', 'npki-aria']]) {
    const provide = ['-provider', 'legacy', '-provider', 'default']
    openssl(['pkcs8', '-topk8', '-in', at('own.pem'), '-outform', 'DER', '-out', at('foreign.key'), '-v2', cipher, '-passout', 'pass:first', ...provide])
    const done = convert('foreign.key', to, `${to}.key`, ['first', '비밀번호'])
    assert.equal(done.status, 0, done.stdout + done.stderr)
    openssl(['pkcs8', '-inform', 'DER', '-in', at(`${to}.key`), '-out', at('back.pem'), '-passin', 'pass:비밀번호', ...provide])
    same(createPrivateKey(readFileSync(at('back.pem'))))
    assert.match(openssl(['asn1parse', '-inform', 'DER', '-in', at(`${to}.key`)]), new RegExp(`OBJECT +:${cipher}`))
  }
  openssl(['req', '-x509', '-key', at('own.pem'), '-subj', '/CN=own', '-days', '2', '-outform', 'DER', '-out', at('signCert.der')])
  assert.equal(convert('signPri.key', 'pkcs12', 'own.p12', ['first', 'third'], ['--certificate', at('signCert.der')]).status, 0)
  assert.match(run('openssl', ['pkcs12', '-in', at('own.p12'), '-passin', 'pass:third', '-nodes']).text, /BEGIN PRIVATE KEY/)
  assert.equal(convert('own.p12', 'npki', 'again.key', ['third', 'fourth']).status, 0)
  same(npki_opened(readFileSync(at('again.key')), 'fourth'))
  assert.equal(statSync(at('again.key')).mode & 0o777, 0o600)
  const twice = convert('own.p12', 'npki', 'again.key', ['third'])
  assert.equal(twice.status, 1)
  assert.match(twice.stderr, /is there already/)
  const wrong = convert('signPri.key', 'pem', 'wrong.pem', ['Erste'])
  assert.equal(wrong.status, 1)
  assert.match(wrong.stdout, /passphrase/)
  assert.equal(convert('signCert.der', 'pem', 'wrong.pem', ['first']).status, 1)
})

test('the key that the house makes comes once, as a PKCS#12 that openssl opens with her passphrase', async () => {
  const filed = await kim.post('/certification/apply', { authority: 'koscom', kind: 'person', passphrase: 'a long passphrase' })
  assert.equal(filed.status, 201, filed.text)
  const path = `/my/certificates/${filed.json().serial}/file`
  assert.equal((await lee.post(path)).status, 404, 'a stranger finds nothing')
  const file = await kim.post(path)
  assert.equal(file.headers['content-type'], 'application/x-pkcs12')
  writeFileSync(at('kim.p12'), file.bytes)
  const opened = run('openssl', ['pkcs12', '-in', at('kim.p12'), '-passin', 'pass:a long passphrase', '-nodes', '-info'])
  assert.equal(opened.status, 0, opened.text)
  assert.match(opened.text, /AES-256-CBC/)
  assert.equal(opened.text.match(/BEGIN CERTIFICATE/g).length, 3)
  assert.notEqual(run('openssl', ['pkcs12', '-in', at('kim.p12'), '-passin', 'pass:another', '-nodes']).status, 0)
  assert.equal((await kim.post(path)).status, 410, 'once')
  // The same key as signPri.key, opened by arithmetic after KISA's specification (PBKDF1 of RFC 8018 with SHA-1) and openssl's SEED.
  const sealed = await kim.post(path.replace('/file', '/signPri.key'))
  assert.match(sealed.headers['content-disposition'], /filename="signPri\.key"/)
  const signCert = await kim.send('GET', path.replace('/file', '/signCert.der'))
  assert.equal(npki_opened(sealed.bytes, 'a long passphrase').asymmetricKeyType, 'ec')
  assert.deepEqual(createPublicKey(npki_opened(sealed.bytes, 'a long passphrase')).export({ type: 'spki', format: 'der' }),
    new X509Certificate(signCert.bytes).publicKey.export({ type: 'spki', format: 'der' }))
  assert.equal((await kim.post(path.replace('/file', '/signPri.key'))).status, 410, 'once')
  assert.equal((await kim.post('/certification/apply', { authority: 'kftc', kind: 'person', passphrase: 'short' })).status, 422)
  assert.equal((await kim.post('/certification/apply', { authority: 'koscom', kind: 'person', passphrase: 'a long passphrase' })).json().code, 'certification.already')
})

test('OCSP answers by POST and GET, with and without a nonce, and openssl and ocsptool believe it', async () => {
  for (const options of [{}, { nonce: true }, { get: true }, { hash: 'sha256' }]) {
    const judged = await asked('kica', 'kim', options)
    assert.match(judged.text, /Response verify OK/, `${JSON.stringify(options)} ${judged.text}`)
    assert.match(judged.text, options.nonce ? /Cert Status: good/ : /kim\.pem: good/)
    assert.doesNotMatch(judged.text, /Nonce Verify error/)
  }
  const kept = await asked('kica', 'kim', { get: true })
  assert.match(kept.answer.headers['cache-control'], /max-age=\d+/)
  assert.match((await asked('kica', 'kim', { nonce: true })).answer.headers['cache-control'], /no-store/)
  if (has('ocsptool')) {
    await asked('kica', 'kim')
    const other = run('ocsptool', ['--verify-response', '--load-response', at('ocsp.res'), '--load-trust', at('kica.pem')])
    assert.match(other.text, /Verifying OCSP Response: Success/, other.text)
  }
  // Another authority's certificate is not ours to speak of (RFC 5019 section 2.2.3: unauthorized, 6); octets that are no request: malformedRequest, 1.
  openssl(['ocsp', '-issuer', at('gov-mois.pem'), '-cert', at('kim.pem'), '-no_nonce', '-reqout', at('ocsp.req')])
  const send = body => kim.send('POST', '/ocsp/kica', { headers: { 'content-type': 'application/ocsp-request', cookie: '' }, body })
  assert.equal((await send(readFileSync(at('ocsp.req')))).bytes.toString('hex'), '30030a0106')
  for (const bad of ['', 'x', Buffer.alloc(20000, 0x30)]) assert.equal((await send(bad)).bytes.toString('hex'), '30030a0101')
  assert.equal((await kim.send('POST', '/ocsp/kica', { headers: { 'content-type': 'text/plain', accept: 'application/json', cookie: '' }, body: 'x' })).status, 415)
})

test('suspended, resumed, revoked: lists and answers follow at once', async () => {
  const act = async (what, fields = {}) => assert.equal((await kim.post(`/my/certificates/${serial}/${what}`, fields)).status, 303, what)
  await act('suspend')
  assert.match((await asked('kica', 'kim')).text, /revoked[\s\S]*certificateHold/)
  await list_of('kica', serial)
  assert.match(verified('kim', 'national', 'kica').text, /certificate revoked/)
  await act('resume')
  assert.match((await asked('kica', 'kim')).text, /kim\.pem: good/)
  await list_of('kica', serial)
  assert.equal(verified('kim', 'national', 'kica').status, 0)
  await act('revoke', { why: 'keyCompromise' })
  assert.match((await asked('kica', 'kim')).text, /revoked[\s\S]*keyCompromise/)
  await list_of('kica', serial)
  const listed = openssl(['crl', '-in', at('shard.crl.pem'), '-noout', '-text'])
  assert.match(listed, new RegExp(serial, 'i'))
  assert.match(listed, /X509v3 Issuing Distribution Point: critical/)
  for (const what of ['resume', 'suspend', 'revoke'])
    assert.equal((await kim.post(`/my/certificates/${serial}/${what}`, { why: 'unspecified' })).status, 409, `${what} after the end`)
  assert.equal((await lee.post(`/my/certificates/${serial}/revoke`, { why: 'unspecified' })).status, 404, 'a stranger')
  const story = (await kim.get(`/my/certificates/${serial}`)).json().events.map(e => e.what)
  assert.deepEqual(story, ['issued', 'suspended', 'resumed', 'revoked'])
})

test('renewing gives a new certificate and takes the old one back', async () => {
  const first = (await kim.post('/certification/apply', { authority: 'crosscert', kind: 'person', request: request('old') })).json().serial
  const again = await kim.post('/certification/apply', { authority: 'crosscert', kind: 'person', request: request('new'), replaces: first })
  assert.equal(again.status, 201, again.text)
  assert.equal((await kim.get(`/my/certificates/${first}`)).json().certificate.state, 'revoked')
  assert.equal((await kim.get(`/my/certificates/${again.json().serial}`)).json().certificate.state, 'valid')
  assert.equal((await lee.post('/certification/apply', { authority: 'crosscert', kind: 'person', request: request('thief'), replaces: again.json().serial })).status, 404)
})

test('an official is certified in her post; servers and devices wait for an official of the authority', async () => {
  const own = await lee.post('/certification/apply', { authority: 'gov-mois', kind: 'official', request: request('lee') })
  assert.equal(own.status, 201, own.text)
  await pem_of(lee, own.json().serial, 'lee')
  assert.match(openssl(['x509', '-in', at('lee.pem'), '-noout', '-subject', '-nameopt', 'utf8']), /title ?= ?주무관.*serialNumber ?= ?jongno\.resident.*이도현/)
  assert.equal((await kim.post('/certification/apply', { authority: 'gov-mois', kind: 'official', request: request('x') })).status, 403)
  const filed = await lee.post('/certification/apply', { authority: 'gov-mois', kind: 'device', device: 'CAM-0042', request: request('camera') })
  assert.equal(filed.json().state, 'waiting')
  const waiting = (await ryu.get('/desk/certification')).json().waiting
  assert.deepEqual(waiting.map(w => w.number), ['CAM-0042'])
  assert.equal((await lee.get('/desk/certification')).status, 403)
  assert.equal((await ryu.post(`/desk/certification/applications/${waiting[0].key}/accept`)).status, 303)
  assert.equal((await ryu.post(`/desk/certification/applications/${waiting[0].key}/accept`)).status, 409, 'once')
  const camera = (await lee.get('/my/certificates')).json().certificates.find(c => c.kind === 'device')
  await pem_of(lee, camera.serial, 'camera')
  await list_of('gov-mois', camera.serial)
  assert.equal(verified('camera', 'government', 'gov-mois').status, 0)
  assert.equal((await ryu.post(`/desk/certification/${camera.serial}/revoke`, { why: 'affiliationChanged' })).status, 422, 'not without a word')
  assert.equal((await ryu.post(`/desk/certification/${camera.serial}/revoke`, { why: 'affiliationChanged', note: 'moved to another office' })).status, 303)
  assert.match((await asked('gov-mois', 'camera', { roots: 'government' })).text, /revoked[\s\S]*affiliationChanged/)
  // Who is found reads that somebody looked.
  assert.ok((await ryu.get(`/desk/certification?q=${encodeURIComponent('김하윤')}`)).json().certificates.length > 0)
  const looks = (await kim.get('/my/data')).json().entries.filter(e => e.record_of === 'certificate' || /certificate/.test(JSON.stringify(e)))
  assert.ok(looks.length > 0, 'her trail tells it')
})

test('weak keys and broken requests are refused, and nothing is issued', async () => {
  const was = (await kim.get('/my/certificates')).json().certificates.length
  openssl(['req', '-new', '-newkey', 'rsa:1024', '-nodes', '-subj', '/CN=x', '-keyout', at('weak.key'), '-out', at('weak.csr')])
  const apply = text => kim.post('/certification/apply', { authority: 'ktnet', kind: 'person', request: text })
  const weak = await apply(readFileSync(at('weak.csr'), 'utf8'))
  assert.equal(weak.status, 422, weak.text)
  assert.match(weak.json().detail, /key/)
  const good = request('tampered')
  const der = Buffer.from(good.replace(/-----.*-----/g, ''), 'base64')
  der[der.length - 1] ^= 1
  const wrong = await apply(`-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE REQUEST-----\n`)
  assert.match(wrong.json().code, /^pki\.request_(signature|malformed)$/)
  assert.equal((await apply('nonsense')).json().code, 'pki.request_malformed')
  assert.equal((await kim.get('/my/certificates')).json().certificates.length, was)
})

test('time stamps: openssl ts believes them, and a broken question is rejected by name', async () => {
  writeFileSync(at('document'), 'a document of the town')
  const stamp = body => kim.send('POST', '/tsa/national', { headers: { 'content-type': 'application/timestamp-query', cookie: '' }, body })
  for (const hash of ['sha256', 'sha512']) {
    openssl(['ts', '-query', '-data', at('document'), `-${hash}`, '-cert', '-out', at('ask.tsq')])
    const answer = await stamp(readFileSync(at('ask.tsq')))
    assert.equal(answer.headers['content-type'], 'application/timestamp-reply')
    writeFileSync(at('told.tsr'), answer.bytes)
    assert.match(openssl(['ts', '-verify', '-queryfile', at('ask.tsq'), '-in', at('told.tsr'), '-CAfile', at('national.pem')]), /Verification: OK/)
  }
  const text = openssl(['ts', '-reply', '-in', at('told.tsr'), '-text'])
  assert.ok(Math.abs(Date.parse(text.match(/Time stamp: (.*)/)[1]) - Date.now()) < 60_000, text)
  const token = execFileSync('openssl', ['ts', '-reply', '-in', at('told.tsr'), '-token_out', '-out', at('token.der')])
  assert.ok(token !== undefined)
  // RFC 5816: signing-certificate-v2, 1.2.840.113549.1.9.16.2.47
  assert.match(openssl(['asn1parse', '-inform', 'DER', '-in', at('token.der')]), /id-smime-aa-signingCertificateV2/)
  writeFileSync(at('document'), 'another document')
  assert.notEqual(run('openssl', ['ts', '-verify', '-data', at('document'), '-in', at('told.tsr'), '-CAfile', at('national.pem')]).status, 0)
  openssl(['ts', '-query', '-data', at('document'), '-md5', '-out', at('md5.tsq')])
  writeFileSync(at('no.tsr'), (await stamp(readFileSync(at('md5.tsq')))).bytes)
  assert.match(openssl(['ts', '-reply', '-in', at('no.tsr'), '-text']), /rejected|Rejected/)
  writeFileSync(at('no.tsr'), (await stamp('nonsense')).bytes)
  assert.match(openssl(['ts', '-reply', '-in', at('no.tsr'), '-text']), /rejected|Rejected/)
})

test('anybody checks a certificate in words, and the trust list names every authority', async () => {
  const nobody = await new Client(house).learn_token()
  const check = async (fields, file) => {
    const boundary = 'xBOUNDARYx'
    let body = ''
    for (const [name, value] of Object.entries(fields)) body += `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
    if (file) body += `--${boundary}\r\nContent-Disposition: form-data; name="certificate"; filename="c.pem"\r\nContent-Type: application/x-pem-file\r\n\r\n${readFileSync(file, 'utf8')}\r\n`
    const answer = await nobody.send('POST', '/certification/check', { headers: { accept: 'application/json', origin: house.url, 'content-type': `multipart/form-data; boundary=${boundary}` }, body: `${body}--${boundary}--\r\n` })
    return answer.json()
  }
  assert.equal((await check({}, at('kim.pem'))).verdict, 'revoked')
  assert.equal((await check({}, at('new.pem').replace('new', 'lee'))).verdict, 'valid')
  assert.equal((await check({}, at('tls.pem'))).verdict, 'foreign')
  assert.equal((await check({}, at('kica.pem'))).verdict, 'infrastructure')
  const by_number = await check({ serial: serial.toUpperCase().replace(/(....)/g, '$1 ') })
  assert.deepEqual([by_number.verdict, by_number.holder], ['revoked', ''], 'a number tells no name')
  assert.equal((await check({ serial: '00ff' })).verdict, 'unknown')
  assert.equal((await check({ serial: 'no number' })).status, 422)
  const list = (await kim.send('GET', '/pki/trust-list.xml')).text
  writeFileSync(at('list.xml'), list)
  execFileSync('xmllint', ['--noout', at('list.xml')])
  assert.equal(list.match(/Svctype\/CA\/PKC/g).length, 11)
  // Signed under the government's root, as xmlsec1 sees it; and not when a letter is changed.
  const judged = () => run('xmlsec1', ['--verify', '--trusted-pem', at('government.pem'), '--enabled-key-data', 'x509', at('list.xml')])
  assert.equal(judged().status, 0, judged().text)
  const signer = list.match(/<ds:X509Certificate>([^<]*)</)[1]
  writeFileSync(at('lister.cer'), Buffer.from(signer, 'base64'))
  as_pem('lister')
  assert.match(openssl(['x509', '-in', at('lister.pem'), '-noout', '-ext', 'extendedKeyUsage']), /0\.4\.0\.2231\.3\.0/)
  writeFileSync(at('list.xml'), list.replace('recognisedatnationallevel', 'recognisedatnationallevex'))
  assert.notEqual(judged().status, 0)
})

// ---- ACME ----

const b64 = x => Buffer.from(x).toString('base64url')
class Acme {
  constructor() { this.pair = generateKeyPairSync('ec', { namedCurve: 'P-256' }); this.jwk = this.pair.publicKey.export({ format: 'jwk' }) }
  async nonce() { return (await kim.send('HEAD', '/acme/new-nonce')).headers['replay-nonce'] }
  jws(path, payload, nonce, { key = this.pair.privateKey, jwk = this.kid ? undefined : this.jwk, alg = 'ES256', url = house.url + path } = {}) {
    const head = b64(JSON.stringify({ alg, url, ...(nonce ? { nonce } : {}), ...(jwk ? { jwk } : { kid: this.kid }) }))
    const body = payload === '' ? '' : b64(JSON.stringify(payload))
    return { protected: head, payload: body, signature: sign('sha256', Buffer.from(`${head}.${body}`), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url') }
  }
  binding({ kid, hmac_key }, path, jwk = this.jwk) {
    const head = b64(JSON.stringify({ alg: 'HS256', kid, url: house.url + path })), body = b64(JSON.stringify(jwk))
    return { protected: head, payload: body, signature: createHmac('sha256', Buffer.from(hmac_key, 'base64url')).update(`${head}.${body}`).digest('base64url') }
  }
  send(path, jws) { return kim.send('POST', path, { headers: { 'content-type': 'application/jose+json', cookie: '' }, body: JSON.stringify(jws) }) }
  async post(path, payload, more) { return this.send(path, this.jws(path, payload, await this.nonce(), more)) }
}
const admit = async names => {
  const made = await ryu.post('/desk/certification-programs', { authority: 'gov-mois', agency: '종로구', names })
  assert.equal(made.status, 201, made.text)
  return made.json()
}
const type_of = answer => answer.json().type.replace('urn:ietf:params:acme:error:', '')

test('ACME refuses what RFC 8555 refuses: nonces, addresses, signatures, names, keys of nobody', async () => {
  eab = await admit('localhost')
  const acme = new Acme(), path = '/acme/new-account'
  assert.equal(type_of(await acme.post(path, {})), 'externalAccountRequired')
  assert.equal(type_of(await acme.post(path, { onlyReturnExisting: true })), 'accountDoesNotExist')
  assert.equal(type_of(await acme.post(path, { externalAccountBinding: acme.binding({ ...eab, hmac_key: b64('wrong') }, path) })), 'unauthorized')
  assert.equal(type_of(await acme.post(path, { externalAccountBinding: acme.binding(eab, path, new Acme().jwk) })), 'unauthorized', 'bound to another key')
  const made = await acme.post(path, { contact: ['mailto:ops@jongno.example'], externalAccountBinding: acme.binding(eab, path) })
  assert.equal(made.status, 201, made.text)
  acme.kid = made.headers.location
  assert.equal(type_of(await new Acme().post(path, { externalAccountBinding: new Acme().binding(eab, path) })), 'unauthorized')
  const other = new Acme()
  assert.equal(type_of(await other.post(path, { externalAccountBinding: other.binding(eab, path) })), 'unauthorized', 'one key, one account')
  const order = { identifiers: [{ type: 'dns', value: 'localhost' }] }
  const nonce = await acme.nonce(), once = acme.jws('/acme/new-order', order, nonce)
  assert.equal((await acme.send('/acme/new-order', once)).status, 201)
  assert.equal(type_of(await acme.send('/acme/new-order', once)), 'badNonce', 'twice')
  assert.equal(type_of(await acme.send('/acme/new-order', acme.jws('/acme/new-order', order, 'AAAA'))), 'badNonce')
  assert.equal(type_of(await acme.post('/acme/new-order', order, { url: 'https://elsewhere.example/acme/new-order' })), 'unauthorized')
  assert.equal(type_of(await acme.post('/acme/new-order', order, { key: other.pair.privateKey })), 'unauthorized', 'a stranger signs')
  assert.equal(type_of(await acme.post('/acme/new-order', order, { alg: 'none' })), 'badSignatureAlgorithm')
  assert.equal(type_of(await acme.post('/acme/new-order', { identifiers: [{ type: 'dns', value: 'mois.go.kr' }] })), 'rejectedIdentifier')
  assert.equal(type_of(await acme.post('/acme/new-order', { identifiers: [{ type: 'ip', value: '127.0.0.1' }] })), 'unsupportedIdentifier')
  assert.equal(type_of(await acme.post('/acme/new-order', { identifiers: [] })), 'malformed')
  for (const bad of ['', '{}', '[]', '{"protected":"","payload":"","signature":""}', 'x'.repeat(1000)])
    assert.equal(type_of(await kim.send('POST', '/acme/new-order', { headers: { 'content-type': 'application/jose+json', cookie: '' }, body: bad })), 'malformed', bad.slice(0, 40))
  // The name is not proven: nobody listens.
  const filed = (await acme.post('/acme/new-order', order)).json()
  const proof = (await acme.post(new URL(filed.authorizations[0]).pathname, '')).json()
  const tried = (await acme.post(new URL(proof.challenges[0].url).pathname, {})).json()
  assert.equal(tried.status, 'invalid')
  assert.equal(tried.error.type, 'urn:ietf:params:acme:error:connection')
  assert.equal(type_of(await acme.post(new URL(filed.finalize).pathname, { csr: '' })), 'orderNotReady')
  // Its key changes, and the old one is worth nothing.
  const next = new Acme(), change = '/acme/key-change'
  const inner = next.jws(change, { account: acme.kid, oldKey: acme.jwk }, undefined, { key: next.pair.privateKey, jwk: next.jwk })
  assert.equal((await acme.post(change, inner)).status, 200)
  assert.equal(type_of(await acme.post('/acme/new-order', order)), 'unauthorized')
  next.kid = acme.kid
  assert.equal((await next.post('/acme/new-order', order)).status, 201)
  assert.equal((await next.post(new URL(next.kid).pathname, { status: 'deactivated' })).json().status, 'deactivated')
  assert.equal(type_of(await next.post('/acme/new-order', order)), 'unauthorized')
})

const environment = () => ({ ...process.env, REQUESTS_CA_BUNDLE: at('tls.pem'), SSL_CERT_FILE: at('tls.pem'), LEGO_CA_CERTIFICATES: at('tls.pem'), HOME: folder })
const finished = (program, args, options) => new Promise(resolve => {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
  let text = ''
  child.stdout.on('data', d => { text += d })
  child.stderr.on('data', d => { text += d })
  child.on('exit', status => resolve({ status, text }))
})
const is_issued = file => {
  const chain = readFileSync(file, 'utf8').split(/(?<=-----END CERTIFICATE-----\n)/).filter(c => /BEGIN/.test(c))
  assert.equal(chain.length, 2, 'the certificate and its authority')
  writeFileSync(at('acme.pem'), chain[0])
  const judged = run('openssl', ['verify', '-CAfile', at('government.pem'), '-untrusted', at('gov-mois.pem'), '-purpose', 'sslserver', '-verify_hostname', 'localhost', at('acme.pem')])
  assert.equal(judged.status, 0, judged.text)
  return openssl(['x509', '-in', at('acme.pem'), '-noout', '-serial']).trim().split('=')[1].toLowerCase().replace(/^0+/, '')
}

test('certbot gets a certificate and revokes it', { skip: !has('certbot') && 'certbot is not installed' }, async () => {
  const { kid, hmac_key } = await admit('localhost')
  const folders = ['--config-dir', at('certbot'), '--work-dir', at('certbot-work'), '--logs-dir', at('certbot-logs')]
  const server = ['--server', `${house.url}/acme/directory`]
  const done = await finished('certbot', ['certonly', '--standalone', '--non-interactive', '--agree-tos', '-m', 'ops@jongno.example', '--no-eff-email', '-d', 'localhost',
    '--http-01-port', String(challenge_port), '--eab-kid', kid, '--eab-hmac-key', hmac_key, ...server, ...folders], { env: environment() })
  assert.equal(done.status, 0, done.text)
  const number = is_issued(at('certbot/live/localhost/fullchain.pem'))
  assert.match((await asked('gov-mois', 'acme', { roots: 'government' })).text, /acme\.pem: good/)
  // RFC 9773: anybody asks when it should be renewed.
  const der = text => Buffer.from(text.replace(/[^0-9a-f]/gi, ''), 'hex')
  const above = openssl(['x509', '-in', at('acme.pem'), '-noout', '-ext', 'authorityKeyIdentifier']).match(/([0-9A-F]{2}(:[0-9A-F]{2}){19})/)[1]
  const window = (await kim.send('GET', `/acme/renewal-info/${der(above).toString('base64url')}.${Buffer.from(number.padStart(32, '0'), 'hex').toString('base64url')}`)).json().suggestedWindow
  const start = (Date.parse(window.start) - Date.now()) / 86400_000
  assert.ok(start > 59 && start < 61 && Date.parse(window.end) > Date.parse(window.start), `two thirds of 90 days: ${start}`)
  const back = await finished('certbot', ['revoke', '--non-interactive', '--cert-path', at('certbot/live/localhost/cert.pem'), '--reason', 'keycompromise', '--no-delete-after-revoke', ...server, ...folders], { env: environment() })
  assert.equal(back.status, 0, back.text)
  assert.match((await asked('gov-mois', 'acme', { roots: 'government' })).text, /revoked[\s\S]*keyCompromise/)
})

test('lego gets a certificate', { skip: !has('lego') && 'lego is not installed' }, async () => {
  const { kid, hmac_key } = await admit('localhost')
  const done = await finished('lego', ['--server', `${house.url}/acme/directory`, '--accept-tos', '--email', 'ops@jongno.example', '--domains', 'localhost', '--path', at('lego'),
    '--eab', '--kid', kid, '--hmac', hmac_key, '--http', '--http.port', `127.0.0.1:${challenge_port}`, 'run'], { env: environment() })
  assert.equal(done.status, 0, done.text)
  is_issued(at('lego/certificates/localhost.crt'))
})

test('acme-tiny gets a certificate with an account that is there', { skip: !has('acme-tiny') && 'acme-tiny is not installed' }, async () => {
  const credentials = await admit('localhost'), path = '/acme/new-account'
  // It knows no external binding, so its account of RSA is opened for it.
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  writeFileSync(at('tiny.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }))
  const { kty, n, e } = publicKey.export({ format: 'jwk' }), jwk = { kty, n, e }
  const acme = new Acme()
  const head = b64(JSON.stringify({ alg: 'RS256', url: house.url + path, nonce: await acme.nonce(), jwk }))
  const body = b64(JSON.stringify({ externalAccountBinding: acme.binding(credentials, path, jwk) }))
  const opened = await acme.send(path, { protected: head, payload: body, signature: sign('sha256', Buffer.from(`${head}.${body}`), privateKey).toString('base64url') })
  assert.equal(opened.status, 201, opened.text)
  mkdirSync(at('www'))
  const server = createServer((asked, answer) => {
    const file = join(at('www'), asked.url.split('/').at(-1))
    answer.statusCode = existsSync(file) ? 200 : 404
    answer.end(existsSync(file) ? readFileSync(file) : '')
  }).listen(challenge_port, '127.0.0.1')
  try {
    request('tiny-server', ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'])
    const done = await finished('acme-tiny', ['--account-key', at('tiny.key'), '--csr', at('tiny-server.csr'), '--acme-dir', at('www'), '--disable-check',
      '--directory-url', `${house.url}/acme/directory`], { env: environment() })
    assert.equal(done.status, 0, done.text)
    writeFileSync(at('tiny.crt'), done.text.slice(done.text.indexOf('-----BEGIN')))
    is_issued(at('tiny.crt'))
  } finally { server.close() }
})

test('after a restart the authorities are the same, and what was revoked is', async () => {
  const before_it = readFileSync(at('kica.cer'))
  await house.kill()
  await house.start()
  kim = await new Client(house).sign_in('Kim Hayun')
  await fetch_file('/pki/ca/kica.cer', 'again.cer')
  assert.deepEqual(readFileSync(at('again.cer')), before_it)
  assert.match((await asked('kica', 'kim')).text, /revoked[\s\S]*keyCompromise/)
})

test('key files are opened by openssl, and one that was changed by nobody', async () => {
  const folder = join(house.data, 'keys/pki')
  const passphrase = readFileSync(join(house.data, 'passphrase'), 'utf8').trim()
  const files = readdirSync(folder).filter(f => f.endsWith('.key.pem'))
  assert.ok(files.length >= 3)
  for (const file of files) {
    const said = openssl(['asn1parse', '-in', join(folder, file)])
    assert.match(said, /id-smime-ct-authEnvelopedData[\s\S]*id-aes256-wrap[\s\S]*aes-256-gcm/, file)
    const id = said.match(/OCTET STRING +:(scrypt:(\d+):8:1:(\w{32}))/)
    const kek = scryptSync(passphrase, Buffer.from(id[3], 'hex'), 32, { N: 2 ** id[2], r: 8, p: 1, maxmem: 2 ** 27 }).toString('hex')
    openssl(['cms', '-decrypt', '-inform', 'PEM', '-in', join(folder, file), '-secretkey', kek, '-secretkeyid', Buffer.from(id[1]).toString('hex'), '-binary', '-out', at('plain.der')])
    assert.match(openssl(['pkey', '-inform', 'DER', '-in', at('plain.der'), '-noout', '-check']), /Key is valid/, file)
  }
  const convert = out => spawnSync(program, ['--pack', join(root, 'packs/korea'), 'key', 'convert', join(folder, files[0]), '--to', 'pem', '--out', at(out)],
    { input: `${passphrase}\nanother\n`, encoding: 'utf8', env: { ...process.env, LANG: 'en_US.UTF-8' } })
  assert.equal(convert('taken.pem').status, 0)
  assert.match(openssl(['pkey', '-in', at('taken.pem'), '-passin', 'pass:another', '-noout', '-check']), /Key is valid/)

  const file = join(folder, files[0]), whole = readFileSync(file, 'utf8').split('\n')
  const [line] = whole.slice(-4)  // the end of the content and its tag
  writeFileSync(file, whole.map(l => l === line ? (l[5] === 'A' ? l.replace(/^(.{5})A/, '$1B') : l.replace(/^(.{5})./, '$1A')) : l).join('\n'))
  const changed = convert('changed.pem')
  assert.equal(changed.status, 1)
  assert.match(changed.stdout, /sealed key has been changed/)
  assert.ok(!existsSync(at('changed.pem')))
})
