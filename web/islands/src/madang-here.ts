// A vote by place: the phone itself tests whether it is inside, and only a cell of some two kilometres leaves it.
import { Speaker } from './text'

class MadangHere extends HTMLElement {
  connectedCallback(): void {
    const form = this.querySelector('form')
    if (!form) return
    form.hidden = true
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'button primary'
    button.textContent = this.dataset.look ?? ''
    const said = document.createElement('p')
    this.prepend(button, said)
    const speaker = new Speaker(this)
    const say = (words = '') => {
      said.textContent = words
      speaker.say(words)
    }
    button.addEventListener('click', () => {
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        const inside = this.inside(coords.latitude, coords.longitude)
        say(inside ? this.dataset.inside : this.dataset.outside)
        form.hidden = !inside
        if (inside) this.put_cell(form, coords.latitude, coords.longitude)
      }, () => say(this.dataset.unknown), { timeout: 20_000, maximumAge: 60_000 })
    })
  }
  private number(name: string): number {
    return Number(this.dataset[name] ?? 0)
  }
  // Great-circle distance by the haversine.
  private inside(lat: number, lon: number): boolean {
    const rad = (degrees: number) => degrees * Math.PI / 180
    const to_lat = this.number('lat') / 1e6, to_lon = this.number('lon') / 1e6
    const a = Math.sin(rad(to_lat - lat) / 2) ** 2 + Math.cos(rad(lat)) * Math.cos(rad(to_lat)) * Math.sin(rad(to_lon - lon) / 2) ** 2
    return 2 * 6_371_000 * Math.asin(Math.sqrt(a)) <= this.number('radius')
  }
  private put_cell(form: HTMLFormElement, lat: number, lon: number): void {
    const side = this.number('side')
    let cell = form.querySelector<HTMLInputElement>('input[name=cell]')
    if (!cell) {
      cell = document.createElement('input')
      cell.type = 'hidden'
      cell.name = 'cell'
      form.append(cell)
    }
    cell.value = `${Math.floor(lat * 1e6 / side)}:${Math.floor(lon * 1e6 / side)}`
  }
}
customElements.define('madang-here', MadangHere)
