// What the viewer and the editor of procedures share: colours of our tokens, marks that are told
// apart without colour, buttons.
export type Words = Record<string, string>
export interface Mark { id: string, is: string }
interface Point { x: number, y: number }
interface Box extends Point { width: number, height: number }
export interface Canvas {
  zoom(to?: number | 'fit-viewport', at?: Point | 'auto'): number
  viewbox(box?: Box): Box & { inner: Box, outer: { width: number, height: number }, scale: number }
  scroll(by: { dx: number, dy: number }): void
  addMarker(id: string, name: string): void
  removeMarker(id: string, name: string): void
  getContainer(): HTMLElement
}
interface Overlays { add(id: string, type: string, what: object): string, remove(filter: object): void }
interface Registry { get(id: string): { waypoints?: Point[] } & Partial<Box> | undefined, filter(f: (e: { id: string, type: string }) => boolean): { id: string }[] }
export interface Drawing { get(name: 'canvas'): Canvas, get(name: 'overlays'): Overlays, get(name: 'elementRegistry'): Registry }

export const colours = {
  defaultFillColor: 'var(--diagram-fill)', defaultStrokeColor: 'var(--diagram-line)', defaultLabelColor: 'var(--ink)'
}
const signs: Words = { done: '✓', here: '▶', waits: '⏳', trouble: '!', left: '×', skipped: '↷', mistake: '!' }

export function styles(host: HTMLElement): Promise<void> {
  const address = host.dataset.styles
  if (!address || document.querySelector(`link[href="${address}"]`)) return Promise.resolve()
  const link = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: address })
  return new Promise(ready => {
    link.onload = link.onerror = () => ready()
    document.head.append(link)
  })
}

export function fill_frame(host: HTMLElement, words: Words): HTMLElement {
  void styles(host)
  const frame = document.createElement('div')
  frame.className = 'diagram-frame'
  frame.setAttribute('role', 'group')
  frame.setAttribute('aria-label', words.label ?? '')
  host.append(frame)
  return frame
}

export function mark_elements(viewer: unknown, marks: Mark[], words: Words): void {
  const drawing = viewer as Drawing
  const canvas = drawing.get('canvas'), registry = drawing.get('elementRegistry')
  for (const { id, is } of marks) {
    const element = registry.get(id)
    if (!element) continue
    canvas.addMarker(id, `is-${is}`)
    if (element.waypoints || !signs[is]) continue
    const badge = document.createElement('span')
    badge.className = `diagram-badge badge-${is}`
    badge.textContent = signs[is] ?? ''
    badge.title = words[is] ?? is
    drawing.get('overlays').add(id, 'state', { position: { top: -12, left: -8 }, html: badge })
  }
}

export function clear_marks(viewer: unknown, kinds: string[]): void {
  const drawing = viewer as Drawing
  drawing.get('overlays').remove({ type: 'state' })
  for (const e of drawing.get('elementRegistry').filter(() => true))
    for (const k of kinds) drawing.get('canvas').removeMarker(e.id, `is-${k}`)
}

// Legible first: on a narrow screen it is not made smaller than two thirds, but begins where the
// procedure stands.
export function fit(viewer: unknown, marks: Mark[]): void {
  const drawing = viewer as Drawing
  const canvas = drawing.get('canvas')
  canvas.zoom('fit-viewport', 'auto')
  if (canvas.zoom() > 1) canvas.zoom(1, 'auto')
  // The tools of the editor lie over its left side.
  if (canvas.getContainer().closest('.editor')) {
    canvas.zoom(canvas.zoom() * 0.85)
    canvas.scroll({ dx: 60, dy: 0 })
  }
  if (canvas.zoom() >= 0.6) return
  canvas.zoom(0.7)
  const at = marks.find(m => ['here', 'waits', 'trouble'].includes(m.is))
  const box = at ? drawing.get('elementRegistry').get(at.id) : undefined
  const view = canvas.viewbox()
  const left = canvas.getContainer().closest('.editor') ? 120 / canvas.zoom() : 20
  const x = box?.x !== undefined ? box.x + (box.width ?? 0) / 2 - view.width / 2 : view.inner.x - left
  canvas.viewbox({ x, y: view.inner.y - 30, width: view.width, height: view.height })
}

export function panel(viewer: unknown, frame: HTMLElement, words: Words, marks: Mark[]): void {
  const canvas = (viewer as Drawing).get('canvas')
  const tools = document.createElement('div')
  tools.className = 'diagram-tools'
  const acts: [string, string, () => void][] = [
    ['zoom_in', '+', () => canvas.zoom(Math.min(4, canvas.zoom() * 1.25))],
    ['zoom_out', '−', () => canvas.zoom(Math.max(0.2, canvas.zoom() / 1.25))],
    ['move_left', '←', () => canvas.scroll({ dx: 120, dy: 0 })],
    ['move_right', '→', () => canvas.scroll({ dx: -120, dy: 0 })],
    ['whole', '⤢', () => { canvas.zoom('fit-viewport', 'auto') }]]
  for (const [name, sign, act] of acts) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'diagram-tool'
    button.textContent = sign
    button.title = words[name] ?? name
    button.setAttribute('aria-label', words[name] ?? name)
    button.addEventListener('click', act)
    tools.append(button)
  }
  frame.before(tools)
  const kinds = [...new Set(marks.map(m => m.is))].filter(k => signs[k])
  if (kinds.length) {
    const legend = document.createElement('ul')
    legend.className = 'diagram-legend'
    for (const k of Object.keys(signs).filter(k => kinds.includes(k))) {
      const item = document.createElement('li')
      const badge = Object.assign(document.createElement('span'), { className: `diagram-badge badge-${k}`, textContent: signs[k] })
      badge.setAttribute('aria-hidden', 'true')
      item.append(badge, ` ${words[k] ?? k}`)
      legend.append(item)
    }
    frame.after(legend)
  }
  frame.addEventListener('wheel', event => {
    if (!event.ctrlKey) return
    event.preventDefault()
    const box = frame.getBoundingClientRect()
    canvas.zoom(Math.min(4, Math.max(0.2, canvas.zoom() * (event.deltaY < 0 ? 1.1 : 1 / 1.1))),
      { x: event.clientX - box.left, y: event.clientY - box.top })
  }, { passive: false })
  sideways(frame, canvas)
  fit(viewer, marks)
}

// A finger moves it sideways; up and down it scrolls the page (touch-action: pan-y).
function sideways(frame: HTMLElement, canvas: Canvas): void {
  let last: number | undefined
  frame.addEventListener('pointerdown', e => { if (e.pointerType === 'touch') last = e.clientX })
  frame.addEventListener('pointermove', e => {
    if (last === undefined || e.pointerType !== 'touch') return
    canvas.scroll({ dx: e.clientX - last, dy: 0 })
    last = e.clientX
  })
  for (const end of ['pointerup', 'pointercancel', 'pointerleave'] as const) frame.addEventListener(end, () => { last = undefined })
}
