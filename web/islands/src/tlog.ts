// The second verifier of the house's logs, written from the specifications and not from the first:
// trees of RFC 6962 and RFC 9162, subtrees of draft-ietf-plants-merkle-tree-certs, and the texts of
// C2SP: signed-note, tlog-checkpoint, tlog-cosignature, tlog-policy, tlog-proof. Nothing here knows
// the page or asks the server.
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 } from '@noble/hashes/sha2.js'

export type Hash = Uint8Array
const utf8 = new TextEncoder()

export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((octet, i) => octet === b[i])
}
function joined(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of parts) { out.set(p, at); at += p.length }
  return out
}

// ---- trees ----

export const empty_root = (): Hash => sha256(new Uint8Array())
export const leaf_hash = (entry: Uint8Array): Hash => sha256(joined(Uint8Array.of(0), entry))
export const node_hash = (left: Hash, right: Hash): Hash => sha256(joined(Uint8Array.of(1), left, right))

const odd = (n: bigint): boolean => (n & 1n) === 1n

export function verify_inclusion(index: bigint, size: bigint, leaf: Hash, path: Hash[], root: Hash): boolean {
  if (index < 0n || index >= size) return false
  // How many hashes lie on the way: those of the perfect tree that holds the leaf, and one for each
  // left neighbour further up (RFC 6962 section 2.1.1).
  let at = index, last = size - 1n, hash = leaf
  for (const next of path) {
    if (last === 0n) return false
    if (odd(at) || at === last) {
      hash = node_hash(next, hash)
      while (!odd(at) && at !== 0n) { at >>= 1n; last >>= 1n }
    } else {
      hash = node_hash(hash, next)
    }
    at >>= 1n
    last >>= 1n
  }
  return last === 0n && same(hash, root)
}

export function verify_consistency(size1: bigint, size2: bigint, path: Hash[], root1: Hash, root2: Hash): boolean {
  if (size1 < 0n || size1 > size2) return false
  if (size1 === size2) return path.length === 0 && same(root1, root2) && (size1 !== 0n || same(root1, empty_root()))
  return size1 !== 0n && verify_subtree_consistency(0n, size1, size2, path, root1, root2)
}

function is_subtree(start: bigint, end: bigint): boolean {
  if (start < 0n || start >= end) return false
  let width = 1n
  while (width < end - start) width <<= 1n
  return start % width === 0n
}

export function verify_subtree_inclusion(index: bigint, start: bigint, end: bigint, leaf: Hash, path: Hash[], root: Hash): boolean {
  if (!is_subtree(start, end) || index < start || index >= end) return false
  return verify_inclusion(index - start, end - start, leaf, path, root)
}

export function verify_subtree_consistency(start: bigint, end: bigint, size: bigint, given: Hash[], subtree: Hash, root: Hash): boolean {
  if (start === end && start >= 0n && end <= size) return given.length === 0 && same(subtree, empty_root())
  if (!is_subtree(start, end) || end > size) return false
  let first = start, last = end - 1n, whole = size - 1n
  const up = () => { first >>= 1n; last >>= 1n; whole >>= 1n }
  if (last === whole) while (first !== last) up()
  else while (first !== last && odd(last)) up()
  const path = [...given]
  let small = subtree, large = subtree
  if (first !== last) {
    const begin = path.shift()
    if (!begin) return false
    small = large = begin
  }
  for (const next of path) {
    if (whole === 0n) return false
    if (odd(last) || last === whole) {
      if (first < last) small = node_hash(next, small)
      large = node_hash(next, large)
      while (!odd(last) && last !== 0n) up()
    } else {
      large = node_hash(large, next)
    }
    up()
  }
  return whole === 0n && same(small, subtree) && same(large, root)
}

// ---- texts ----

export class Malformed extends Error {}
const must = (holds: unknown, what: string): void => { if (!holds) throw new Malformed(what) }

function octets_of(base64: string): Uint8Array {
  must(/^[A-Za-z0-9+/]*={0,2}$/.test(base64) && base64.length % 4 === 0, 'base64')
  const octets = Uint8Array.from(atob(base64), c => c.charCodeAt(0))
  must(btoa(String.fromCharCode(...octets.subarray(0, 30000))) === base64 || octets.length > 30000, 'base64')
  return octets
}
function hash_of(base64: string): Hash {
  const octets = octets_of(base64)
  must(octets.length === 32, 'hash')
  return octets
}
function number_of(text: string): bigint {
  must(/^(0|[1-9]\d{0,18})$/.test(text), 'number')
  return BigInt(text)
}
const uint32 = (octets: Uint8Array): number =>
  ((octets[0] ?? 0) * 0x1000000) + ((octets[1] ?? 0) << 16 | (octets[2] ?? 0) << 8 | (octets[3] ?? 0))

export interface Signature { name: string, id: number, octets: Uint8Array }
export interface Note { text: string, signatures: Signature[] }

export function parse_note(bytes: string): Note {
  const blank = bytes.lastIndexOf('\n\n')
  must(blank > 0 && bytes.endsWith('\n') && !/[\u0000-\u0009\u000b-\u001f]/.test(bytes), 'note')
  const lines = bytes.slice(blank + 2, -1).split('\n')
  return {
    text: bytes.slice(0, blank + 1),
    signatures: lines.map(line => {
      const found = line.match(/^\u2014 ([^\s+\u0085]+) ([A-Za-z0-9+/=]+)$/u)
      must(found, 'signature')
      const octets = octets_of(found![2]!)
      must(octets.length > 4, 'signature')
      return { name: found![1]!, id: uint32(octets), octets: octets.subarray(4) }
    }),
  }
}

export interface Verifier { name: string, id: number, type: number, key: Uint8Array }

export function parse_verifier(vkey: string): Verifier {
  const found = vkey.match(/^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/u)
  must(found, 'key')
  const [, name, id, base64] = found as unknown as [string, string, string, string]
  const material = octets_of(base64)
  must(material.length === 33 && (material[0] === 1 || material[0] === 4), 'key')
  const expected = uint32(sha256(joined(utf8.encode(`${name}\n`), material)))
  must(expected === parseInt(id, 16), 'key')
  return { name, id: expected, type: material[0]!, key: material.subarray(1) }
}

function is_signed(n: Note, who: Verifier): boolean {
  let good = false
  for (const s of n.signatures) {
    if (s.name !== who.name || s.id !== who.id) continue
    let message = n.text, signature = s.octets
    if (who.type === 4) {
      must(signature.length === 72, 'cosignature')
      const seconds = new DataView(signature.buffer, signature.byteOffset, 8).getBigUint64(0)
      message = `cosignature/v1\ntime ${seconds}\n${n.text}`
      signature = signature.subarray(8)
    }
    must(signature.length === 64 && ed25519.verify(signature, utf8.encode(message), who.key, { zip215: false }), `signature of ${who.name}`)
    good = true
  }
  return good
}

export interface Checkpoint { origin: string, size: bigint, root: Hash }

export function parse_checkpoint(text: string): Checkpoint {
  const lines = text.split('\n')
  must(lines.length >= 4 && lines.pop() === '' && lines.every(line => line !== ''), 'checkpoint')
  return { origin: lines[0]!, size: number_of(lines[1]!), root: hash_of(lines[2]!) }
}

export interface Policy { logs: Verifier[], witnesses: Map<string, Verifier>, groups: Map<string, { least: number, members: string[] }>, quorum: string }

export function parse_policy(file: string): Policy {
  const out: Policy = { logs: [], witnesses: new Map(), groups: new Map(), quorum: '' }
  for (const line of file.split('\n')) {
    const words = line.split(/[ \t]+/).filter(word => word !== '')
    if (words.length === 0 || words[0]!.startsWith('#')) continue
    const [what, name = '', third = ''] = words as [string, string?, string?]
    const known = (n: string) => out.witnesses.has(n) || out.groups.has(n)
    if (what === 'log') {
      const key = parse_verifier(name)
      must(key.type === 1, 'log')
      out.logs.push(key)
    } else if (what === 'witness') {
      const key = parse_verifier(third)
      must(key.type === 4 && name !== 'none' && !known(name), 'witness')
      out.witnesses.set(name, key)
    } else if (what === 'group') {
      const members = words.slice(3)
      const least = third === 'all' ? members.length : third === 'any' ? 1 : Number(number_of(third))
      must(name !== 'none' && !known(name) && members.every(known) && least >= 1 && least <= members.length, 'group')
      out.groups.set(name, { least, members })
    } else {
      must(what === 'quorum' && out.quorum === '' && (name === 'none' || known(name)), 'policy')
      out.quorum = name
    }
  }
  must(out.quorum !== '', 'quorum')
  return out
}

// Names of the witnesses whose cosignature is there and good.
export function witnesses_of(n: Note, p: Policy): Set<string> {
  return new Set([...p.witnesses].filter(([, key]) => is_signed(n, key)).map(([name]) => name))
}
export function is_quorum(seen: Set<string>, p: Policy): boolean {
  const witnessed = (name: string): boolean => {
    const group = p.groups.get(name)
    return group ? group.members.filter(witnessed).length >= group.least : seen.has(name)
  }
  return p.quorum === 'none' || witnessed(p.quorum)
}
export function signed_by_log(n: Note, origin: string, p: Policy): boolean {
  return p.logs.some(key => key.name === origin && is_signed(n, key))
}

export interface Proof { extra: Uint8Array, index: bigint, path: Hash[], note: Note, checkpoint: Checkpoint }

export function parse_proof(file: string): Proof {
  const end = file.indexOf('\n\n')
  must(end > 0, 'proof')
  const lines = file.slice(0, end).split('\n')
  must(lines.shift() === 'c2sp.org/tlog-proof@v1', 'proof')
  const extra = lines[0]?.startsWith('extra ') ? octets_of(lines.shift()!.slice(6)) : new Uint8Array()
  const index = lines.shift()
  must(index?.startsWith('index '), 'index')
  must(lines.length <= 63, 'path')
  const note = parse_note(file.slice(end + 2))
  return { extra, index: number_of(index!.slice(6)), path: lines.map(hash_of), note, checkpoint: parse_checkpoint(note.text) }
}

// What a proof of the house shows, step by step. `statement` is what was entered.
export interface Judgement { commitment: boolean, inclusion: boolean, log: boolean, witnesses: boolean, statement: string }

export function judge(proof_file: string, policy_file: string): Judgement {
  const out: Judgement = { commitment: false, inclusion: false, log: false, witnesses: false, statement: '' }
  const policy = parse_policy(policy_file)
  let proof: Proof
  try { proof = parse_proof(proof_file) } catch { return out }
  const quietly = (check: () => boolean): boolean => { try { return check() } catch { return false } }
  let leaf: Hash | undefined
  out.commitment = quietly(() => {
    must(proof.extra.length > 32, 'extra')
    out.statement = new TextDecoder('utf-8', { fatal: true }).decode(proof.extra.subarray(32))
    JSON.parse(out.statement)
    leaf = leaf_hash(sha256(proof.extra))
    return true
  })
  out.inclusion = leaf !== undefined && verify_inclusion(proof.index, proof.checkpoint.size, leaf, proof.path, proof.checkpoint.root)
  out.log = quietly(() => signed_by_log(proof.note, proof.checkpoint.origin, policy))
  out.witnesses = quietly(() => is_quorum(witnesses_of(proof.note, policy), policy))
  return out
}
