// What a wallet says to issuer and verifier: OpenID4VCI 1.0 and OpenID4VP 1.0. Both are the house
// that serves this page; others are out of its reach (Content-Security-Policy) and refused.
import * as sd from './sd-jwt'
import type { Claims, CredentialQuery, Json, PublicJwk } from './sd-jwt'
import * as kept from './wallet-store'

export class ActError extends Error {}   // message: key of a sentence
const fail = (word: string): never => { throw new ActError(word) }
const pre_authorised = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'

async function get(url: string, what?: RequestInit): Promise<Response> {
  if (new URL(url, location.href).origin !== location.origin) fail('failed_offer')
  return fetch(url, { credentials: 'omit', cache: 'no-store', ...what }).catch(() => fail('failed_network'))
}
async function json_from(url: string, what?: RequestInit): Promise<Claims> {
  const answer = await get(url, what)
  const said = await answer.json().catch(() => fail('failed')) as Claims
  if (!answer.ok) fail(String(said.error ?? 'failed'))
  return said
}
const seconds = (): number => Math.floor(Date.now() / 1000)

// Text of a code, of a link or behind "#".
export type Asked = { offer: string } | { request_uri: string, client_id: string } | undefined
export function understood(text: string): Asked {
  const tail = text.trim().replace(/^[^?#]*[?#]/, '')
  const values = new URLSearchParams(tail)
  const offer = values.get('credential_offer'), request_uri = values.get('request_uri')
  if (offer) return { offer }
  if (request_uri) return { request_uri, client_id: values.get('client_id') ?? '' }
  return undefined
}

// ---- taking a document ----
export async function accept(offer_text: string, issuer: string, pin: string): Promise<kept.Held> {
  const offer = JSON.parse(offer_text) as { credential_issuer: string, credential_configuration_ids: string[],
    grants: Record<string, { 'pre-authorized_code'?: string }> }
  const code = offer.grants?.[pre_authorised]?.['pre-authorized_code']
  if (offer.credential_issuer !== issuer || !code) return fail('failed_offer')
  const about = await json_from('/.well-known/openid-credential-issuer') as { credential_endpoint: string,
    nonce_endpoint: string, notification_endpoint: string, batch_credential_issuance?: { batch_size: number } }
  const server = await json_from('/.well-known/oauth-authorization-server/wallet') as { token_endpoint: string }
  const form = new URLSearchParams({ grant_type: pre_authorised, 'pre-authorized_code': code, tx_code: pin })
  const token = await json_from(server.token_endpoint, { method: 'POST', body: form }).catch((e: unknown) =>
    fail(e instanceof ActError && e.message === 'failed_network' ? e.message : 'failed_pin')) as { access_token: string }
  const bearer = { Authorization: `Bearer ${token.access_token}`, 'Content-Type': 'application/json' }
  const { c_nonce } = await json_from(about.nonce_endpoint, { method: 'POST' })
  const pairs = await Promise.all(Array.from({ length: about.batch_credential_issuance?.batch_size ?? 1 }, sd.new_keys))
  const proofs = await Promise.all(pairs.map(async pair => sd.sign_jwt(pair.privateKey,
    { typ: 'openid4vci-proof+jwt', alg: 'ES256', jwk: await sd.public_jwk(pair.publicKey) },
    { aud: issuer, iat: seconds(), nonce: c_nonce ?? null })))
  const given = await json_from(about.credential_endpoint, { method: 'POST', headers: bearer,
    body: JSON.stringify({ credential_configuration_id: offer.credential_configuration_ids[0], proofs: { jwt: proofs } }) }) as
    { credentials: { credential: string }[], notification_id: string }
  const told = (event: string) => get(about.notification_endpoint, { method: 'POST', headers: bearer,
    body: JSON.stringify({ notification_id: given.notification_id, event }) }).catch(() => undefined)
  try {
    const held = await opened(given.credentials.map(c => c.credential), pairs)
    await kept.keep(held)
    await told('credential_accepted')
    return held
  } catch (e) {
    await told('credential_failure')
    throw e
  }
}

// Each copy is what was asked for: signed by an agency, and bound to the key made for it.
async function opened(texts: string[], pairs: CryptoKeyPair[]): Promise<kept.Held> {
  const keys = await issuer_keys()
  const copies: kept.Copy[] = []
  let first: Claims | undefined
  for (const [i, text] of texts.entries()) {
    const s = sd.read(text), { header, payload } = sd.jwt_parts(s.jwt)
    const key = keys.find(k => k.kid === header.kid) ?? fail('failed')
    const mine = await sd.public_jwk(pairs[i]!.publicKey)
    const bound = (payload.cnf as { jwk?: PublicJwk } | undefined)?.jwk
    if (!await sd.is_signed(s.jwt, key) || bound?.x !== mine.x || bound.y !== mine.y) fail('failed')
    first ??= (await sd.open(payload, s.disclosures)).claims
    copies.push({ text, key: pairs[i]!.privateKey })
  }
  if (!first) return fail('failed')
  const plain = JSON.parse(JSON.stringify(first)) as Claims
  return { id: crypto.randomUUID(), type: String(plain.vct), issuer: String(plain.iss), claims: plain,
    expires: Number(plain.exp), added: seconds(), copies, used: 0 }
}

export async function issuer_keys(): Promise<PublicJwk[]> {
  const answer = await fetch('/.well-known/jwt-vc-issuer', { credentials: 'omit', cache: 'no-cache' }).catch(() => undefined)
  if (!answer?.ok) return []
  return (await answer.json() as { jwks: { keys: PublicJwk[] } }).jwks.keys
}

// Revoked or not, from the list that another agency serves; undefined: cannot be told now.
export async function is_revoked(payload: Claims): Promise<{ revoked: boolean, at: number } | undefined> {
  const place = sd.status_place(payload)
  if (!place || new URL(place.uri, location.href).origin !== location.origin) return undefined
  const answer = await fetch(place.uri, { credentials: 'omit', cache: 'no-cache' }).catch(() => undefined)
  if (!answer?.ok) return undefined
  const token = await answer.text(), keys = await issuer_keys(), { header, payload: said } = sd.jwt_parts(token)
  const key = keys.find(k => k.kid === header.kid)
  if (!key || said.sub !== place.uri || (typeof said.exp === 'number' && said.exp < seconds())) return undefined
  const status = await sd.status_in(token, place.index, key)
  return status === undefined ? undefined : { revoked: status !== 0, at: Number(said.iat) }
}

// ---- showing ----
export type Request = {
  who: string, why: string, client_id: string, response_uri: string, nonce: string, state: string, held: kept.Held,
  query: CredentialQuery, places: string[], what: { label: string, value: Json }[]
}
export type Label = (type: string, pointer: string) => string

// The DER of a P-256 SubjectPublicKeyInfo (RFC 5480) up to the point.
const spki = [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48,
  0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04]
function key_in(certificate: Uint8Array): PublicJwk | undefined {
  for (let i = 0; i + spki.length + 64 <= certificate.length; i++)
    if (spki.every((o, k) => certificate[i + k] === o)) {
      const at = i + spki.length
      return { kty: 'EC', crv: 'P-256', x: sd.to_base64url(certificate.subarray(at, at + 32)),
        y: sd.to_base64url(certificate.subarray(at + 32, at + 64)) }
    }
  return undefined
}

export async function understand(asked: { request_uri: string, client_id: string }, label: Label, language: string): Promise<Request> {
  const answer = await get(asked.request_uri)
  if (!answer.ok) return fail('failed_request')
  const jwt = await answer.text()
  const { header, payload } = sd.jwt_parts(jwt)
  // x509_hash: the client is its certificate, and its key is one of the seals that the house publishes.
  const leaf = Array.isArray(header.x5c) ? Uint8Array.from(atob(String(header.x5c[0])), c => c.charCodeAt(0)) : fail('ask_unknown')
  const print = sd.to_base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', leaf)))
  const key = key_in(leaf), known = await issuer_keys()
  const sealed = key && known.some(k => k.x === key.x && k.y === key.y)
  if (header.typ !== 'oauth-authz-req+jwt' || !key || !sealed || payload.client_id !== `x509_hash:${print}` ||
      payload.client_id !== asked.client_id || !await sd.is_signed(jwt, key)) return fail('ask_unknown')
  if (Number(payload.exp) < seconds() || payload.response_mode !== 'direct_post') return fail('failed_request')
  const meta = (payload.client_metadata ?? {}) as Claims
  const query = payload.dcql_query as unknown as { credentials: CredentialQuery[] }
  if (query.credentials.length !== 1) return fail('cannot')
  const found = await best_for(query.credentials[0]!)
  if (!found) return fail('cannot')
  return {
    who: String(meta[`client_name#${language}`] ?? meta.client_name ?? ''),
    why: String(meta[`purpose#${language}`] ?? meta.purpose ?? ''), client_id: asked.client_id,
    response_uri: String(payload.response_uri), nonce: String(payload.nonce), state: String(payload.state),
    query: query.credentials[0]!, ...found,
    what: found.places.map(p => ({ label: label(found.held.type, p), value: sd.at(found.held.claims, p) ?? null }))
  }
}
// The newest that holds and has a copy left.
async function best_for(q: CredentialQuery): Promise<{ held: kept.Held, places: string[] } | undefined> {
  const all = (await kept.all_held()).filter(h => h.copies.length > 0 && h.expires > seconds() && !h.revoked)
  for (const held of all.sort((a, b) => b.added - a.added)) {
    const places = sd.places_for(q, held.claims)
    if (places) return { held, places }
  }
  return undefined
}

async function presented(copy: kept.Copy, places: string[], audience: string, nonce: string): Promise<sd.SdJwt> {
  const whole = sd.read(copy.text), opened = await sd.open(sd.jwt_parts(whole.jwt).payload, whole.disclosures)
  return sd.bind(sd.shown(whole, opened.places, places), copy.key, audience, nonce, seconds())
}

// Where to go then, if the verifier says so.
export async function show(r: Request): Promise<string | undefined> {
  const copy = await kept.take_copy(r.held.id, { at: seconds(), to: r.who, how: 'verifier', type: r.held.type, what: r.what }) ?? fail('cannot')
  const s = await presented(copy, r.places, r.client_id, r.nonce)
  return sent(r, { vp_token: JSON.stringify({ [r.query.id]: [sd.written(s)] }) })
}
export const decline = (r: Request): Promise<string | undefined> => sent(r, { error: 'access_denied' })
async function sent(r: Request, what: Record<string, string>): Promise<string | undefined> {
  const answer = await get(r.response_uri, { method: 'POST', body: new URLSearchParams({ ...what, state: r.state }) })
  if (!answer.ok) return fail('refused_by')
  const { redirect_uri } = await answer.json() as { redirect_uri?: string }
  return redirect_uri && new URL(redirect_uri).origin === location.origin ? redirect_uri : undefined
}

// Without a network: the text of a code for whoever stands opposite.
export async function code_for(held: kept.Held, places: string[], what: { label: string, value: Json }[]): Promise<string> {
  const copy = await kept.take_copy(held.id, { at: seconds(), to: '', how: 'code', type: held.type, what }) ?? fail('cannot')
  const nonce = sd.to_base64url(crypto.getRandomValues(new Uint8Array(16)))
  return sd.to_code(await presented(copy, places, sd.code_audience, nonce))
}
export async function refresh(held: kept.Held): Promise<void> {
  const copy = held.copies[0]
  const found = copy && await is_revoked(sd.jwt_parts(sd.read(copy.text).jwt).payload)
  if (!found) return
  held.revoked = found.revoked
  held.checked = found.at
  await kept.note_status(held.id, found.revoked, found.at)
}
