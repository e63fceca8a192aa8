// What a voter, a trustee and a doubter do on their own device (belenios.ts). The forms inside carry only what may leave it.
import * as belenios from './belenios'
import { fill, Speaker } from './text'

type Words = Record<string, string>
const kept = (what: string, uuid: string): string => `madang.election.${what}.${uuid}`
// A browser may have no storage that lasts; then what was made is on the screen only.
function keep(key: string, value: string): void { try { localStorage.setItem(key, value) } catch { /* on the screen */ } }
function recall(key: string): string { try { return localStorage.getItem(key) ?? '' } catch { return '' } }

class MadangElection extends HTMLElement {
  private words: Words = {}
  private facts: Words = {}
  private speaker!: Speaker
  private readonly told = document.createElement('p')

  connectedCallback(): void {
    this.words = JSON.parse(this.dataset.words ?? '{}') as Words
    this.facts = JSON.parse(this.dataset.facts ?? '{}') as Words
    this.querySelector('.needs-script')?.remove()
    this.speaker = new Speaker(this)
    const acts: Record<string, () => void> = {
      credential: () => this.credential(), vote: () => this.vote(), 'trustee-key': () => this.trustee_key(), share: () => this.share(),
      verify: () => this.verify()
    }
    acts[this.dataset.act ?? '']?.()
    this.append(this.told)
    this.dataset.ready = 'yes'
  }

  private say(key: string): string { return this.words[key] ?? '' }
  private tell(sentence: string): void {
    this.told.textContent = sentence
    this.speaker.say(sentence)
  }
  private button(key: string, press: () => Promise<void>, look = 'primary'): HTMLButtonElement {
    const b = document.createElement('button')
    b.type = 'button'
    b.className = `button ${look}`
    b.textContent = this.say(key)
    b.addEventListener('click', () => {
      b.disabled = true
      this.tell(this.say('working'))
      // The sentence is painted before the computing begins.
      setTimeout(() => void press().catch(error => {
        console.error(error)
        this.tell(this.say('failed'))
      }).finally(() => { b.disabled = false }), 50)
    })
    this.append(b)
    return b
  }
  private shown(key: string, secret: string): HTMLElement {
    const p = document.createElement('p'), label = document.createElement('strong'), code = document.createElement('code')
    label.textContent = `${this.say(key)}: `
    code.textContent = secret
    code.className = 'wrap'
    p.append(label, code)
    return p
  }
  private async fetched(path: string): Promise<Response> {
    const answer = await fetch(path, { headers: { Accept: 'application/json' } })
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
    return answer
  }
  private send(field: string, value: string): void {
    const form = this.querySelector('form')!
    form.querySelector<HTMLInputElement>(`input[name=${field}]`)!.value = value
    form.requestSubmit()
  }

  private credential(): void {
    const uuid = this.facts.uuid ?? ''
    const make = this.button('make_credential', async () => {
      const secret = belenios.make_credential()
      const open = belenios.public_credential(await belenios.secret_of(secret, uuid))
      keep(kept('credential', uuid), secret)
      make.remove()
      this.insertBefore(this.shown('your_credential', secret), this.told)
      this.tell(this.say('keep_it'))
      const enter = this.button('enter_list', async () => { this.send('credential', open) })
      enter.focus()
    })
  }

  private chosen(q: belenios.Question): number[] | undefined {
    const values = [...this.querySelectorAll<HTMLInputElement>('input[type=checkbox]:checked, input[type=radio]:checked')].map(i => i.value)
    const blank = values.includes('blank')
    const problem = values.length === 0 ? 'choose' : (blank ? values.length > 1 : values.length < q.min || values.length > q.max) ? 'choose_fewer' : ''
    if (problem) { this.tell(this.say(problem)); return undefined }
    const choices = q.answers.map((_, i) => values.includes(String(i)) ? 1 : 0)
    return q.blank ? [blank ? 1 : 0, ...choices] : choices
  }

  private vote(): void {
    const uuid = this.facts.uuid ?? ''
    const typed = this.querySelector<HTMLInputElement>('input[name=typed]')!
    typed.autocomplete = 'off'
    this.button('encrypt_and_send', async () => {
      const text = await (await this.fetched(this.facts.election ?? '')).text()
      const choices = this.chosen((JSON.parse(text) as belenios.Election).questions[0]!)
      if (!choices) return
      const credential = belenios.read_credential(typed.value || recall(kept('credential', uuid)))
      if (!credential) return this.tell(this.say('bad_credential'))
      const secret = await belenios.secret_of(credential, uuid)
      if (belenios.public_credential(secret) !== this.facts.credential) return this.tell(this.say('other_credential'))
      this.send('ballot', (await belenios.make_ballot(text, secret, [choices])).text)
    })
  }

  private trustee_key(): void {
    const uuid = this.facts.uuid ?? ''
    const make = this.button('make_key', async () => {
      const made = await belenios.make_trustee()
      keep(kept('trustee', uuid), made.private_key)
      make.remove()
      const file = document.createElement('a')
      file.href = URL.createObjectURL(new Blob([JSON.stringify(made.private_key)], { type: 'application/json' }))
      file.download = `trustee-${this.facts.n}-${uuid}.privkey`
      file.textContent = this.say('save_key')
      const line = document.createElement('p')
      line.append(file)
      this.insertBefore(this.shown('your_key', made.private_key), this.told)
      this.insertBefore(line, this.told)
      this.tell('')
      this.button('send_key', async () => { this.send('key', JSON.stringify(made.public_key)) })
    })
  }

  private share(): void {
    const uuid = this.facts.uuid ?? ''
    const typed = this.querySelector<HTMLTextAreaElement>('textarea')!
    this.button('open_share', async () => {
      const key = typed.value.replace(/[\s"]/g, '') || recall(kept('trustee', uuid))
      if (!/^[1-9][0-9]{0,76}$/.test(key) || belenios.public_key_of(key) !== this.facts.public) return this.tell(this.say('bad_key'))
      const text = await (await this.fetched(this.facts.election ?? '')).text()
      const tally = await (await this.fetched(this.facts.tally ?? '')).json() as belenios.Tally
      this.send('share', JSON.stringify(await belenios.decrypt(text, tally, key)))
    })
  }

  private verify(): void {
    this.button('verify_now', async () => {
      const octets = new Uint8Array(await (await fetch(this.facts.archive ?? '')).arrayBuffer())
      try {
        const v = await belenios.verify(octets, async (n, all) => {
          this.told.textContent = fill(this.say('verifying'), { n: String(n), all: String(all) })
          await new Promise(next => setTimeout(next))
        })
        this.dataset.state = 'good'
        const result = v.result?.map((row, i) => {
          const q = v.questions[i]!
          return [...(q.blank ? [this.say('blank')] : []), ...q.answers].map((a, j) => `${a} ${row[j]}`).join(' · ')
        }).join(' / ')
        this.tell([fill(this.say('verify_good'), { cast: String(v.cast), counted: String(v.counted) }),
          result ?? fill(this.say('verify_step'), { n: String(v.shares), all: String(v.trustees) })].join(' '))
      } catch (error) {
        if (!(error instanceof belenios.Refusal)) throw error
        this.dataset.state = 'bad'
        this.tell(fill(this.say('verify_bad'), { code: error.code }))
      }
    })
  }
}
customElements.define('madang-election', MadangElection)
