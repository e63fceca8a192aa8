import { fill } from './text'

// The districts as our own vector tiles, drawn by MapLibre GL, with points over them or to choose a place. Where there is no WebGL, the
// address field and the list beside it do the same. Letters are drawn from the fonts of the device: nothing is fetched but tiles and points.
type GL = typeof import('maplibre-gl')
type Feature = { properties: Record<string, string>, geometry: { coordinates: [number, number] } }

const country: [number, number, number, number] = [124.6, 33.0, 131.0, 38.7]

class MadangMap extends HTMLElement {
  private readonly stage = document.createElement('div')
  private readonly chosen = document.createElement('p')
  private map: InstanceType<GL['Map']> | undefined

  connectedCallback(): void {
    if (this.dataset.ready) return
    this.dataset.ready = 'yes'
    this.chosen.className = 'note'
    this.chosen.setAttribute('role', 'status')
    if (this.dataset.latField) this.prepend(this.here(), this.chosen)
    void this.begin()
    const lat = this.field('lat'), lon = this.field('lon')
    if (lat?.value && lon?.value) this.say(Number(lat.value), Number(lon.value))
  }
  disconnectedCallback(): void { this.map?.remove() }

  private field(name: 'lat' | 'lon'): HTMLInputElement | null {
    const called = name === 'lat' ? this.dataset.latField : this.dataset.lonField
    return called ? this.closest('form')?.querySelector<HTMLInputElement>(`[name="${called}"]`) ?? null : null
  }

  private button(text: string, name: string, act: () => void): HTMLButtonElement {
    const made = Object.assign(document.createElement('button'), { type: 'button', className: 'button secondary small', textContent: text })
    made.setAttribute('aria-label', name)
    made.addEventListener('click', act)
    return made
  }

  private here(): HTMLElement {
    const row = document.createElement('p')
    if (!('geolocation' in navigator)) return row
    row.append(this.button(this.dataset.here ?? '', this.dataset.here ?? '', () => {
      this.chosen.textContent = this.dataset.finding ?? ''
      navigator.geolocation.getCurrentPosition(at => this.choose(at.coords.latitude, at.coords.longitude, true),
        () => { this.chosen.textContent = this.dataset.noPlace ?? '' }, { enableHighAccuracy: true, timeout: 15000 })
    }))
    return row
  }

  private say(lat: number, lon: number): void {
    this.chosen.textContent = fill(this.dataset.chosen ?? '', { lat: lat.toFixed(5), lon: lon.toFixed(5) })
  }

  private choose(lat: number, lon: number, go = false): void {
    const latitude = this.field('lat'), longitude = this.field('lon')
    if (!latitude || !longitude) return
    latitude.value = lat.toFixed(6)
    longitude.value = lon.toFixed(6)
    this.say(lat, lon)
    this.mark(lat, lon)
    if (go) this.map?.jumpTo({ center: [lon, lat], zoom: 15 })
    document.dispatchEvent(new CustomEvent('madang-place', { detail: { lat, lon } }))
  }

  private mark(lat: number, lon: number): void {
    const source = this.map?.getSource('chosen') as { setData(d: unknown): void } | undefined
    source?.setData({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [lon, lat] } })
  }

  private async begin(): Promise<void> {
    if (!document.createElement('canvas').getContext('webgl2')) return
    const gl: GL = await import('maplibre-gl')
    gl.setWorkerUrl(this.dataset.worker ?? '')
    this.stage.className = 'map-stage'
    this.append(this.stage)
    const lat = Number(this.dataset.lat), lon = Number(this.dataset.lon), known = this.dataset.lat !== undefined
    try {
      this.map = new gl.Map({
        container: this.stage, style: this.style_of_map() as never, attributionControl: false, dragRotate: false, pitchWithRotate: false,
        touchPitch: false, maxZoom: 18, minZoom: 5, maxPitch: 0, fadeDuration: 0, cooperativeGestures: false,
        ...(known ? { center: [lon, lat] as [number, number], zoom: Number(this.dataset.zoom) } : { bounds: country, fitBoundsOptions: { padding: 12 } }),
        canvasContextAttributes: { preserveDrawingBuffer: false, antialias: true }
      })
    } catch {
      this.stage.remove()
      return
    }
    const map = this.map
    map.touchZoomRotate.disableRotation()
    const canvas = map.getCanvas()
    canvas.setAttribute('role', 'application')
    canvas.setAttribute('aria-label', `${this.dataset.label ?? ''}. ${this.dataset.keys ?? ''}`)
    const bar = document.createElement('div')
    bar.className = 'map-bar'
    bar.append(this.button('+', this.dataset.zoomIn ?? '', () => map.zoomIn()), this.button('−', this.dataset.zoomOut ?? '', () => map.zoomOut()))
    this.stage.append(bar)
    map.on('load', () => {
      this.dataset.drawn = 'yes'
      if (known && this.field('lat')) this.mark(lat, lon)
    })
    if (this.dataset.latField) {
      const cross = document.createElement('div')
      cross.className = 'map-cross'
      this.stage.append(cross)
      canvas.addEventListener('keydown', event => {
        if (event.key !== 'Enter') return
        event.preventDefault()
        const at = map.getCenter()
        this.choose(at.lat, at.lng)
      })
    }
    // A pointer comes before the style does, which knows the layer.
    const reports_at = (point: { x: number, y: number }): Feature[] => map.getLayer('reports')
      ? map.queryRenderedFeatures([point.x, point.y], { layers: ['reports'] }) as unknown as Feature[]
      : []
    map.on('click', event => {
      const page = reports_at(event.point)[0]?.properties.page
      if (page && !this.dataset.latField) location.href = page
      else if (this.dataset.latField) this.choose(event.lngLat.lat, event.lngLat.lng)
    })
    map.on('mousemove', event => {
      const over = reports_at(event.point).length > 0
      canvas.style.cursor = over || this.dataset.latField ? 'pointer' : ''
    })
  }

  // Colours of the page, whatever its contrast.
  private style_of_map(): unknown {
    const page = getComputedStyle(document.documentElement)
    const colour = (name: string): string => page.getPropertyValue(name).trim() || '#888888'
    const language = this.dataset.language ?? 'ko', empty = { type: 'FeatureCollection', features: [] }
    const sea = colour('--page'), land = colour('--surface-primary-subtler'), shore = colour('--shore'), ink = colour('--ink')
    const outline = (level: string, width: number): unknown => ({ id: `${level}-line`, type: 'line', source: 'districts', 'source-layer': level,
      layout: { 'line-join': 'round' }, paint: { 'line-color': shore, 'line-width': width } })
    const names = (level: string, size: number, from: number, until: number): unknown => ({ id: `${level}-names`, type: 'symbol', source: 'districts',
      'source-layer': `${level}_names`, minzoom: from, maxzoom: until,
      layout: { 'text-field': ['get', `name_${language}`], 'text-font': ['sans-serif'], 'text-size': size, 'text-max-width': 8, 'text-padding': 6 },
      paint: { 'text-color': ink, 'text-halo-color': land, 'text-halo-width': 2 } })
    return {
      version: 8,
      sources: {
        districts: { type: 'vector', tiles: [`${location.origin}/tiles/districts/{z}/{x}/{y}.mvt`], maxzoom: Number(this.dataset.deepest) },
        reports: { type: 'geojson', data: this.dataset.source ? `${location.origin}${this.dataset.source}` : empty },
        chosen: { type: 'geojson', data: empty }
      },
      layers: [
        { id: 'sea', type: 'background', paint: { 'background-color': sea } },
        { id: 'land', type: 'fill', source: 'districts', 'source-layer': 'provinces', paint: { 'fill-color': land } },
        outline('towns', 0.6), outline('municipalities', 1), outline('provinces', 1.8),
        names('town', 12, 11.5, 24), names('municipality', 13, 8, 11.5), names('province', 14, 0, 8),
        { id: 'reports', type: 'circle', source: 'reports', paint: {
          'circle-radius': ['interpolate', ['linear'], ['zoom'], 6, 5, 14, 9],
          'circle-color': ['match', ['get', 'state'], 'done', colour('--text-success'), 'work', colour('--action'), 'open', colour('--text-danger'), colour('--muted')],
          'circle-stroke-color': sea, 'circle-stroke-width': 2 } },
        { id: 'chosen', type: 'circle', source: 'chosen', paint: { 'circle-radius': 10, 'circle-color': colour('--action'), 'circle-stroke-color': sea, 'circle-stroke-width': 3 } }
      ]
    }
  }
}
customElements.define('madang-map', MadangMap)
