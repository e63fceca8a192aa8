// Rich authorization requests (RFC 9396) in the whole house: what a bank asks of a person by name, what she leaves of it, what the bank's token then
// gives, and that it ends when she stops it. The judge is openid-client, a certified relying party; expected records are read from the stores.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { House, free_port, root } from '../journeys/program.mjs'
import { Client } from './client.mjs'
import { missing, rows } from './stores.mjs'

const require = createRequire(join(root, 'web', 'package.json'))
const load = name => import(pathToFileURL(require.resolve(name)))
const secret = 'a secret of the trial'
const back = 'https://bank.example/back'
const day = days => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10)
const purpose = 'Checking who asks for a loan'
let house, oidc, jose, oh, kim, park, bank, strict, stranger, key_pair, own_token
const insecure = {}

before(async () => {
  if (missing) return
  oidc = await load('openid-client'); jose = await load('jose')
  insecure.execute = [oidc.allowInsecureRequests]
  key_pair = await jose.generateKeyPair('ES256', { extractable: true })
  const jwk = { ...await jose.exportJWK(key_pair.publicKey), kid: 'one', alg: 'ES256', use: 'sig' }
  const hash = createHash('sha256').update(secret).digest('hex')
  const client = (id, more) => `  - {id: ${id}, name: {ko: ${id}, en: ${id}}, purpose: {ko: 시험, en: Trial}, law: {ko: 법, en: Act}, redirects: [${back}], ${more}}\n`
  house = await House.open({ port: await free_port(), files: { 'clients.yaml': 'clients:\n' +
    client('hangang-bank', `proof: client_secret_basic, secret_sha256: "${hash}", scopes: [profile, offline_access, exchange], lasts: true, authorization_details_types: [mydata]`) +
    client('housing-fund', `proof: private_key_jwt, jwks: {keys: [${JSON.stringify(jwk)}]}, request_jwks: {keys: [${JSON.stringify(jwk)}]}, scopes: [profile, exchange], pushes: true, binds: true, lasts: true, authorization_details_types: [mydata]`) +
    client('bukhan-university', `proof: client_secret_basic, secret_sha256: "${hash}", scopes: [profile, exchange]`) +
    client('stranger', `proof: client_secret_basic, secret_sha256: "${hash}", scopes: [profile], authorization_details_types: [mydata]`) } })
  const configured = (id, auth) => oidc.discovery(new URL(house.url), id, undefined, auth, insecure)
  bank = await configured('hangang-bank', oidc.ClientSecretBasic(secret))
  stranger = await configured('stranger', oidc.ClientSecretBasic(secret))
  strict = await configured('housing-fund', oidc.PrivateKeyJwt({ key: key_pair.privateKey, kid: 'one' }))
  const who = name => new Client(house).sign_in(name)
  oh = await who('Oh Minseok'); kim = await who('Kim Hayun'); park = await who('Park Seojun')
  own_token = (await oidc.clientCredentialsGrant(bank)).access_token
  await agreed('hangang-bank', { register: 'persons', items: ['name', 'born'] })
  await agreed('hangang-bank', { register: 'vehicles', items: ['kind', 'first_registered'] })
})
after(() => house?.close())

async function agreed(member, what, token = own_token) {
  const made = await fetch(house.url + '/exchange/agreements', { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ purpose, law: 'Banking Act art. 34', ends: day(200), ...what }) })
  assert.equal(made.status, 201)
  const { number } = await made.json()
  assert.equal((await oh.post(`/desk/agreements/${number}`, { act: 'approve', note: '' })).status, 303)
  return number
}
const element = (more = {}) => ({ type: 'mydata', actions: ['read'], datatypes: ['persons.name', 'persons.born', 'vehicles.kind'], purpose, until: day(100), ...more })
const details = (...all) => JSON.stringify(all.length ? all : [element()])

async function asked(more = {}) {
  const verifier = oidc.randomPKCECodeVerifier()
  const checks = { pkceCodeVerifier: verifier, expectedState: oidc.randomState() }
  return { checks, parameters: { redirect_uri: back, code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', state: checks.expectedState, authorization_details: details(), ...more } }
}
// As her browser: the page, and the form with what she leaves of it.
async function answered(browser, url, change = f => f) {
  const first = await browser.page(url.pathname + url.search)
  assert.equal(first.status, 303, first.text)
  if (!first.headers.location.startsWith('/connect/')) return { at: new URL(first.headers.location) }
  const at = first.headers.location
  const { details: shown } = (await browser.get(at)).json()
  const fields = [['agree', 'yes']]
  shown.forEach((d, i) => {
    d.groups.forEach((g, j) => g.choices.forEach(c => fields.push([`items_${i}_${j}[]`, c.value])))
    fields.push([`until_${i}`, d.until])
  })
  const answer = await browser.post(at, change(fields))
  return { shown, connect: at, answer, at: answer.headers.location && new URL(answer.headers.location, house.url) }
}
async function granted(config, browser, { more, change, DPoP } = {}) {
  const { checks, parameters } = await asked(more)
  const url = await oidc.buildAuthorizationUrlWithPAR(config, parameters, { DPoP })
  const done = await answered(browser, url, change)
  assert.equal(done.answer.status, 303, done.answer.text)
  return { ...done, checks, tokens: await oidc.authorizationCodeGrant(config, done.at, checks, undefined, { DPoP }) }
}
const fetched = (token, headers = {}) => fetch(house.url + '/exchange/mydata', { headers: { authorization: `Bearer ${token}`, ...headers } })
const verified = async (jws, audience) => (await jose.jwtVerify(jws, jose.createRemoteJWKSet(new URL(house.url + '/oauth/keys')), { issuer: house.url, audience, typ: 'exchange-answer+jwt' })).payload
const refused = (promise, error) => assert.rejects(promise, e => {
  assert.equal(e.error ?? e.cause?.error, error, e.stack)
  return true
})
const key_of = name => rows(house, 'identity', `select person from account where name = '${name}'`)[0][0]
const sent_by = async browser => (await browser.get('/my/mydata')).json().sent

test('discovery and registration say what there is', { skip: missing }, async () => {
  const about = bank.serverMetadata()
  assert.deepEqual(about.authorization_details_types_supported, ['mydata'])
  assert.equal(about.request_parameter_supported, true)
  assert.ok(about.request_object_signing_alg_values_supported.includes('ES256'))
})

test('PAR, consent, token, fetch, stop: the whole way', { skip: missing }, async () => {
  const { shown, tokens } = await granted(bank, kim)
  assert.equal(shown.length, 1)
  assert.equal(shown[0].purpose, purpose)
  assert.deepEqual(shown[0].groups.map(g => [g.agency, g.choices.map(c => c.label)]), [
    ['Ministry of the Interior and Safety', ['Name', 'Born']], ['Ministry of Land, Infrastructure and Transport', ['Kind']]])
  // Section 7: what was granted stands in the answer, and in the token (section 9.1).
  assert.deepEqual(tokens.authorization_details, [element()])
  assert.equal(tokens.id_token, undefined, 'nobody asked who she is')
  const keys = jose.createRemoteJWKSet(new URL(house.url + '/oauth/keys'))
  const { payload } = await jose.jwtVerify(tokens.access_token, keys, { issuer: house.url, typ: 'at+jwt' })
  assert.deepEqual(payload.authorization_details, [element()])
  // Section 9.2.
  const seen = await oidc.tokenIntrospection(bank, tokens.access_token)
  assert.deepEqual([seen.active, seen.authorization_details], [true, [element()]])

  const got = await fetched(tokens.access_token)
  assert.deepEqual([got.status, got.headers.get('content-type')], [200, 'application/jose'])
  const told = await verified(await got.text(), 'hangang-bank')
  assert.deepEqual(told.items.map(i => i.register), ['persons', 'vehicles'])
  assert.equal(told.until, day(100))
  const [name, born] = rows(house, 'residents', `select name, born from register_persons where key = ${key_of('김하윤')}`)[0]
  assert.deepEqual([told.items[0].records[0].name, new Date(told.items[0].records[0].born) / 86400000], [name, Number(born)])
  const cars = rows(house, 'vehicles', `select kind from register_vehicles where owner = ${key_of('김하윤')} and recorded_to > 8000000000000000000`)
  assert.equal(told.items[1].records.length, cars.length)
  assert.ok(told.items[1].records.every(r => !('first_registered' in r)), 'what was not asked is not sent')
  const trail = JSON.stringify((await kim.get('/my/data')).json())
  for (const said of [/한강은행|Hangang Bank/, /Checking who asks for a loan/, /Banking Act art. 34/]) assert.match(trail, said)
  assert.equal((await fetch(house.url + '/oauth/userinfo', { headers: { authorization: `Bearer ${tokens.access_token}` } })).status, 403, 'who she is was not asked')

  // The same record as of what she sends by herself; each is stopped by itself.
  const mine = await sent_by(kim)
  assert.deepEqual(mine.map(s => [s.reg, s.state, s.until]).sort(), [['persons', 'given', day(100)], ['vehicles', 'given', day(100)]])
  assert.equal((await park.post(`/my/mydata/${mine[0].key}/stopped`)).status, 404)
  assert.equal((await kim.post(`/my/mydata/${mine.find(s => s.reg === 'vehicles').key}/stopped`)).status, 303)
  const rest = [element({ datatypes: ['persons.name', 'persons.born'] })]
  assert.deepEqual((await oidc.tokenIntrospection(bank, tokens.access_token)).authorization_details, rest)
  assert.deepEqual((await verified(await (await fetched(tokens.access_token)).text(), 'hangang-bank')).items.map(i => i.register), ['persons'])
  const next = await oidc.refreshTokenGrant(bank, tokens.refresh_token)
  assert.deepEqual(next.authorization_details, rest, 'a new token says what is left')
  assert.equal((await kim.post(`/my/mydata/${mine.find(s => s.reg === 'persons').key}/stopped`)).status, 303)
  assert.equal((await fetched(next.access_token)).status, 401)
  assert.deepEqual(await oidc.tokenIntrospection(bank, next.access_token), { active: false })
  await refused(oidc.refreshTokenGrant(bank, next.refresh_token), 'invalid_grant')
})

test('she clears items and shortens the time, and that is what is granted', { skip: missing }, async () => {
  const { tokens } = await granted(bank, kim, { change: f => f.filter(([, v]) => v !== 'persons.born' && v !== 'vehicles.kind').map(([k, v]) => [k, k === 'until_0' ? day(7) : v]) })
  const left = [element({ datatypes: ['persons.name'], until: day(7) })]
  assert.deepEqual(tokens.authorization_details, left)
  const told = await verified(await (await fetched(tokens.access_token)).text(), 'hangang-bank')
  assert.deepEqual(told.items.map(i => [i.register, Object.keys(i.records[0])]), [['persons', ['name']]])
  const [mine] = await sent_by(kim)
  assert.deepEqual([mine.items, mine.until, mine.state], ['Name', day(7), 'given'])
  // The other doors of the bank know no more than that.
  const number = rows(house, 'residents', `select resident_number from register_persons where key = ${key_of('김하윤')}`)[0][0]
  const agreement = rows(house, 'agreements', "select number from agreement where register = 'persons' and applicant = 'hangang-bank'")[0][0]
  const look = await fetch(house.url + '/exchange/look', { method: 'POST', headers: { authorization: `Bearer ${own_token}`, 'content-type': 'application/json' }, body: JSON.stringify({ agreement, number, reference: 'L-1' }) })
  assert.deepEqual(Object.keys((await verified(await look.text(), 'hangang-bank')).records[0]), ['name'])
  assert.equal((await kim.post('/my/connections/withdraw', { client: 'hangang-bank' })).status, 303)
  assert.equal((await sent_by(kim))[0].state, 'stopped', 'who is disconnected is sent nothing')
  assert.equal((await fetched(tokens.access_token)).status, 401)
})

test('a form that says more than was asked, or nothing, is not taken', { skip: missing }, async () => {
  const { parameters } = await asked()
  const url = await oidc.buildAuthorizationUrlWithPAR(bank, parameters)
  const changed = change => f => f.map(([k, v]) => [k, change(k, v)])
  const first = await answered(park, url, changed((k, v) => k === 'until_0' ? day(101) : v))
  assert.equal(first.answer.status, 422, 'a later day')
  const again = fields => park.post(first.connect, fields)
  for (const fields of [[['agree', 'yes']], [['agree', 'yes'], ['items_0_0[]', 'persons.sex'], ['until_0', day(1)]], [['agree', 'yes'], ['items_0_0[]', 'persons.name'], ['until_0', day(-1)]], [['agree', 'yes'], ['items_0_0[]', 'persons.name'], ['until_0', 'soon']], [['agree', 'yes'], ['items_0_0[]', 'persons.name']]])
    assert.equal((await again(fields)).status, 422, JSON.stringify(fields))
  assert.deepEqual(await sent_by(park), [])
  const no = await again([['agree', 'no']])
  assert.match(no.headers.location, /error=access_denied/)
  assert.deepEqual(await sent_by(park), [])
  assert.equal((await again([['agree', 'yes'], ['items_0_0[]', 'persons.name'], ['until_0', day(1)]])).status, 404, 'it is over')
})

test('a question in place of an item: the bank learns yes or no, and not the day', { skip: missing }, async () => {
  const signs = 'Whether she may sign for herself'
  await agreed('hangang-bank', { register: 'persons', items: ['?of_age'], purpose: signs })
  const wanted = element({ datatypes: ['persons.?of_age'], purpose: signs })
  const { shown, tokens } = await granted(bank, kim, { more: { authorization_details: details(wanted) } })
  assert.match(shown[0].groups[0].choices[0].label, /Is she or he 19 or older\?/)
  assert.deepEqual(tokens.authorization_details, [wanted])
  const born = Number(rows(house, 'residents', `select born from register_persons where key = ${key_of('김하윤')}`)[0][0])
  const told = await verified(await (await fetched(tokens.access_token)).text(), 'hangang-bank')
  // 19 years and a few days are a grown person of any birthday.
  assert.ok(Date.now() / 86400000 - born > 19 * 365.25 + 1)
  assert.deepEqual([told.items[0].answers, told.items[0].records ?? []], [{ of_age: true }, []])
  assert.ok(!JSON.stringify(told).includes(new Date(born * 86400000).toISOString().slice(0, 10)))
})

test('what is not of the type, of the client or of its agreements is invalid_authorization_details', { skip: missing }, async () => {
  const cases = {
    'not JSON': 'x', 'no list': JSON.stringify(element()), 'an empty list': '[]', 'no object': '[1]',
    'too many': JSON.stringify(Array(11).fill(element())), 'oversized': details(element()) + ' '.repeat(8000),
    'an unknown type': details(element({ type: 'payment_initiation' })), 'no type': details(element({ type: undefined })),
    'an unknown member': details(element({ instructedAmount: '5' })), 'a member of the RFC that the type has not': details(element({ privileges: ['admin'] })),
    'a wrong form': details(element({ datatypes: 'persons.name' })), 'an unknown action': details(element({ actions: ['write'] })),
    'another place': details(element({ locations: ['https://evil.example/'] })), 'a member missing': details(element({ purpose: undefined })),
    'no date': details(element({ until: '2026-02-30' })), 'yesterday': details(element({ until: day(-2) })), 'after the agreement': details(element({ until: day(201) })),
    'another purpose': details(element({ purpose: 'Selling insurance' })), 'an item beyond the agreement': details(element({ datatypes: ['persons.resident_number'] })),
    'a register without agreement': details(element({ datatypes: ['businesses.name'] })), 'an item without register': details(element({ datatypes: ['name'] })),
    'one good and one wrong': details(element(), element({ purpose: 'Selling insurance' }))
  }
  for (const [what, authorization_details] of Object.entries(cases)) {
    const { checks, parameters } = await asked({ authorization_details })
    await refused(oidc.buildAuthorizationUrlWithPAR(bank, parameters), 'invalid_authorization_details').catch(e => { throw new Error(what, { cause: e }) })
    const url = oidc.buildAuthorizationUrl(bank, parameters)
    if (url.search.length > 7000) continue
    const { at } = await answered(kim, url)
    assert.deepEqual([at.origin + at.pathname, at.searchParams.get('error'), at.searchParams.get('state'), at.searchParams.get('iss')], [back, 'invalid_authorization_details', checks.expectedState, house.url], what)
  }
  const { parameters } = await asked()
  await refused(oidc.buildAuthorizationUrlWithPAR(stranger, parameters), 'invalid_authorization_details')
  const unregistered = await oidc.discovery(new URL(house.url), 'bukhan-university', undefined, oidc.ClientSecretBasic(secret), insecure)
  await refused(oidc.buildAuthorizationUrlWithPAR(unregistered, parameters), 'invalid_authorization_details')
  await refused(oidc.clientCredentialsGrant(bank, { scope: 'exchange', authorization_details: details() }), 'invalid_authorization_details')
  const quiet = await answered(kim, oidc.buildAuthorizationUrl(bank, (await asked({ prompt: 'none' })).parameters))
  assert.equal(quiet.at.searchParams.get('error'), 'consent_required', 'each grant is a decision of its own')
})

test('at the token endpoint less may be asked for, and never more', { skip: missing }, async () => {
  const { checks, parameters } = await asked({ scope: 'openid offline_access' })
  const done = await answered(kim, oidc.buildAuthorizationUrl(bank, parameters))
  const grant = more => oidc.authorizationCodeGrant(bank, done.at, checks, more && { authorization_details: more })
  const less = element({ datatypes: ['persons.name'], until: day(1) })
  for (const wider of [element({ datatypes: ['persons.name', 'vehicles.first_registered'] }), element({ until: day(101) }), element({ purpose: 'Selling insurance' }), element({ type: 'other' }), { ...element(), x: 1 }])
    await refused(grant(details(wider)), 'invalid_authorization_details')
  const tokens = await grant(details(less))
  assert.deepEqual(tokens.authorization_details, [less])
  assert.ok(tokens.claims().sub, 'with openid there is an ID token besides')
  assert.deepEqual((await verified(await (await fetched(tokens.access_token)).text(), 'hangang-bank')).items.map(i => [i.register, Object.keys(i.records[0])]), [['persons', ['name']]])
  await refused(oidc.refreshTokenGrant(bank, tokens.refresh_token, { authorization_details: details(element({ until: day(101) })) }), 'invalid_authorization_details')
  // The grant is as wide as she gave it, whatever one token was narrowed to (RFC 6749 section 6, likewise).
  const whole = await oidc.refreshTokenGrant(bank, tokens.refresh_token)
  assert.deepEqual(whole.authorization_details, [element()])
  const narrow = await oidc.refreshTokenGrant(bank, whole.refresh_token, { authorization_details: details(element({ datatypes: ['vehicles.kind'] })) })
  await kim.post(`/my/mydata/${(await sent_by(kim)).find(s => s.reg === 'vehicles' && s.state === 'given').key}/stopped`)
  assert.equal((await fetched(narrow.access_token)).status, 401, 'all that this token was for is stopped')
  assert.equal((await oidc.tokenIntrospection(bank, narrow.access_token)).active, false)
  assert.equal((await fetched(whole.access_token)).status, 200, 'and the rest of the grant lives')
  assert.ok((await oidc.refreshTokenGrant(bank, narrow.refresh_token)).access_token)
})

test('bound by DPoP, in a signed request object, by key', { skip: missing }, async () => {
  const DPoP = oidc.getDPoPHandle(strict, await oidc.randomDPoPKeyPair('ES256'))
  const token = (await oidc.clientCredentialsGrant(strict, {}, { DPoP })).access_token
  const call = (path, method, body) => oidc.fetchProtectedResource(strict, token, new URL(house.url + path), method, body && JSON.stringify(body), new Headers({ 'content-type': 'application/json' }), { DPoP })
  const made = await (await call('/exchange/agreements', 'POST', { register: 'persons', items: ['name'], purpose, law: 'Housing Act art. 1', ends: day(50) })).json()
  assert.equal((await oh.post(`/desk/agreements/${made.number}`, { act: 'approve', note: '' })).status, 303)
  const { checks, parameters } = await asked({ authorization_details: details(element({ datatypes: ['persons.name'], until: day(20) })) })
  // openid-client writes them into the request object as JSON, not as text.
  const object = await oidc.buildAuthorizationUrlWithJAR(strict, parameters, { key: key_pair.privateKey, kid: 'one' })
  assert.ok(Array.isArray(jose.decodeJwt(object.searchParams.get('request')).authorization_details))
  const url = await oidc.buildAuthorizationUrlWithPAR(strict, object.searchParams, { DPoP })
  const done = await answered(park, url)
  const tokens = await oidc.authorizationCodeGrant(strict, done.at, checks, undefined, { DPoP })
  assert.equal(tokens.token_type, 'dpop')
  assert.equal((await fetched(tokens.access_token)).status, 401, 'nothing without the key')
  const thief = oidc.getDPoPHandle(strict, await oidc.randomDPoPKeyPair('ES256'))
  const get = handle => oidc.fetchProtectedResource(strict, tokens.access_token, new URL(house.url + '/exchange/mydata'), 'GET', undefined, undefined, { DPoP: handle })
  await assert.rejects(get(thief), e => e.cause.some(c => c.parameters.error === 'invalid_dpop_proof'))
  const told = await verified(await (await get(DPoP)).text(), 'housing-fund')
  assert.equal(told.items[0].records[0].name, '박서준')

  // At the authorization endpoint too, where this client may push only; and what is wrong with the object is said.
  const direct = await park.page(object.pathname + object.search)
  assert.match(direct.headers.location, /error=invalid_request(&|$)/)
  const other = await jose.generateKeyPair('ES256')
  const forged = await oidc.buildAuthorizationUrlWithJAR(strict, parameters, { key: other.privateKey, kid: 'one' })
  await refused(oidc.buildAuthorizationUrlWithPAR(strict, forged.searchParams, { DPoP }), 'invalid_request_object')
  const wrong = await oidc.buildAuthorizationUrlWithJAR(strict, { ...parameters, authorization_details: details(element({ until: day(51) })) }, { key: key_pair.privateKey, kid: 'one' })
  await refused(oidc.buildAuthorizationUrlWithPAR(strict, wrong.searchParams, { DPoP }), 'invalid_authorization_details')
  // What stands beside the object does not count (RFC 9101 section 6.3).
  const beside = new URLSearchParams(object.searchParams)
  beside.set('authorization_details', 'x')
  assert.ok(await oidc.buildAuthorizationUrlWithPAR(strict, beside, { DPoP }))
})

test('with the agreement ends what was granted under it; before and after consent', { skip: missing }, async () => {
  const { tokens } = await granted(bank, park, { change: f => f.filter(([k]) => k !== 'items_0_1[]') })
  const { parameters } = await asked()
  const open = await oidc.buildAuthorizationUrlWithPAR(bank, parameters)
  const at = (await park.page(open.pathname + open.search)).headers.location
  assert.equal((await park.get(at)).status, 200)
  const number = rows(house, 'agreements', "select number from agreement where register = 'persons' and applicant = 'hangang-bank'")[0][0]
  assert.equal((await fetched(tokens.access_token)).status, 200)
  assert.equal((await oh.post(`/desk/agreements/${number}`, { act: 'end', end_note: 'The bank was closed' })).status, 303)
  assert.equal((await fetched(tokens.access_token)).status, 401)
  assert.equal((await oidc.tokenIntrospection(bank, tokens.access_token)).active, false)
  const late = await park.post(at, [['agree', 'yes'], ['items_0_0[]', 'persons.name'], ['until_0', day(1)]])
  assert.match(late.headers.location, /error=invalid_authorization_details/)
  await refused(oidc.refreshTokenGrant(bank, tokens.refresh_token), 'invalid_grant')
})

test('a token of the program, of sign-on alone, or none fetches nothing', { skip: missing }, async () => {
  assert.equal((await fetched(own_token)).status, 403)
  assert.equal((await fetched('x.y.z')).status, 401)
  const { checks, parameters } = await asked({ scope: 'openid', authorization_details: undefined })
  delete parameters.authorization_details
  const { answer, at } = await answered(kim, oidc.buildAuthorizationUrl(bank, parameters))
  const plain = await oidc.authorizationCodeGrant(bank, at ?? new URL(answer.headers.location), checks)
  assert.equal(plain.authorization_details, undefined)
  assert.equal((await fetched(plain.access_token)).status, 403)
})
