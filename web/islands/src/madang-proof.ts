import { Speaker } from './text'
import { judge } from './tlog'

// Checks the proof of an entry here, in the reader's own browser: nothing is believed of the server
// but the file of keys, which stands on a page for everybody.
class MadangProof extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector('button')
    if (!button) return
    button.hidden = false
    const speaker = new Speaker(this)
    button.addEventListener('click', () => {
      this.check().then(said => speaker.say(said), () => {
        this.result(this.dataset.unreachable ?? '', false)
        speaker.say(this.dataset.unreachable ?? '')
      })
    })
  }

  private async check(): Promise<string> {
    const [proof, policy] = await Promise.all([this.dataset.proof, this.dataset.policy].map(async address => {
      const answer = await fetch(address ?? '', { headers: { accept: 'text/plain' } })
      if (!answer.ok) throw new Error(String(answer.status))
      return answer.text()
    }))
    const found = judge(proof!, policy!)
    for (const [step, good] of Object.entries(found)) {
      const line = this.querySelector<HTMLElement>(`[data-step="${step}"]`)
      if (!line) continue
      line.querySelector('.badge')?.remove()
      const badge = document.createElement('span')
      badge.className = `badge ${good ? 'good' : 'bad'}`
      badge.textContent = (good ? this.dataset.good : this.dataset.bad) ?? ''
      line.append(' ', badge)
    }
    const all = found.commitment && found.inclusion && found.log && found.witnesses
    const said = (all ? this.dataset.allGood : this.dataset.allBad) ?? ''
    this.result(said, all)
    return said
  }

  private result(said: string, good: boolean): void {
    let line = this.querySelector<HTMLElement>('.result')
    if (!line) {
      line = document.createElement('p')
      this.append(line)
    }
    line.className = `result ${good ? 'good' : 'bad'}`
    line.textContent = said
    this.dataset.state = good ? 'good' : 'bad'
  }
}
customElements.define('madang-proof', MadangProof)
