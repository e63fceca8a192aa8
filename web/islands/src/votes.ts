// Counts the log of voices again, from its beginning, without believing the house anything but the
// file of keys: the entries are fetched as C2SP tlog-tiles has them, their root is computed here and
// compared with the checkpoint that the log and its witnesses have signed.
import { empty_root, is_quorum, leaf_hash, Malformed, node_hash, parse_checkpoint, parse_note, parse_policy, same, signed_by_log, witnesses_of, type Hash } from './tlog'
import { Choices, count as count_choices, type Counted, type Paper } from './choices'

export const tile_width = 256

// tile/entries/x001/x234/067, with .p/WIDTH when it is not full.
export function bundle_path(index: number, width: number): string {
  const parts = [String(index % 1000).padStart(3, '0')]
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000))
    parts.unshift(`x${String(rest % 1000).padStart(3, '0')}`)
  return `tile/entries/${parts.join('/')}${width < tile_width ? `.p/${width}` : ''}`
}

export function entries_of(bundle: Uint8Array): Uint8Array[] {
  const out: Uint8Array[] = []
  for (let at = 0; at < bundle.length;) {
    if (at + 2 > bundle.length) throw new Malformed('bundle')
    const size = bundle[at]! * 256 + bundle[at + 1]!
    if (at + 2 + size > bundle.length) throw new Malformed('bundle')
    out.push(bundle.subarray(at + 2, at + 2 + size))
    at += 2 + size
  }
  return out
}

// The root of all leaves so far (RFC 9162 section 2.1.1), with as many hashes as the size has ones.
export class Root {
  private whole: { hash: Hash, leaves: number }[] = []
  add(entry: Uint8Array): void {
    let grown = { hash: leaf_hash(entry), leaves: 1 }
    for (let last = this.whole.at(-1); last && last.leaves === grown.leaves; last = this.whole.at(-1)) {
      this.whole.pop()
      grown = { hash: node_hash(last.hash, grown.hash), leaves: grown.leaves * 2 }
    }
    this.whole.push(grown)
  }
  get hash(): Hash {
    return this.whole.map(one => one.hash).reduceRight<Hash | undefined>((right, left) => right ? node_hash(left, right) : left, undefined) ?? empty_root()
  }
}

// Voices of one ask and one saying, as engines/voices/leaf.hpp writes them. What is struck out stays so until it is put back.
export class Count {
  private last = new Map<string, string>()
  constructor(private ask: string, private saying: string) {}
  add(line: string): void {
    const [version, ask, saying, sign, pseudonym] = line.split(' ')
    if (version !== 'madang-voices/1' || ask !== this.ask || saying !== this.saying || !sign || !pseudonym) return
    if (this.last.get(pseudonym) !== 'x' || sign === 'o') this.last.set(pseudonym, sign)
  }
  get counted(): number {
    return [...this.last.values()].filter(sign => sign === '+' || sign === 'o').length
  }
}

// Tokens of one ask (engines/voices/tokens.hpp): in no bucket may more pseudonyms have spoken than
// were issued until then.
export class Tokens {
  private issued = new Map<string, number>()
  private spent = new Map<string, Set<string>>()
  private good = true
  constructor(private ask: string) {}
  add(line: string): void {
    const [version, ask, what, second, third, fourth] = line.split(' ')
    if (version !== 'madang-voices/1' || ask !== this.ask || !second || !third) return
    if (what === 'issued') this.issued.set(second, Math.max(Number(third), this.issued.get(second) ?? 0))
    if (second !== '+' || !fourth) return
    const all = this.spent.get(fourth) ?? new Set()
    this.spent.set(fourth, all.add(third))
    if (all.size > (this.issued.get(fourth) ?? 0)) this.good = false
  }
  get sum(): TokenSum {
    const issued = [...this.issued.values()].reduce((n, one) => n + one, 0)
    const spent = [...this.spent.values()].reduce((n, one) => n + one.size, 0)
    return { issued, spent, good: this.good }
  }
}
export interface TokenSum { issued: number, spent: number, good: boolean }

export interface Recount { tokens?: TokenSum, counted: number, choices: Counted | null, entries: number, root: boolean, signed: boolean }

export async function recount(fetch_octets: (path: string) => Promise<Uint8Array>, log: string, policy_path: string, ask: string, saying: string, paper?: Paper, by_token = false): Promise<Recount> {
  const text = async (path: string) => new TextDecoder('utf-8', { fatal: true }).decode(await fetch_octets(path))
  const note = parse_note(await text(`${log}/checkpoint`))
  const checkpoint = parse_checkpoint(note.text)
  const policy = parse_policy(await text(policy_path))
  const entries = Number(checkpoint.size)
  const root = new Root(), count = new Count(ask, saying), tokens = new Tokens(ask), choices = new Choices(ask), utf8 = new TextDecoder()
  for (let first = 0; first < entries; first += tile_width) {
    const width = Math.min(tile_width, entries - first)
    const found = entries_of(await fetch_octets(`${log}/${bundle_path(first / tile_width, width)}`))
    if (found.length < width) throw new Malformed('bundle')
    for (const entry of found.slice(0, width)) {
      root.add(entry)
      const line = utf8.decode(entry)
      count.add(line)
      tokens.add(line)
      if (paper) choices.add(line)
    }
  }
  return {
    ...by_token ? { tokens: tokens.sum } : {}, counted: paper ? choices.voters : count.counted, choices: paper ? count_choices(paper, await choices.ballots()) : null, entries, root: same(root.hash, checkpoint.root),
    signed: signed_by_log(note, checkpoint.origin, policy) && is_quorum(witnesses_of(note, policy), policy)
  }
}
