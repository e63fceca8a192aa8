// How devices and servers of agencies get certificates: EST (RFC 7030, RFC 8951) with requests of openssl and answers read by it, CMP (RFC 9810) with
// `openssl cmp` as the other side. What is right follows from the RFCs named.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House } from '../journeys/program.mjs'
import { Client } from './client.mjs'

let house, folder, ryu, kim, device, server
const at = name => join(folder, name)
const openssl = (args, options = {}) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'], ...options })
const key = name => openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', at(`${name}.key`)])
const request = (name, subject, more = []) => {
  key(name)
  return openssl(['req', '-new', '-key', at(`${name}.key`), '-subj', subject, '-outform', 'DER', ...more])
}
const admit = async (kind, names, agency = '종로구') => {
  const made = await ryu.post('/desk/certification-programs', { authority: 'gov-mois', agency, kind, names })
  assert.equal(made.status, 201, made.text)
  return made.json()
}
const field = (name, what) => openssl(['x509', '-in', at(`${name}.pem`), '-noout', ...what]).toString().trim()
const serial_of = name => field(name, ['-serial']).replace('serial=', '').toLowerCase().replace(/^0+/, '')
const state_of = async name => (await ryu.get(`/desk/certification?q=${serial_of(name)}`)).json().certificates[0].state

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'madang-enrol-'))
  house = await House.open({ arguments: ['--nightly', 'false'] })
  ryu = await new Client(house).sign_in('Ryu Hajin')
  kim = await new Client(house).sign_in('Kim Hayun')
  await ryu.post('/act-as', { post: 'mois.certification' })
  device = await admit('device', 'CAM-JN- SENSOR.7')
  server = await admit('server', 'jongno.example')
  const root = await kim.send('GET', '/pki/root/government.pem'), ca = await kim.send('GET', '/pki/ca/gov-mois.pem')
  writeFileSync(at('root.pem'), root.bytes)
  writeFileSync(at('chain.pem'), ca.bytes)
})
after(async () => { await house?.close(); if (folder) rmSync(folder, { recursive: true, force: true }) })

// ---- EST ----

const est = (path, { body, who = device, headers = {} } = {}) => kim.send(body === undefined ? 'GET' : 'POST', `/.well-known/est/gov-mois/${path}`, {
  headers: {
    cookie: '', ...(body === undefined ? {} : { 'content-type': 'application/pkcs10', 'content-transfer-encoding': 'base64' }),
    ...(who ? { authorization: `Basic ${Buffer.from(`${who.kid}:${who.hmac_key}`).toString('base64')}` } : {}), ...headers
  }, ...(body === undefined ? {} : { body })
})
// certs-only PKCS#7 as base64, read by openssl.
const certificates_in = (answer, name) => {
  assert.equal(answer.status, 200, answer.text)
  assert.match(answer.headers['content-type'], /^application\/pkcs7-mime; ?smime-type=certs-only/)
  const all = openssl(['pkcs7', '-inform', 'DER', '-print_certs'], { input: Buffer.from(answer.text, 'base64'), stdio: ['pipe', 'pipe', 'pipe'] }).toString()
  const found = all.match(/-----BEGIN[^]*?END CERTIFICATE-----\n/g)
  if (name) writeFileSync(at(`${name}.pem`), found[0])
  return found
}
const lines = der => der.toString('base64').replace(/(.{64})/g, '$1\r\n')

test('EST hands out the authorities and what a request should contain', async () => {
  const chain = certificates_in(await est('cacerts', { who: null }))
  assert.equal(chain.length, 2)
  assert.equal(chain.at(-1).trim(), readFileSync(at('root.pem'), 'utf8').trim())
  const wished = await est('csrattrs', { who: null })
  assert.equal(wished.headers['content-type'], 'application/csrattrs')
  assert.match(openssl(['asn1parse', '-inform', 'DER'], { input: Buffer.from(wished.text, 'base64'), stdio: ['pipe', 'pipe', 'pipe'] }).toString(), /ecdsa-with-SHA256/)
})

test('a camera enrols and enrols again by EST; the first certificate is replaced', async () => {
  certificates_in(await est('simpleenroll', { body: lines(request('cam', '/CN=CAM-JN-0042')) }), 'cam')
  assert.match(openssl(['verify', '-x509_strict', '-CAfile', at('root.pem'), '-untrusted', at('chain.pem'), at('cam.pem')]).toString(), /OK/)
  assert.match(field('cam', ['-subject', '-nameopt', 'utf8']), /serialNumber=CAM-JN-0042/)
  assert.match(field('cam', ['-subject', '-nameopt', 'utf8']), /O=종로구/)
  assert.match(field('cam', ['-ext', 'extendedKeyUsage']), /TLS Web Client Authentication/)
  certificates_in(await est('simplereenroll', { body: request('cam2', '/CN=CAM-JN-0042').toString('base64') }), 'cam2')
  assert.equal(await state_of('cam'), 'revoked')
  assert.equal(await state_of('cam2'), 'valid')
  assert.equal((await est('simplereenroll', { body: lines(request('new', '/CN=CAM-JN-0043')) })).status, 404, 'nothing to renew')
})

test('a server gets the names of its agency by EST, subjectAltName included', async () => {
  const der = request('www', '/CN=www.jongno.example', ['-addext', 'subjectAltName=DNS:www.jongno.example,DNS:api.jongno.example'])
  certificates_in(await est('simpleenroll', { body: lines(der), who: server }), 'www')
  assert.match(field('www', ['-ext', 'subjectAltName']), /DNS:api\.jongno\.example, DNS:www\.jongno\.example/)
})

test('EST refuses who is not admitted, and names that are not theirs', async () => {
  const mine = lines(request('x', '/CN=CAM-JN-0050'))
  const nobody = await est('simpleenroll', { body: mine, who: null })
  assert.equal(nobody.status, 401)
  assert.match(nobody.headers['www-authenticate'], /^Basic realm=/)
  for (const who of [{ kid: device.kid, hmac_key: server.hmac_key }, { kid: 'nobody', hmac_key: device.hmac_key }, { kid: '', hmac_key: '' }])
    assert.equal((await est('simpleenroll', { body: mine, who })).status, 401)
  const elsewhere = await kim.send('POST', '/.well-known/est/gov-moj/simpleenroll', {
    headers: { cookie: '', 'content-type': 'application/pkcs10', authorization: `Basic ${Buffer.from(`${device.kid}:${device.hmac_key}`).toString('base64')}` }, body: mine })
  assert.equal(elsewhere.status, 401, 'the key is of another authority')
  for (const subject of ['/CN=CAM-SG-0001', '/CN=CAM-JN-', '/CN=SENSOR.70', '/CN=CAM-JN-1 OR 1', '/O=nobody'])
    assert.equal((await est('simpleenroll', { body: lines(request('x', subject)) })).status, 403, subject)
  const stranger = request('y', '/CN=www.jongno.example', ['-addext', 'subjectAltName=DNS:www.mois.example'])
  assert.equal((await est('simpleenroll', { body: lines(stranger), who: server })).status, 403)
  for (const body of ['', 'AAAA', '!!!!', lines(request('z', '/CN=CAM-JN-0051').subarray(0, 100))])
    assert.equal((await est('simpleenroll', { body })).status, 422, body.slice(0, 20))
  assert.equal((await est('simpleenroll', { body: mine, headers: { 'content-type': 'text/plain' } })).status, 415)
  // Signed with another key than the one it asks for.
  const forged = request('f', '/CN=CAM-JN-0052')
  forged[forged.length - 1] ^= 1
  assert.equal((await est('simpleenroll', { body: lines(forged) })).status, 422)
})

// ---- CMP ----

const cmp = (args, who = device) => {
  const port = new URL(house.url).port
  const done = spawnSync('openssl', ['cmp', '-server', `127.0.0.1:${port}`, '-path', '.well-known/cmp/p/gov-mois', '-recipient', '/CN=any', '-no_proxy', '127.0.0.1',
    '-trusted', at('root.pem'), '-untrusted', at('chain.pem'),
    ...(who ? ['-ref', who.kid, '-secret', `pass:${who.hmac_key}`] : []), ...args], { encoding: 'utf8' })
  return { status: done.status, text: done.stdout + done.stderr }
}
const enrolled = (name, args, who) => {
  const done = cmp([...args, '-certout', at(`${name}.pem`)], who)
  assert.equal(done.status, 0, done.text)
}

test('openssl cmp enrols a device by a shared secret, with and without confirmation', async () => {
  key('c1')
  enrolled('c1', ['-cmd', 'ir', '-newkey', at('c1.key'), '-subject', '/CN=CAM-JN-0101'])
  assert.match(field('c1', ['-subject', '-nameopt', 'utf8']), /serialNumber=CAM-JN-0101/)
  assert.equal(await state_of('c1'), 'valid')
  enrolled('c2', ['-cmd', 'cr', '-newkey', at('c1.key'), '-subject', '/CN=SENSOR.7', '-implicit_confirm'])
  writeFileSync(at('p10.csr'), request('p10', '/CN=CAM-JN-0102'))
  openssl(['req', '-inform', 'DER', '-in', at('p10.csr'), '-out', at('p10.pem.csr')])
  enrolled('p10', ['-cmd', 'p10cr', '-csr', at('p10.pem.csr')])
  assert.match(field('p10', ['-subject', '-nameopt', 'utf8']), /serialNumber=CAM-JN-0102/)
  key('web')
  enrolled('web', ['-cmd', 'ir', '-newkey', at('web.key'), '-subject', '/CN=web.jongno.example', '-sans', 'web.jongno.example api.jongno.example'], server)
  assert.match(field('web', ['-ext', 'subjectAltName']), /DNS:api\.jongno\.example, DNS:web\.jongno\.example/)
})

test('a device renews and gives back its own certificate by signing with it', async () => {
  key('k1'); key('k2')
  enrolled('k1', ['-cmd', 'ir', '-newkey', at('k1.key'), '-subject', '/CN=CAM-JN-0200'])
  const own = ['-cert', at('k1.pem'), '-key', at('k1.key'), '-extracerts', at('chain.pem')]
  enrolled('k2', ['-cmd', 'kur', '-newkey', at('k2.key'), ...own], null)
  assert.match(field('k2', ['-subject', '-nameopt', 'utf8']), /serialNumber=CAM-JN-0200/)
  assert.equal(await state_of('k1'), 'revoked')
  assert.equal(await state_of('k2'), 'valid')
  key('k3')
  const stale = cmp(['-cmd', 'kur', '-newkey', at('k3.key'), ...own, '-certout', at('k3.pem')], null)
  assert.notEqual(stale.status, 0, 'a revoked certificate renews nothing')
  assert.match(stale.text, /rejection/)
  const grown = cmp(['-cmd', 'ir', '-newkey', at('k3.key'), '-subject', '/CN=CAM-JN-0201', '-cert', at('k2.pem'), '-key', at('k2.key'), '-certout', at('k3.pem')], null)
  assert.notEqual(grown.status, 0, 'a certificate gets nothing but its own renewal')
  const back = cmp(['-cmd', 'rr', '-oldcert', at('k2.pem'), '-revreason', '1', '-cert', at('k2.pem'), '-key', at('k2.key')], null)
  assert.equal(back.status, 0, back.text)
  assert.equal(await state_of('k2'), 'revoked')
})

test('CMP refuses wrong secrets, names of others, strangers, and what was sent before', async () => {
  key('n')
  const wish = subject => ['-cmd', 'ir', '-newkey', at('n.key'), '-subject', subject, '-certout', at('n.pem')]
  assert.notEqual(cmp(wish('/CN=CAM-JN-0300'), { kid: device.kid, hmac_key: 'wrong' }).status, 0)
  assert.notEqual(cmp(wish('/CN=CAM-JN-0300'), { kid: 'nobody', hmac_key: device.hmac_key }).status, 0)
  const far = cmp(wish('/CN=CAM-SG-0300'))
  assert.notEqual(far.status, 0)
  assert.match(far.text, /certification\.number/)
  // Another agency's program can neither renew nor revoke.
  const other = await admit('device', 'CAM-JN-', '성북구')
  enrolled('m', ['-cmd', 'ir', '-newkey', at('n.key'), '-subject', '/CN=CAM-JN-0301'])
  assert.notEqual(cmp(['-cmd', 'rr', '-oldcert', at('m.pem')], other).status, 0)
  assert.equal(await state_of('m'), 'valid')
  // A stranger's certificate that openssl made itself.
  openssl(['req', '-x509', '-key', at('n.key'), '-subj', '/CN=CAM-JN-0301', '-days', '2', '-out', at('self.pem')])
  assert.notEqual(cmp(['-cmd', 'rr', '-oldcert', at('m.pem'), '-cert', at('self.pem'), '-key', at('n.key')], null).status, 0)
  assert.equal(await state_of('m'), 'valid')
  // The very octets of a first message, sent a second time: no second certificate.
  enrolled('r', ['-cmd', 'ir', '-newkey', at('n.key'), '-subject', '/CN=CAM-JN-0302', '-implicit_confirm', '-reqout', at('sent.der')])
  const count = async () => (await ryu.get('/desk/certification?q=CAM-JN-0302')).json().certificates.length
  assert.equal(await count(), 1)
  const send = body => kim.send('POST', '/.well-known/cmp/p/gov-mois', { headers: { cookie: '', 'content-type': 'application/pkixcmp' }, body })
  const again = await send(readFileSync(at('sent.der')))
  assert.ok([200, 422].includes(again.status), again.text)
  assert.equal(await count(), 1)
  for (const body of [Buffer.alloc(0), Buffer.from('3000', 'hex'), Buffer.alloc(3000, 0x30), readFileSync(at('sent.der')).subarray(0, 200)])
    assert.equal((await send(body)).status, 422)
  assert.equal((await kim.send('POST', '/.well-known/cmp/p/kica', { headers: { cookie: '', 'content-type': 'application/pkixcmp' }, body: 'x' })).status, 404, 'for people it is not')
})

// ---- keys in a token ----

const module = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so'].find(existsSync)

test('keys of authorities are made in a token of PKCS#11 and never leave it', { skip: module ? false : 'softhsm2 is not installed' }, async () => {
  const data = at('with-token'), keys = join(data, 'keys', 'pki')
  mkdirSync(at('tokens'))
  mkdirSync(keys, { recursive: true })
  writeFileSync(at('softhsm2.conf'), `directories.tokendir = ${at('tokens')}\nobjectstore.backend = file\nlog.level = ERROR\n`)
  process.env.SOFTHSM2_CONF = at('softhsm2.conf')
  execFileSync('softhsm2-util', ['--init-token', '--free', '--label', 'madang', '--so-pin', '12345678', '--pin', '24681357'], { stdio: 'ignore' })
  writeFileSync(at('pin'), '24681357\n', { mode: 0o400 })
  writeFileSync(join(keys, 'token.yaml'), `module: ${module}\ntoken: madang\npin_file: ${at('pin')}\n`)
  const begun = await House.open({ data, arguments: ['--nightly', 'false'] })
  const look = async there => {
    const hayun = await new Client(there).sign_in('Kim Hayun')
    const files = {}
    for (const path of ['/pki/root/national.pem', '/pki/ca/kica.pem', '/pki/arl/national.crl']) {
      const answer = await hayun.send('GET', path)
      assert.equal(answer.status, 200, answer.text)
      files[path] = answer.bytes
      writeFileSync(at(`t-${path.split('/').at(-1)}`), answer.bytes)
    }
    return { hayun, files }
  }
  const { hayun, files } = await look(begun)
  const csr = openssl(['req', '-inform', 'DER', '-outform', 'PEM'], { input: request('t', '/CN=x'), stdio: ['pipe', 'pipe', 'pipe'] }).toString()
  const filed = await hayun.post('/certification/apply', { authority: 'kica', kind: 'person', request: csr })
  assert.equal(filed.status, 201, filed.text)
  writeFileSync(at('t.pem'), (await hayun.send('GET', `/my/certificates/${filed.json().serial}/certificate.pem`)).bytes)
  assert.match(openssl(['verify', '-x509_strict', '-CAfile', at('t-national.pem'), '-untrusted', at('t-kica.pem'), at('t.pem')]).toString(), /OK/)
  // A responder's answer, signed in the token.
  openssl(['ocsp', '-no_nonce', '-issuer', at('t-kica.pem'), '-cert', at('t.pem'), '-reqout', at('t.req')])
  const said = await hayun.send('POST', '/ocsp/kica', { headers: { cookie: '', 'content-type': 'application/ocsp-request' }, body: readFileSync(at('t.req')) })
  writeFileSync(at('t.resp'), said.bytes)
  assert.match(openssl(['ocsp', '-no_nonce', '-respin', at('t.resp'), '-issuer', at('t-kica.pem'), '-cert', at('t.pem'), '-CAfile', at('t-national.pem'), '-verify_other', at('t-kica.pem')]).toString(), /t\.pem: good/)
  assert.deepEqual(readdirSync(keys).filter(name => name.endsWith('.key.pem')), [], 'no key in the folder')
  const inside = execFileSync('p11tool', ['--provider', module, '--login', '--set-pin', '24681357', '--list-all-privkeys', 'pkcs11:token=madang'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  assert.ok(inside.match(/Label: /g).length > 20, inside)
  assert.match(inside, /CKA_SENSITIVE/)
  assert.match(inside, /CKA_NEVER_EXTRACTABLE/)
  // After a restart the authorities are the same.
  await begun.close()
  const again = await House.open({ data, arguments: ['--nightly', 'false'], database: begun.options.database })
  assert.deepEqual((await look(again)).files, files)
  await again.close()
  // A wrong PIN stops what needs a key, says so, and nothing else.
  writeFileSync(at('other-pin'), '11111111\n')
  writeFileSync(join(keys, 'token.yaml'), `module: ${module}\ntoken: madang\npin_file: ${at('other-pin')}\n`)
  const locked = await House.open({ data, arguments: ['--nightly', 'false'], database: begun.options.database })
  const nobody = new Client(locked)
  const refused = await nobody.get('/pki/ca/kica.pem')
  assert.equal(refused.status, 503)
  assert.equal(refused.json().type, '/problems/pki.token')
  assert.equal((await nobody.get('/')).status, 200)
  await locked.close()
})
