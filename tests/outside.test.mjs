// Signing in by the word of another provider: npm's oidc-provider (certified) is the other side of the whole way; a forger with
// good manners and bad tokens is the other side of the rest (OpenID Connect Core section 3.1.3.7, RFC 9207, RFC 9700 section 4.4).
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { House, free_port, root } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { missing } from './stores.mjs'

const require = createRequire(join(root, 'web', 'package.json'))
const load = name => import(pathToFileURL(require.resolve(name)))
let jose, house, judge, forger, keys
const forged = { claims: {}, header: {}, key: undefined, discovery: {} }

async function a_judge(port, back) {
  const { default: Provider } = await load('oidc-provider')
  const provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [{ client_id: 'madang', client_secret: 'a secret of the trial', redirect_uris: [back] }],
    cookies: { keys: ['of the trial'] },
    claims: { openid: ['sub'], profile: ['name'] },
    conformIdTokenClaims: false,
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, name: `Visitor ${sub}` }) })
  })
  provider.on('server_error', (_, e) => console.error(e))
  const server = createServer(provider.callback())
  await new Promise(done => server.listen(port, '127.0.0.1', done))
  return server
}

// A provider that signs what it is told to.
async function a_forger(port) {
  const issuer = `http://127.0.0.1:${port}`
  const server = createServer(async (asked, answer) => {
    const say = body => { answer.setHeader('content-type', 'application/json'); answer.end(JSON.stringify(body)) }
    if (asked.url === '/.well-known/openid-configuration')
      return say({ issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys`, authorization_response_iss_parameter_supported: true, ...forged.discovery })
    if (asked.url === '/keys') return say({ keys: [{ kty: 'oct', k: 'AAAA' }, { ...await jose.exportJWK(keys.publicKey), kid: 'one', alg: 'ES256', use: 'sig' }] })
    if (forged.raw !== undefined) return say({ id_token: forged.raw, access_token: 'x', token_type: 'Bearer' })
    const seconds = Math.floor(Date.now() / 1000)
    const claims = { iss: issuer, sub: 'one', aud: 'madang', iat: seconds, exp: seconds + 300, nonce: forged.nonce, ...forged.claims }
    for (const name of Object.keys(claims)) if (claims[name] === null) delete claims[name]
    say({ id_token: await new jose.SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'one', ...forged.header }).sign(forged.key ?? keys.privateKey), access_token: 'x', token_type: 'Bearer' })
  })
  await new Promise(done => server.listen(port, '127.0.0.1', done))
  return server
}

before(async () => {
  if (missing) return
  jose = await load('jose')
  keys = await jose.generateKeyPair('ES256', { extractable: true })
  const [port, judge_port, forger_port] = [await free_port(), await free_port(), await free_port()]
  judge = await a_judge(judge_port, `http://localhost:${port}/sign-in/outside-back`)
  forger = await a_forger(forger_port)
  house = await House.open({
    port,
    files: {
      'providers.yaml': `providers:
  - {id: judge, name: {ko: 다른 나라 로그인, en: Another country}, issuer: "http://127.0.0.1:${judge_port}", client_id: madang, client_secret: a secret of the trial}
  - {id: forger, name: {ko: 위조, en: Forger}, issuer: "http://127.0.0.1:${forger_port}", client_id: madang, client_secret: x}
  - {id: nowhere, name: {ko: 없음, en: Nowhere}, issuer: "http://127.0.0.1:1", client_id: madang, client_secret: x}
`
    }
  })
})
after(async () => {
  await house?.close()
  judge?.close()
  forger?.close()
  judge?.closeAllConnections()
  forger?.closeAllConnections()
})

const cookie = (answer, name) => answer.headers['set-cookie']?.find(c => c.startsWith(name + '='))?.match(/=([^;]*)/)[1]

// A browser at the other provider: signs in there as `login`, agrees, and gives the address that it is sent back to.
async function at_judge(address, login) {
  const jar = new Map()
  const go = async (url, form) => {
    const answer = await fetch(url, {
      method: form ? 'POST' : 'GET', redirect: 'manual', body: form && new URLSearchParams(form),
      headers: { cookie: [...jar].map(([k, v]) => `${k}=${v}`).join('; ') }
    })
    for (const line of answer.headers.getSetCookie()) {
      const [, k, v] = line.match(/^([^=]+)=([^;]*)/)
      if (v) jar.set(k, v)
      else jar.delete(k)
    }
    return answer
  }
  let url = address
  for (let step = 0; step < 12; ++step) {
    let answer = await go(url)
    if (answer.status === 200) {
      const page = await answer.text()
      const action = new URL(page.match(/action="([^"]+)"/)[1], url).href
      const prompt = page.match(/name="prompt" value="([^"]+)"/)[1]
      answer = await go(action, prompt === 'login' ? { prompt, login, password: 'x' } : { prompt })
    }
    assert.ok(answer.headers.get('location'), `${answer.status} at ${url}`)
    url = new URL(answer.headers.get('location'), url).href
    if (url.startsWith(house.url)) return new URL(url)
  }
  assert.fail('the other provider leads round')
}
async function enter(login, next = '/epeople/mine') {
  const begun = await new Client(house).page(`/sign-in/outside/judge?next=${encodeURIComponent(next)}`)
  assert.equal(begun.status, 303, begun.text)
  const at = await at_judge(begun.headers.location, login)
  const kept = cookie(begun, 'outside')
  const answer = await new Client(house).get(at.pathname + at.search, { cookie: `outside=${kept}` })
  return { answer, at, kept }
}
async function person(answer) {
  const who = new Client(house)
  who.session = cookie(answer, 'session')
  return who.learn_token()
}

test('whoever comes by another provider is a person of her own, files petitions, and sees no record', { skip: missing }, async () => {
  assert.match((await new Client(house).page('/sign-in')).text, /href="\/sign-in\/outside\/judge\?next=%2F"/)
  const { answer, at, kept } = await enter('mina')
  assert.equal(answer.status, 303, answer.text)
  assert.equal(answer.headers.location, '/epeople/mine')
  const mina = await person(answer)
  assert.equal((await mina.get('/epeople/mine')).status, 200)
  assert.match((await mina.page('/epeople/mine')).text, /Visitor mina \(다른 나라 로그인\)/, 'whose word it is stands beside it')
  for (const path of ['/my/data', '/my/documents', '/my/sign-in', '/my', '/desk'])
    assert.equal((await mina.get(path)).status, 403, path)
  assert.equal((await mina.get('/my/data')).json().code, 'outside.not_enough')
  assert.equal((await mina.post('/services/resident-certificate/start')).status, 403)
  const filed = await mina.post('/petitions/file', { title: 'Signs in more languages', body: 'At every station.', category: 'transport' })
  assert.equal(filed.status, 303, filed.text)
  assert.equal((await mina.post(`${filed.headers.location}/say`, { saying: 'back' })).status, 303)
  await until(async () => (await mina.get(filed.headers.location)).json().buckets.some(b => b.code === 'none' && b.count === 1), { what: 'the voice, of no province' })
  assert.equal((await mina.get('/my/sessions')).json().sessions[0].way, 'Account elsewhere')
  const again = await new Client(house).get(at.pathname + at.search, { cookie: `outside=${kept}` })
  assert.equal(again.json().code, 'outside.answer', 'each attempt is good once')
  const second = await person((await enter('mina')).answer)
  assert.equal((await second.get('/my/sessions')).json().sessions.length, 2, 'the same person')
  const other = await person((await enter('juno')).answer)
  assert.equal((await other.get('/my/sessions')).json().sessions.length, 1)
})

test('an account is linked by a form, and then files in her name and sees no more than before', { skip: missing }, async () => {
  const kim = await new Client(house).sign_in('Kim Hayun')
  const page = await kim.send('POST', '/my/outside/link', {
    headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', origin: house.url },
    body: new URLSearchParams({ _csrf: kim.csrf, provider: 'judge' }).toString()
  })
  assert.equal(page.status, 200, page.text)
  const to = page.headers.refresh.match(/url=(.*)/)[1], kept = cookie(page, 'outside')
  const at = await at_judge(to, 'kims-own')
  const stranger = await new Client(house).sign_in('Han Yerin')
  const linked = await kim.get(at.pathname + at.search, { cookie: `outside=${kept}; session=${kim.session}` })
  assert.equal(linked.headers.location, '/my/sign-in', linked.text)
  const again = await person((await enter('kims-own')).answer)
  assert.match((await again.page('/epeople/mine')).text, /김하윤|Kim Hayun/)
  assert.equal((await again.get('/my/data')).status, 403, 'another’s word opens no record')
  assert.equal((await again.post('/my/outside/link', { provider: 'judge' })).status, 403)

  // Begun by one and brought home by another: nothing.
  const begun = await kim.send('POST', '/my/outside/link', {
    headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', origin: house.url },
    body: new URLSearchParams({ _csrf: kim.csrf, provider: 'judge' }).toString()
  })
  const back = await at_judge(begun.headers.refresh.match(/url=(.*)/)[1], 'thief')
  const stolen = await stranger.get(back.pathname + back.search, { cookie: `outside=${cookie(begun, 'outside')}; session=${stranger.session}` })
  assert.equal(stolen.json().code, 'outside.answer')
  const issuer = new URL(to).origin
  assert.equal((await kim.post('/my/outside/unlink', { issuer })).status, 303)
  assert.equal((await kim.post('/my/outside/unlink', { issuer })).json().code, 'outside.unknown')
})

test('what a forger says is not believed', { skip: missing }, async () => {
  const attempt = async (change = {}, { iss, state, kept } = {}) => {
    Object.assign(forged, { claims: {}, header: {}, key: undefined, raw: undefined }, change)
    const begun = await new Client(house).page('/sign-in/outside/forger')
    const to = new URL(begun.headers.location)
    assert.equal(to.searchParams.get('code_challenge_method'), 'S256')
    forged.nonce = to.searchParams.get('nonce')
    const issuer = to.origin
    const query = new URLSearchParams({ code: 'c', state: state ?? to.searchParams.get('state'), ...iss === null ? {} : { iss: iss ?? issuer } })
    const answer = await new Client(house).get(`/sign-in/outside-back?${query}`, { cookie: `outside=${kept ?? cookie(begun, 'outside')}` })
    return answer.status === 303 ? 'in' : answer.json().code + ' ' + (answer.json().field ?? '')
  }
  assert.equal(await attempt(), 'in', 'it can be honest')
  assert.equal(await attempt({}, { kept: 'x' }), 'outside.answer ')
  assert.equal(await attempt({}, { state: 'x', kept: 'x' }), 'outside.answer ')
  assert.equal(await attempt({}, { iss: 'https://other.example' }), 'outside.answer ', 'mix-up (RFC 9207)')
  assert.equal(await attempt({}, { iss: null }), 'outside.answer ', 'it said that it would name itself')
  const seconds = Math.floor(Date.now() / 1000)
  for (const [change, field] of [
    [{ claims: { nonce: 'another' } }, 'nonce'], [{ claims: { nonce: null } }, 'nonce'],
    [{ claims: { iss: 'https://other.example' } }, 'jwt.issuer'], [{ claims: { aud: 'other' } }, 'jwt.audience'],
    [{ claims: { aud: ['madang', 'other'] } }, 'azp'], [{ claims: { azp: 'other' } }, 'azp'],
    [{ claims: { exp: seconds - 3600 } }, 'jwt.expired'], [{ claims: { exp: null } }, 'jwt.expired'],
    [{ claims: { sub: '' } }, 'sub'], [{ claims: { sub: 'x'.repeat(256) } }, 'sub'],
    [{ header: { kid: 'two' } }, 'kid'], [{ key: (await jose.generateKeyPair('ES256')).privateKey }, 'signature'],
    [{ raw: 'x.y.z' }, 'id_token'], [{ raw: '' }, 'id_token'], [{ raw: 'eyJhbGciOiJub25lIn0.e30.' }, 'id_token']]) {
    const got = await attempt(change)
    assert.ok(got === `outside.token ${field}` || (field === 'jwt.expired' && got.startsWith('outside.token')), `${JSON.stringify(change)}: ${got}`)
  }
  const gone = await new Client(house).get('/sign-in/outside/nowhere')
  assert.equal(gone.json().code, 'outside.unreachable')
  assert.equal((await new Client(house).get('/sign-in/outside/none')).json().code, 'outside.unknown')
})
