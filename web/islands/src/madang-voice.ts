// Gives a voice that nobody can trace (voice-ways.ts). Step 1 asks for a token, or a pass, with the
// session; step 2 sends the voice without any cookie, when the person likes.
import { Refusal, storage, way_of, type State, type Way } from './voice-ways'
import { freshId, Speaker } from './text'

class MadangVoice extends HTMLElement {
  private readonly body = document.createElement('div')
  private readonly error = document.createElement('p')
  private speaker!: Speaker
  private way!: Way
  private ballot: HTMLElement | undefined

  connectedCallback(): void {
    if (!globalThis.crypto?.subtle || !storage()) return
    for (const note of this.querySelectorAll<HTMLElement>('[data-without]')) note.hidden = true
    this.body.className = 'stack'
    this.error.className = 'error'
    this.error.hidden = true
    this.append(this.body, this.error)
    this.way = way_of(this.dataset, this.querySelector<HTMLInputElement>('input[name=_csrf]')?.value)
    this.speaker = new Speaker(this)
    this.ballot = this.querySelector<HTMLElement>('[data-ballot]') ?? undefined
    this.ballot?.remove()
    if (this.ballot) this.ballot.hidden = false
    this.mark(this.way.chosen)
    this.draw()
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
    const state: State = this.way.state, parts: HTMLElement[] = []
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
    this.dataset.state = state
    if (state === 'none' || state === 'asked') {
      if (this.dataset.holder) act(this.dataset.get, 'primary', () => this.way.get())
      parts.push(this.opener())
    } else {
      const give = (again: boolean) => this.way.give(again, this.ballot && this.on_paper)
      if (state === 'held') say(this.dataset.held)
      else if (state === 'given') say(this.named(this.way.chosen) ?? this.dataset.given, 'strong')
      else say(this.dataset.taken)
      if (this.ballot) parts.push(this.ballot)
      if (state === 'held') act(this.dataset.send, 'primary', () => give(false))
      else if (state === 'taken') act(this.dataset.again, 'primary', () => give(true))
      else {
        if (this.ballot) act(this.dataset.change, 'primary', () => give(true))
        act(this.dataset.undo, 'quiet', () => this.way.take_back())
      }
      act(this.dataset.keep, 'secondary', () => Promise.resolve(this.download()))
      say(this.dataset.file, 'note')
    }
    this.body.replaceChildren(...parts)
  }

  // ---- the paper of a choice ----
  // In the order of the page, which of a ranking is that of the ranks.
  private get on_paper(): string {
    const all = this.ballot?.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input:checked, select') ?? []
    return [...all].map(field => field.value).filter(Boolean).join(',')
  }
  private mark(chosen: string | undefined): void {
    const numbers = chosen?.split(',') ?? []
    this.ballot?.querySelectorAll('select').forEach((select, rank) => { select.value = numbers[rank] ?? '' })
    this.ballot?.querySelectorAll('input').forEach(input => { input.checked = numbers.includes(input.value) })
  }
  private named(chosen: string | undefined): string | undefined {
    if (!chosen || !this.ballot) return undefined
    const options = JSON.parse(this.dataset.options ?? '[]') as string[]
    const names = chosen.split(',').map(number => options[Number(number) - 1] ?? '')
    return this.dataset.chose?.replace('{what}', () => names.join(this.ballot?.querySelector('select') ? ' > ' : ', '))
  }

  private download(): void {
    const { name, text } = this.way.kept, link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
    link.download = name
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
        const known = this.way.open(text)
        this.error.hidden = known
        this.error.textContent = known ? '' : this.dataset.wrong ?? ''
        if (!known) return
        this.draw()
      })
    })
    details.append(summary, label, file)
    return details
  }
}

customElements.define('madang-voice', MadangVoice)
