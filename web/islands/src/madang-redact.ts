import { Speaker } from './text'

// An area is drawn on the picture of a page and written into the fields of the form beside it, which
// work without script as well. By mouse or finger: pressed and drawn. By keys: the arrows move it,
// with Shift they change its size, Enter goes on to the ground.
const step = 4

class MadangRedact extends HTMLElement {
  private svg!: SVGSVGElement
  private area!: SVGRectElement
  private form!: HTMLFormElement
  private speaker!: Speaker
  private box = { x: 0, y: 0, width: 0, height: 0 }
  private from: { x: number, y: number } | null = null

  connectedCallback(): void {
    const svg = this.querySelector('svg')
    const form = document.getElementById(this.dataset.form ?? '')
    if (!svg || !(form instanceof HTMLFormElement)) return
    this.svg = svg
    this.form = form
    this.speaker = new Speaker(this)
    this.area = document.createElementNS('http://www.w3.org/2000/svg', 'rect')
    this.area.setAttribute('class', 'mark-new')
    svg.append(this.area)
    svg.setAttribute('tabindex', '0')
    svg.setAttribute('role', 'application')
    svg.addEventListener('pointerdown', e => this.begin(e))
    svg.addEventListener('pointermove', e => this.draw(e))
    svg.addEventListener('pointerup', e => this.end(e))
    svg.addEventListener('pointercancel', () => { this.from = null })
    svg.addEventListener('keydown', e => this.key(e))
    for (const name of ['x', 'y', 'width', 'height'] as const)
      this.field(name)?.addEventListener('input', () => this.read())
    this.read()
  }

  private field(name: string): HTMLInputElement | null {
    return this.form.querySelector<HTMLInputElement>(`input[name=${name}]`)
  }
  private at(e: PointerEvent): { x: number, y: number } {
    const p = new DOMPoint(e.clientX, e.clientY).matrixTransform(this.svg.getScreenCTM()!.inverse())
    const { width, height } = this.svg.viewBox.baseVal
    return { x: Math.min(Math.max(p.x, 0), width), y: Math.min(Math.max(p.y, 0), height) }
  }
  private begin(e: PointerEvent): void {
    if (e.button !== 0) return
    e.preventDefault()
    this.svg.focus({ preventScroll: true })
    this.svg.setPointerCapture(e.pointerId)
    this.from = this.at(e)
  }
  private draw(e: PointerEvent): void {
    if (!this.from) return
    const to = this.at(e)
    this.box = {
      x: Math.min(this.from.x, to.x), y: Math.min(this.from.y, to.y),
      width: Math.abs(to.x - this.from.x), height: Math.abs(to.y - this.from.y),
    }
    this.write()
  }
  private end(e: PointerEvent): void {
    if (!this.from) return
    this.draw(e)
    this.from = null
    if (this.box.width > 2 && this.box.height > 2)
      this.form.querySelector('select')?.focus({ preventScroll: true })
  }
  private key(e: KeyboardEvent): void {
    const by: Record<string, [number, number]> = {
      ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step],
    }
    const move = by[e.key]
    if (e.key === 'Enter') {
      e.preventDefault()
      this.form.querySelector('select')?.focus()
    }
    if (!move || e.ctrlKey || e.metaKey || e.altKey) return
    e.preventDefault()
    const { width, height } = this.svg.viewBox.baseVal
    const b = this.box
    if (b.width === 0) Object.assign(b, { x: 40, y: 40, width: 120, height: 16 })
    else if (e.shiftKey) {
      b.width = Math.min(Math.max(b.width + move[0], step), width - b.x)
      b.height = Math.min(Math.max(b.height + move[1], step), height - b.y)
    } else {
      b.x = Math.min(Math.max(b.x + move[0], 0), width - b.width)
      b.y = Math.min(Math.max(b.y + move[1], 0), height - b.height)
    }
    this.write()
    this.speaker.say(`${b.x.toFixed(0)}, ${b.y.toFixed(0)}: ${b.width.toFixed(0)} × ${b.height.toFixed(0)}`)
  }
  private write(): void {
    for (const name of ['x', 'y', 'width', 'height'] as const) {
      const field = this.field(name)
      if (field) field.value = this.box[name].toFixed(1)
      this.area.setAttribute(name, this.box[name].toFixed(1))
    }
  }
  private read(): void {
    for (const name of ['x', 'y', 'width', 'height'] as const) {
      const n = Number(this.field(name)?.value)
      this.box[name] = Number.isFinite(n) && n > 0 ? n : 0
      this.area.setAttribute(name, String(this.box[name]))
    }
  }
}
customElements.define('madang-redact', MadangRedact)
