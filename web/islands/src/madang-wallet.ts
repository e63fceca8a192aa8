// The wallet on the holder's device: what it holds, taking more, showing, and what was shown.
import { codeReader } from './code-reader'
import { qr_drawing } from './qr-drawing'
import type { Json } from './sd-jwt'
import { fill, freshId } from './text'
import * as acts from './wallet-acts'
import * as kept from './wallet-store'

type Types = Record<string, { name: string, claims: Record<string, string> }>

// An element with text or elements in it; nothing of what others sent becomes markup.
export function make<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Record<string, string> = {}, ...content: (Node | string)[]): HTMLElementTagNameMap[K] {
  const out = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) out.setAttribute(name, value)
  out.append(...content)
  return out
}
export class Words {
  readonly words: Record<string, string>
  readonly types: Types
  constructor(host: HTMLElement) {
    const said = JSON.parse(host.dataset.said ?? '{}') as { words: Record<string, string>, types: Types }
    this.words = said.words
    this.types = said.types
  }
  say(key: string, facts: Record<string, string> = {}): string { return fill(this.words[key] ?? this.words.failed ?? '', facts) }
  type(type: string): string { return this.types[type]?.name ?? type }
  label(type: string, pointer: string): string {
    const [first, ...rest] = pointer.split('/').slice(1)
    return [this.types[type]?.claims[first ?? ''] ?? first ?? '', ...rest].join(' ')
  }
  value(v: Json): string {
    if (typeof v === 'boolean') return this.say(v ? 'yes' : 'no')
    if (Array.isArray(v)) return v.map(one => this.value(one)).join('; ')
    if (v && typeof v === 'object') return Object.entries(v).map(([name, one]) => `${name}: ${this.value(one)}`).join(', ')
    return String(v)
  }
  list(type: string, rows: { label: string, value: Json }[]): HTMLElement {
    return make('dl', { class: 'wallet-claims', 'data-type': type },
      ...rows.map(r => make('div', {}, make('dt', {}, r.label), make('dd', {}, this.value(r.value)))))
  }
}
export function day(seconds: number, language: string, time = false): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', ...(time ? { timeStyle: 'short' as const } : {}) }).format(seconds * 1000)
}
export const button = (text: string, look: string, act: () => void): HTMLButtonElement => {
  const out = make('button', { type: 'button', class: `button ${look}` }, text)
  out.addEventListener('click', act)
  return out
}
// Films until a code is seen; `stop` ends it. The reader is fetched when it is first needed.
export async function film(into: HTMLElement, found: (text: string) => void): Promise<() => void> {
  const read = await codeReader()
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
  const video = make('video', { class: 'wallet-camera', playsinline: '', 'aria-hidden': 'true' })
  video.muted = true
  video.srcObject = stream
  into.append(video)
  await video.play()
  let on = true
  const stop = () => {
    on = false
    stream.getTracks().forEach(track => track.stop())
    video.remove()
  }
  const look = async () => {
    while (on) {
      const text = await read(video)
      if (text && on) {
        stop()
        found(text)
      }
      await new Promise(done => setTimeout(done, 200))
    }
  }
  void look()
  return stop
}

class MadangWallet extends HTMLElement {
  private said!: Words
  private language = 'ko'
  private readonly message = make('p', { role: 'status', class: 'wallet-message' })
  private readonly work = make('section', { class: 'wallet-work' })
  private readonly cards = make('section', { class: 'wallet-cards' })
  private readonly past = make('details', { class: 'disclosure' })
  private from_here = false        // the request came from this device: go back to who asked

  connectedCallback(): void {
    this.said = new Words(this)
    this.language = this.dataset.language ?? 'ko'
    this.replaceChildren(this.message, this.work, this.cards, this.past)
    addEventListener('hashchange', () => this.from_address())
    navigator.serviceWorker?.register('/sw.js').catch(() => undefined)
    void navigator.storage?.persist?.()
    void this.draw().then(() => this.from_address()).then(() => this.look_again())
  }

  private from_address(): void {
    if (location.hash.length < 2) return
    const text = location.hash
    history.replaceState(null, '', location.pathname + location.search)
    void this.take(text, true)
  }
  private tell(key: string): void {
    this.message.textContent = key && this.said.say(key)
    this.dataset.state = key
  }
  private idle(): void {
    this.work.replaceChildren(button(this.said.say('add'), 'primary', () => this.ask_text()))
  }

  // ---- what is there ----
  private async draw(): Promise<void> {
    if (!this.work.childElementCount) this.idle()
    const held = await kept.all_held()
    if (held.length === 0)
      this.cards.replaceChildren(make('div', { class: 'empty-state' }, make('h2', {}, this.said.say('none')), make('p', {}, this.said.say('none_hint'))))
    else this.cards.replaceChildren(...held.sort((a, b) => b.added - a.added).map(h => this.card(h)))
    const shown = await kept.all_shown()
    this.past.replaceChildren(make('summary', {}, this.said.say('history')),
      ...(shown.length ? shown.map(s => this.shown_entry(s)) : [make('p', {}, this.said.say('history_none'))]))
  }
  private state_of(h: kept.Held): [string, string] {
    if (h.revoked) return ['state_revoked', 'bad']
    if (h.expires * 1000 < Date.now()) return ['state_expired', 'warn']
    return h.checked ? ['state_good', 'good'] : ['state_unknown', 'neutral']
  }
  private card(h: kept.Held): HTMLElement {
    const [state, tone] = this.state_of(h)
    const title = make('h2', {}, this.said.type(h.type), ' ', make('span', { class: `badge ${tone}` }, this.said.say(state)))
    const facts = make('p', {}, this.said.say('holds_until', { date: day(h.expires, this.language) }), ' · ',
      this.said.say('copies_left', { n: String(h.copies.length) }))
    const claims = Object.keys(this.said.types[h.type]?.claims ?? {}).filter(name => name in h.claims)
    const inside = make('details', { class: 'disclosure' }, make('summary', {}, this.said.say('details')),
      this.said.list(h.type, claims.map(name => ({ label: this.said.label(h.type, `/${name}`), value: h.claims[name]! }))))
    const row = make('div', { class: 'button-row' })
    const usable = h.copies.length > 0 && !h.revoked && h.expires * 1000 > Date.now()
    if (usable) row.append(button(this.said.say('code'), 'secondary', () => this.choose(h)))
    row.append(this.remove_button(h))
    const card = make('article', { class: 'box', 'data-held': h.id }, title, facts, inside, row)
    if (h.copies.length < 3) facts.after(make('p', { class: 'hint' }, this.said.say('few_left')))
    return card
  }
  private remove_button(h: kept.Held): HTMLElement {
    let sure = false
    const out = button(this.said.say('remove'), 'quiet', () => {
      if (sure) return void kept.drop(h.id).then(() => this.draw())
      sure = true
      out.textContent = this.said.say('remove_sure')
    })
    return out
  }
  private shown_entry(s: kept.Shown): HTMLElement {
    const to = s.how === 'code' ? this.said.say('by_code') : s.to
    return make('article', { class: 'wallet-shown' }, make('h3', {}, to),
      make('p', { class: 'hint' }, `${day(s.at, this.language, true)} · ${this.said.type(s.type)}`), this.said.list(s.type, s.what))
  }
  private async look_again(): Promise<void> {
    for (const h of await kept.all_held()) await acts.refresh(h).catch(() => undefined)
    if (!navigator.onLine) this.tell('offline')
    await this.draw()
  }

  // ---- reading an offer or a request ----
  private field(label: string, hint: string, attributes: Record<string, string>): [HTMLElement, HTMLInputElement] {
    const id = freshId('wallet')
    const input = make('input', { id, class: 'input', 'aria-describedby': `${id}-hint`, autocomplete: 'off', ...attributes })
    return [make('div', { class: 'field' }, make('label', { for: id }, label), make('p', { class: 'hint', id: `${id}-hint` }, hint), input), input]
  }
  private ask_text(): void {
    const [field, input] = this.field(this.said.say('add_label'), this.said.say('add_hint'), { type: 'text', name: 'code' })
    const form = make('form', {}, field)
    let stop: (() => void) | undefined
    const camera = button(this.said.say('scan'), 'secondary', () => void film(form, text => void this.take(text))
      .then(end => { stop = end }, () => this.tell('failed')))
    form.append(make('div', { class: 'button-row' }, make('button', { class: 'button primary' }, this.said.say('add_go')), camera,
      button(this.said.say('cancel'), 'quiet', () => { stop?.(); this.idle() })))
    form.addEventListener('submit', event => {
      event.preventDefault()
      stop?.()
      void this.take(input.value)
    })
    this.tell('')
    this.work.replaceChildren(form)
    input.focus()
  }
  private async take(text: string, from_here = false): Promise<void> {
    this.from_here = from_here
    const asked = acts.understood(text)
    if (!asked) return this.tell('failed_offer')
    if ('offer' in asked) return this.ask_pin(asked.offer)
    await this.doing(async () => {
      const r = await acts.understand(asked, (type, pointer) => this.said.label(type, pointer), this.language)
      this.consent(r)
    })
  }
  private async doing(act: () => Promise<void>): Promise<void> {
    this.tell('')
    this.setAttribute('aria-busy', 'true')
    try {
      await act()
    } catch (e) {
      this.idle()
      this.tell(e instanceof acts.ActError ? (e.message in this.said.words ? e.message : 'failed') : 'failed')
    }
    this.removeAttribute('aria-busy')
    await this.draw()
  }
  private ask_pin(offer: string): void {
    const [field, input] = this.field(this.said.say('pin_label'), this.said.say('pin_hint'),
      { type: 'text', inputmode: 'numeric', maxlength: '6', name: 'pin' })
    const form = make('form', {}, field, make('div', { class: 'button-row' },
      make('button', { class: 'button primary' }, this.said.say('pin_go')),
      button(this.said.say('cancel'), 'quiet', () => this.idle())))
    form.addEventListener('submit', event => {
      event.preventDefault()
      void this.doing(async () => {
        await acts.accept(offer, this.dataset.issuer ?? '', input.value.trim())
        this.idle()
        await this.draw()
        this.tell('added')
        for (const h of await kept.all_held()) await acts.refresh(h).catch(() => undefined)
      })
    })
    this.tell('')
    this.work.replaceChildren(form)
    input.focus()
  }

  // ---- showing ----
  private consent(r: acts.Request): void {
    const title = make('h2', { tabindex: '-1' }, this.said.say('ask_title'))
    this.work.replaceChildren(make('div', { class: 'box', 'data-consent': 'yes' }, title,
      this.said.list(r.held.type, [{ label: this.said.say('ask_who'), value: r.who }, { label: this.said.say('ask_purpose'), value: r.why }]),
      make('h3', {}, this.said.say('ask_shows')), this.said.list(r.held.type, r.what),
      make('p', { class: 'hint' }, this.said.say('ask_not')),
      make('div', { class: 'button-row' },
        button(this.said.say('agree'), 'primary', () => void this.answer(() => acts.show(r), 'shown')),
        button(this.said.say('decline'), 'secondary', () => void this.answer(() => acts.decline(r), 'declined')))))
    title.focus()
  }
  private answer(act: () => Promise<string | undefined>, said: string): Promise<void> {
    return this.doing(async () => {
      const next = await act()
      this.idle()
      await this.draw()              // what is said to be so is so on the page
      this.tell(said)
      if (next && this.from_here) location.assign(next)
    })
  }

  // ---- by code, also without a network ----
  private choose(h: kept.Held): void {
    const leaves = (name: string): string[] => {
      const v = h.claims[name]
      return v && typeof v === 'object' && !Array.isArray(v) ? Object.keys(v).map(inner => `/${name}/${inner}`) : [`/${name}`]
    }
    const places = Object.keys(this.said.types[h.type]?.claims ?? {}).filter(name => name in h.claims).flatMap(leaves)
    const boxes = places.map(place => {
      const id = freshId('wallet')
      const box = make('input', { type: 'checkbox', id, value: place })
      return { box, line: make('div', { class: 'choice' }, box, make('label', { for: id }, this.said.label(h.type, place))) }
    })
    const form = make('form', {}, make('fieldset', {}, make('legend', {}, this.said.say('code_which')), ...boxes.map(b => b.line)),
      make('div', { class: 'button-row' }, make('button', { class: 'button primary' }, this.said.say('code')),
        button(this.said.say('cancel'), 'quiet', () => this.idle())))
    form.addEventListener('submit', event => {
      event.preventDefault()
      const chosen = boxes.filter(b => b.box.checked).map(b => b.box.value)
      if (chosen.length) void this.doing(() => this.show_code(h, chosen))
    })
    this.work.replaceChildren(form)
    boxes[0]?.box.focus()
  }
  private async show_code(h: kept.Held, places: string[]): Promise<void> {
    const at = (place: string): Json => place.split('/').slice(1).reduce<Json>((v, step) => (v as Record<string, Json>)[step] ?? null, h.claims)
    const what = places.map(p => ({ label: this.said.label(h.type, p), value: at(p) }))
    const text = await acts.code_for(h, places, what)
    const title = make('h2', { tabindex: '-1' }, this.said.say('code_title'))
    this.work.replaceChildren(make('div', { class: 'box' }, title, qr_drawing(text, this.said.say('code_title')),
      make('p', {}, this.said.say('code_hint')), this.said.list(h.type, what),
      make('pre', { class: 'wrap wallet-code', tabindex: '0' }, text), button(this.said.say('code_close'), 'secondary', () => this.idle())))
    title.focus()
  }
}
customElements.define('madang-wallet', MadangWallet)
