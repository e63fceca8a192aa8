import { Speaker } from './text'

// The crew's list with the nearest first, from where the phone is.
class MadangCrew extends HTMLElement {
  connectedCallback(): void {
    if (!('geolocation' in navigator) || this.childElementCount) return
    const button = Object.assign(document.createElement('button'), { type: 'button', className: 'button secondary', textContent: this.dataset.near ?? '' })
    const speaker = new Speaker(this)
    button.addEventListener('click', () => navigator.geolocation.getCurrentPosition(
      at => { location.search = `?lat=${at.coords.latitude.toFixed(6)}&lon=${at.coords.longitude.toFixed(6)}` },
      () => speaker.say(this.dataset.failed ?? ''), { timeout: 15000 }))
    this.prepend(button)
  }
}
customElements.define('madang-crew', MadangCrew)
