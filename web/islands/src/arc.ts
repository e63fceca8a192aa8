// The client of anonymous rate-limited credentials, ARC(P-256) of draft-yun-cfrg-arc-01, with a limit
// of one presentation in each context: who makes a credential does not see what is in it, and shown
// in two contexts it gives two tags that nobody can join. Written from the draft on @noble/curves; the
// house has its own (engines/trust/arc.hpp), and both are judged by the vectors of the draft.
import { p256, p256_hasher } from '@noble/curves/nist.js'
import { joined, number, octets, type Octets } from './blind-rsa'

export const element_size = 33, scalar_size = 32
const suite = 'ARCV1-P256', utf8 = new TextEncoder()
const { Point } = p256, { Fn } = Point
type Element = InstanceType<typeof Point>
const G = Point.BASE

export const hash_to_curve = (message: Uint8Array, dst: string): Octets => put(p256_hasher.hashToCurve(message, { DST: dst }))
const group_of = (message: Uint8Array, info: string): Element => p256_hasher.hashToCurve(message, { DST: `HashToGroup-${suite}${info}` })
const scalar_of = (message: Uint8Array, info: string): bigint => p256_hasher.hashToScalar(message, { DST: `HashToScalar-${suite}${info}` })
const put = (e: Element): Octets => Uint8Array.from(e.toBytes(true))
const put_scalar = (s: bigint): Octets => octets(s, scalar_size)
const H = group_of(put(G), 'generatorH')
// 48 octets, so that what is left modulo the order is as good as even.
const random_scalar = (): bigint => number(crypto.getRandomValues(new Uint8Array(48))) % (Fn.ORDER - 1n) + 1n
// Zero gives infinity, which the library's constant-time multiplication does not take.
const times = (s: bigint, e: Element): Element => s === 0n ? Point.ZERO : e.multiply(s)

// Elements and scalars one after the other; whatever is written otherwise throws.
class Reader {
  private at = 0
  constructor(private all: Uint8Array) {}
  private take(size: number): Uint8Array {
    if (this.at + size > this.all.length) throw new Error('too short')
    return this.all.subarray(this.at, this.at += size)
  }
  elements(count: number): Element[] {
    return Array.from({ length: count }, () => Point.fromBytes(this.take(element_size)))
  }
  scalars(count: number): bigint[] {
    return Array.from({ length: count }, () => {
      const s = number(this.take(scalar_size))
      if (s >= Fn.ORDER) throw new Error('above the order')
      return s
    })
  }
  end(): void {
    if (this.at !== this.all.length) throw new Error('too long')
  }
}

// ---- proofs: section 5.1 ----
// [result, [scalar, element], ...]: an element is the sum of others by secret scalars.
type Constraint = [number, ...[number, number][]]
interface Statement { label: string, elements: Element[], constraints: Constraint[], message?: Uint8Array }

function challenge_of(s: Statement, blinded: Element[]): bigint {
  const parts: Uint8Array[] = [...s.elements, ...blinded].map(put)
  if (s.message?.length) parts.push(s.message)       // the house's own: draft-yun-cfrg-arc-01 binds none
  return scalar_of(joined(...parts.map(p => joined(Uint8Array.of(p.length >> 8, p.length & 255), p))), suite + s.label)
}
function prove(s: Statement, scalars: bigint[]): bigint[] {
  const blindings = scalars.map(random_scalar)
  const blinded = s.constraints.map(([, ...terms]) => terms.reduce((sum, [i, e]) => sum.add(times(blindings[i]!, s.elements[e]!)), Point.ZERO))
  const challenge = challenge_of(s, blinded)
  return [challenge, ...scalars.map((one, i) => Fn.sub(blindings[i]!, Fn.mul(challenge, one)))]
}
function holds(s: Statement, [challenge = 0n, ...responses]: bigint[]): boolean {
  const blinded = s.constraints.map(([result, ...terms]) =>
    terms.reduce((sum, [i, e]) => sum.add(times(responses[i]!, s.elements[e]!)), times(challenge, s.elements[result]!)))
  return challenge_of(s, blinded) === challenge
}

// Section 5.2. Scalars: m1, m2, r1, r2.
const of_request = (m1: Element, m2: Element): Statement =>
  ({ label: 'CredentialRequest', elements: [G, H, m1, m2], constraints: [[2, [0, 0], [2, 1]], [3, [1, 0], [3, 1]]] })
// Section 5.3. Scalars: x0, x1, x2, x0Blinding, b, t1, t2.
const of_response = ([m1, m2]: Element[], [U, encU, X0aux, X1aux, X2aux, Haux]: Element[], [X0, X1, X2]: Element[]): Statement => ({
  label: 'CredentialResponse',
  elements: [G, H, m1!, m2!, U!, encU!, X0!, X1!, X2!, X0aux!, X1aux!, X2aux!, Haux!],
  constraints: [[6, [0, 0], [3, 1]], [7, [1, 1]], [8, [2, 1]], [12, [4, 1]], [9, [3, 12]], [10, [5, 1]], [10, [4, 7]], [11, [4, 8]], [11, [6, 1]], [4, [4, 0]],
    [5, [4, 6], [5, 2], [6, 3]]]
})
// Section 5.4. Scalars: m1, z, -r, nonce.
const of_presentation = ([U, U2, m1_commit, tag]: Element[], V: Element, X1: Element, T: Element, message: Uint8Array): Statement => ({
  label: 'CredentialPresentation',
  elements: [G, H, U!, U2!, m1_commit!, V, X1, tag!, T, T],
  constraints: [[4, [0, 2], [1, 1]], [5, [1, 6], [2, 0]], [8, [0, 7], [3, 7]], [9, [0, 7]]],
  message
})

// ---- section 4 ----
export interface Asking { request: Octets, secrets: Octets }
// `given` m1, r1, r2 of vectors alone.
export function request(context: Uint8Array, given: bigint[] = []): Asking {
  const [m1 = random_scalar(), r1 = random_scalar(), r2 = random_scalar()] = given
  const m2 = scalar_of(context, 'requestContext')
  const e1 = times(m1, G).add(times(r1, H)), e2 = times(m2, G).add(times(r2, H))
  const proof = prove(of_request(e1, e2), [m1, m2, r1, r2])
  return { request: joined(put(e1), put(e2), ...proof.map(put_scalar)), secrets: joined(...[m1, m2, r1, r2].map(put_scalar)) }
}

// m1, U, UPrime, X1. Throws when what came was not made by this key.
export function complete(public_key: Uint8Array, asked: Uint8Array, secrets: Uint8Array, response: Uint8Array): Octets {
  const key = new Reader(public_key), ask = new Reader(asked), kept = new Reader(secrets), got = new Reader(response)
  const X = key.elements(3), m = ask.elements(2), [m1, , r1, r2] = kept.scalars(4), made = got.elements(6), proof = got.scalars(8)
  ask.scalars(5)
  for (const r of [key, ask, kept, got]) r.end()
  if (!holds(of_response(m, made, X), proof)) throw new Error('not of this key')
  const [U, encU, X0aux, X1aux, X2aux] = made
  const U2 = encU!.subtract(X0aux!).subtract(times(r1!, X1aux!)).subtract(times(r2!, X2aux!))
  return joined(put_scalar(m1!), put(U!), put(U2), put(X[1]!))
}

export function present(credential: Uint8Array, context: Uint8Array, message: Uint8Array = new Uint8Array()): Octets {
  const all = new Reader(credential)
  const [m1] = all.scalars(1), [U, U2, X1] = all.elements(3)
  all.end()
  const a = random_scalar(), r = random_scalar(), z = random_scalar(), less = Fn.neg(r)
  const T = group_of(context, 'Tag'), shown_U = times(a, U!)
  const shown = [shown_U, times(a, U2!).add(times(r, G)), times(m1!, shown_U).add(times(z, H)), times(Fn.inv(m1!), T)]
  const V = times(z, X1!).add(times(less, G))
  const proof = prove(of_presentation(shown, V, X1!, T, message), [m1!, z, less, 0n])
  return joined(...shown.map(put), ...proof.map(put_scalar))
}
export const tag_of = (presentation: Uint8Array): Octets => Uint8Array.from(presentation.subarray(3 * element_size, 4 * element_size))
export const utf8_of = (text: string): Octets => Uint8Array.from(utf8.encode(text))
