// Reads a two-dimensional code with the camera or from a picture (Barcode Detection API). Where the
// browser has no reader it says so; the number can always be typed. What was read is put into the
// field that `data-into` names and told as the event "madang-code"; with `data-submit` the form goes.
interface Detector { detect(source: CanvasImageSource | Blob): Promise<{ rawValue: string }[]> }
interface DetectorClass {
  new(options: { formats: string[] }): Detector
  getSupportedFormats(): Promise<string[]>
}

const between = 200   // ms between looks at the camera's picture

class MadangScan extends HTMLElement {
  private detector: Detector | undefined
  private stream: MediaStream | undefined
  private readonly status = document.createElement('p')

  connectedCallback(): void {
    void this.start()
  }
  disconnectedCallback(): void {
    this.stop()
  }

  private async start(): Promise<void> {
    if (this.dataset.ready) return
    this.dataset.ready = 'yes'
    this.status.className = 'hint'
    this.status.setAttribute('role', 'status')
    const Class = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
    const formats = Class ? await Class.getSupportedFormats().catch(() => [] as string[]) : []
    this.append(this.status)
    if (!Class || !formats.includes('qr_code')) {
      this.status.textContent = this.dataset.unable ?? ''
      return
    }
    this.detector = new Class({ formats: ['qr_code'] })
    this.prepend(this.buttons())
  }

  private buttons(): HTMLElement {
    const row = document.createElement('div')
    row.className = 'button-row'
    const camera = document.createElement('button')
    camera.type = 'button'
    camera.className = 'button secondary'
    camera.textContent = this.dataset.camera ?? ''
    camera.addEventListener('click', () => void (this.stream ? this.stop() : this.film()))
    const picture = document.createElement('label')
    picture.className = 'button quiet'
    const file = document.createElement('input')
    file.type = 'file'
    file.accept = 'image/*'
    file.className = 'hidden'
    file.addEventListener('change', () => void this.still(file))
    picture.append(this.dataset.picture ?? '', file)
    row.append(camera, picture)
    return row
  }

  private async still(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0]
    if (!file) return
    const found = await this.detector!.detect(await createImageBitmap(file)).catch(() => [])
    if (found[0]) this.found(found[0].rawValue)
    else this.status.textContent = this.dataset.none ?? ''
    input.value = ''
  }

  private async film(): Promise<void> {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
    } catch {
      this.status.textContent = this.dataset.refused ?? ''
      return
    }
    const video = document.createElement('video')
    video.playsInline = true
    video.muted = true
    video.srcObject = this.stream
    this.append(video)
    await video.play()
    this.status.textContent = this.dataset.looking ?? ''
    while (this.stream?.active) {
      const found = await this.detector!.detect(video).catch(() => [])
      if (found[0]) return this.found(found[0].rawValue)
      await new Promise(done => setTimeout(done, between))
    }
  }

  private stop(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop()
    this.stream = undefined
    this.querySelector('video')?.remove()
    this.status.textContent = ''
  }

  private found(text: string): void {
    this.stop()
    const field = this.dataset.into ? document.getElementById(this.dataset.into) as HTMLInputElement | null : null
    if (field) field.value = text
    const event = new CustomEvent('madang-code', { bubbles: true, cancelable: true, detail: text })
    if (this.dispatchEvent(event) && this.dataset.submit !== undefined) field?.form?.requestSubmit()
  }
}
customElements.define('madang-scan', MadangScan)
export {}
