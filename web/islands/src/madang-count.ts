import { Speaker, fill } from './text'

// Says how many characters are left, as code points: what the server counts.
class MadangCount extends HTMLElement {
  connectedCallback(): void {
    const area = this.querySelector('textarea'), shown = this.querySelector<HTMLElement>('.count')
    if (!area || !shown) return
    const speaker = new Speaker(this)
    const most = Number(this.dataset.most)
    const look = (): void => {
      // A form sends line ends as two characters (HTML, 4.10.21.8)
      const length = [...area.value.replace(/\r\n|\r|\n/g, '\r\n')].length
      const left = most - length
      shown.textContent = fill((left >= 0 ? this.dataset.left : this.dataset.over) ?? '', { n: String(Math.abs(left)) })
      shown.classList.toggle('over', left < 0)
      if (left < most / 5) speaker.say(shown.textContent)
    }
    area.addEventListener('input', look)
    look()
  }
}
customElements.define('madang-count', MadangCount)
