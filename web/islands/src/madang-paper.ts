import { PaperCodeError, verifyPaperCode, type SealList } from './paper-code'

// Checks the code printed on a document in the browser itself, so that it works without a network:
// the page, its files and the list of signing keys are kept by the service worker (sw.ts). Words come
// from the server as JSON in data-words: ok, bad, keys, "reason.<code>", "fact.<name>".
class MadangPaper extends HTMLElement {
  private words: Record<string, string> = {}
  private readonly answer = document.createElement('div')

  connectedCallback(): void {
    this.words = JSON.parse(this.dataset.words ?? '{}') as Record<string, string>
    this.answer.setAttribute('role', 'status')
    this.append(this.answer)
    this.addEventListener('madang-code', event => {
      event.preventDefault()
      void this.check((event as CustomEvent<string>).detail)
    })
    this.querySelector('form')?.addEventListener('submit', event => {
      event.preventDefault()
      void this.check(this.querySelector<HTMLInputElement>('input[name=code]')?.value ?? '')
    })
    if ('serviceWorker' in navigator) void navigator.serviceWorker.register('/sw.js')
  }

  private async check(text: string): Promise<void> {
    let seals: SealList
    try {
      seals = await (await fetch('/verify/keys.json')).json() as SealList
    } catch {
      return this.show(false, this.words.keys ?? '', {})
    }
    try {
      const { facts, seal } = await verifyPaperCode(text.trim(), seals)
      this.show(true, '', { number: facts.number, issued: facts.issued, seal: seal.name, ...facts.fields })
    } catch (error) {
      if (!(error instanceof PaperCodeError)) throw error
      this.show(false, this.words[`reason.${error.code}`] ?? error.code, {})
    }
  }

  private show(ok: boolean, reason: string, facts: Record<string, unknown>): void {
    const banner = document.createElement('section'), inner = document.createElement('div')
    banner.className = `banner ${ok ? 'good' : 'bad'}`
    const title = document.createElement('p')
    title.className = 'banner-title'
    title.textContent = (ok ? this.words.ok : this.words.bad) ?? ''
    inner.append(title)
    if (reason) inner.append(Object.assign(document.createElement('p'), { textContent: reason }))
    banner.append(inner)
    const list = document.createElement('dl')
    list.className = 'facts'
    for (const [name, value] of Object.entries(facts)) {
      const row = document.createElement('div')
      row.append(Object.assign(document.createElement('dt'), { textContent: this.words[`fact.${name}`] ?? name }),
        Object.assign(document.createElement('dd'), { textContent: String(value) }))
      list.append(row)
    }
    this.answer.replaceChildren(banner, ...(list.children.length ? [list] : []))
  }
}
customElements.define('madang-paper', MadangPaper)
