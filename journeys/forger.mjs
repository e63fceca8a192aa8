// What a forger does with an editor: one line of an issued PDF reads otherwise, and the change is
// appended as a revision of its own (ISO 32000-1 section 7.5.6), so that everything else stays.
import { deflateSync, inflateSync } from 'node:zlib'

function object(pdf, number) {
  const from = pdf.indexOf(`\n${number} 0 obj\n`)
  return pdf.slice(from, pdf.indexOf('\nendobj', from))
}
function stream(pdf, number) {
  const body = object(pdf, number)
  const length = Number(body.match(/\/Length (\d+)/)[1])
  const at = body.indexOf('stream\n') + 7
  return inflateSync(Buffer.from(body.slice(at, at + length), 'latin1')).toString('latin1')
}
const reference = (body, name) => Number(body.match(new RegExp(`/${name} (\\d+) 0 R`))[1])

// Letter -> glyph as four hex digits, from the font's ToUnicode map.
function glyphs_of(pdf) {
  const map = stream(pdf, reference(pdf, 'ToUnicode'))
  const letters = new Map()
  for (const [, glyph, letter] of map.matchAll(/^<(\w{4})> <(\w{4})>$/gm))
    letters.set(String.fromCharCode(parseInt(letter, 16)), glyph.toUpperCase())
  for (const [, first, last, letter] of map.matchAll(/^<(\w{4})> <(\w{4})> <(\w{4})>$/gm))
    for (let g = parseInt(first, 16); g <= parseInt(last, 16); ++g)
      letters.set(String.fromCharCode(parseInt(letter, 16) + g - parseInt(first, 16)),
        g.toString(16).toUpperCase().padStart(4, '0'))
  return letters
}

// Both texts in letters that the paper has; throws when `was` is not on it.
export function forged(bytes, was, is) {
  const pdf = bytes.toString('latin1')
  const glyphs = glyphs_of(pdf)
  const drawn = text => [...text].map(letter => {
    if (!glyphs.has(letter)) throw new Error(`the paper has no letter ${letter}`)
    return glyphs.get(letter)
  }).join('')
  const page = Number(object(pdf, 2).match(/\/Kids\[(\d+) 0 R/)[1])
  const contents = reference(object(pdf, page), 'Contents')
  const content = stream(pdf, contents)
  if (!content.includes(`<${drawn(was)}>`)) throw new Error(`'${was}' is not a text of the paper`)
  const changed = deflateSync(Buffer.from(content.replace(`<${drawn(was)}>`, `<${drawn(is)}>`), 'latin1')).toString('latin1')
  const before = pdf.match(/startxref\n(\d+)\n%%EOF\n$/)[1]
  const size = pdf.match(/\/Size (\d+)/g).at(-1)
  const body = `${contents} 0 obj\n<</Filter/FlateDecode/Length ${changed.length}>>\nstream\n${changed}\nendstream\nendobj\n`
  const table = `xref\n${contents} 1\n${String(pdf.length).padStart(10, '0')} 00000 n \n`
  const end = `trailer\n<<${size}/Root 1 0 R/Info 11 0 R/Prev ${before}>>\nstartxref\n${pdf.length + body.length}\n%%EOF\n`
  return Buffer.from(pdf + body + table + end, 'latin1')
}
