// SD-JWT (RFC 9901), DCQL and Token Status List in the holder's own browser, by WebCrypto alone.
// Types only that a browser can strip: no enum, no namespace, no parameter properties.

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
export type Claims = { [name: string]: Json }
export type SdJwt = { jwt: string, disclosures: string[], binding: string }
export type Place = { pointer: string, disclosure: string, value: Json }
export type Step = string | number | null
export type ClaimQuery = { id?: string, path: Step[], values?: Json[] }
export type CredentialQuery = {
  id: string, format: string, meta?: { vct_values?: string[] }, claims?: ClaimQuery[], claim_sets?: string[][]
}

export class SdJwtError extends Error {
  code: string
  constructor(code: string) {
    super(code)
    this.code = code
  }
}
const refuse = (code: string): never => { throw new SdJwtError(code) }

// ---- octets ----
export function to_base64url(octets: Uint8Array): string {
  let text = ''
  for (const o of octets) text += String.fromCharCode(o)
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
export function from_base64url(text: string): Uint8Array<ArrayBuffer> {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) refuse('malformed')
  const octets = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(octets, c => c.charCodeAt(0))
}
const utf8 = new TextEncoder()
const said = (octets: Uint8Array): string => new TextDecoder('utf-8', { fatal: true }).decode(octets)
export async function hash(text: string): Promise<string> {
  return to_base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8.encode(text))))
}
function json_of(text: string): Json {
  try {
    return JSON.parse(said(from_base64url(text))) as Json
  } catch {
    return refuse('malformed')
  }
}
const is_object = (v: Json | undefined): v is Claims => typeof v === 'object' && v !== null && !Array.isArray(v)

export function read(text: string): SdJwt {
  const parts = text.split('~')
  if (parts.length < 2) refuse('malformed')
  return { jwt: parts[0]!, disclosures: parts.slice(1, -1), binding: parts.at(-1)! }
}
export const bound_text = (s: SdJwt): string => [s.jwt, ...s.disclosures].join('~') + '~'
export const written = (s: SdJwt): string => bound_text(s) + s.binding

export function jwt_parts(jwt: string): { header: Claims, payload: Claims } {
  const [header, payload] = jwt.split('.')
  const parts = { header: json_of(header ?? ''), payload: json_of(payload ?? '') }
  if (!is_object(parts.header) || !is_object(parts.payload)) return refuse('malformed')
  return parts as { header: Claims, payload: Claims }
}

const escape = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')
const own = (o: Claims, name: string): boolean => Object.hasOwn(o, name)

// Section 7.1: digests give way to what is disclosed; what is wrong refuses the whole.
export async function open(payload: Claims, disclosures: string[]): Promise<{ claims: Claims, places: Place[] }> {
  if ((payload._sd_alg ?? 'sha-256') !== 'sha-256') refuse('hash')
  const known = new Map<string, { text: string, list: Json[], pointer?: string, value?: Json }>()
  for (const text of disclosures) {
    const list = json_of(text), digest = await hash(text)
    if (!Array.isArray(list) || (list.length !== 2 && list.length !== 3) || known.has(digest)) refuse('malformed')
    known.set(digest, { text, list: list as Json[] })
  }
  const seen = new Set<string>()
  const take = (digest: Json, length: number, place: string) => {
    if (typeof digest !== 'string' || seen.has(digest)) return refuse('malformed')
    seen.add(digest)
    const found = known.get(digest)
    if (!found) return undefined
    if (found.list.length !== length) refuse('malformed')
    found.pointer = length === 2 ? place : `${place}/${escape(String(found.list[1]))}`
    return found
  }
  const walk = (v: Json, place: string): Json => {
    if (Array.isArray(v)) {
      const out: Json[] = []
      v.forEach((item, i) => {
        if (!is_object(item) || !own(item, '...')) return void out.push(walk(item, `${place}/${i}`))
        const found = take(item['...']!, 2, `${place}/${i}`)
        if (found) out.push(found.value = walk(found.list[1]!, `${place}/${i}`))
      })
      return out
    }
    if (!is_object(v)) return v
    const out: Claims = Object.create(null) as Claims
    for (const [name, value] of Object.entries(v))
      if (name !== '_sd' && !(place === '' && name === '_sd_alg')) out[name] = walk(value, `${place}/${escape(name)}`)
    const digests = v._sd ?? []
    if (!Array.isArray(digests)) refuse('malformed')
    for (const digest of digests as Json[]) {
      const found = take(digest, 3, place)
      if (!found) continue
      const name = found.list[1]
      if (typeof name !== 'string' || name === '_sd' || name === '...' || name in out) return refuse('malformed')
      out[name] = found.value = walk(found.list[2]!, found.pointer!)
    }
    return out
  }
  const claims = walk(payload, '') as Claims
  const places = disclosures.length === known.size ? [...known.values()].map(k => {
    if (k.pointer === undefined) refuse('malformed')
    return { pointer: k.pointer!, disclosure: k.text, value: k.value! }
  }) : refuse('malformed')
  return { claims, places }
}

// What is shown: these places and whatever they lie in.
export function shown(whole: SdJwt, all: Place[], pointers: string[]): SdJwt {
  const lies_in = (inner: string, outer: string) => inner === outer || inner.startsWith(`${outer}/`)
  const wanted = new Set(all.filter(d => pointers.some(p => lies_in(p, d.pointer))).map(d => d.disclosure))
  return { jwt: whole.jwt, disclosures: whole.disclosures.filter(d => wanted.has(d)), binding: '' }
}

// ---- signatures ----
const curve = { name: 'ECDSA', namedCurve: 'P-256' }, how = { name: 'ECDSA', hash: 'SHA-256' }
export type PublicJwk = { kty: string, crv: string, x: string, y: string, kid?: string }

export const new_keys = (): Promise<CryptoKeyPair> => crypto.subtle.generateKey(curve, false, ['sign', 'verify'])
export async function public_jwk(key: CryptoKey): Promise<PublicJwk> {
  const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', key)
  return { kty: kty!, crv: crv!, x: x!, y: y! }
}
export async function sign_jwt(key: CryptoKey, header: Claims, payload: Claims): Promise<string> {
  const text = [header, payload].map(part => to_base64url(utf8.encode(JSON.stringify(part)))).join('.')
  return `${text}.${to_base64url(new Uint8Array(await crypto.subtle.sign(how, key, utf8.encode(text))))}`
}
export async function is_signed(jwt: string, key: PublicJwk): Promise<boolean> {
  const [header, payload, signature] = jwt.split('.')
  if (jwt_parts(jwt).header.alg !== 'ES256' || !signature) return false
  const { kty, crv, x, y } = key
  const imported = await crypto.subtle.importKey('jwk', { kty, crv, x, y }, curve, false, ['verify'])
  return crypto.subtle.verify(how, imported, from_base64url(signature), utf8.encode(`${header}.${payload}`))
}
export async function bind(s: SdJwt, key: CryptoKey, aud: string, nonce: string, seconds: number): Promise<SdJwt> {
  const binding = await sign_jwt(key, { alg: 'ES256', typ: 'kb+jwt' },
    { iat: seconds, aud, nonce, sd_hash: await hash(bound_text(s)) })
  return { ...s, binding }
}

// Signature of an issuer we know, key binding, times. Refuses with: not_ours, forged, old.
export async function verify(s: SdJwt, keys: PublicJwk[], aud: string, nonce: string | undefined, seconds: number):
  Promise<{ claims: Claims, places: Place[], made: number }> {
  const { header, payload } = jwt_parts(s.jwt)
  const key = keys.find(k => k.kid === header.kid) ?? refuse('not_ours')
  if (header.typ !== 'dc+sd-jwt' || !await is_signed(s.jwt, key)) refuse('forged')
  const opened = await open(payload, s.disclosures)
  const bound = s.binding ? jwt_parts(s.binding) : refuse('forged')
  const holder = is_object(payload.cnf) ? payload.cnf.jwk : undefined
  if (!is_object(holder) || bound.header.typ !== 'kb+jwt' ||
      !await is_signed(s.binding, holder as unknown as PublicJwk)) refuse('forged')
  if (bound.payload.sd_hash !== await hash(bound_text(s)) || bound.payload.aud !== aud) refuse('forged')
  if (nonce !== undefined && bound.payload.nonce !== nonce) refuse('forged')
  const made = Number(bound.payload.iat), patience = 300, leeway = 60
  if (!(made <= seconds + leeway && made >= seconds - patience - leeway)) refuse('old')
  if (typeof payload.exp === 'number' && payload.exp <= seconds) refuse('old')
  return { ...opened, made }
}

// ---- DCQL (OpenID4VP 1.0, sections 6 and 7) ----
function selected(v: Json | undefined, path: Step[], place: string): string[] {
  if (path.length === 0) return v === undefined ? [] : [place]
  const [step, ...rest] = path
  if (typeof step === 'string') return is_object(v) && step in v ? selected(v[step], rest, `${place}/${escape(step)}`) : []
  if (!Array.isArray(v)) return []
  return v.flatMap((item, i) => step === null || step === i ? selected(item, rest, `${place}/${i}`) : [])
}
export function at(v: Json | undefined, pointer: string): Json | undefined {
  for (const step of pointer.split('/').slice(1).map(s => s.replaceAll('~1', '/').replaceAll('~0', '~')))
    v = Array.isArray(v) ? v[Number(step)] : is_object(v) ? v[step] : undefined
  return v
}
export function places_for(q: CredentialQuery, claims: Claims): string[] | undefined {
  if (q.format !== 'dc+sd-jwt' || !(q.meta?.vct_values ?? []).includes(String(claims.vct))) return undefined
  const all = q.claims ?? []
  for (const set of q.claim_sets ?? [undefined]) {
    const places: string[] = []
    const good = all.every(c => {
      if (set && !set.includes(c.id ?? '')) return true
      const found = selected(claims, c.path, '').filter(p =>
        !c.values || c.values.some(v => JSON.stringify(v) === JSON.stringify(at(claims, p))))
      places.push(...found)
      return found.length > 0
    })
    if (good) return places
  }
  return undefined
}

// ---- zlib, and the code that is shown without a network ----
async function through(octets: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const writer = stream.writable.getWriter()
  writer.write(octets).catch(() => undefined)
  writer.close().catch(() => undefined)
  const reader = stream.readable.getReader()
  const parts: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read().catch(() => refuse('malformed'))
    if (done) break
    size += value.length
    if (size > most) refuse('malformed')
    parts.push(value)
  }
  const out = new Uint8Array(size)
  let from = 0
  for (const part of parts) {
    out.set(part, from)
    from += part.length
  }
  return out
}
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'   // RFC 9285
export function base45(octets: Uint8Array): string {
  let out = ''
  for (let i = 0; i < octets.length; i += 2) {
    const pair = i + 1 < octets.length
    let n = pair ? octets[i]! * 256 + octets[i + 1]! : octets[i]!
    for (let k = 0; k < (pair ? 3 : 2); k++) {
      out += alphabet[n % 45]
      n = Math.floor(n / 45)
    }
  }
  return out
}
export function from_base45(text: string): Uint8Array<ArrayBuffer> {
  const out: number[] = []
  if (text.length % 3 === 1) refuse('malformed')
  for (let i = 0; i < text.length; i += 3) {
    const digits = [...text.slice(i, i + 3)].map(c => alphabet.indexOf(c))
    const n = digits.reduce((sum, d, k) => sum + d * 45 ** k, 0)
    if (digits.some(d => d < 0) || n > (digits.length === 3 ? 65535 : 255)) refuse('malformed')
    if (digits.length === 3) out.push(n >> 8)
    out.push(n & 255)
  }
  return Uint8Array.from(out)
}
export const code_prefix = 'SDJ1:', code_audience = 'urn:madang:wallet:code'
export async function to_code(s: SdJwt): Promise<string> {
  return code_prefix + base45(await through(utf8.encode(written(s)), new CompressionStream('deflate'), 65536))
}
export async function from_code(text: string): Promise<SdJwt> {
  if (!text.startsWith(code_prefix) || text.length > 8000) refuse('malformed')
  return read(said(await through(from_base45(text.slice(code_prefix.length)), new DecompressionStream('deflate'), 65536)))
}

// ---- Token Status List ----
export async function status_in(token: string, index: number, key: PublicJwk | undefined): Promise<number | undefined> {
  const { header, payload } = jwt_parts(token)
  if (header.typ !== 'statuslist+jwt' || (key && !await is_signed(token, key))) return undefined
  const list = payload.status_list
  if (!is_object(list)) return undefined
  const bits = Number(list.bits), octets = await through(from_base64url(String(list.lst)), new DecompressionStream('deflate'), 1 << 22)
  const octet = octets[Math.floor(index * bits / 8)]
  return octet === undefined ? undefined : (octet >> (index * bits % 8)) & ((1 << bits) - 1)
}
export function status_place(payload: Claims): { uri: string, index: number } | undefined {
  const list = is_object(payload.status) ? payload.status.status_list : undefined
  return is_object(list) && typeof list.uri === 'string' && typeof list.idx === 'number'
    ? { uri: list.uri, index: list.idx } : undefined
}
