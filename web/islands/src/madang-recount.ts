import { Speaker } from './text'
import { recount } from './votes'

async function octets_of(path: string): Promise<Uint8Array> {
  const answer = await fetch(path)
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`)
  return new Uint8Array(await answer.arrayBuffer())
}

// The page counts by itself. The sentences come with the page.
class MadangRecount extends HTMLElement {
  connectedCallback(): void {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'button primary'
    button.textContent = this.dataset.begin ?? ''
    const said = document.createElement('p')
    this.append(button, said)
    const speaker = new Speaker(this)
    button.addEventListener('click', () => {
      button.disabled = true
      said.textContent = this.dataset.waiting ?? ''
      this.count().then(sentence => {
        said.textContent = sentence
        speaker.say(sentence)
      }, () => {
        said.textContent = this.dataset.unreachable ?? ''
        speaker.say(said.textContent)
      }).finally(() => { button.disabled = false })
    })
  }

  private async count(): Promise<string> {
    const { log = '', policy = '', ask = '', saying = '', shown = '' } = this.dataset
    const found = await recount(octets_of, log, policy, ask, saying)
    const whole = found.root && found.signed
    this.dataset.state = !whole ? 'broken' : String(found.counted) === shown ? 'good' : 'other'
    const sentence = (!whole ? this.dataset.broken : this.dataset.state === 'good' ? this.dataset.good : this.dataset.bad) ?? ''
    return sentence.replace('{n}', found.counted.toLocaleString()).replace('{shown}', Number(shown).toLocaleString())
      .replace('{entries}', found.entries.toLocaleString())
  }
}
customElements.define('madang-recount', MadangRecount)
