import { fill } from './text'

interface Near { number: string, name: string, state: string, since: string, metres: number, voices: number, same: boolean }

// What was reported near the chosen place already, before it is reported once more.
class MadangNear extends HTMLElement {
  private asking: AbortController | undefined

  connectedCallback(): void {
    if (this.dataset.ready) return
    this.dataset.ready = 'yes'
    this.setAttribute('role', 'status')
    document.addEventListener('madang-place', event => void this.ask((event as CustomEvent<{ lat: number, lon: number }>).detail))
  }

  private async ask(at: { lat: number, lon: number }): Promise<void> {
    this.asking?.abort()
    this.asking = new AbortController()
    try {
      const answer = await fetch(`/eungdapso/near?lat=${at.lat}&lon=${at.lon}&category=${this.dataset.category}`,
        { signal: this.asking.signal, headers: { accept: 'application/json' } })
      if (answer.ok) this.show((await answer.json() as { reports: Near[] }).reports)
    } catch {
      // offline: the server tells a crew of two reports of one thing
    }
  }

  private show(list: Near[]): void {
    if (list.length === 0)
      return this.replaceChildren(Object.assign(document.createElement('p'), { className: 'note', textContent: this.dataset.none ?? '' }))
    const box = document.createElement('div')
    box.className = 'inset'
    box.append(Object.assign(document.createElement('h2'), { className: 'h3', textContent: this.dataset.title ?? '' }),
      Object.assign(document.createElement('p'), { textContent: this.dataset.line ?? '' }))
    const lines = document.createElement('ul')
    lines.className = 'service-list'
    lines.append(...list.map(one => {
      const line = document.createElement('li')
      line.className = 'service-line'
      const link = Object.assign(document.createElement('a'), { href: `/eungdapso/reports/${one.number}`, textContent: one.name })
      const note = Object.assign(document.createElement('p'), { className: 'note', textContent:
        [fill(this.dataset.metres ?? '', { n: String(one.metres) }), one.state, one.since,
          fill(this.dataset.voices ?? '', { n: String(one.voices) })].join(' · ') })
      line.append(link, note)
      if (one.same) line.append(this.button(one))
      return line
    }))
    box.append(lines)
    this.replaceChildren(box)
  }

  private button(one: Near): HTMLButtonElement {
    const made = Object.assign(document.createElement('button'), { type: 'button', className: 'button secondary small', textContent: this.dataset.join ?? '' })
    const once = crypto.randomUUID()
    made.addEventListener('click', () => void (async () => {
      made.disabled = true
      const { csrf } = await (await fetch('/eungdapso/session')).json() as { csrf: string | null }
      const body = new URLSearchParams({ once, ...(csrf ? { _csrf: csrf } : {}) })
      const answer = await fetch(`/eungdapso/reports/${one.number}/join`, { method: 'POST', body, headers: { accept: 'application/json' } })
      if (answer.ok) made.replaceWith(Object.assign(document.createElement('p'), { textContent: this.dataset.joined ?? '' }))
      else made.disabled = false
    })())
    return made
  }
}
customElements.define('madang-near', MadangNear)
