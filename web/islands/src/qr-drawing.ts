// Draws a QR code (ISO/IEC 18004) of text in the alphanumeric alphabet, with the least correction:
// it is shown on a screen, where nothing is torn or dirty. Read back by jsQR in the tests.
const correction = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28,
  30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30]   // octets a block, level L, versions 1 to 40
const blocks_of = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17,
  18, 19, 19, 20, 21, 22, 24, 25]
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'

function raw_octets(version: number): number {
  let modules = (16 * version + 128) * version + 64
  if (version >= 2) {
    const align = Math.floor(version / 7) + 2
    modules -= (25 * align - 10) * align - 55
    if (version >= 7) modules -= 36
  }
  return Math.floor(modules / 8)
}
const data_octets = (version: number): number =>
  raw_octets(version) - correction[version - 1]! * blocks_of[version - 1]!

function alignment(version: number): number[] {
  if (version === 1) return []
  const count = Math.floor(version / 7) + 2
  const step = version === 32 ? 26 : Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2
  const out = [6]
  for (let at = version * 4 + 10; out.length < count; at -= step) out.splice(1, 0, at)
  return out
}

// Multiplication in GF(2^8) by the polynomial 0x11D.
function times(a: number, b: number): number {
  let z = 0
  for (let i = 7; i >= 0; i--) {
    z = (z << 1) ^ ((z >>> 7) * 0x11D)
    z ^= ((b >>> i) & 1) * a
  }
  return z & 255
}
function divisor(degree: number): number[] {
  const out = new Array<number>(degree).fill(0)
  out[degree - 1] = 1
  let root = 1
  for (let i = 0; i < degree; i++) {
    for (let j = 0; j < degree; j++) {
      out[j] = times(out[j]!, root)
      if (j + 1 < degree) out[j]! ^= out[j + 1]!
    }
    root = times(root, 2)
  }
  return out
}
function remainder(data: number[], by: number[]): number[] {
  const out = by.map(() => 0)
  for (const octet of data) {
    const factor = octet ^ out.shift()!
    out.push(0)
    by.forEach((c, i) => { out[i]! ^= times(c, factor) })
  }
  return out
}

function encoded(text: string): { version: number, octets: number[] } {
  const body = Math.floor(text.length / 2) * 11 + (text.length % 2) * 6
  let version = 1
  const count_bits = (v: number) => v < 10 ? 9 : v < 27 ? 11 : 13
  // jsQR reads no code of version 23 (zbar does), and some who read ours have nothing else.
  while (version <= 40 && (version === 23 || 4 + count_bits(version) + body > data_octets(version) * 8)) version++
  if (version > 40) throw new Error('too long for a code')
  const bits: number[] = []
  const put = (value: number, length: number) => { for (let i = length - 1; i >= 0; i--) bits.push((value >>> i) & 1) }
  put(2, 4)
  put(text.length, count_bits(version))
  for (let i = 0; i < text.length; i += 2) {
    const a = alphabet.indexOf(text[i]!), b = i + 1 < text.length ? alphabet.indexOf(text[i + 1]!) : -2
    if (a < 0 || b === -1) throw new Error('not in the alphabet of the code')
    if (b < 0) put(a, 6)
    else put(a * 45 + b, 11)
  }
  const room = data_octets(version) * 8
  put(0, Math.min(4, room - bits.length))
  put(0, (8 - bits.length % 8) % 8)
  for (let pad = 0xEC; bits.length < room; pad ^= 0xEC ^ 0x11) put(pad, 8)
  const octets: number[] = []
  for (let i = 0; i < bits.length; i += 8) octets.push(bits.slice(i, i + 8).reduce((n, bit) => n * 2 + bit, 0))
  return { version, octets }
}

function interleaved(version: number, data: number[]): number[] {
  const count = blocks_of[version - 1]!, extra = correction[version - 1]!, raw = raw_octets(version)
  const short = count - raw % count, length = Math.floor(raw / count)
  const by = divisor(extra), blocks: number[][] = []
  for (let i = 0, from = 0; i < count; i++) {
    const part = data.slice(from, from + length - extra + (i < short ? 0 : 1))
    from += part.length
    const rest = remainder(part, by)
    if (i < short) part.push(-1)
    blocks.push(part.concat(rest))
  }
  const out: number[] = []
  for (let i = 0; i < blocks[0]!.length; i++) for (const b of blocks) if (b[i] !== -1) out.push(b[i]!)
  return out
}

// Rows of dark (true) and light modules, without the quiet zone.
export function qr_modules(text: string): boolean[][] {
  const { version, octets } = encoded(text)
  const size = version * 4 + 17
  const dark = Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
  const fixed = Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
  const set = (x: number, y: number, on: boolean) => {
    if (x < 0 || y < 0 || x >= size || y >= size) return
    dark[y]![x] = on
    fixed[y]![x] = true
  }
  for (let i = 0; i < size; i++) {
    set(6, i, i % 2 === 0)
    set(i, 6, i % 2 === 0)
  }
  for (const [cx, cy] of [[3, 3], [size - 4, 3], [3, size - 4]] as const)
    for (let dy = -4; dy <= 4; dy++) for (let dx = -4; dx <= 4; dx++) {
      const ring = Math.max(Math.abs(dx), Math.abs(dy))
      set(cx + dx, cy + dy, ring !== 2 && ring !== 4)
    }
  const align = alignment(version), last = align.length - 1
  align.forEach((x, i) => align.forEach((y, j) => {
    if ((i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0)) return
    for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) set(x + dx, y + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1)
  }))
  // Level L is 1, the mask is 0: (x + y) even is turned.
  let rest = 1 << 3
  for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537)
  const format = ((1 << 3) << 10 | rest) ^ 0x5412, bit = (n: number, i: number) => ((n >>> i) & 1) !== 0
  for (let i = 0; i <= 5; i++) set(8, i, bit(format, i))
  set(8, 7, bit(format, 6))
  set(8, 8, bit(format, 7))
  set(7, 8, bit(format, 8))
  for (let i = 9; i < 15; i++) set(14 - i, 8, bit(format, i))
  for (let i = 0; i < 8; i++) set(size - 1 - i, 8, bit(format, i))
  for (let i = 8; i < 15; i++) set(8, size - 15 + i, bit(format, i))
  set(8, size - 8, true)
  if (version >= 7) {
    let rem = version
    for (let i = 0; i < 12; i++) rem = (rem << 1) ^ ((rem >>> 11) * 0x1F25)
    const bits = version << 12 | rem
    for (let i = 0; i < 18; i++) {
      const a = size - 11 + i % 3, b = Math.floor(i / 3)
      set(a, b, bit(bits, i))
      set(b, a, bit(bits, i))
    }
  }
  const stream = interleaved(version, octets)
  let at = 0
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5
    for (let up = 0; up < size; up++) for (let j = 0; j < 2; j++) {
      const x = right - j, y = ((right + 1) & 2) === 0 ? size - 1 - up : up
      if (fixed[y]![x]) continue
      const on = at < stream.length * 8 && bit(stream[at >>> 3]!, 7 - (at & 7))
      at++
      dark[y]![x] = on !== ((x + y) % 2 === 0)
    }
  }
  return dark
}

// As a drawing; `label` says what it is to those who do not see it.
export function qr_drawing(text: string, label: string): SVGSVGElement {
  const rows = qr_modules(text), quiet = 4, size = rows.length + 2 * quiet
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', `0 0 ${size} ${size}`)
  svg.setAttribute('class', 'qr')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', label)
  const part = (name: string, attributes: Record<string, string>) => {
    const element = document.createElementNS(svg.namespaceURI!, name)
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
    svg.append(element)
  }
  part('rect', { width: `${size}`, height: `${size}`, fill: '#fff' })
  part('path', {
    fill: '#000',
    d: rows.flatMap((row, y) => row.map((on, x) => on ? `M${x + quiet} ${y + quiet}h1v1h-1z` : '')).join('')
  })
  return svg
}
