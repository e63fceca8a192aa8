import { Speaker } from './text'
import type { Counted, Paper } from './choices'
import { recount, type Recount } from './votes'

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
    const { log = '', policy = '', ask = '', saying = '', paper = '' } = this.dataset
    const found = await recount(octets_of, log, policy, ask, saying, paper ? JSON.parse(paper) as Paper : undefined, ['1', '2'].includes(this.dataset.level ?? ''))
    const whole = found.root && found.signed
    const { shown, alike } = this.compare(found)
    this.dataset.state = !whole ? 'broken' : alike ? 'good' : 'other'
    const sentence = (!whole ? this.dataset.broken : this.dataset.state === 'good' ? this.dataset.good : this.dataset.bad) ?? ''
    const tokens = this.tokens(found)
    return sentence.replace('{n}', found.counted.toLocaleString()).replace('{shown}', shown.toLocaleString())
      .replace('{entries}', found.entries.toLocaleString()) + tokens
  }
  // Where voices come by tokens: never more than were issued.
  private tokens(found: Recount): string {
    if (!found.tokens) return ''
    const { issued, spent, good } = found.tokens
    if (!good) this.dataset.state = 'other'
    return ' ' + ((good ? this.dataset.tokensGood : this.dataset.tokensBad) ?? '').replace('{issued}', issued.toLocaleString()).replace('{spent}', spent.toLocaleString())
  }
  // Of choices all counts and their order; where they are not shown yet, how many there are.
  private compare(found: Recount): { shown: number, alike: boolean } {
    const shown: unknown = JSON.parse(this.dataset.shown ?? '0')
    if (typeof shown === 'number') return { shown, alike: found.counted === shown }
    const { voters, counts, order } = shown as Partial<Counted> & { voters: number }
    const same = (a: number[], b: number[]) => a.length === b.length && a.every((n, i) => n === b[i])
    const alike = found.counted === voters &&
      (!counts || !order || (found.choices !== null && same(found.choices.counts, counts) && same(found.choices.order, order)))
    return { shown: voters, alike }
  }
}
customElements.define('madang-recount', MadangRecount)
