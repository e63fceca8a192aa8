// Hangang Bank, a member of the exchange, as a program of its own: its page asks somebody for what a loan needs (RFC 9396, pushed by RFC 9126, bound
// by RFC 9449), fetches what she sends and verifies its signature. Written with npm's openid-client and jose, as a developer of a member would.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './program.mjs'

const require = createRequire(join(root, 'web', 'package.json'))
const load = name => import(pathToFileURL(require.resolve(name)))
const escaped = s => String(s).replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`)

export class Bank {
  constructor(port) {
    this.port = port
    this.url = `http://127.0.0.1:${port}`
    this.secret = 'hangang-bank-secret-of-the-demonstration'
    this.waiting = new Map()         // state -> what belongs to it
  }
  // Its entry of clients.yaml.
  get entry() {
    return `  - id: hangang-bank
    name: {ko: 한강은행, en: Hangang Bank}
    purpose: {ko: 대출 심사, en: Deciding on loans}
    law: {ko: 은행법 제34조, en: Banking Act art. 34}
    proof: client_secret_basic
    secret_sha256: ${createHash('sha256').update(this.secret).digest('hex')}
    redirects: ["${this.url}/back"]
    scopes: [offline_access, exchange]
    authorization_details_types: [mydata]
    pushes: true
    binds: true
    lasts: true
`
  }
  async open(house) {
    this.oidc = await load('openid-client'); this.jose = await load('jose')
    this.house = house
    this.config = await this.oidc.discovery(new URL(house), 'hangang-bank', undefined, this.oidc.ClientSecretBasic(this.secret), { execute: [this.oidc.allowInsecureRequests] })
    this.keys = this.jose.createRemoteJWKSet(new URL(this.config.serverMetadata().jwks_uri))
    this.DPoP = this.oidc.getDPoPHandle(this.config, await this.oidc.randomDPoPKeyPair('ES256'))
    this.server = createServer((asked, answer) => this.answer(new URL(asked.url, this.url)).then(
      ({ status = 200, location, page = '' }) => answer.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...location ? { location } : {} })
        .end(`<!doctype html><html lang="ko"><title>한강은행</title><main><h1>한강은행</h1>${page}</main></html>`),
      e => answer.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end(String(e.error ?? e.stack))))
    await new Promise(done => this.server.listen(this.port, '127.0.0.1', done))
  }
  close() { this.server?.close() }

  // What the bank does by itself: applies for agreements and reads them.
  async program(method, path, body) {
    const { access_token } = await this.oidc.clientCredentialsGrant(this.config, { scope: 'exchange' }, { DPoP: this.DPoP })
    return this.call(access_token, method, path, body)
  }
  call(token, method, path, body) {
    return this.oidc.fetchProtectedResource(this.config, token, new URL(this.house + path), method, body && JSON.stringify(body), new Headers(body ? { 'content-type': 'application/json' } : {}), { DPoP: this.DPoP })
  }

  async answer(at) {
    if (at.pathname === '/loan') return { status: 303, location: await this.ask() }
    if (at.pathname === '/back') return this.take(at)
    if (at.pathname === '/again') return { page: await this.received() }
    return { page: '<p><a href="/loan">대출 신청</a></p>' }
  }
  async ask() {
    const verifier = this.oidc.randomPKCECodeVerifier(), state = this.oidc.randomState()
    this.waiting.set(state, verifier)
    const url = await this.oidc.buildAuthorizationUrlWithPAR(this.config, {
      redirect_uri: `${this.url}/back`, state, scope: 'offline_access', code_challenge_method: 'S256',
      code_challenge: await this.oidc.calculatePKCECodeChallenge(verifier), authorization_details: JSON.stringify(this.wanted)
    }, { DPoP: this.DPoP })
    return url.href
  }
  async take(at) {
    if (at.searchParams.get('error')) return { page: `<p>보내지 않았습니다: ${escaped(at.searchParams.get('error'))}</p>` }
    const state = at.searchParams.get('state')
    this.tokens = await this.oidc.authorizationCodeGrant(this.config, at, { expectedState: state, pkceCodeVerifier: this.waiting.get(state) }, undefined, { DPoP: this.DPoP })
    this.waiting.delete(state)
    return { page: await this.received() }
  }
  // A token lives five minutes; its successor says what she still sends.
  async received() {
    try {
      const answer = await this.call(this.tokens.access_token, 'GET', '/exchange/mydata')
      const { payload } = await this.jose.jwtVerify(await answer.text(), this.keys, { issuer: this.house, audience: 'hangang-bank', typ: 'exchange-answer+jwt' })
      return payload.items.map(i => `<h2>${escaped(i.register)}</h2>` + i.records.map(r => `<dl>${Object.entries(r).map(([k, v]) => `<dt>${escaped(k)}</dt><dd>${escaped(v)}</dd>`).join('')}</dl>`).join('')).join('') +
        `<p id="until">${escaped(payload.until)}</p>`
    } catch (e) {
      if (e.cause?.[0]?.parameters?.error ?? e.error) return '<p>받을 수 없습니다</p>'
      throw e
    }
  }
}
