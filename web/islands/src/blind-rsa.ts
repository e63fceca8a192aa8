// The client of RSA blind signatures, RSABSSA-SHA384-PSS-Randomized of RFC 9474: what is signed, the
// signer does not see. Written from the RFC, on BigInt and WebCrypto; the house has its own
// (engines/trust/blind_rsa.hpp), and both are judged by the vector of the RFC.
export type Octets = Uint8Array<ArrayBuffer>

export const randomizer_size = 32, salt_size = 48
const hash_size = 48
const algorithm = { name: 'RSA-PSS', hash: 'SHA-384' }

export interface Key { n: bigint, e: bigint, size: number, verifier: CryptoKey }
export interface Blinding { blinded: Octets, inverse: Octets }

export function hex(octets: Uint8Array): string {
  return [...octets].map(b => b.toString(16).padStart(2, '0')).join('')
}
export function joined(...parts: Uint8Array[]): Octets {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of parts) {
    out.set(p, at)
    at += p.length
  }
  return out
}
export function number(octets: Uint8Array): bigint {
  return BigInt(`0x${hex(octets) || '0'}`)
}
export function octets(n: bigint, size: number): Octets {
  const digits = n.toString(16).padStart(size * 2, '0')
  return Uint8Array.from({ length: size }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16))
}
export function from_base64url(text: string): Octets {
  return Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0))
}
export function to_base64url(octets: Uint8Array): string {
  return btoa(String.fromCharCode(...octets)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}
const random = (size: number): Octets => crypto.getRandomValues(new Uint8Array(size))
const sha384 = async (data: Octets): Promise<Octets> => new Uint8Array(await crypto.subtle.digest('SHA-384', data))

function power(base: bigint, exponent: bigint, n: bigint): bigint {
  let out = 1n
  for (let b = base % n, e = exponent; e > 0n; e >>= 1n, b = b * b % n) if (e & 1n) out = out * b % n
  return out
}
function inverse_of(a: bigint, n: bigint): bigint {
  let [r, next, t, step] = [n, a % n, 0n, 1n]
  while (next !== 0n) {
    const q = r / next
    ;[r, next] = [next, r - q * next]
    ;[t, step] = [step, t - q * step]
  }
  if (r !== 1n) throw new Error('no inverse')
  return t < 0n ? t + n : t
}

// SubjectPublicKeyInfo in DER.
export async function read_key(spki: Octets): Promise<Key> {
  const verifier = await crypto.subtle.importKey('spki', spki, algorithm, true, ['verify'])
  const { n = '', e = '' } = await crypto.subtle.exportKey('jwk', verifier)
  const modulus = from_base64url(n)
  if (modulus.length < 256 || modulus.length > 512 || modulus[0]! < 0x80) throw new Error('2048 to 4096 bits')
  return { n: number(modulus), e: number(from_base64url(e)), size: modulus.length, verifier }
}

// EMSA-PSS-ENCODE (RFC 8017 section 9.1.1) with MGF1 (appendix B.2.1), both of SHA-384. The modulus
// fills whole octets, so the first bit is cleared.
async function encoded(message: Octets, salt: Octets, size: number): Promise<Octets> {
  const hash = await sha384(joined(new Uint8Array(8), await sha384(message), salt))
  const db = joined(new Uint8Array(size - hash_size - 1 - salt.length - 1), Uint8Array.of(1), salt)
  for (let at = 0, count = 0; at < db.length; at += hash_size, count++) {
    const mask = await sha384(joined(hash, Uint8Array.of(0, 0, count >> 8, count & 255)))
    for (let i = 0; i < hash_size && at + i < db.length; i++) db[at + i]! ^= mask[i]!
  }
  db[0]! &= 0x7f
  return joined(db, hash, Uint8Array.of(0xbc))
}

// ---- section 4 ----
export function prepare(message: Uint8Array): Octets {
  return joined(random(randomizer_size), message)
}

// `salt` and `factor` are given by vectors alone. The factor is drawn with 16 octets more than the
// modulus has, so that what is left modulo n is as good as even.
export async function blind(key: Key, prepared: Octets, salt = random(salt_size), factor = number(random(key.size + 16)) % key.n): Promise<Blinding> {
  const m = number(await encoded(prepared, salt, key.size))
  const inverse = inverse_of(factor, key.n)
  inverse_of(m, key.n)     // is_coprime
  return { blinded: octets(m * power(factor, key.e, key.n) % key.n, key.size), inverse: octets(inverse, key.size) }
}

export async function verify(key: Key, prepared: Octets, signature: Octets): Promise<boolean> {
  return crypto.subtle.verify({ name: 'RSA-PSS', saltLength: salt_size }, key.verifier, signature, prepared)
}

export async function finalize(key: Key, prepared: Octets, blind_signature: Octets, inverse: Octets): Promise<Octets> {
  if (blind_signature.length !== key.size || inverse.length !== key.size) throw new Error('invalid signature')
  const signature = octets(number(blind_signature) * number(inverse) % key.n, key.size)
  if (!await verify(key, prepared, signature)) throw new Error('invalid signature')
  return signature
}
