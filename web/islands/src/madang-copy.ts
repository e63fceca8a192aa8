import { Speaker } from './text'

// Buttons that only script can serve are hidden until it is there.
class MadangCopy extends HTMLElement {
  connectedCallback(): void {
    const button = this.querySelector('button')
    if (!button || !navigator.clipboard) return
    this.hidden = false
    const speaker = new Speaker(this)
    const label = button.querySelector('span') ?? button
    const before = label.textContent
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(this.dataset.text ?? '')
      label.textContent = this.dataset.done ?? ''
      speaker.say(this.dataset.done ?? '')
      setTimeout(() => { label.textContent = before }, 3000)
    })
  }
}
customElements.define('madang-copy', MadangCopy)

class MadangPrint extends HTMLElement {
  connectedCallback(): void {
    this.hidden = false
    this.querySelector('button')?.addEventListener('click', () => print())
  }
}
customElements.define('madang-print', MadangPrint)
