// The mobile identity check: a telephone company as a program of its own (`madang carrier`), the house its client by OpenID Connect
// CIBA and Identity Assurance; then the company gone, slow and lying. openid-client judges the company's own answers.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { free_port, root, with_carrier } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { missing, rows } from './stores.mjs'

const require = createRequire(join(root, 'web', 'package.json'))
const load = name => import(pathToFileURL(require.resolve(name)))
const secret = randomBytes(24).toString('base64url')
const said = '{ko: 시범, en: Trial}'
const numbers = { kim: '010-0000-1001', han: '010-0000-1002', nobody: '010-0000-1999' }
const pins = { kim: '246810', han: '135791', nobody: '864209' }
let oidc, jose, house, carrier, liar, lie, other_keys

before(async () => {
  if (missing) return
  oidc = await load('openid-client')
  jose = await load('jose')
  const liar_port = await free_port()
  await a_liar(liar_port)
  const client = (id, scopes) => `  - {id: ${id}, name: ${said}, purpose: ${said}, law: ${said}, proof: client_secret_basic, ` +
    `secret_sha256: "${createHash('sha256').update(secret).digest('hex')}", asks: poll, scopes: [${scopes}]}\n`
  ;({ house, carrier } = await with_carrier({
    carrier_clients: client('bank', 'profile, birthdate, phone, verified, ci') + client('shop', 'profile, verified'),
    carriers: `  - {id: liar, name: ${said}, issuer: "http://localhost:${liar_port}", client_id: madang, client_secret: x, country_code: "82", trust_framework: kr_mobile_identity}\n` +
      // Its metadata names another issuer.
      `  - {id: elsewhere, name: ${said}, issuer: "http://localhost:${liar_port}/elsewhere", client_id: madang, client_secret: x, country_code: "82", trust_framework: kr_mobile_identity}\n`
  }))
})
after(async () => {
  await house?.close()
  await carrier?.close()
  liar?.close()
  liar?.closeAllConnections()
})

const cookie = (answer, name) => answer.headers['set-cookie']?.find(c => c.startsWith(name + '='))?.match(/=([^;]*)/)[1]
async function telephone(latin) {
  const phone = new Client(carrier)
  phone.token_page = '/sign-in'
  return phone.sign_in(latin)
}
// What a browser that keeps both cookies sees.
const look = (who, ticket) => who.get('/sign-in/phone', { cookie: `phone=${ticket}${who.session ? `; session=${who.session}` : ''}` })
const decided = (who, ticket) => until(async () => {
  const answer = await look(who, ticket)
  return answer.status === 200 ? null : answer
}, { seconds: 30, what: 'the end of waiting' })
// Confirms (or declines) on the telephone what the house shows.
async function confirm(phone, shown, pin, agree = 'yes') {
  const { requests } = await until(async () => {
    const all = (await phone.get('/my/requests')).json()
    return all.requests.some(r => r.message === shown) ? all : null
  }, { what: 'the question on the telephone' })
  return phone.post(`/my/requests/${requests.find(r => r.message === shown).request}`, { agree, pin })
}
async function linked(who, number, phone, pin) {
  const begun = await who.post('/my/phone/link', { carrier: 'carrier', number })
  assert.equal(begun.headers.location, '/sign-in/phone', begun.text)
  const ticket = cookie(begun, 'phone')
  const { binding } = (await look(who, ticket)).json()
  const pressed = await confirm(phone, binding, pin)
  assert.equal(pressed.status, 303, pressed.text)
  return decided(who, ticket)
}

test('a telephone is tied to its holder, after the same words on both and her PIN', { skip: missing }, async () => {
  const kim = await new Client(house).sign_in('Kim Hayun')
  const phone = await telephone('Kim Hayun')
  const begun = await kim.post('/my/phone/link', { carrier: 'carrier', number: numbers.kim })
  const ticket = cookie(begun, 'phone')
  const waits = (await look(kim, ticket)).json()
  assert.equal(waits.number, '+8210****1001')
  assert.match(waits.binding, /^[A-Z]{2}\d{2}$/)
  const page = await kim.send('GET', '/sign-in/phone', { headers: { accept: 'text/html', cookie: `phone=${ticket}; session=${kim.session}` } })
  assert.equal(page.headers.refresh, '5')
  const wrong = await confirm(phone, waits.binding, '000000')
  assert.deepEqual([wrong.status, wrong.json().code], [401, 'sign_in.wrong'])
  assert.equal((await confirm(phone, waits.binding, '')).status, 401)
  // Another browser has nothing of it, whoever is signed in there.
  const han = await new Client(house).sign_in('Han Yerin')
  assert.equal((await look(han, ticket)).json().code, 'phone.over')
  assert.equal((await confirm(phone, waits.binding, pins.kim)).status, 303)
  assert.equal((await decided(kim, ticket)).headers.location, '/my/sign-in')
  assert.match((await kim.page('/my/sign-in')).text, /\+8210\*\*\*\*1001/)
  const kept = rows(house, 'signon', 'select subject, number, ci_hash from phone')
  assert.equal(kept.length, 1)
  assert.match(kept[0][2], /^[0-9a-f]{64}$/, 'of the global identifier no more than a hash')
  assert.ok((await kim.get('/my/notices')).json().notices.some(n => /tied/.test(JSON.stringify(n))))
})

test('it is a second factor, and alone it lets in and raises nothing', { skip: missing }, async () => {
  const kim = await new Client(house).sign_in('Kim Hayun')
  const phone = await telephone('Kim Hayun')
  const here = async who => (await who.get('/my/sessions')).json().sessions.find(s => s.here)
  assert.equal((await kim.get('/sign-in/again?next=/my')).json().has_phone, true)
  for (const path of ['/my/phone/unlink', '/my/phone/link', '/my/sign-in/code/begin', '/my/sign-in/remove'])
    assert.equal((await kim.post(path)).json().code, 'step_up.needed', `${path}: whoever found a session open changes no locks`)
  const begun = await kim.post('/sign-in/phone/again', { next: '/my/sessions' })
  let ticket = cookie(begun, 'phone')
  await confirm(phone, (await look(kim, ticket)).json().binding, pins.kim)
  assert.equal((await decided(kim, ticket)).headers.location, '/my/sessions')
  assert.equal((await here(kim)).way, 'Telephone')
  assert.equal(rows(house, 'identity', "select acr from session_method where amr = 'pwd mca mfa'")[0][0], 'urn:madang:acr:2')

  const stranger = new Client(house)
  const asked = await stranger.post('/sign-in/phone', { carrier: 'carrier', number: '+82 10 0000 1001', next: '/my/sessions' })
  ticket = cookie(asked, 'phone')
  await confirm(phone, (await look(stranger, ticket)).json().binding, pins.kim)
  const done = await decided(stranger, ticket)
  assert.equal(done.headers.location, '/my/sessions')
  await stranger.keep(done)
  assert.equal((await here(stranger)).way, 'Telephone')
  assert.equal((await stranger.get('/sign-in/again')).json().has_phone, false, 'what let her in is no second factor')
  assert.equal((await stranger.post('/sign-in/phone/again', { next: '/' })).json().code, 'phone.none')
  // Whoever lost the rest makes a new way in, and nothing that asks for two factors opens.
  assert.equal((await stranger.post('/my/sign-in/code/begin')).headers.location, '/my/sign-in/code')
  assert.equal((await look(new Client(house), ticket)).json().code, 'phone.over', 'a proof is good once')
})

test('another’s telephone proves nothing, declining ends it, and nobody learns who has one', { skip: missing }, async () => {
  const han = await new Client(house).sign_in('Han Yerin')
  const kims = await telephone('Kim Hayun')
  const taken = await linked(han, numbers.kim, kims, pins.kim)
  assert.deepEqual([taken.status, taken.json().code], [403, 'phone.another'])
  const nobodys = await telephone('Na Geune')
  assert.equal((await linked(han, numbers.nobody, nobodys, pins.nobody)).json().code, 'phone.another')

  const begun = await han.post('/my/phone/link', { carrier: 'carrier', number: numbers.han })
  const ticket = cookie(begun, 'phone')
  const hans = await telephone('Han Yerin')
  await confirm(hans, (await look(han, ticket)).json().binding, '', 'no')
  const declined = await decided(han, ticket)
  assert.deepEqual([declined.status, declined.json().code], [403, 'phone.refused'])

  // A subscriber who is tied to nobody here hears so on her own screen only after her PIN; a number that is none waits like any other.
  const stranger = new Client(house, { from: '127.0.0.9' })
  const unknown = await stranger.post('/sign-in/phone', { carrier: 'carrier', number: '010-0000-7777' })
  assert.equal(unknown.headers.location, '/sign-in/phone')
  const in_vain = cookie(unknown, 'phone')
  assert.equal((await look(stranger, in_vain)).status, 200)
  rows(house, 'signon', "update phone_attempt set expires = 1 where auth_req_id = ''")
  assert.equal((await look(stranger, in_vain)).json().code, 'phone.over')
  for (const number of ['', '12', 'abc', '010-0000-1001x', '+' + '1'.repeat(20)])
    assert.equal((await stranger.post('/sign-in/phone', { carrier: 'carrier', number })).json().code, 'phone.number', number)
  assert.equal((await stranger.post('/sign-in/phone', { carrier: 'none', number: numbers.han })).json().code, 'outside.unknown')
})

test('the company says who verified what and how, under a name that each client has for itself', { skip: missing }, async () => {
  const phone = await telephone('Han Yerin')
  const proved = async (id, scope) => {
    const config = await oidc.discovery(new URL(carrier.url), id, undefined, oidc.ClientSecretBasic(secret), { execute: [oidc.allowInsecureRequests] })
    const begun = await oidc.initiateBackchannelAuthentication(config, { scope, login_hint: 'tel:+821000001002', binding_message: id })
    const tokens = oidc.pollBackchannelAuthenticationGrant(config, begun)
    await confirm(phone, id, pins.han)
    const got = await tokens
    assert.ok(got.claims().amr.includes('pin'), 'what she has just shown')
    return oidc.fetchUserInfo(config, got.access_token, got.claims().sub)
  }
  const [bank, shop] = [await proved('bank', 'openid verified phone ci'), await proved('shop', 'openid verified phone ci')]
  assert.notEqual(bank.sub, shop.sub, 'pairwise: the DI')
  assert.equal(bank.verified_claims.verification.trust_framework, 'kr_mobile_identity')
  assert.equal(bank.verified_claims.verification.evidence[0].type, 'electronic_record')
  assert.ok(Date.parse(bank.verified_claims.verification.time))
  const { ci, ...rest } = bank.verified_claims.claims
  assert.deepEqual(rest, { name: '한예린', birthdate: '1979-05-17', phone_number: '+821000001002' })
  assert.ok(ci.length >= 40)
  assert.deepEqual(shop.verified_claims.claims, { name: '한예린', birthdate: '1979-05-17' }, 'neither CI nor number without the right')
})

test('a newcomer comes in by the company as another provider, for petitions', { skip: missing }, async () => {
  const begun = await new Client(house).page('/sign-in/outside/carrier?next=%2Fepeople%2Fmine')
  const to = new URL(begun.headers.location)
  assert.equal(to.origin, carrier.url)
  const phone = await telephone('Lee Dohyun')
  const asked = await phone.page(to.pathname + to.search)
  const answered = await phone.send('POST', asked.headers.location, {
    headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', origin: carrier.url },
    body: new URLSearchParams({ _csrf: phone.csrf, agree: 'yes' }).toString()
  })
  const back = new URL(answered.headers.location)
  assert.equal(back.origin, house.url)
  const arrived = await new Client(house).get(back.pathname + back.search, { cookie: `outside=${cookie(begun, 'outside')}` })
  assert.equal(arrived.headers.location, '/epeople/mine', arrived.text)
  const who = new Client(house)
  await who.keep(arrived)
  assert.equal((await who.get('/epeople/mine')).status, 200)
  assert.equal((await who.get('/my/data')).json().code, 'outside.not_enough')
  assert.equal((await who.post('/my/phone/link', { carrier: 'carrier', number: numbers.nobody })).json().code, 'outside.not_enough')
})

test('what a liar says is not believed', { skip: missing }, async () => {
  const kim = await new Client(house).sign_in('Kim Hayun')
  rows(house, 'signon', 'delete from phone')
  const attempt = async change => {
    lie = change
    const begun = await kim.post('/my/phone/link', { carrier: 'liar', number: numbers.kim })
    assert.equal(begun.headers.location, '/sign-in/phone', begun.text)
    const answer = await decided(kim, cookie(begun, 'phone'))
    return answer.status === 303 ? 'in' : `${answer.json().code} ${answer.json().field ?? ''}`.trim()
  }
  assert.equal(await attempt({}), 'in', 'it can be honest')
  rows(house, 'signon', 'delete from phone')
  const seconds = Math.floor(Date.now() / 1000)
  for (const [change, expected] of [
    [{ claims: { phone_number: '+821000001002' } }, 'phone.proof phone_number'],
    [{ claims: { name: undefined } }, 'phone.proof name'],
    [{ claims: { birthdate: 'yesterday' } }, 'phone.proof birthdate'],
    [{ claims: { ci: undefined } }, 'phone.proof ci'],
    [{ claims: { name: '김아무' } }, 'phone.another'],
    [{ framework: 'other' }, 'phone.proof trust_framework'],
    [{ about: { sub: 'somebody else' } }, 'phone.proof sub'],
    [{ token: { aud: 'other' } }, 'outside.token jwt.audience'],
    [{ token: { iss: 'https://other.example' } }, 'outside.token jwt.issuer'],
    [{ token: { exp: seconds - 3600 } }, 'outside.token jwt.expired'],
    [{ forged: true }, 'outside.token signature'],
    [{ raw: 'x.y.z' }, 'outside.token id_token'],
    [{ grant: [403, { error: 'access_denied' }] }, 'phone.refused'],
    [{ grant: [400, { error: 'expired_token' }] }, 'phone.over'],
    [{ grant: [400, { error: 'nonsense' }] }, 'phone.over']
  ]) assert.equal(await attempt(change), expected, JSON.stringify(change))

  assert.equal((await kim.post('/my/phone/link', { carrier: 'elsewhere', number: numbers.kim })).json().code, 'outside.unreachable')

  // Rubbish and failures are waited out.
  lie = { grant: [500, 'x'] }
  const begun = await kim.post('/my/phone/link', { carrier: 'liar', number: numbers.kim })
  const ticket = cookie(begun, 'phone')
  await until(async () => {
    assert.equal((await look(kim, ticket)).status, 200)
    return lie.asked > 1
  }, { what: 'asking again', seconds: 20 })
  lie = { begin: [200, { auth_req_id: '' }] }
  assert.equal((await kim.post('/my/phone/link', { carrier: 'liar', number: numbers.kim })).json().code, 'outside.unreachable')
  lie = { begin: [403, { error: 'access_denied' }] }
  assert.equal((await kim.post('/my/phone/link', { carrier: 'liar', number: numbers.kim })).json().code, 'phone.too_many')
})

test('a company that is gone or slow keeps nobody out of the rest', { skip: missing }, async () => {
  rows(carrier, 'signon', 'delete from decoupled')    // nobody is asked more than five times in ten minutes
  const kim = await new Client(house).sign_in('Kim Hayun')
  const begun = await kim.post('/my/phone/link', { carrier: 'carrier', number: numbers.kim })
  const ticket = cookie(begun, 'phone')
  await carrier.kill()
  assert.equal((await kim.post('/my/phone/link', { carrier: 'carrier', number: numbers.kim })).json().code, 'outside.unreachable')
  await until(async () => {
    assert.equal((await look(kim, ticket)).status, 200, 'it may come back')
    return Number(rows(house, 'signon', "select polled from phone_attempt where carrier = 'carrier' order by polled desc limit 1")[0][0]) > 0
  })
  assert.equal((await kim.get('/my')).status, 200)
  await carrier.start()
  const phone = await telephone('Kim Hayun')
  const { binding } = (await look(kim, ticket)).json()
  await confirm(phone, binding, pins.kim)
  assert.equal((await decided(kim, ticket)).headers.location, '/my/sign-in')
})

// A telephone company whose word may be anything: `lie` says how it differs from an honest one.
async function a_liar(port) {
  const issuer = `http://localhost:${port}`
  other_keys = await jose.generateKeyPair('ES256')
  const keys = await jose.generateKeyPair('ES256')
  const jwk = { ...await jose.exportJWK(keys.publicKey), kid: 'one', alg: 'ES256', use: 'sig' }
  liar = createServer(async (asked, answer) => {
    const give = (status, body) => {
      answer.statusCode = status
      answer.setHeader('content-type', 'application/json')
      answer.end(typeof body === 'string' ? body : JSON.stringify(body))
    }
    if (asked.url.endsWith('/.well-known/openid-configuration'))
      return give(200, { issuer, authorization_endpoint: issuer + '/a', token_endpoint: issuer + '/token', jwks_uri: issuer + '/keys', userinfo_endpoint: issuer + '/about', backchannel_authentication_endpoint: issuer + '/ask' })
    if (asked.url === '/keys') return give(200, { keys: [jwk] })
    if (asked.url === '/ask') return give(...lie.begin ?? [200, { auth_req_id: 'r', expires_in: 100, interval: 1 }])
    if (asked.url === '/token') {
      lie.asked = (lie.asked ?? 0) + 1
      if (lie.grant) return give(...lie.grant)
      const at = Math.floor(Date.now() / 1000)
      const token = await new jose.SignJWT({ iss: issuer, aud: 'madang', sub: 'kim', iat: at, exp: at + 60, ...lie.token })
        .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'JWT' }).sign(lie.forged ? other_keys.privateKey : keys.privateKey)
      return give(200, { access_token: 'opaque', token_type: 'Bearer', id_token: lie.raw ?? token })
    }
    give(200, {
      sub: 'kim', ...lie.about,
      verified_claims: { verification: { trust_framework: lie.framework ?? 'kr_mobile_identity' }, claims: { name: '김하윤', birthdate: '1988-04-12', phone_number: '+821000001001', ci: 'c'.repeat(44), ...lie.claims } }
    })
  })
  await new Promise(done => liar.listen(port, '127.0.0.1', done))
}
