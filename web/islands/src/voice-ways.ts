// How a voice is given that nobody can trace: by a token for one ask (voice-token.ts, level 1) or by a
// pass for all asks of a quarter (voice-pass.ts, level 2). What it is given with lies in this browser's
// storage, for each person of this browser her own, and is written down before anything is sent.
import { begin_pass, finish_pass, read_pass, voice_of_pass, type Pass } from './voice-pass'
import { begin, finish, read_token, voice_of, type Token } from './voice-token'

export class Refusal extends Error {
  constructor(public code: string, words: string) { super(words) }
}
const code_of = (wrong: unknown) => wrong instanceof Refusal ? wrong.code : ''

export type State = 'none' | 'asked' | 'held' | 'given' | 'taken'
export interface Way {
  readonly state: State
  // Of a choice: what was sent last from this browser.
  readonly chosen: string | undefined
  get(): Promise<void>
  give(again: boolean, chosen?: string): Promise<void>
  take_back(): Promise<void>
  // What is kept as a file, and how it is called; whether a file is such a one, which then is used.
  readonly kept: { name: string, text: string }
  open(text: string): boolean
}

// What the house shows of keys, asked for without saying who asks: one made for me alone would mark me.
interface Shown { quarter?: string, now?: number, keys: { bucket: string, key: string }[] }

export type Said = { [name in 'ask' | 'path' | 'saying' | 'holder' | 'quarter' | 'place' | 'wrong']?: string | undefined }

class House {
  constructor(readonly said: Said, private csrf: string | undefined) {}
  async send(path: string, fields: Record<string, string>, session: boolean): Promise<Record<string, string>> {
    const answer = await fetch(`${this.said.path ?? ''}/${path}`, {
      method: 'POST', body: JSON.stringify(fields), credentials: session ? 'same-origin' : 'omit', cache: 'no-store',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...(session && this.csrf ? { 'x-csrf': this.csrf } : {}) }
    })
    const said = await answer.json() as Record<string, string>
    if (!answer.ok) throw new Refusal((said.type ?? '').replace('/problems/', ''), said.detail ?? said.title ?? '')
    return said
  }
  async shown(): Promise<Shown> {
    const answer = await fetch(`${this.said.path ?? ''}/tokens`, { credentials: 'omit', cache: 'no-store', headers: { accept: 'application/json' } })
    return await answer.json() as Shown
  }
  wrong(): Refusal { return new Refusal('', this.said.wrong ?? '') }
}

// Nothing where the browser keeps nothing (private windows of some).
export function storage(): Storage | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined
  }
}
// Her own place among `places`; of whoever has not signed in, the first.
function place_of(places: string, holder: string | undefined): string {
  const all = storage()!
  if (!holder) for (let i = 0; i < all.length; i++) if (all.key(i)?.startsWith(places)) return all.key(i)!
  return places + (holder ?? '')
}

class ByToken implements Way {
  constructor(private house: House) {}
  private get place(): string { return place_of(`madang-voice:${this.house.said.ask ?? ''}:`, this.house.said.holder) }
  private get token(): Token | undefined { return read_token(storage()!.getItem(this.place) ?? '', this.house.said.ask ?? '') }
  private keep(token: Token): void { storage()!.setItem(this.place, JSON.stringify(token)) }

  get state(): State { return this.token?.state ?? 'none' }
  get chosen(): string | undefined { return this.token?.chosen }
  // What was chosen stays here: a file that is passed on tells nobody.
  get kept() { return { name: `madang-voice-${this.house.said.ask ?? ''}.json`, text: JSON.stringify({ ...this.token, chosen: undefined }, null, 1) } }
  open(text: string): boolean {
    const token = read_token(text, this.house.said.ask ?? '')
    if (token) this.keep(token)
    return Boolean(token)
  }
  async get(): Promise<void> {
    let token = this.token
    if (token?.state !== 'asked') {
      const { ask = '', bucket = '', key = '' } = await this.house.send('token/begin', {}, true)
      const { keys } = await this.house.shown()
      if (!keys.some(one => one.bucket === bucket && one.key === key)) throw this.house.wrong()
      token = await begin(ask, bucket, key)
      this.keep(token)
    }
    try {
      const { signature = '' } = await this.house.send('token', { bucket: token.bucket, blinded: token.blinded }, true)
      this.keep(await finish(token, signature).catch(() => { throw this.house.wrong() }))
    } catch (wrong) {
      // Refused for good: what was prepared is of no use.
      if (/^voices\.token_(had|bucket)$/.test(code_of(wrong))) storage()!.removeItem(this.place)
      throw wrong
    }
  }
  async give(again: boolean, chosen?: string): Promise<void> {
    const token = this.token!
    let state: Token['state'] = 'given'
    const send = (with_secret: boolean) => this.house.send('voice', voice_of(token, this.house.said.saying ?? '', with_secret, chosen), false)
    await send(again).catch(async (wrong: unknown) => {
      // Its answer was lost, or another browser has used the file: it is counted, or was taken back.
      if (!/^voices\.token_(spent|taken)$/.test(code_of(wrong))) throw wrong
      if (chosen !== undefined) await send(true)      // what is chosen now counts
      else if (code_of(wrong) === 'voices.token_taken') state = 'taken'
    })
    this.keep({ ...token, state, ...chosen === undefined ? {} : { chosen } })
  }
  async take_back(): Promise<void> {
    const token = this.token!
    await this.house.send('voice/take-back', voice_of(token, this.house.said.saying ?? '', true), false)
    this.keep({ ...token, state: 'taken' })
  }
}

class ByPass implements Way {
  constructor(private house: House) {}
  private get places(): string { return `madang-pass:${this.house.said.place ?? ''}:${this.house.said.quarter ?? ''}:` }
  private get place(): string { return place_of(this.places, this.house.said.holder) }
  private get pass(): Pass | undefined { return read_pass(storage()!.getItem(this.place) ?? '', this.house.said.quarter ?? '') }
  private keep(pass: Pass): void { storage()!.setItem(this.place, JSON.stringify(pass)) }
  // What was done with it here stands beside the pass and not in it: its file tells nobody what for.
  private get done(): string { return `madang-pass-used:${this.house.said.ask ?? ''}:${this.place.slice(this.places.length)}` }

  get state(): State {
    const pass = this.pass, done = storage()!.getItem(this.done)
    if (!pass) return 'none'
    if (!pass.credential) return 'asked'
    return done === 'given' || done === 'taken' ? done : 'held'
  }
  readonly chosen = undefined
  get kept() { return { name: `madang-pass-${this.house.said.quarter ?? ''}.json`, text: JSON.stringify(this.pass, null, 1) } }
  open(text: string): boolean {
    const pass = read_pass(text, this.house.said.quarter ?? '')
    if (pass) this.keep(pass)
    return Boolean(pass)
  }
  private async now_by(key: string): Promise<number> {
    const { quarter, keys, now = 0 } = await this.house.shown()
    if (quarter !== this.house.said.quarter || !keys.some(one => one.bucket === 'all' && one.key === key)) throw this.house.wrong()
    return now
  }
  async get(): Promise<void> {
    let pass = this.pass
    if (!pass) {
      const { key = '' } = await this.house.send('token/begin', {}, true)
      await this.now_by(key)
      pass = begin_pass(this.house.said.quarter ?? '', key)
      this.keep(pass)
    }
    try {
      const { signature = '' } = await this.house.send('token', { blinded: pass.request }, true)
      this.keep(this.finished(pass, signature))
    } catch (wrong) {
      if (code_of(wrong) === 'voices.pass_had') storage()!.removeItem(this.place)
      throw wrong
    }
  }
  private finished(pass: Pass, response: string): Pass {
    try {
      return finish_pass(pass, response)
    } catch {
      throw this.house.wrong()
    }
  }
  private async act(path: string, sign: '+' | '-'): Promise<void> {
    const pass = this.pass!, { ask = '', saying = '' } = this.house.said
    const time = await this.now_by(pass.key)
    await this.house.send(path, voice_of_pass(pass, ask, saying, sign, time), false)
  }
  async give(): Promise<void> {
    // Spent: its answer was lost, or another browser has used the file. It counts.
    await this.act('voice', '+').catch((wrong: unknown) => { if (code_of(wrong) !== 'voices.pass_spent') throw wrong })
    storage()!.setItem(this.done, 'given')
  }
  async take_back(): Promise<void> {
    await this.act('voice/take-back', '-')
    storage()!.setItem(this.done, 'taken')
  }
}

export function way_of(said: Said, csrf: string | undefined): Way {
  const house = new House(said, csrf)
  return said.quarter ? new ByPass(house) : new ByToken(house)
}
