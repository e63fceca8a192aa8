import * as store from './street-store'
import { later, ready } from './street-worker'

// The form of a report: it is kept on this device before it is sent, so that no lost network loses it. Refused by the server, the plain
// form is sent, whose page says what is to be mended.
class MadangReport extends HTMLElement {
  private key: string = crypto.randomUUID()
  private form!: HTMLFormElement

  connectedCallback(): void {
    const form = this.querySelector('form')
    if (!form || this.dataset.ready) return
    this.dataset.ready = 'yes'
    this.form = form
    void ready()
    const draft = document.createElement('button')
    draft.type = 'button'
    draft.className = 'button quiet'
    draft.textContent = this.dataset.draft ?? ''
    draft.addEventListener('click', () => void this.put('draft').then(() => this.said(this.dataset.kept ?? '', 'info')))
    form.querySelector('[type=submit]')?.after(draft)
    form.addEventListener('submit', event => {
      event.preventDefault()
      void this.send()
    })
    void this.restore()
  }

  private async put(state: 'draft' | 'waiting'): Promise<store.Waiting> {
    const fields: [string, string][] = [], photos: store.Waiting['photos'] = []
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === 'string') fields.push([name, value])
      else if (value.size > 0) photos.push({ name: value.name, blob: value })
    }
    const one: store.Waiting = { id: this.key, category: this.dataset.category ?? '', name: this.dataset.name ?? '', fields, photos,
      state, at: Date.now() }
    await store.keep(one)
    return one
  }

  private async send(): Promise<void> {
    const button = this.form.querySelector<HTMLButtonElement>('[type=submit]')
    if (button) button.disabled = true
    const outcome = await store.send(await this.put('waiting'))
    if (outcome === 'sent') {
      const { number, code } = (await store.find(this.key))!
      location.href = `/eungdapso/reports/${number}?filed=1${code ? `&code=${code}` : ''}`
    } else if (outcome === 'refused') {
      await store.drop(this.key)
      const { csrf } = await (await fetch('/eungdapso/session')).json() as { csrf: string | null }
      if (csrf) {
        const token = this.form.querySelector<HTMLInputElement>('[name=_csrf]') ??
          this.form.appendChild(Object.assign(document.createElement('input'), { type: 'hidden', name: '_csrf' }))
        token.value = csrf
      }
      this.form.submit()
    } else {
      await later()
      this.said(this.dataset.saved ?? '', 'warn')
      this.form.hidden = true
    }
  }

  // A draft of this device, as it was left.
  private async restore(): Promise<void> {
    const id = new URLSearchParams(location.hash.slice(1)).get('draft')
    const one = id ? await store.find(id) : undefined
    if (!one) return
    this.key = one.id
    for (const [name, value] of one.fields) {
      if (name === '_csrf' || name === 'once') continue
      for (const control of this.form.querySelectorAll<HTMLInputElement>(`[name="${CSS.escape(name)}"]`)) {
        if (control.type === 'radio' || control.type === 'checkbox') control.checked ||= control.value === value
        else control.value = value
      }
    }
    const input = this.form.querySelector<HTMLInputElement>('input[type=file]')
    if (input && one.photos.length) {
      const files = new DataTransfer()
      for (const photo of one.photos) files.items.add(new File([photo.blob], photo.name, { type: photo.blob.type }))
      input.files = files.files
    }
  }

  private said(text: string, tone: string): void {
    const banner = document.createElement('section')
    banner.className = `banner ${tone}`
    banner.setAttribute('role', 'status')
    const inner = document.createElement('div')
    inner.append(Object.assign(document.createElement('p'), { className: 'banner-title', textContent: text }))
    const link = Object.assign(document.createElement('a'), { href: '/eungdapso', textContent: this.dataset.back ?? '' })
    inner.append(link)
    banner.append(inner)
    this.querySelector('.banner')?.remove()
    this.prepend(banner)
    banner.tabIndex = -1
    banner.focus()
  }
}
customElements.define('madang-report', MadangReport)
