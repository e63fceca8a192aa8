import { Speaker, fill, freshId } from './text'

// The editable combobox with list autocomplete of WAI-ARIA 1.2 (APG, "Editable Combobox With List
// Autocomplete"): focus stays in the text field; arrows move aria-activedescendant; Enter takes the
// option, Escape closes, then clears. What a person typed is never changed unless she chooses.
export interface Option {
  label: string
  href?: string
  value?: string
  tag?: string
  note?: string
}

const pause = 120        // ms after the last key before asking
const most = 10          // options shown

export abstract class Combobox extends HTMLElement {
  protected input!: HTMLInputElement
  private list!: HTMLUListElement
  private speaker!: Speaker
  private options: Option[] = []
  private active = -1
  private timer = 0
  private asking: AbortController | undefined

  protected abstract choose(option: Option): void

  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>('input:not([type=hidden])')
    if (!input || this.list) return
    this.input = input
    this.list = document.createElement('ul')
    this.list.className = 'options'
    this.list.id = freshId('options')
    this.list.hidden = true
    this.list.setAttribute('role', 'listbox')
    this.list.setAttribute('aria-label', input.labels?.[0]?.textContent ?? input.placeholder)
    this.append(this.list)
    this.speaker = new Speaker(this)
    for (const [name, value] of Object.entries({ role: 'combobox', autocomplete: 'off', 'aria-autocomplete': 'list',
      'aria-expanded': 'false', 'aria-controls': this.list.id })) input.setAttribute(name, value)
    input.addEventListener('input', () => this.wait())
    input.addEventListener('keydown', event => this.key(event))
    input.addEventListener('blur', () => this.close())
    // typed before the script was here
    if (document.activeElement === input && input.value) this.wait()
    // mousedown would take the focus from the field before click chooses
    this.list.addEventListener('mousedown', event => event.preventDefault())
    this.list.addEventListener('click', event => {
      const item = (event.target as Element).closest('li')
      if (item) this.take([...this.list.children].indexOf(item))
    })
  }

  private wait(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.ask(), pause)
  }

  private async ask(): Promise<void> {
    const query = this.input.value.trim()
    this.asking?.abort()
    if (!query) return this.close()
    const asking = this.asking = new AbortController()
    try {
      const url = new URL(this.dataset.source ?? '', location.href)
      url.searchParams.set('q', query)
      const response = await fetch(url, { signal: asking.signal, headers: { accept: 'application/json' } })
      if (!response.ok) return this.close()
      const answer = await response.json() as { items?: Option[] }
      if (document.activeElement === this.input) this.show((answer.items ?? []).slice(0, most), query)
    } catch {
      // Offline: the plain form still works. One that a newer question took the place of is silent.
      if (this.asking === asking) this.close()
    }
  }

  private show(options: Option[], query: string): void {
    this.options = options
    this.active = -1
    this.input.removeAttribute('aria-activedescendant')
    this.list.replaceChildren(...options.map((option, i) => this.item(option, i, query)))
    this.list.hidden = options.length === 0
    this.input.setAttribute('aria-expanded', String(options.length > 0))
    this.speaker.say(options.length === 0 ? this.dataset.none ?? ''
      : fill(this.dataset.some ?? '', { n: String(options.length) }))
  }

  private item(option: Option, i: number, query: string): HTMLLIElement {
    const item = document.createElement('li')
    item.id = `${this.list.id}-${i}`
    item.setAttribute('role', 'option')
    item.setAttribute('aria-selected', 'false')
    const label = document.createElement('span')
    label.append(...highlighted(option.label, query))
    item.append(label)
    for (const [text, style] of [[option.tag, 'badge good'], [option.note, 'note']] as const) {
      if (!text) continue
      const part = document.createElement('span')
      part.className = style
      part.textContent = text
      item.append(' ', part)
    }
    return item
  }

  private move(to: number): void {
    const items = this.list.children
    if (items.length === 0) return
    items[this.active]?.setAttribute('aria-selected', 'false')
    this.active = (to + items.length) % items.length
    const item = items[this.active] as HTMLElement
    item.setAttribute('aria-selected', 'true')
    item.scrollIntoView({ block: 'nearest' })
    this.input.setAttribute('aria-activedescendant', item.id)
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return      // the keys belong to the Hangul being composed
    const open = !this.list.hidden
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      if (!open) return void this.ask()
      this.move(event.key === 'ArrowDown' ? this.active + 1 : this.active < 0 ? -1 : this.active - 1)
    } else if (event.key === 'Enter' && open && this.active >= 0) {
      event.preventDefault()
      this.take(this.active)
    } else if (event.key === 'Escape' && open) {
      event.preventDefault()
      this.close()
    }
  }

  private take(i: number): void {
    const option = this.options[i]
    if (!option) return
    this.close()
    this.choose(option)
  }

  protected close(): void {
    clearTimeout(this.timer)
    this.asking?.abort()
    this.list.hidden = true
    this.active = -1
    this.input.setAttribute('aria-expanded', 'false')
    this.input.removeAttribute('aria-activedescendant')
  }
}

/** The label as text nodes, with what was typed in <mark>; nothing is parsed as HTML. */
export function highlighted(label: string, query: string): Node[] {
  const nodes: Node[] = []
  const low = label.toLocaleLowerCase(), wanted = query.toLocaleLowerCase()
  // Lower case may change lengths (İ): then positions do not correspond and nothing is marked.
  if (!wanted || low.length !== label.length) return [document.createTextNode(label)]
  let from = 0
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, from)) {
    nodes.push(document.createTextNode(label.slice(from, at)))
    const mark = document.createElement('mark')
    mark.textContent = label.slice(at, at + wanted.length)
    nodes.push(mark)
    from = at + wanted.length
  }
  nodes.push(document.createTextNode(label.slice(from)))
  return nodes
}
