// Puts a file of any size into keeping: part by part, so that nothing large is held in memory, and
// on from where it was broken off (the record that was begun is remembered on this device).
import { fill } from './text'

type Told = { record: string, offset: number, part: number, href?: string, facts?: { offset?: string } }

class MadangVault extends HTMLElement {
  private readonly status = document.createElement('p')

  connectedCallback(): void {
    const form = this.querySelector('form')
    const input = this.querySelector<HTMLInputElement>('input[type=file]')
    if (!form || !input) return
    this.status.setAttribute('role', 'status')
    this.append(this.status)
    form.addEventListener('submit', event => {
      const file = input.files?.[0]
      if (!file || file.size === 0) return
      event.preventDefault()
      void this.put(form, file).catch(() => {
        this.status.textContent = this.dataset.failed ?? ''
        this.dataset.state = 'failed'
        const again = form.querySelector<HTMLElement>('button[type=submit], button:not([type])')
        if (again) again.textContent = this.dataset.again ?? ''
      })
    })
  }

  private async send(path: string, csrf: string, fields: Record<string, string | Blob>): Promise<Told> {
    const body = new FormData()
    body.append('_csrf', csrf)
    for (const [name, value] of Object.entries(fields)) body.append(name, value)
    const answer = await fetch(path, { method: 'POST', body, headers: { accept: 'application/json' } })
    const told = await answer.json() as Told
    if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { told })
    return told
  }

  private async put(form: HTMLFormElement, file: File): Promise<void> {
    const begin = this.dataset.begin ?? '', data = new FormData(form)
    const csrf = String(data.get('_csrf') ?? '')
    const remembered = `madang-vault ${file.name} ${file.size} ${file.lastModified}`
    let at = await this.known(begin, remembered)
    at ??= await this.send(begin, csrf, { name: file.name, type: file.type, folder: String(data.get('folder') ?? '') })
    localStorage.setItem(remembered, at.record)
    while (at.offset < file.size) {
      this.status.textContent = fill(this.dataset.working ?? '', { percent: String(Math.floor(at.offset * 100 / file.size)) })
      const part = file.slice(at.offset, at.offset + at.part)
      const next = await this.send(`${begin}/${at.record}`, csrf, { offset: String(at.offset), part })
      at = { ...at, offset: next.offset }
    }
    const kept = await this.send(`${begin}/${at.record}/finish`, csrf, {})
    localStorage.removeItem(remembered)
    if (kept.href) location.assign(kept.href)
  }

  private async known(begin: string, remembered: string): Promise<Told | undefined> {
    const record = localStorage.getItem(remembered)
    if (!record) return undefined
    const answer = await fetch(`${begin}/${record}`, { headers: { accept: 'application/json' } })
    if (!answer.ok) return undefined
    return { ...await answer.json() as Told, record }
  }
}
customElements.define('madang-vault', MadangVault)
