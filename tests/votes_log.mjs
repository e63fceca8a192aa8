// The log of votes, for tests of whoever speaks.
// C2SP tlog-tiles, read here without any of our code.
export async function entries_in(reader) {
  const size = Number((await reader.get('/transparency/votes/checkpoint')).text.split('\n')[1])
  const out = []
  for (let first = 0; first < size; first += 256) {
    const width = Math.min(256, size - first), n = String(first / 256).padStart(3, '0')
    const bundle = (await reader.get(`/transparency/votes/tile/entries/${n}${width < 256 ? `.p/${width}` : ''}`)).bytes
    for (let at = 0; at < bundle.length;) {
      const length = bundle.readUInt16BE(at)
      out.push(bundle.subarray(at + 2, at + 2 + length).toString())
      at += 2 + length
    }
  }
  return out
}
// Those whose last line is +.
export function counted_again(entries, key, saying) {
  const last = new Map()
  for (const e of entries) {
    const [, ask, said, sign, who] = e.split(' ')
    if (ask === key && said === saying) last.set(who, sign)
  }
  return [...last.values()].filter(s => s === '+').length
}
