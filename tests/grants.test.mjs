// Whoever is asked does not sit at the client: the device grant (RFC 8628) and OpenID Connect CIBA Core 1.0, with openid-client (a
// certified relying party) on the other side; and the frames by which a browser tells others that its session is over
// (Front-Channel Logout 1.0). Expected errors are the words of those standards.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { House, free_port, root } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { missing, rows } from './stores.mjs'

const require = createRequire(join(root, 'web', 'package.json'))
const load = name => import(pathToFileURL(require.resolve(name)))
const secret = randomBytes(24).toString('base64url')
const sha256 = text => createHash('sha256').update(text).digest('hex')
const said = '{ko: 시범, en: Trial}'
let oidc, jose, house, listener, pinged, pushed, signer, kim, han, lee

before(async () => {
  if (missing) return
  oidc = await load('openid-client')
  jose = await load('jose')
  signer = await jose.generateKeyPair('ES256')
  const jwk = JSON.stringify({ ...await jose.exportJWK(signer.publicKey), kid: 'one', alg: 'ES256', use: 'sig' })
  pinged = []
  pushed = []
  listener = createServer((asked, answer) => {
    let body = ''
    asked.on('data', d => { body += d })
    asked.on('end', () => {
      if (asked.url === '/push') {
        answer.statusCode = pushed.push({ body: JSON.parse(body), authorization: asked.headers.authorization }) === 1 ? 500 : 204
        return answer.end()
      }
      // The first time it fails: it must come again.
      answer.statusCode = pinged.push({ body: JSON.parse(body), authorization: asked.headers.authorization }) === 1 ? 500 : 204
      answer.end()
    })
  })
  await new Promise(done => listener.listen(0, '127.0.0.1', done))
  const at = `http://127.0.0.1:${listener.address().port}`
  const proof = `proof: client_secret_basic, secret_sha256: "${sha256(secret)}"`
  const client = (id, more) => `  - {id: ${id}, name: ${said}, purpose: ${said}, law: ${said}, ${more}}\n`
  house = await House.open({
    port: await free_port(),
    files: {
      'clients.yaml': 'clients:\n' +
        client('television', 'devices: true, scopes: [profile], lasts: true') +
        client('kiosk', 'devices: true, scopes: [profile]') +
        client('bank', `${proof}, asks: poll, scopes: [profile], lasts: true`) +
        client('clinic', `${proof}, asks: "${at}/ping", scopes: [profile, birthdate]`) +
        client('hospital', `${proof}, asks: "${at}/push", asks_push: true, scopes: [profile], lasts: true, request_jwks: {keys: [${jwk}]}, signs: true`) +
        client('library', `${proof}, redirects: ["http://127.0.0.1/back"], front_channel: "http://127.0.0.1/out?from=house", scopes: [profile]`) +
        client('insurer', `${proof}, redirects: ["http://127.0.0.1/insurer"], scopes: [profile, verified]`)
    }
  })
  kim = await new Client(house).sign_in('Kim Hayun')
  han = await new Client(house).sign_in('Han Yerin')
  lee = await new Client(house).sign_in('Lee Dohyun')
})
after(async () => {
  await house?.close()
  listener?.close()
})

const configured = (id, auth) => oidc.discovery(new URL(house.url), id, undefined, auth, { execute: [oidc.allowInsecureRequests] })
const television = () => configured('television', oidc.None())
const confidential = id => configured(id, oidc.ClientSecretBasic(secret))
const basic = id => ({ authorization: 'Basic ' + Buffer.from(`${id}:${secret}`).toString('base64') })
async function post(path, fields, headers = {}) {
  const answer = await fetch(house.url + path, { method: 'POST', headers, body: new URLSearchParams(fields) })
  return { status: answer.status, body: await answer.json() }
}
const device_grant = 'urn:ietf:params:oauth:grant-type:device_code', ciba_grant = 'urn:openid:params:grant-type:ciba'
const poll_device = (device_code, client_id = 'television') => post('/oauth/token', { grant_type: device_grant, device_code, client_id })
const poll_ciba = (auth_req_id, id = 'bank') => post('/oauth/token', { grant_type: ciba_grant, auth_req_id }, basic(id))
const refused = (answer, status, error) => assert.deepEqual([answer.status, answer.body.error], [status, error])
// The requests and codes of a test before must not count for the next.
const forget = () => rows(house, 'signon', 'delete from decoupled')

test('a device is connected by a code that somebody types elsewhere', { skip: missing }, async () => {
  const config = await television()
  const begun = await oidc.initiateDeviceAuthorization(config, { scope: 'openid profile' })
  assert.match(begun.user_code, /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
  assert.equal(begun.verification_uri, `${house.url}/device`)
  const tokens = oidc.pollDeviceAuthorizationGrant(config, begun)

  const path = new URL(begun.verification_uri_complete).pathname + new URL(begun.verification_uri_complete).search
  const stranger = await new Client(house).page(path)
  assert.equal(stranger.headers.location, `/sign-in?next=${encodeURIComponent(`/device?user_code=${begun.user_code}`)}`)
  const shown = await kim.page(path)
  assert.equal(shown.status, 200)
  assert.ok(shown.text.includes(begun.user_code), 'to compare with the device')
  assert.match(shown.text, /If somebody sent you the code/)
  // As people type it.
  const typed = begun.user_code.toLowerCase().replace('-', ' ')
  assert.equal((await kim.get(`/device?user_code=${encodeURIComponent(typed)}`)).json().client, 'television')
  assert.equal((await kim.post('/device', { user_code: typed, agree: 'yes' })).headers.location, '/device/done')
  assert.equal((await kim.get(`/device?user_code=${begun.user_code}`)).status, 404, 'a code is used once')

  const got = await tokens
  const claims = got.claims()
  assert.equal(claims.aud, 'television')
  assert.equal((await oidc.fetchUserInfo(config, got.access_token, claims.sub)).name, '김하윤')
  assert.ok((await kim.get('/my/connections')).json().connections.some(c => c.client === 'television'))

  // It does not end with the session of the telephone, but with the consent.
  const phone = await new Client(house).sign_in('Kim Hayun')
  await phone.post('/my/sessions/end-others')
  const next = await oidc.refreshTokenGrant(config, got.refresh_token)
  assert.equal((await kim.send('GET', '/my/connections')).status, 303, 'that session is over')
  await phone.post('/my/connections/withdraw', { client: 'television' })
  await assert.rejects(oidc.refreshTokenGrant(config, next.refresh_token), e => e.error === 'invalid_grant')
  kim = phone
})

test('a device that asks too often is slowed, and what is declined, over or another’s gives nothing', { skip: missing }, async () => {
  const begin = async (client_id = 'television') => (await post('/oauth/device_authorization', { client_id, scope: 'openid' })).body
  const one = await begin()
  assert.equal(one.interval, 5)
  refused(await poll_device(one.device_code), 400, 'authorization_pending')
  refused(await poll_device(one.device_code), 400, 'slow_down')
  refused(await poll_device(one.device_code, 'kiosk'), 400, 'invalid_grant')
  refused(await poll_device('no such'), 400, 'invalid_grant')
  refused(await post('/oauth/token', { grant_type: ciba_grant, auth_req_id: one.device_code }, basic('bank')), 400, 'invalid_grant')
  assert.equal((await kim.post('/device', { user_code: one.user_code, agree: 'no' })).headers.location, '/device/declined')
  refused(await poll_device(one.device_code), 400, 'access_denied')

  const late = await begin()
  rows(house, 'signon', `update decoupled set expires = 1 where hash = '${sha256(late.device_code)}'`)
  refused(await poll_device(late.device_code), 400, 'expired_token')
  assert.equal((await kim.get(`/device?user_code=${late.user_code}`)).status, 404)

  // A second taking ends what the first got (as RFC 9700 has it for codes).
  const twice = await begin()
  await kim.post('/device', { user_code: twice.user_code, agree: 'yes' })
  const first = await poll_device(twice.device_code)
  assert.equal(first.status, 200)
  refused(await poll_device(twice.device_code), 400, 'invalid_grant')
  refused(await post('/oauth/token', { grant_type: 'refresh_token', client_id: 'television', refresh_token: first.body.refresh_token }), 400, 'invalid_grant')

  refused(await post('/oauth/device_authorization', { client_id: 'nobody', scope: 'openid' }), 401, 'invalid_client')
  refused(await post('/oauth/device_authorization', { scope: 'openid' }, basic('bank')), 400, 'unauthorized_client')
  refused(await post('/oauth/device_authorization', { client_id: 'television', scope: 'profile' }), 400, 'invalid_scope')
  const strong = await post('/oauth/device_authorization', { client_id: 'television', scope: 'openid', acr_values: 'urn:madang:acr:2' })
  assert.match((await kim.page(`/device?user_code=${strong.body.user_code}`)).headers.location, /^\/sign-in\/again\?next=/)
  const held = await kim.post('/device', { user_code: strong.body.user_code, agree: 'yes' })
  assert.deepEqual([held.status, held.json().code], [401, 'step_up.needed'])
  forget()
})

// CIBA Core 1.0 sections 7.1.1, 10.3 and 12.
test('a client that signs what it asks is pushed its tokens, or told why there are none', { skip: missing }, async () => {
  const notification = randomBytes(24).toString('base64url')
  const at = Math.floor(Date.now() / 1000)
  const asked = (more = {}, by = signer.privateKey) => new jose.SignJWT({ iss: 'hospital', aud: house.url, iat: at, nbf: at, exp: at + 300, jti: randomBytes(12).toString('hex'), scope: 'openid profile', login_hint: 'kim', binding_message: 'ward 3', client_notification_token: notification, ...more })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(by)
  const send = (request, more = {}) => post('/oauth/backchannel', { request, ...more }, basic('hospital'))
  refused(await post('/oauth/backchannel', { scope: 'openid', login_hint: 'kim', client_notification_token: notification }, basic('hospital')), 400, 'invalid_request')
  refused(await send(await asked({}, (await jose.generateKeyPair('ES256')).privateKey)), 400, 'invalid_request')
  refused(await send(await asked({ iss: 'bank' })), 400, 'invalid_request')
  refused(await send(await asked({ aud: 'https://elsewhere.example' })), 400, 'invalid_request')
  refused(await send(await asked({ exp: at - 120 })), 400, 'invalid_request')
  refused(await send(await asked({ exp: at + 7200 })), 400, 'invalid_request')
  refused(await send(await asked({ jti: undefined })), 400, 'invalid_request')
  refused(await send('x.y.z'), 400, 'invalid_request')

  const request = await asked()
  const begun = await send(request, { login_hint: 'han', binding_message: 'what stands outside does not count' })
  assert.equal(begun.status, 200, JSON.stringify(begun.body))
  assert.equal(begun.body.interval, undefined, 'there is nothing to poll')
  refused(await send(request), 400, 'invalid_request')
  refused(await poll_ciba(begun.body.auth_req_id, 'hospital'), 400, 'unauthorized_client')
  const waits = (await kim.get('/my/requests')).json().requests
  assert.equal((await kim.post(`/my/requests/${waits[0].request}`, { agree: 'yes' })).status, 303)
  await until(() => pushed.length > 1, { seconds: 25, what: 'the push after one that failed' })
  assert.equal(pushed[1].authorization, `Bearer ${notification}`)
  const got = pushed[1].body
  assert.equal(got.auth_req_id, begun.body.auth_req_id)
  const { payload } = await jose.jwtVerify(got.id_token, jose.createRemoteJWKSet(new URL(house.url + '/oauth/keys')), { issuer: house.url, audience: 'hospital' })
  const half = token => createHash('sha256').update(token).digest().subarray(0, 16).toString('base64url')
  assert.equal(payload['urn:openid:params:jwt:claim:auth_req_id'], begun.body.auth_req_id)
  assert.equal(payload.at_hash, half(got.access_token))
  assert.equal(payload['urn:openid:params:jwt:claim:rt_hash'], half(got.refresh_token))
  const config = await confidential('hospital')
  assert.equal((await oidc.fetchUserInfo(config, got.access_token, payload.sub)).name, '김하윤')
  await assert.rejects(oidc.refreshTokenGrant(config, pushed[0].body.refresh_token), 'those that were not taken are none')
  assert.ok((await oidc.refreshTokenGrant(config, got.refresh_token)).access_token)

  const declined = await send(await asked())
  const again = (await kim.get('/my/requests')).json().requests[0]
  assert.equal((await kim.post(`/my/requests/${again.request}`, { agree: 'no' })).status, 303)
  await until(() => pushed.length > 2, { seconds: 25, what: 'the push of the refusal' })
  assert.deepEqual(pushed[2].body, { auth_req_id: declined.body.auth_req_id, error: 'access_denied' })
  const about = await (await fetch(house.url + '/.well-known/openid-configuration')).json()
  assert.deepEqual(about.backchannel_token_delivery_modes_supported, ['poll', 'ping', 'push'])
  assert.ok(about.backchannel_authentication_request_signing_alg_values_supported.includes('ES256'))
  forget()
})

test('codes cannot be tried out', { skip: missing }, async () => {
  const guesser = await new Client(house, { from: '127.0.0.77' }).sign_in('Han Yerin')
  let status = 404
  for (let i = 0; i < 40 && status === 404; ++i) status = (await guesser.get('/device?user_code=BBBB-BBBB')).status
  assert.equal(status, 429)
})

test('a service that knows who it deals with asks her, and she answers on her own page', { skip: missing }, async () => {
  const config = await confidential('bank')
  const begun = await oidc.initiateBackchannelAuthentication(config, { scope: 'openid profile', login_hint: login_of('Kim Hayun'), binding_message: '은행 3번 창구 W4SCT' })
  const tokens = oidc.pollBackchannelAuthenticationGrant(config, begun)
  const notice = (await kim.get('/my/notices')).json().notices.find(n => n.link.startsWith('/my/requests/'))
  assert.ok(notice, 'it lies in her message box')
  assert.match((await kim.page('/my/requests')).text, /W4SCT/)
  assert.match((await kim.page(notice.link)).text, /W4SCT/)
  assert.equal((await han.get(notice.link)).status, 404, 'nobody else’s')
  assert.equal((await han.post(notice.link, { agree: 'yes' })).status, 404)
  assert.equal((await kim.post(notice.link, { agree: 'perhaps' })).status, 422)
  assert.equal((await kim.post(notice.link, { agree: 'yes' })).headers.location, '/my/requests')
  assert.equal((await kim.post(notice.link, { agree: 'no' })).status, 404, 'decided once')
  const got = await tokens
  assert.equal((await oidc.fetchUserInfo(config, got.access_token, got.claims().sub)).name, '김하윤')

  // The next time the client names her by what it got.
  const again = await oidc.initiateBackchannelAuthentication(config, { scope: 'openid', id_token_hint: got.id_token })
  const { requests } = (await kim.get('/my/requests')).json()
  assert.equal(requests.length, 1)
  await kim.post(`/my/requests/${requests[0].request}`, { agree: 'no' })
  refused(await poll_ciba(again.auth_req_id), 400, 'access_denied')
  // audit::action: 5 is refused.
  assert.equal(rows(house, 'signon', "select 1 from audit_entry where what = 5 and record_of = 'sign_on' and record = 'bank'").length, 1)
  forget()
})

test('a client that is pinged hears that there is something to fetch, again when it was deaf', { skip: missing }, async () => {
  const token = randomBytes(12).toString('base64url')
  const ask = more => post('/oauth/backchannel', { scope: 'openid birthdate', login_hint: login_of('Han Yerin'), client_notification_token: token, ...more }, basic('clinic'))
  refused(await ask({ client_notification_token: '' }), 400, 'invalid_request')
  refused(await ask({ client_notification_token: 'a b\r\nX: y' }), 400, 'invalid_request')
  const begun = (await ask()).body
  const { requests } = (await han.get('/my/requests')).json()
  assert.equal(pinged.length, 0, 'nobody has decided')
  await han.post(`/my/requests/${requests[0].request}`, { agree: 'yes' })
  await until(() => pinged.length >= 2, { seconds: 30, what: 'the second ping' })
  assert.deepEqual(pinged[1], { body: { auth_req_id: begun.auth_req_id }, authorization: `Bearer ${token}` })
  const got = await poll_ciba(begun.auth_req_id, 'clinic')
  assert.equal(got.status, 200)
  assert.equal(got.body.refresh_token, undefined)
  forget()
})

test('what is asked wrongly is refused in the words of CIBA, and nobody is worn out by asking', { skip: missing }, async () => {
  const hint = login_of('Lee Dohyun')
  const ask = (fields, headers = basic('bank')) => post('/oauth/backchannel', { scope: 'openid', login_hint: hint, ...fields }, headers)
  refused(await ask({}, {}), 401, 'invalid_client')
  refused(await post('/oauth/backchannel', { client_id: 'television', scope: 'openid', login_hint: hint }), 400, 'unauthorized_client')
  refused(await ask({ login_hint: 'nobody.at.all' }), 400, 'unknown_user_id')
  refused(await ask({ login_hint: '' }), 400, 'invalid_request')
  refused(await ask({ id_token_hint: 'x.y.z' }), 400, 'invalid_request')
  refused(await ask({ login_hint: '', id_token_hint: 'x.y.z' }), 400, 'unknown_user_id')
  refused(await ask({ login_hint_token: 'x' }), 400, 'invalid_request')
  refused(await ask({ scope: 'profile' }), 400, 'invalid_scope')
  refused(await ask({ binding_message: 'x'.repeat(101) }), 400, 'invalid_binding_message')
  refused(await ask({ binding_message: 'two\nlines' }), 400, 'invalid_binding_message')
  refused(await ask({ requested_expiry: '0' }), 400, 'invalid_request')
  refused(await ask({ requested_expiry: '1e3' }), 400, 'invalid_request')
  refused(await ask({ request: 'x.y.z' }), 400, 'invalid_request')
  const short = await ask({ requested_expiry: '30' })
  assert.equal(short.body.expires_in, 30)
  refused(await poll_ciba(short.body.auth_req_id, 'clinic'), 400, 'invalid_grant')
  assert.equal((await ask({})).status, 200)
  assert.equal((await ask({})).status, 200)
  refused(await ask({}), 403, 'access_denied')
  assert.equal((await lee.get('/my/requests')).json().requests.length, 3)
  for (const { request } of (await lee.get('/my/requests')).json().requests) await lee.post(`/my/requests/${request}`, { agree: 'no' })
  assert.equal((await ask({})).status, 200)
  assert.equal((await ask({})).status, 200)
  refused(await ask({}), 403, 'access_denied')
  forget()
})

test('after sign-out a page tells the sites that shared the browser, and its policy lets in nobody else', { skip: missing }, async () => {
  const config = await confidential('library')
  const verifier = oidc.randomPKCECodeVerifier()
  const url = oidc.buildAuthorizationUrl(config, { redirect_uri: 'http://127.0.0.1/back', scope: 'openid', code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' })
  const connect = (await lee.page(url.pathname + url.search)).headers.location
  const back = (await lee.post(connect, { agree: 'yes' }, { accept: 'text/html' })).headers.location
  const tokens = await oidc.authorizationCodeGrant(config, new URL(back), { pkceCodeVerifier: verifier })
  assert.equal((await new Client(house).get('/.well-known/openid-configuration')).json().frontchannel_logout_session_supported, true)

  const out = await lee.post('/sign-out')
  assert.match(out.headers.location, /^\/signed-out\/[\w-]+$/)
  const page = await new Client(house).page(out.headers.location)
  const frame = new URL(page.text.match(/<iframe[^>]* src="([^"]+)"/)[1].replaceAll('&amp;', '&'))
  assert.equal(frame.origin + frame.pathname, 'http://127.0.0.1/out')
  assert.deepEqual([...frame.searchParams], [['from', 'house'], ['iss', house.url], ['sid', tokens.claims().sid]])
  assert.match(page.headers['content-security-policy'], /; frame-src http:\/\/127\.0\.0\.1$/)
  assert.doesNotMatch((await kim.page('/my')).headers['content-security-policy'], /frame-src/)
  assert.equal((await kim.page('/signed-out/none')).headers.location, '/')
  await until(async () => (await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub).catch(() => null)) === null, { what: 'the end of its tokens' })
  const nobody_told = await new Client(house).sign_in('Han Yerin')
  assert.equal((await nobody_told.post('/sign-out')).headers.location, '/')
})

test('what is verified is asked for one by one, told before she agrees, and left out where it is not as asked', { skip: missing }, async () => {
  const config = await confidential('insurer')
  const about = config.serverMetadata()
  assert.equal(about.verified_claims_supported, true)
  assert.deepEqual(about.trust_frameworks_supported, ['kr_resident_registration'])
  const asked = async claims => {
    const verifier = oidc.randomPKCECodeVerifier()
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: 'http://127.0.0.1/insurer', scope: 'openid', prompt: 'consent', claims: typeof claims === 'string' ? claims : JSON.stringify({ userinfo: { verified_claims: claims } }),
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256'
    })
    return { verifier, answer: await kim.page(url.pathname + url.search) }
  }
  const told = async claims => {
    const { verifier, answer } = await asked(claims)
    const consent = await kim.page(answer.headers.location)
    const back = (await kim.post(answer.headers.location, { agree: 'yes' }, { accept: 'text/html' })).headers.location
    const tokens = await oidc.authorizationCodeGrant(config, new URL(back), { pkceCodeVerifier: verifier })
    return { consent: consent.text, claims: (await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub)).verified_claims }
  }
  const one = await told({ verification: { trust_framework: null }, claims: { name: null } })
  assert.deepEqual(one.claims, { verification: { trust_framework: 'kr_resident_registration' }, claims: { name: '김하윤' } })
  assert.match(one.consent, /Against the resident register/)
  assert.doesNotMatch(one.consent, /Date of birth/)
  const evidence = await told({ verification: { trust_framework: { values: ['kr_resident_registration', 'eidas'] }, time: { max_age: 60 }, evidence: [{ type: { value: 'electronic_record' }, record: { type: null } }] }, claims: { birthdate: { essential: true }, ci: null } })
  assert.deepEqual(evidence.claims.claims, { birthdate: '1988-04-12' }, 'the house has no CI')
  assert.deepEqual(evidence.claims.verification.evidence, [{ type: 'electronic_record', record: { type: 'population_register' } }])
  assert.match(evidence.consent, /Date of birth/)
  assert.equal((await told({ verification: { trust_framework: { value: 'eidas' } }, claims: { name: null } })).claims, undefined)
  assert.ok(Array.isArray((await told([{ verification: { trust_framework: null }, claims: { name: null } }])).claims))
  for (const claims of ['x', '{"userinfo": {"verified_claims": {}}}'])
    assert.match((await asked(claims)).answer.headers.location, /error=invalid_request/)
})

function login_of(latin) {
  return rows(house, 'identity', `select login from account where latin = '${latin}'`)[0][0]
}
