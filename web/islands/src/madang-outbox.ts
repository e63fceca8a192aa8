import { fill } from './text'
import * as store from './street-store'
import { ready } from './street-worker'

// What waits on this device: drafts, reports without a network, and those that were sent with their number and code.
class MadangOutbox extends HTMLElement {
  connectedCallback(): void {
    if (this.dataset.ready) return
    this.dataset.ready = 'yes'
    void ready()
    store.hear(() => void this.draw())
    void this.draw().then(() => store.send_all()).then(() => this.draw())
  }

  private async draw(): Promise<void> {
    const list = await store.all()
    if (list.length === 0) return this.replaceChildren()
    const section = document.createElement('section'), title = document.createElement('h2')
    title.textContent = this.dataset.title ?? ''
    const lines = document.createElement('ul')
    lines.className = 'service-list'
    lines.append(...list.map(one => this.line(one)))
    section.append(title, lines)
    this.replaceChildren(section)
  }

  private line(one: store.Waiting): HTMLLIElement {
    const line = document.createElement('li')
    line.className = 'service-line'
    const name = document.createElement('h3'), note = document.createElement('p')
    name.textContent = one.name
    note.className = 'note'
    note.textContent = one.state === 'sent' ? [this.dataset.sent, one.number, one.code].filter(Boolean).join(' · ')
      : one.state === 'failed' ? fill(this.dataset.failed ?? '', { why: one.why ?? '' })
      : new Date(one.at).toLocaleString(document.documentElement.lang)
    const ways = document.createElement('p')
    ways.className = 'button-row'
    if (one.state === 'sent')
      ways.append(this.link(`/eungdapso/reports/${one.number}${one.code ? `?code=${one.code}` : ''}`, this.dataset.follow ?? ''))
    else {
      if (one.state === 'draft' || one.state === 'failed')
        name.replaceChildren(this.link(`/eungdapso/new?category=${one.category}#draft=${one.id}`, one.name, ''))
      ways.append(this.button(this.dataset.send ?? '', 'secondary', async () => {
        await store.keep({ ...one, state: 'waiting' })
        await store.send_all()
      }))
    }
    ways.append(this.button(this.dataset.discard ?? '', 'quiet', () => store.drop(one.id)))
    line.append(name, note, ways)
    return line
  }

  private link(href: string, text: string, style = 'button secondary small'): HTMLAnchorElement {
    return Object.assign(document.createElement('a'), { href, textContent: text, className: style })
  }
  private button(text: string, look: string, act: () => Promise<void>): HTMLButtonElement {
    const made = Object.assign(document.createElement('button'), { type: 'button', textContent: text, className: `button ${look} small` })
    made.addEventListener('click', () => void act().then(() => this.draw()))
    return made
  }
}
customElements.define('madang-outbox', MadangOutbox)
