// Certificates in the handshake (RFC 8705), with openid-client (a certified relying party), curl and openssl on the other side: programs prove
// themselves by one, their tokens are bound to it, and people come in by one, at a door of its own that asks for it.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes, X509Certificate } from 'node:crypto'
import { request } from 'node:https'
import { createRequire } from 'node:module'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { House, free_port, root } from '../journeys/program.mjs'
import { Client } from './client.mjs'
import { missing } from './stores.mjs'

const require = createRequire(join(root, 'web', 'package.json'))
const load = name => import(pathToFileURL(require.resolve(name)))
const said = '{ko: 시범, en: Trial}', passphrase = 'the words of a certificate'
const secret = randomBytes(24).toString('base64url')
let oidc, jose, folder, house, door, kim, ryu, lee
const at = name => join(folder, name)
const openssl = (...args) => execFileSync('openssl', args, { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
const thumbprint = pem => createHash('sha256').update(new X509Certificate(pem).raw).digest('base64url')

before(async () => {
  if (missing) return
  oidc = await load('openid-client')
  jose = await load('jose')
  folder = mkdtempSync(join(tmpdir(), 'madang-certificates-'))
  for (const name of ['tls', 'own', 'other'])
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', `/CN=${name}`,
      '-addext', 'subjectAltName=DNS:localhost', '-keyout', `${name}.key`, '-out', `${name}.pem`)
  writeFileSync(at('house.yaml'), `tls_certificate: ${at('tls.pem')}\ntls_key: ${at('tls.key')}\n`)
  const port = await free_port(), door_port = await free_port()
  door = `https://localhost:${door_port}`
  const client = (id, more) => `  - {id: ${id}, name: ${said}, purpose: ${said}, law: ${said}, ${more}}\n`
  house = await House.open({
    port, scheme: 'https', arguments: ['--config', at('house.yaml')],
    files: {
      'client-tls.yaml': `port: ${door_port}\npublic_url: ${door}\n`,
      'clients.yaml': 'clients:\n' +
        client('own', `proof: self_signed_tls_client_auth, certificates: ["${thumbprint(readFileSync(at('own.pem')))}"], scopes: [signals], signals: poll, binds_certificate: true`) +
        client('server', 'proof: tls_client_auth, tls_dns: app.jongno.example, scopes: [signals], signals: poll') +
        client('bound', `proof: client_secret_post, secret_sha256: "${createHash('sha256').update(secret).digest('hex')}", scopes: [signals], signals: poll, binds_certificate: true`)
    }
  })
  kim = await new Client(house).sign_in('Kim Hayun')
  ryu = await new Client(house).sign_in('Ryu Hajin')
  lee = await new Client(house).sign_in('Lee Dohyun')
})
after(async () => {
  await house?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

// A fetch that shows a certificate, or none.
const fetch_with = name => (url, options = {}) => new Promise((resolve, reject) => {
  const headers = options.headers instanceof Headers ? Object.fromEntries(options.headers) : { ...options.headers }
  const body = options.body instanceof URLSearchParams ? String(options.body) : options.body
  if (options.body instanceof URLSearchParams) headers['content-type'] ??= 'application/x-www-form-urlencoded'
  const asked = request(url, {
    method: options.method ?? 'GET', headers, agent: false, ca: readFileSync(at('tls.pem')),
    ...name ? { cert: readFileSync(at(`${name}.pem`)), key: readFileSync(at(`${name}.key`)) } : {}
  }, answer => {
    const parts = []
    answer.on('data', d => parts.push(d))
    answer.on('end', () => {
      const found = new Headers()
      for (let i = 0; i < answer.rawHeaders.length; i += 2) found.append(answer.rawHeaders[i], answer.rawHeaders[i + 1])
      resolve(new Response([204, 304].includes(answer.statusCode) ? null : Buffer.concat(parts), { status: answer.statusCode, headers: found }))
    })
  })
  asked.on('error', reject)
  asked.end(body)
})
const configured = (id, name, auth = oidc.TlsClientAuth()) =>
  oidc.discovery(new URL(house.url), id, { use_mtls_endpoint_aliases: true }, auth, { [oidc.customFetch]: fetch_with(name) })
// A 401 with a challenge is an error of its own there, which does not read the body.
const error_of = e => e.error ?? e.cause?.error ?? (e.status === 401 ? 'invalid_client' : e.code)
const poll = (token, name, where = door) => fetch_with(name)(`${where}/ssf/poll`, {
  method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: '{}'
})

test('discovery says where certificates are asked for, and only there are they', { skip: missing }, async () => {
  const about = await (await fetch_with()(`${house.url}/.well-known/openid-configuration`)).json()
  assert.equal(about.mtls_endpoint_aliases.token_endpoint, `${door}/oauth/token`)
  assert.equal(about.tls_client_certificate_bound_access_tokens, true)
  for (const way of ['tls_client_auth', 'self_signed_tls_client_auth']) assert.ok(about.token_endpoint_auth_methods_supported.includes(way))
  const asks = url => execFileSync('openssl', ['s_client', '-connect', url.slice(8), '-prexit'], { encoding: 'utf8', input: '', stdio: ['pipe', 'pipe', 'ignore'] })
  assert.match(asks(door), /Requested Signature Algorithms|Acceptable client certificate|No client certificate CA names sent[\s\S]*Requested/)
  assert.doesNotMatch(asks(house.url), /Requested Signature Algorithms/)
})

test('a program proves itself by a certificate of its own, and its token is worth nothing without it', { skip: missing }, async () => {
  const config = await configured('own', 'own')
  const { access_token } = await oidc.clientCredentialsGrant(config)
  assert.equal(jose.decodeJwt(access_token).cnf['x5t#S256'], thumbprint(readFileSync(at('own.pem'))), 'RFC 8705 section 3.1')
  assert.equal((await poll(access_token, 'own')).status, 200)
  assert.equal((await poll(access_token, 'other')).status, 401)
  assert.equal((await poll(access_token)).status, 401)
  assert.equal((await poll(access_token, 'own', house.url)).status, 401, 'at the other door nobody was asked for one')
  await assert.rejects(oidc.clientCredentialsGrant(await configured('own', 'other')), e => error_of(e) === 'invalid_client')
  await assert.rejects(oidc.clientCredentialsGrant(await configured('own')), e => error_of(e) === 'invalid_client')
  // The field that proxies use is nothing from anybody else.
  const forged = execFileSync('curl', ['-s', '--cacert', at('tls.pem'), '-d', 'grant_type=client_credentials&client_id=own',
    '-H', `Client-Cert: :${new X509Certificate(readFileSync(at('own.pem'))).raw.toString('base64')}:`, `${door}/oauth/token`], { encoding: 'utf8' })
  assert.equal(JSON.parse(forged).error, 'invalid_client')
})

test('a token of a client with a secret can be bound too, and asks for a certificate then', { skip: missing }, async () => {
  const post = oidc.ClientSecretPost(secret)
  const { access_token } = await oidc.clientCredentialsGrant(await configured('bound', 'other', post))
  assert.equal((await poll(access_token, 'other')).status, 200)
  assert.equal((await poll(access_token, 'own')).status, 401)
  await assert.rejects(oidc.clientCredentialsGrant(await configured('bound', '', post)), e => error_of(e) === 'invalid_request')
})

test('a program proves itself by a certificate of the country’s authority until that is revoked', { skip: missing }, async () => {
  openssl('req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=app.jongno.example', '-keyout', 'server.key', '-out', 'server.csr')
  const filed = await lee.post('/certification/apply', { authority: 'gov-mois', kind: 'server', dns: 'app.jongno.example', request: readFileSync(at('server.csr'), 'utf8') })
  assert.equal(filed.status, 201, filed.text)
  const accepted = await ryu.post(`/desk/certification/applications/${filed.json().application}/accept`)
  assert.equal(accepted.status, 303, accepted.text)
  const { serial } = (await lee.get('/my/certificates')).json().certificates.find(c => c.kind === 'server')
  writeFileSync(at('server.pem'), (await lee.get(`/my/certificates/${serial}/certificate.pem`)).text)
  const { access_token } = await oidc.clientCredentialsGrant(await configured('server', 'server'))
  assert.equal((await poll(access_token)).status, 200, 'not bound: the registration asks for none')
  await assert.rejects(oidc.clientCredentialsGrant(await configured('server', 'own')), e => error_of(e) === 'invalid_client')
  assert.equal((await lee.post(`/my/certificates/${serial}/revoke`, { why: 'keyCompromise' })).status, 303)
  await assert.rejects(oidc.clientCredentialsGrant(await configured('server', 'server')), e => error_of(e) === 'invalid_client')
})

test('people come in by a certificate at that door, and are led back', { skip: missing }, async () => {
  assert.match((await new Client(house).page('/sign-in')).text, /href="\/sign-in\/certificate\?next=/)
  const led = await new Client(house).page('/sign-in/certificate?next=/my')
  assert.equal(led.headers.location, `${door}/sign-in/certificate?next=%2Fmy`)
  const { serial } = (await kim.post('/certification/apply', { authority: 'kica', kind: 'person', passphrase })).json()
  writeFileSync(at('kim.p12'), (await kim.post(`/my/certificates/${serial}/file`)).bytes)
  openssl('pkcs12', '-in', 'kim.p12', '-passin', `pass:${passphrase}`, '-nodes', '-nocerts', '-out', 'kim.key')
  openssl('pkcs12', '-in', 'kim.p12', '-passin', `pass:${passphrase}`, '-nodes', '-nokeys', '-clcerts', '-out', 'kim.pem')
  const here = (name, method = 'GET', accept = 'application/json') => fetch_with(name)(`${door}/sign-in/certificate`, {
    method, headers: { accept, ...method === 'POST' ? { origin: door, 'content-type': 'application/x-www-form-urlencoded' } : {} }, body: method === 'POST' ? 'next=/my' : undefined
  })
  assert.equal((await (await here('kim')).json()).name, '김하윤')
  assert.equal((await (await here()).json()).code, 'certificate.none')
  assert.equal((await (await here('own')).json()).code, 'certificate.unknown')
  const page = await here('kim', 'POST', 'text/html')
  assert.equal(page.status, 200)
  assert.equal(page.headers.get('refresh'), `0; url=${house.url}/my`)
  const cookie = page.headers.getSetCookie().find(c => c.startsWith('__Host-session=')).split(';')[0]
  const mine = await fetch_with()(`${house.url}/my/sessions`, { headers: { accept: 'application/json', cookie } })
  assert.equal(mine.status, 200)
  assert.equal((await here('own', 'POST')).status, 403)
  assert.equal((await kim.post(`/my/certificates/${serial}/suspend`)).status, 303)
  assert.equal((await (await here('kim')).json()).code, 'certificate.unknown', 'at once')
})
