// Gives a voice by a token (voice-token.ts). Step 1 asks for it with the session; step 2 sends the
// voice without any cookie, when the person likes. The token lies in this browser's storage, for
// each person of this browser her own, and is written down before anything is sent.
import { begin, finish, read_token, voice_of, type Token } from './voice-token'
import { freshId, Speaker } from './text'

class Refusal extends Error {
  constructor(public code: string, words: string) { super(words) }
}

class MadangVoice extends HTMLElement {
  private readonly body = document.createElement('div')
  private readonly error = document.createElement('p')
  private speaker!: Speaker

  connectedCallback(): void {
    if (!globalThis.crypto?.subtle || !storage()) return
    for (const note of this.querySelectorAll<HTMLElement>('[data-without]')) note.hidden = true
    this.body.className = 'stack'
    this.error.className = 'error'
    this.error.hidden = true
    this.append(this.body, this.error)
    this.speaker = new Speaker(this)
    this.draw()
  }

  // ---- what is kept ----
  private get places(): string { return `madang-voice:${this.dataset.ask ?? ''}:` }
  private get place(): string {
    const own = this.places + (this.dataset.holder ?? '')
    if (this.dataset.holder) return own
    const all = storage()!
    for (let i = 0; i < all.length; i++) if (all.key(i)?.startsWith(this.places)) return all.key(i)!
    return own
  }
  private get token(): Token | undefined {
    return read_token(storage()!.getItem(this.place) ?? '', this.dataset.ask ?? '')
  }
  private keep(token: Token): void {
    storage()!.setItem(this.place, JSON.stringify(token))
  }

  // ---- what is sent ----
  private async send(path: string, fields: Record<string, string>, session: boolean): Promise<Record<string, string>> {
    const csrf = this.querySelector<HTMLInputElement>('input[name=_csrf]')?.value
    const answer = await fetch(`${this.dataset.path ?? ''}/${path}`, {
      method: 'POST', body: JSON.stringify(fields), credentials: session ? 'same-origin' : 'omit', cache: 'no-store',
      headers: { 'content-type': 'application/json', accept: 'application/json', ...(session && csrf ? { 'x-csrf': csrf } : {}) }
    })
    const said = await answer.json() as Record<string, string>
    if (!answer.ok) throw new Refusal((said.type ?? '').replace('/problems/', ''), said.detail ?? said.title ?? '')
    return said
  }

  private async get(): Promise<void> {
    let token = this.token
    if (token?.state !== 'asked') {
      const { ask = '', bucket = '', key = '' } = await this.send('token/begin', {}, true)
      // The key that everybody sees, asked without saying who asks: one made for me alone would mark me.
      const shown = await (await fetch(`${this.dataset.path ?? ''}/tokens`, { credentials: 'omit', cache: 'no-store', headers: { accept: 'application/json' } })).json() as { keys: { bucket: string, key: string }[] }
      if (!shown.keys.some(one => one.bucket === bucket && one.key === key)) throw new Refusal('', this.dataset.wrong ?? '')
      token = await begin(ask, bucket, key)
      this.keep(token)
    }
    try {
      const { signature = '' } = await this.send('token', { bucket: token.bucket, blinded: token.blinded }, true)
      this.keep(await finish(token, signature).catch(() => { throw new Refusal('', this.dataset.wrong ?? '') }))
    } catch (wrong) {
      // Refused for good: what was prepared is of no use.
      if (wrong instanceof Refusal && /^voices\.token_(had|bucket)$/.test(wrong.code)) storage()!.removeItem(this.place)
      throw wrong
    }
  }
  private async give(again: boolean): Promise<void> {
    const token = this.token!
    let state: Token['state'] = 'given'
    await this.send('voice', voice_of(token, this.dataset.saying ?? '', again), false).catch((wrong: unknown) => {
      // Its answer was lost, or another browser has used the file: it is counted, or was taken back.
      const code = wrong instanceof Refusal ? wrong.code : ''
      if (code === 'voices.token_taken') state = 'taken'
      else if (code !== 'voices.token_spent') throw wrong
    })
    this.keep({ ...token, state })
  }
  private async take_back(): Promise<void> {
    const token = this.token!
    await this.send('voice/take-back', voice_of(token, this.dataset.saying ?? '', true), false)
    this.keep({ ...token, state: 'taken' })
  }

  // ---- what is seen ----
  private act(label: string | undefined, look: string, what: () => Promise<void>): HTMLButtonElement {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = `button ${look}`
    button.textContent = label ?? ''
    button.addEventListener('click', () => {
      button.disabled = true
      this.error.hidden = true
      what().then(() => {
        this.draw()
        this.speaker.say(this.body.querySelector('p')?.textContent ?? '')
        this.body.querySelector('button')?.focus()
      }, (wrong: unknown) => {
        this.draw()
        this.error.textContent = wrong instanceof Refusal && wrong.message ? wrong.message : this.dataset.failed ?? ''
        this.error.hidden = false
        this.speaker.say(this.error.textContent)
      })
    })
    return button
  }

  private draw(): void {
    const token = this.token, parts: HTMLElement[] = []
    const say = (text: string | undefined, look = '') => {
      const said = document.createElement('p')
      said.textContent = text ?? ''
      said.className = look
      parts.push(said)
    }
    // What can be done stands in one row.
    const act = (...of: Parameters<MadangVoice['act']>) => {
      const row = parts.at(-1)?.className === 'button-row' ? parts.pop()! : Object.assign(document.createElement('div'), { className: 'button-row' })
      row.append(this.act(...of))
      parts.push(row)
    }
    this.dataset.state = token?.state ?? 'none'
    if (!token || token.state === 'asked') {
      if (this.dataset.holder) act(this.dataset.get, 'primary', () => this.get())
    } else if (token.state === 'held') {
      say(this.dataset.held)
      act(this.dataset.send, 'primary', () => this.give(false))
    } else if (token.state === 'given') {
      say(this.dataset.given, 'strong')
      act(this.dataset.undo, 'quiet', () => this.take_back())
    } else {
      say(this.dataset.taken)
      act(this.dataset.again, 'primary', () => this.give(true))
    }
    if (token && token.state !== 'asked') {
      act(this.dataset.keep, 'secondary', () => Promise.resolve(this.download(token)))
      say(this.dataset.file, 'note')
    } else {
      parts.push(this.opener())
    }
    this.body.replaceChildren(...parts)
  }

  private download(token: Token): void {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([JSON.stringify(token, null, 1)], { type: 'application/json' }))
    link.download = `madang-voice-${token.ask}.json`
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
  }
  private opener(): HTMLElement {
    const details = document.createElement('details'), summary = document.createElement('summary')
    const label = document.createElement('label'), file = document.createElement('input')
    summary.textContent = this.dataset.load ?? ''
    file.type = 'file'
    file.accept = 'application/json,.json'
    file.id = freshId('token')
    label.htmlFor = file.id
    label.textContent = this.dataset.load ?? ''
    file.addEventListener('change', () => {
      void file.files?.[0]?.text().then(text => {
        const token = read_token(text, this.dataset.ask ?? '')
        this.error.hidden = Boolean(token)
        this.error.textContent = token ? '' : this.dataset.wrong ?? ''
        if (!token) return
        this.keep(token)
        this.draw()
      })
    })
    details.append(summary, label, file)
    return details
  }
}

// Nothing where the browser keeps nothing (private windows of some).
function storage(): Storage | undefined {
  try {
    return globalThis.localStorage
  } catch {
    return undefined
  }
}
customElements.define('madang-voice', MadangVoice)
