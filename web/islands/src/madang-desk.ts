// Keyboard for the officials' desk: J and K walk the list, X picks what is walked on, Enter opens (a
// plain link), / goes to the search, ? shows the keys. Single-key shortcuts can be switched off and are silent while typing
// (WCAG 2.2, 2.1.4).
const stored = 'madang-shortcuts'

class MadangDesk extends HTMLElement {
  private dialog: HTMLDialogElement | undefined

  connectedCallback(): void {
    document.addEventListener('keydown', this.key)
    const active = this.links().find(a => a.hasAttribute('aria-current'))
    active?.scrollIntoView({ block: 'nearest' })
  }
  disconnectedCallback(): void {
    document.removeEventListener('keydown', this.key)
  }

  private links(): HTMLAnchorElement[] {
    return [...this.querySelectorAll<HTMLAnchorElement>('.desk-item')]
  }

  private readonly key = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return
    if (target.closest('input, textarea, select, dialog, [contenteditable]')) return
    if (event.key !== '?' && localStorage.getItem(stored) === 'off') return
    // event.code as well: with a Hangul keyboard J and K type ㅓ and ㅏ
    if (event.key === 'j' || event.code === 'KeyJ') this.walk(1)
    else if (event.key === 'k' || event.code === 'KeyK') this.walk(-1)
    else if ((event.key === 'x' || event.code === 'KeyX') && this.pick()) { /* picked */ }
    else if (event.key === '/') this.querySelector<HTMLInputElement>('input[type=search]')?.focus()
    else if (event.key === '?') this.help()
    else return
    event.preventDefault()
  }

  private walk(step: number): void {
    const links = this.links()
    const focused = links.indexOf(document.activeElement as HTMLAnchorElement)
    const from = focused >= 0 ? focused : links.findIndex(a => a.hasAttribute('aria-current'))
    const next = links[Math.max(0, Math.min(links.length - 1, from + step))]
    next?.focus()
    next?.scrollIntoView({ block: 'nearest' })
  }

  private pick(): boolean {
    const box = document.activeElement?.closest('li')?.querySelector<HTMLInputElement>('.desk-pick')
    box?.click()
    return !!box
  }

  private help(): void {
    this.dialog ??= this.makeHelp()
    this.dialog.showModal()
  }

  private makeHelp(): HTMLDialogElement {
    const dialog = document.createElement('dialog')
    const title = document.createElement('h2')
    title.textContent = this.dataset.help ?? ''
    title.id = 'desk-help'
    dialog.setAttribute('aria-labelledby', title.id)
    const list = document.createElement('dl')
    for (const [key, text] of [['J', this.dataset.next], ['K', this.dataset.previous], ['X', this.dataset.pick], ['Enter', this.dataset.open],
      ['/', this.dataset.search], ['?', this.dataset.help]] as const) {
      const row = document.createElement('div'), term = document.createElement('dt'), what = document.createElement('dd')
      const cap = document.createElement('kbd')
      cap.textContent = key
      term.append(cap)
      what.textContent = text ?? ''
      row.append(term, what)
      list.append(row)
    }
    const label = document.createElement('label'), on = document.createElement('input')
    on.type = 'checkbox'
    on.checked = localStorage.getItem(stored) !== 'off'
    on.addEventListener('change', () => localStorage.setItem(stored, on.checked ? 'on' : 'off'))
    label.append(on, this.dataset.toggle ?? '')
    const close = document.createElement('form')
    close.method = 'dialog'
    const button = document.createElement('button')
    button.className = 'button secondary'
    button.textContent = this.dataset.close ?? ''
    close.append(button)
    dialog.append(title, list, label, close)
    this.append(dialog)
    return dialog
  }
}
customElements.define('madang-desk', MadangDesk)
export {}
