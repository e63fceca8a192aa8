// What a browser, a proxy and the machine itself are told to keep strangers out, on every kind of
// answer: the fields of RFC 6797 (HSTS), CSP Level 3, RFC 6265bis (cookies), Clear Site Data, and
// what lies on the disk and in the list of processes. docs/security/asvs.csv names these tests.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { connect as plain_socket } from 'node:net'
import { connect as tls_socket } from 'node:tls'
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, root } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { delivered } from './stores.mjs'

const secret = 'pass' + randomBytes(12).toString('hex'), mail_password = 'mail' + randomBytes(12).toString('hex')
let folder, house, nobody, kim, lee, routes

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'madang-hardening-'))
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
    '-subj', '/CN=localhost', '-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')], { stdio: 'ignore' })
  writeFileSync(join(folder, 'house.yaml'), `tls_certificate: ${folder}/cert.pem\ntls_key: ${folder}/key.pem\npassphrase: ${secret}\nmail_password: ${mail_password}\n`)
  chmodSync(join(folder, 'house.yaml'), 0o600)
  const clients = `clients:
  - id: app
    name: {ko: 앱, en: App}
    purpose: {ko: 시험, en: Trial}
    law: {ko: 법 제1조, en: Act art. 1}
    redirects: [http://127.0.0.1/app]
    scopes: [profile]
`
  house = await House.open({ population: '1:20000', scheme: 'https', files: { 'clients.yaml': clients }, arguments: ['--config', join(folder, 'house.yaml'), '--nightly', 'false'] })
  // What is on its way when a house is opened is not kept where it was.
  await until(() => delivered(house), { seconds: 60 })
  nobody = new Client(house)
  kim = await new Client(house).sign_in('Kim Hayun')
  lee = await new Client(house).sign_in('Lee Dohyun')
  routes = Object.entries((await nobody.get('/openapi.json')).json().paths).flatMap(([pattern, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({ method: verb.toUpperCase(), pattern, need: operation.security?.[0]?.session })))
})
after(async () => {
  await house?.close()
  rmSync(folder, { recursive: true, force: true })
})

const filled = pattern => pattern.replace(/\{\w+\}/g, 'x')
const who = route => !route.need ? nobody : route.need.includes('official') ? lee : kim

// The octets as they are, for what no library would send; gives the whole answer.
function raw(bytes, to = house) {
  const port = new URL(to.url).port, tls = to.url.startsWith('https')
  return new Promise((resolve, reject) => {
    let heard = ''
    const socket = tls ? tls_socket({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => socket.write(bytes))
      : plain_socket({ port, host: '127.0.0.1' }, () => socket.write(bytes))
    socket.setTimeout(10000, () => socket.destroy(new Error('no answer')))
    socket.on('data', d => { heard += d })
    socket.on('end', () => resolve(heard))
    socket.on('error', reject)
  })
}

function is_hardened(headers, what) {
  const policy = String(headers['content-security-policy'] ?? '')
  assert.match(policy, /default-src 'none'|default-src 'self'; object-src 'none'/, what)
  if (/html/.test(headers['content-type'] ?? '')) {
    assert.match(policy, /default-src 'none'/, `${what}: objects too`)
    assert.doesNotMatch(policy, /unsafe-|\*|data:|https?:/, what)
  }
  if (!/sandbox/.test(policy)) {
    assert.match(policy, /frame-ancestors 'none'/, what)
    assert.match(policy, /base-uri 'none'/, what)
  }
  assert.equal(headers['x-content-type-options'], 'nosniff', what)
  assert.match(headers['referrer-policy'] ?? '', /^(same-origin|no-referrer|strict-origin)$/, what)
  const seconds = Number(String(headers['strict-transport-security']).match(/^max-age=(\d+); includeSubDomains$/)?.[1])
  assert.ok(seconds >= 365 * 86400, `${what}: ${headers['strict-transport-security']}`)
  assert.equal(headers.server, undefined, `${what}: whose program it is`)
  assert.equal(headers['x-powered-by'], undefined, what)
}

test('every kind of answer tells the browser what it may not do with it', async () => {
  for (const route of routes) {
    const path = filled(route.pattern)
    for (const accept of ['text/html', 'application/json']) {
      const answer = await who(route).send(route.method, path, { headers: { accept }, ...route.method === 'POST' ? { body: '' } : {} })
      is_hardened(answer.headers, `${route.method} ${path} (${accept}): ${answer.status}`)
    }
  }
  const manifest = JSON.parse(readFileSync(join(root, 'web/dist/manifest.json'), 'utf8'))
  const files = [...new Set(Object.values(manifest).map(f => typeof f === 'string' ? f : f.file))].slice(0, 12)
  assert.ok(files.length > 3)
  let found = 0
  for (const name of files) {
    const file = await nobody.page(name.startsWith('/') ? name : `/assets/${name.replace(/^assets\//, '')}`)
    found += file.status === 200
    is_hardened(file.headers, name)
  }
  assert.ok(found > 3, `${found} files`)
  for (const [what, answer] of [['nothing there', await nobody.page('/no-such-page')], ['not allowed', await nobody.send('DELETE', '/my')],
    ['not signed in', await nobody.get('/my')], ['health', await nobody.get('/health')], ['a redirect', await nobody.page('/my')]])
    is_hardened(answer.headers, what)
  // The edge's own refusals, before there is a request.
  for (const bytes of ['GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n', 'nonsense\r\n\r\n', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(20000)}\r\n\r\n`]) {
    const [head] = (await raw(bytes)).split('\r\n\r\n')
    const headers = Object.fromEntries(head.split('\r\n').slice(1).map(l => [l.slice(0, l.indexOf(':')).toLowerCase(), l.slice(l.indexOf(':') + 2)]))
    is_hardened(headers, bytes.slice(0, 40))
  }
})

test('each answer with a body says what it is, and text in which letters', async () => {
  for (const route of routes.filter(r => r.method === 'GET'))
    for (const accept of ['text/html', 'application/json']) {
      const answer = await who(route).send('GET', filled(route.pattern), { headers: { accept } })
      if (!answer.bytes.length) continue
      const type = answer.headers['content-type'] ?? ''
      assert.match(type, /^[a-z]+\/[\w.+-]+/, `${route.pattern} (${accept})`)
      if (/^text\/|[/+]xml/.test(type)) assert.match(type, /charset=utf-8/i, `${route.pattern}: ${type}`)
    }
})

test('what is made for one person is kept in no cache, and no stranger may read it from another site', async () => {
  for (const route of routes.filter(r => r.method === 'GET' && r.need)) {
    const answer = await who(route).get(filled(route.pattern), { origin: 'https://evil.example' })
    assert.match(answer.headers['cache-control'] ?? '', /no-store/, route.pattern)
    assert.equal(answer.headers['access-control-allow-origin'], undefined, route.pattern)
    assert.equal(answer.headers['access-control-allow-credentials'], undefined, route.pattern)
  }
  for (const path of ['/', '/services', '/verify']) assert.match((await kim.page(path)).headers['cache-control'], /no-store/, path)
  for (const route of routes) {
    const asks = await nobody.send('OPTIONS', filled(route.pattern), { headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-csrf' } })
    assert.ok(asks.status >= 400, `${route.pattern}: ${asks.status}`)
    assert.equal(asks.headers['access-control-allow-origin'], undefined, route.pattern)
  }
})

test('cookies over TLS have a name that no other host and no plain connection can set', async () => {
  const person = (await nobody.get('/sign-in')).json().personas.find(p => p.name === 'Park Seojun').person
  const park = new Client(house)
  const all = [
    ...(await park.post('/sign-in/persona', { person })).headers['set-cookie'],
    ...(await nobody.page('/?lang=en&contrast=high')).headers['set-cookie']
  ]
  assert.equal(all.length, 4, 'session, known browser, language, contrast')
  for (const cookie of all) {
    assert.match(cookie, /^__Host-\w+=/, cookie)
    for (const attribute of [/; Secure/, /; HttpOnly/, /; SameSite=(Lax|Strict)/, /; Path=\//]) assert.match(cookie, attribute)
    assert.doesNotMatch(cookie, /Domain=/i)
  }
  const token = all.find(c => c.startsWith('__Host-session=')).match(/=([^;]*)/)[1]
  const my = cookie => nobody.send('GET', '/my', { headers: { accept: 'application/json', cookie } })
  assert.equal((await my(`__Host-session=${token}`)).status, 200)
  for (const planted of [`session=${token}`, `__Secure-session=${token}`, `__host-session=${token}`]) assert.equal((await my(planted)).status, 401, planted)
  assert.equal((await my(`session=planted; __Host-session=${token}`)).status, 200, 'a planted one hides nothing')
  // Nor is the token anywhere in what a script of the page can read.
  const page = await nobody.send('GET', '/my', { headers: { accept: 'text/html', cookie: `__Host-session=${token}` } })
  assert.equal(page.status, 200)
  assert.ok(!page.text.includes(token))
})

test('TRACE and other methods that nobody needs are refused, and their words do not come back', async () => {
  for (const method of ['TRACE', 'TRACK', 'DEBUG', 'PROPFIND', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await raw(`${method} /my HTTP/1.1\r\nHost: a\r\nX-Secret: echo-me\r\nConnection: close\r\n\r\n`)
    assert.match(answer, /^HTTP\/1\.1 405 /, method)
    assert.match(answer, /\r\nAllow: [A-Z, ]+\r\n/, method)
    assert.ok(!answer.includes('echo-me'), method)
  }
  assert.match(await raw('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n'), /^HTTP\/1\.1 400 /)
  // A method in a field or a query is none (method override).
  const before = (await kim.get('/my')).status
  await kim.send('GET', '/sign-out?_method=POST', { headers: { 'x-http-method-override': 'POST' } })
  assert.equal((await kim.get('/my')).status, before)
})

test('plain HTTP is not served where TLS is, nor sent on from it', async () => {
  const heard = await new Promise(resolve => {
    let text = ''
    const socket = plain_socket({ port: new URL(house.url).port, host: '127.0.0.1' }, () => socket.write('GET /my HTTP/1.1\r\nHost: a\r\n\r\n'))
    socket.on('data', d => { text += d.toString('latin1') })
    socket.on('close', () => resolve(text))
    socket.on('error', () => {})
  })
  assert.doesNotMatch(heard, /^HTTP\//)
})

test('only TLS 1.2 and 1.3 with forward secrecy and authenticated encryption are spoken, 1.3 first', () => {
  const { port } = new URL(house.url)
  const speak = (...how) => {
    try {
      return execFileSync('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, '-brief', ...how], { input: '', encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'], timeout: 10000 })
    } catch (e) { return `refused ${e.status}` }
  }
  // What -brief says goes to standard error; the status tells whether there was an agreement.
  for (const how of [[], ['-tls1_3'], ['-tls1_2'], ['-tls1_2', '-cipher', 'ECDHE-ECDSA-AES256-GCM-SHA384'], ['-tls1_2', '-cipher', 'ECDHE-ECDSA-CHACHA20-POLY1305']])
    assert.doesNotMatch(speak(...how), /^refused/, how.join(' '))
  for (const how of [['-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'], ['-tls1', '-cipher', 'ALL:@SECLEVEL=0'], ...['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384', 'ECDHE-ECDSA-AES128-CCM', 'AES128-GCM-SHA256', 'AES128-SHA',
    'DHE-RSA-AES128-GCM-SHA256', 'aNULL', 'ECDHE-ECDSA-NULL-SHA', 'ECDHE-ECDSA-CAMELLIA128-SHA256', 'ECDHE-ECDSA-ARIA128-GCM-SHA256'].map(c => ['-tls1_2', '-cipher', `${c}:@SECLEVEL=0`])])
    assert.match(speak(...how), /^refused/, how.join(' '))
  const agreed = tls_socket({ port, host: '127.0.0.1', rejectUnauthorized: false })
  return new Promise((resolve, reject) => {
    agreed.on('error', reject)
    agreed.on('secureConnect', () => {
      const said = agreed.getProtocol()
      agreed.destroy()
      said === 'TLSv1.3' ? resolve() : reject(new Error(said))
    })
  })
})

test('who speaks no TLS of ours leaves a line, and not one each time', async () => {
  const port = Number(new URL(house.url).port), lines = () => house.log.split('\n').filter(l => l.includes('http.tls_failed')).map(l => JSON.parse(l))
  const knock = bytes => new Promise(resolve => {
    const socket = plain_socket({ port, host: '127.0.0.1' }, () => bytes === undefined ? socket.end() : socket.write(bytes))
    socket.on('close', resolve)
    socket.on('data', () => {})
    socket.on('error', () => {})
    socket.setTimeout(5000, () => socket.destroy())
  })
  for (let i = 0; i < 30; ++i) await knock('GET /secret-path HTTP/1.1\r\n\r\n')
  const told = lines(), minutes = told.map(l => l.time.slice(0, 16))
  assert.ok(told.some(l => l.reason), house.log.slice(-500))
  for (const minute of new Set(minutes)) assert.ok(minutes.filter(m => m === minute).length <= 11, 'ten, and how many more there were in the minute before')
  for (const line of told) assert.equal(line.level, 'warn')
  assert.ok(!house.log.includes('secret-path'))
  await knock()          // who only looks whether somebody is there
  assert.equal((await nobody.get('/')).status, 200)
})

test('signing out empties the browser of pages, and her own page, which each page leads to, has the way out', async () => {
  const han = await new Client(house).sign_in('Han Yerin')
  for (const path of ['/my', '/my/data', '/services', '/']) assert.match((await han.page(path)).text, /class="who" href="\/my"/, path)
  assert.match((await han.page('/my')).text, /action="\/sign-out"/)
  const gone = await han.post('/sign-out')
  assert.equal(gone.headers['clear-site-data'], '"cache"')
  assert.match(String(gone.headers['set-cookie']), /^__Host-session=;.*Max-Age=0/)
  assert.equal((await han.get('/my')).status, 401)
})

test('the token against forgery is another on each page, so that packed lengths tell nothing of it, and each is good', async () => {
  const token = async () => (await kim.page('/verify')).text.match(/name="_csrf" value="([^"]+)"/)[1]
  const shown = [await token(), await token(), await token()]
  assert.equal(new Set(shown).size, 3)
  for (let i = 8; i < shown[0].length; i += 8) assert.notEqual(shown[0].slice(0, i), shown[1].slice(0, i))
  const with_token = value => kim.send('POST', '/my/cases/x/reply', { headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', 'x-csrf': value }, body: 'text=x' })
  for (const each of shown) assert.equal((await with_token(each)).status, 404, 'past the check: there is no such case')
  for (const bad of [shown[0].slice(1), shown[0].slice(0, 32) + shown[1].slice(32), Buffer.alloc(48).toString('base64url'), '', 'A'])
    assert.equal((await with_token(bad)).status, 403, bad)
})

test('a window that another site opened is cut off from it, but on the way of a sign-on', async () => {
  assert.equal((await kim.page('/my')).headers['cross-origin-opener-policy'], 'same-origin')
  assert.equal((await nobody.page('/services')).headers['cross-origin-opener-policy'], 'same-origin')
  assert.equal((await nobody.page('/sign-in')).headers['cross-origin-opener-policy'], undefined)
})

test('who has an account cannot be told from who has none, and fields for passwords let managers help', async () => {
  const asked = new Client(house, { from: '127.0.0.8' })
  const known = await asked.post('/sign-in', { login: 'kim', password: 'wrong' }), unknown = await asked.post('/sign-in', { login: 'no-such-person', password: 'wrong' })
  assert.equal(known.status, 401)
  assert.equal(known.text, unknown.text)
  assert.deepEqual(Object.keys(known.headers).sort(), Object.keys(unknown.headers).sort())
  const page = (await nobody.page('/sign-in')).text
  const field = page.match(/<input[^>]*name="password"[^>]*>/)[0]
  assert.match(field, /type="password"/)
  assert.match(field, /autocomplete="current-password"/)
  assert.doesNotMatch(field, /onpaste|readonly|pattern|minlength/)
  assert.ok(Number(field.match(/maxlength="(\d+)"/)?.[1] ?? 64) >= 64, field)
  const names = [...page.matchAll(/<input[^>]* name="([\w.-]+)"/g)].map(m => m[1])
  assert.deepEqual([...new Set(names)].sort(), ['login', 'next', 'password', 'person'], 'no hint and no secret question')
  assert.match(page.match(/<input[^>]*name="login"[^>]*>/)[0], /autocomplete="username"/)
  for (const login of ['admin', 'root', 'sa', 'administrator', 'test', 'guest', 'user'])
    for (const password of ['', login, 'password', 'admin']) {
      const answer = await new Client(house, { from: '127.0.0.9' }).post('/sign-in', { login, password })
      assert.ok([401, 429].includes(answer.status), `${login}: ${answer.status}`)
    }
})

// Encoded by the reference implementation (libargon2, argon2id_hash_encoded; 2 passes, 19,456 KiB).
const typed_password = ' 마당에 모인 사람들 and a sentence of more than sixty-four letters, typed whole '
const encoded = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$d3Ed0HtNx8X1BV402i8WqxcCNtR/uXT6n5rxLEYO0CY'

test('a password is judged as it was typed: long, with blanks at its ends, in any letters', async () => {
  execFileSync('sqlite3', ['-batch', '-cmd', '.timeout 5000', join(house.data, 'identity.db'), `update account set password = '${encoded}' where login = 'park'`])
  const sign_in = password => new Client(house, { from: '127.0.0.11' }).post('/sign-in', { login: 'park', password })
  assert.ok([...typed_password].length > 64)
  for (const other of [typed_password.trim(), typed_password.slice(0, 64), typed_password.toUpperCase(), typed_password.normalize('NFD')])
    assert.equal((await sign_in(other)).status, 401)
  const right = await sign_in(typed_password)
  assert.equal(right.status, 303, right.text)
  assert.match(String(right.headers['set-cookie']), /^__Host-session=/)
})

test('in earnest nobody signs in as a person of the demonstration, and what a stranger says of his address is not believed', async () => {
  const person = (await nobody.get('/sign-in')).json().personas[0].person
  const guess = async (client, n, forwarded) => client.get(`/v/${n}`, forwarded ? { 'x-forwarded-for': forwarded } : {})
  const number = n => String(2026112800 + n).padEnd(16, '0')
  const until_refused = async (to, from, forwarded) => {
    const client = new Client(to, { from })
    for (let i = 0; i < 60; ++i) if ((await guess(client, number(i), forwarded?.(i))).status === 429) return i
    return Infinity
  }
  assert.ok(await until_refused(house, '127.0.0.12', i => `198.51.100.${i}`) < 60, 'without a proxy the field says nothing')
  const file = join(folder, 'earnest.yaml')
  writeFileSync(file, 'demonstration: false\nbehind_proxy: true\npublic_url: https://madang.example\n')
  const earnest = await House.open({ population: '1:20000', arguments: ['--config', file, '--nightly', 'false'] })
  try {
    const client = new Client(earnest, { from: '127.0.0.13' })
    assert.deepEqual((await client.get('/sign-in')).json().personas, [])
    const answer = await client.post('/sign-in/persona', { person })
    assert.equal(answer.status, 404)
    assert.equal(answer.headers['set-cookie'], undefined)
    // Behind a proxy that speaks TLS the browser is told the same as by our own.
    is_hardened((await client.page('/')).headers, 'behind a proxy')
    assert.match(String((await client.page('/?lang=en')).headers['set-cookie']), /^__Host-lang=.*; Secure/)
    // The proxy adds whom it heard at the end; all before is the stranger's own word.
    assert.ok(await until_refused(earnest, '127.0.0.13', i => `198.51.100.${i}, 203.0.113.9`) < 60, 'one who changes his word')
    assert.notEqual((await guess(client, number(99), '203.0.113.9, 203.0.113.10')).status, 429, 'another behind the same proxy')
  } finally {
    await earnest.close()
  }
})

test('a failed sign-in is in the log without who it was, and what was typed breaks no line', async () => {
  const typed = `zq${randomBytes(6).toString('hex')}`
  const before = house.log.split('\n').filter(l => /sign_in\.refused/.test(l)).length
  const answer = await new Client(house, { from: '127.0.0.10' }).post('/sign-in', { login: `${typed}\r\n{"time":"x","event":"forged"}`, password: typed })
  assert.equal(answer.status, 401)
  const lines = house.log.split('\n').filter(Boolean)
  assert.equal(lines.filter(l => /sign_in\.refused/.test(l)).length, before + 1)
  assert.ok(!house.log.includes(typed))
  for (const line of lines.filter(l => l.startsWith('{'))) assert.notEqual(JSON.parse(line).event, 'forged')
  const last = JSON.parse(lines.findLast(l => /sign_in\.refused/.test(l)))
  assert.deepEqual([last.how, last.code, last.level], ['password', 'sign_in.wrong', 'warn'])
  assert.match(last.time, /Z$/)
})

test('what no page of ours sends and who guesses too often leaves a line, without what was sent', async () => {
  const mark = `zq${randomBytes(6).toString('hex')}`
  const lines = () => house.log.split('\n').filter(l => l.startsWith('{')).map(l => JSON.parse(l))
  const begun = lines().length
  await kim.send('POST', '/my/cases/x/reply', { headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }, body: `text=${mark}` })
  await kim.post('/my/cases/x/reply', [['text', mark], ['text', mark]])
  await kim.post('/services/post-forward/start', {}, { origin: 'https://evil.example' })
  const guesser = new Client(house, { from: '127.0.0.14' })
  for (let i = 0; i < 40; ++i) await guesser.get(`/v/${String(2026112800 + i).padEnd(16, '0')}`)
  const more = lines().slice(begun)
  const of = (event, code) => more.filter(l => l.event === event && l.code === code)
  assert.deepEqual(of('request.refused', 'request.forged').map(l => l.route), ['POST /my/cases/{case}/reply', 'POST /services/{service}/start'])
  assert.deepEqual(of('request.refused', 'form.repeated').map(l => l.route), ['POST /my/cases/{case}/reply'])
  assert.ok(of('verify.refused', 'request.too_many').length > 0)
  assert.ok(!house.log.includes(mark))
})

test('a client gets the grants and scopes that were given to it, and no others', async () => {
  const verifier = randomBytes(32).toString('base64url')
  const asked = new URLSearchParams({ client_id: 'app', redirect_uri: 'http://127.0.0.1/app', response_type: 'code', scope: 'openid profile address birthdate offline_access',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'), code_challenge_method: 'S256', state: 's' })
  let answer = await kim.page(`/oauth/authorize?${asked}`)
  assert.match(answer.headers.location, /^\/connect\//)
  answer = await kim.post(answer.headers.location, { agree: 'yes' })
  const code = new URL(answer.headers.location).searchParams.get('code')
  const token = async fields => (await nobody.send('POST', '/oauth/token', { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: new URLSearchParams({ client_id: 'app', ...fields }).toString() })).json()
  for (const grant_type of ['password', 'client_credentials', 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'implicit', ''])
    assert.match((await token({ grant_type, username: 'kim', password: 'x', scope: 'openid' })).error, /^(unsupported_grant_type|unauthorized_client|invalid_request|invalid_client)$/, grant_type)
  const given = await token({ grant_type: 'authorization_code', code, redirect_uri: 'http://127.0.0.1/app', code_verifier: verifier })
  assert.ok(given.access_token, JSON.stringify(given))
  assert.equal(given.scope, 'openid profile')
  assert.equal(given.refresh_token, undefined)
  const info = (await nobody.send('GET', '/oauth/userinfo', { headers: { authorization: `Bearer ${given.access_token}` } })).json()
  assert.deepEqual(Object.keys(info).sort(), ['name', 'sub'])
})

test('keys, databases and secrets are files of their owner alone', () => {
  const walk = at => readdirSync(at, { withFileTypes: true }).flatMap(e => e.isDirectory() ? [join(at, e.name), ...walk(join(at, e.name))] : [join(at, e.name)])
  const all = walk(house.data).filter(f => !f.endsWith('clients.yaml'))   // which the test wrote
  assert.ok(all.some(f => f.endsWith('.key.pem')) && all.some(f => f.endsWith('.db')))
  for (const file of all) assert.equal(statSync(file).mode & 0o077, 0, file)
  // And nothing is written but what docs/security/data.md says: no log of our own.
  // Chunks of documents are noise under the hash of what they are.
  const known = /\/distribution\/[ab]\/[0-9a-f]{2}\/[0-9a-f]{64}$|\/(keys|tiles|[\w-]+\.db(-wal|-shm)?|passphrase|lock|[\w.-]+\.(pem|der|crl|yaml|json))$/
  for (const file of all.filter(f => statSync(f).isFile())) assert.match(file, known)
  for (const file of all.filter(f => f.endsWith('.key.pem'))) assert.match(readFileSync(file, 'utf8'), /^-----BEGIN CMS-----/, file)
  for (const file of all.filter(f => statSync(f).isFile())) assert.doesNotMatch(readFileSync(file, 'latin1'), /BEGIN (EC |RSA )?PRIVATE KEY/, file)
})

test('no secret is in the list of processes or in the log, and none is taken on the command line', () => {
  const words = readFileSync(`/proc/${house.process.pid}/cmdline`, 'utf8')
  const around = readFileSync(`/proc/${house.process.pid}/environ`, 'utf8')
  const threads = readdirSync(`/proc/${house.process.pid}/task`).map(t => readFileSync(`/proc/${house.process.pid}/task/${t}/comm`, 'utf8')).join()
  for (const [name, text] of Object.entries({ words, around, threads, log: house.log }))
    for (const hidden of [secret, mail_password, kim.session, kim.csrf]) assert.ok(!text.includes(hidden), name)
  const madang = (...args) => {
    try {
      execFileSync(process.env.MADANG_PROGRAM, args, { cwd: root, stdio: 'pipe' })
      return { status: 0 }
    } catch (e) { return { status: e.status, err: String(e.stderr) } }
  }
  for (const url of ['postgresql://u:p@localhost/x', 'postgresql://localhost/x?user=u&password=p', 'host=h password=p']) {
    const refused = madang('doctor', '--database', url)
    assert.equal(refused.status, 2, url)
    assert.match(refused.err, /password on the command line/)
  }
  const help = execFileSync(process.env.MADANG_PROGRAM, ['--help'], { encoding: 'utf8' })
  assert.doesNotMatch(help, /--[\w-]*(pass|secret|token)/)
})

test('nothing of the repository, of other files or of lists of files is served', async () => {
  for (const path of ['/.git/HEAD', '/.git/config', '/.gitignore', '/CMakeLists.txt', '/packs/korea/pack.yaml', '/data/passphrase', '/keys', '/assets', '/assets/', '/web/', '/server-status', '/debug', '/actuator', '/.env', '/swagger-ui', '/phpinfo.php', '/backup.zip']) {
    const answer = await nobody.page(path)
    assert.ok([404, 400].includes(answer.status), `${path}: ${answer.status}`)
    assert.doesNotMatch(answer.text, /Index of|ref: refs|passphrase:/, path)
  }
})
