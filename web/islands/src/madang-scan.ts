// Reads a two-dimensional code with the camera or from a picture. What was read is put into the field
// that `data-into` names and told as the event "madang-code"; with `data-submit` the form goes. The
// number can always be typed.
import { codeReader, type CodeReader } from './code-reader'

const between = 200   // ms between looks at the camera's picture

class MadangScan extends HTMLElement {
  private reader: Promise<CodeReader> | undefined
  private stream: MediaStream | undefined
  private readonly status = document.createElement('p')
  private readonly camera = document.createElement('button')

  connectedCallback(): void {
    this.start()
  }
  disconnectedCallback(): void {
    this.stop()
  }

  private start(): void {
    if (this.dataset.ready) return
    this.dataset.ready = 'yes'
    this.status.className = 'hint'
    this.status.setAttribute('role', 'status')
    this.append(this.status)
    this.prepend(this.buttons())
  }

  private buttons(): HTMLElement {
    const row = document.createElement('div')
    row.className = 'button-row'
    this.camera.type = 'button'
    this.camera.className = 'button secondary'
    this.camera.textContent = this.dataset.camera ?? ''
    this.camera.addEventListener('click', () => void (this.stream ? this.stop() : this.film()))
    const picture = document.createElement('label')
    picture.className = 'button quiet'
    const file = document.createElement('input')
    file.type = 'file'
    file.accept = 'image/*'
    file.className = 'hidden'
    file.addEventListener('change', () => void this.still(file))
    picture.append(this.dataset.picture ?? '', file)
    row.append(this.camera, picture)
    return row
  }

  private async still(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0]
    if (!file) return
    const picture = await createImageBitmap(file).catch(() => undefined)
    const read = await this.read()
    const found = picture && await read?.(picture)
    if (found) this.found(found)
    else if (read) this.status.textContent = this.dataset.none ?? ''
    input.value = ''
  }

  // Fetched when it is first needed: a page that is only looked at pays nothing.
  private async read(): Promise<CodeReader | undefined> {
    this.reader ??= codeReader()
    return this.reader.catch(() => {
      this.reader = undefined
      this.status.textContent = this.dataset.unable ?? ''
      return undefined
    })
  }

  private async film(): Promise<void> {
    const read = await this.read()
    if (!read) return
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1920 } } })
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
    this.camera.textContent = this.dataset.stop ?? ''
    while (this.stream?.active) {
      const found = await read(video)
      if (found) return this.found(found)
      await new Promise(done => setTimeout(done, between))
    }
  }

  private stop(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop()
    this.stream = undefined
    this.querySelector('video')?.remove()
    this.camera.textContent = this.dataset.camera ?? ''
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
