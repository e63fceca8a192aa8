// The other side: reads the code that somebody's wallet shows and judges it here, also without a
// network, by the keys of the agencies and the list of withdrawals that were fetched last.
import { button, day, film, make, Words } from './madang-wallet'
import * as sd from './sd-jwt'
import { freshId } from './text'
import { is_revoked, issuer_keys } from './wallet-acts'

class MadangWalletCheck extends HTMLElement {
  private said!: Words
  private readonly answer = make('section', { role: 'status', class: 'wallet-answer' })

  connectedCallback(): void {
    this.said = new Words(this)
    navigator.serviceWorker?.register('/sw.js').catch(() => undefined)
    const id = freshId('check')
    const input = make('textarea', { id, class: 'input', rows: '4', 'aria-describedby': `${id}-hint`, spellcheck: 'false' })
    const form = make('form', {}, make('div', { class: 'field' }, make('label', { for: id }, this.said.say('check_label')),
      make('p', { class: 'hint', id: `${id}-hint` }, this.said.say('check_hint')), input))
    let stop: (() => void) | undefined
    form.append(make('div', { class: 'button-row' }, make('button', { class: 'button primary' }, this.said.say('check_go')),
      button(this.said.say('scan'), 'secondary', () => void film(form, text => {
        input.value = text
        void this.check(text)
      }).then(end => { stop = end }, () => this.tell(false, 'check_none')))))
    form.addEventListener('submit', event => {
      event.preventDefault()
      stop?.()
      void this.check(input.value.trim())
    })
    this.replaceChildren(form, this.answer)
  }

  private tell(good: boolean, why: string, more: Node[] = []): void {
    const title = this.said.say(good ? 'check_good' : 'check_bad')
    const lines = why ? [make('p', {}, this.said.say(why))] : []
    this.answer.replaceChildren(make('div', { class: `banner ${good ? 'good' : 'bad'}` }, make('h2', {}, title), ...lines), ...more)
    this.dataset.state = good ? 'good' : why
  }

  private async check(text: string): Promise<void> {
    const s = await sd.from_code(text).catch(() => undefined)
    if (!s) return this.tell(false, 'check_none')
    const keys = await issuer_keys()
    if (keys.length === 0) return this.tell(false, 'check_keys')
    try {
      const seen = await sd.verify(s, keys, sd.code_audience, undefined, Math.floor(Date.now() / 1000))
      const status = await is_revoked(sd.jwt_parts(s.jwt).payload)
      if (status?.revoked) return this.tell(false, 'check_revoked')
      const type = String(seen.claims.vct), language = this.dataset.language ?? 'ko'
      // Members that are shown by their parts are not said as a whole besides.
      const leaves = seen.places.filter(p => !seen.places.some(o => o.pointer.startsWith(`${p.pointer}/`)))
      const rows = leaves.map(p => ({ label: this.said.label(type, p.pointer), value: p.value }))
      const times = [{ label: this.said.say('check_made'), value: day(seen.made, language, true) }]
      if (status) times.push({ label: this.said.say('check_statuses'), value: day(status.at, language, true) })
      this.tell(true, status ? '' : 'check_status',
        [make('h3', {}, this.said.type(type)), this.said.list(type, rows), this.said.list(type, times)])
    } catch (e) {
      const code = e instanceof sd.SdJwtError ? e.code : 'forged'
      this.tell(false, code === 'old' ? 'check_old' : code === 'not_ours' ? 'check_not_ours' : 'check_forged')
    }
  }
}
customElements.define('madang-wallet-check', MadangWalletCheck)
