// Choices on a ballot paper, counted as engines/voices/choice.hpp says in words, and not from its code.
import { Malformed } from './tlog'

export interface Paper { kind: string, method: string, budget: number, sealed: boolean, options: { cost: number }[] }
export interface Counted { voters: number, counts: number[], order: number[] }

// Sealed voices are opened at the end; one that does not fit its seal makes the whole log doubtful.
export async function commitment(ask: string, pseudonym: string, chosen: string, salt: string): Promise<string> {
  const said = new TextEncoder().encode(`madang-voices/1 choice ${ask} ${pseudonym} ${chosen} ${salt}`)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', said))
  return `#${[...digest].map(o => o.toString(16).padStart(2, '0')).join('')}`
}

// The last voice of each pseudonym.
export class Choices {
  private last = new Map<string, string>()
  private struck = new Set<string>()
  private opened: [string, string, string][] = []
  constructor(private ask: string) {}
  add(line: string): void {
    const [version, ask, saying, sign, pseudonym, , chosen] = line.split(' ')
    if (version !== 'madang-voices/1' || ask !== this.ask || saying !== 'choice' || !pseudonym || !chosen) return
    if (sign === 'x') this.struck.add(pseudonym)
    if (this.struck.has(pseudonym) || sign === '-') this.last.delete(pseudonym)
    else if (sign === '+') this.last.set(pseudonym, chosen)
    else if (sign === '=') this.opened.push([pseudonym, ...chosen.split(':') as [string, string]])
  }
  get voters(): number {
    return this.last.size
  }
  // Throws when an opening does not fit, or when some are opened and others are not.
  async ballots(): Promise<string[]> {
    const sealed = [...this.last.values()].filter(c => c.startsWith('#')).length
    if (sealed > 0 && this.opened.length > 0 && this.opened.length !== sealed) throw new Malformed('opening')
    for (const [pseudonym, chosen, salt] of this.opened) {
      if (this.last.get(pseudonym) !== await commitment(this.ask, pseudonym, chosen, salt)) throw new Malformed('opening')
      this.last.set(pseudonym, chosen)
    }
    return [...this.last.values()].filter(c => !c.startsWith('#'))
  }
}

const sorted = (n: number, before: (a: number, b: number) => number) => Array.from({ length: n }, (_, i) => i).sort((a, b) => before(a, b) || a - b)

export function count(paper: Paper, ballots: string[]): Counted {
  const n = paper.options.length
  const read = ballots.map(b => b.split(',').map(o => Number(o) - 1))
  if (read.some(b => b.some(o => !Number.isInteger(o) || o < 0 || o >= n))) throw new Malformed('choice')
  const borda = paper.kind === 'ranking' && paper.method === 'borda'
  const counts = new Array<number>(n).fill(0)
  if (paper.kind === 'ranking' && !borda) return run_off(n, read)
  for (const ballot of read) ballot.forEach((option, place) => { counts[option]! += borda ? n - 1 - place : 1 })
  const cost = (o: number) => paper.kind === 'budget' ? paper.options[o]!.cost : 0
  const order = sorted(n, (a, b) => counts[b]! - counts[a]! || cost(a) - cost(b))
  return { voters: read.length, counts, order: order.map(o => o + 1) }
}

function run_off(n: number, read: number[][]): Counted {
  const still = new Set(Array.from({ length: n }, (_, i) => i)), gone: number[] = []
  const tally = () => {
    const counts = new Array<number>(n).fill(0)
    for (const ballot of read) {
      const best = ballot.find(o => still.has(o))
      if (best !== undefined) counts[best]!++
    }
    return counts
  }
  const first = tally()
  for (;;) {
    const counts = tally(), whole = counts.reduce((a, b) => a + b, 0)
    if (still.size === 1 || whole === 0 || Math.max(...counts) * 2 > whole) {
      const left = sorted(n, (a, b) => counts[b]! - counts[a]!).filter(o => still.has(o))
      return { voters: read.length, counts: first, order: [...left, ...gone.reverse()].map(o => o + 1) }
    }
    const out = [...still].sort((a, b) => counts[a]! - counts[b]! || first[a]! - first[b]! || b - a)[0]!
    still.delete(out)
    gone.push(out)
  }
}
