// Reads a QR code from a picture: by the browser's own reader (Barcode Detection API) where it has
// one, else by jsQR, which is fetched only then. Safari, Firefox and Chromium on Linux have none.
interface Detector { detect(source: ImageBitmapSource): Promise<{ rawValue: string }[]> }
interface DetectorClass {
  new(options: { formats: string[] }): Detector
  getSupportedFormats(): Promise<string[]>
}
export type CodeReader = (picture: HTMLVideoElement | ImageBitmap) => Promise<string | undefined>

const sizes = [1200, 1800, 2600]   // longest side, px: a clear picture is read soon, fine print in the end

async function ownReader(): Promise<CodeReader | undefined> {
  const Class = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector
  const formats = Class ? await Class.getSupportedFormats().catch(() => [] as string[]) : []
  if (!Class || !formats.includes('qr_code')) return undefined
  const detector = new Class({ formats: ['qr_code'] })
  return async picture => (await detector.detect(picture).catch(() => []))[0]?.rawValue
}

function pixels(picture: HTMLVideoElement | ImageBitmap, longest: number): ImageData | undefined {
  const [width, height] = picture instanceof HTMLVideoElement
    ? [picture.videoWidth, picture.videoHeight] : [picture.width, picture.height]
  if (!width || !height) return undefined
  const scale = Math.min(1, longest / Math.max(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width * scale)
  canvas.height = Math.round(height * scale)
  const drawing = canvas.getContext('2d', { willReadFrequently: true })
  drawing?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  return drawing?.getImageData(0, 0, canvas.width, canvas.height)
}

export async function codeReader(): Promise<CodeReader> {
  const own = await ownReader()
  if (own) return own
  const { default: jsQR } = await import('jsqr')
  return async picture => {
    let before = 0
    for (const longest of sizes) {
      const seen = pixels(picture, longest)
      if (!seen || seen.width === before) continue   // a small picture is not tried twice
      before = seen.width
      const found = jsQR(seen.data, seen.width, seen.height, { inversionAttempts: 'dontInvert' })
      if (found?.data) return found.data
    }
    return undefined
  }
}
