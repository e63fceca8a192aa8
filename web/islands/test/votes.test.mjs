// Counting again: tiles as C2SP tlog-tiles names them (its own examples), and the tree of RFC 9162 section 2.1.5.
// node --test web/islands/test/votes.test.mjs
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const web = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const tsc = join(web, 'node_modules', 'typescript', 'bin', 'tsc')
const skip = !existsSync(tsc) && 'npm ci --prefix web'

let built, ours
before(async () => {
  if (skip) return
  const cache = join(web, 'node_modules', '.cache')   // below node_modules, so that imports are found
  mkdirSync(cache, { recursive: true })
  built = mkdtempSync(join(cache, 'votes-'))
  execFileSync(process.execPath, [tsc, '--ignoreConfig', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib',
    'ES2022,DOM,DOM.Iterable', '--skipLibCheck', '--types', '', '--outDir', built, join(web, 'islands/src/votes.ts')])
  const file = join(built, 'votes.js')     // a bundler needs no ending; node does
  writeFileSync(file, readFileSync(file, 'utf8').replace("'./tlog'", "'./tlog.js'"))
  ours = await import(file)
})
after(() => built && rmSync(built, { recursive: true }))

const sha = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest()
const leaf = entry => sha(Buffer.of(0), entry)
const node = (a, b) => sha(Buffer.of(1), a, b)

test('bundles are where the standard says', { skip }, () => {
  assert.equal(ours.bundle_path(0, 256), 'tile/entries/000')
  assert.equal(ours.bundle_path(1234067, 256), 'tile/entries/x001/x234/067')
  assert.equal(ours.bundle_path(0, 112), 'tile/entries/000.p/112')
  assert.equal(ours.bundle_path(1000, 256), 'tile/entries/x001/000')
})

test('the root of seven leaves is that of the standard', { skip }, () => {
  const d = Array.from({ length: 7 }, (_, i) => Buffer.from(`d${i}`))
  const root = new ours.Root()
  assert.deepEqual(Buffer.from(root.hash), sha(Buffer.alloc(0)), 'of none')
  for (const one of d) root.add(one)
  const [a, b, c, dd, e, f, j] = d.map(leaf)
  const g = node(a, b), h = node(c, dd), i = node(e, f), k = node(g, h), l = node(i, j)
  assert.deepEqual(Buffer.from(root.hash), node(k, l))
})

const line = (ask, saying, s, who) => `madang-voices/1 ${ask} ${saying} ${s} ${who} 11 2026-11-28T03:00:00.000Z`

test('the last word of each pseudonym counts, and what is struck out stays so', { skip }, () => {
  const count = new ours.Count('a', 'back')
  for (const l of [line('a', 'back', '+', 'p'), line('a', 'back', '+', 'q'), line('a', 'back', '-', 'q'), line('a', 'back', '+', 'q'),
    line('a', 'back', '+', 'r'), line('a', 'back', '-', 'r'), line('a', 'back', '+', 's'), line('a', 'back', 'x', 's'), line('a', 'back', '+', 's'),
    line('b', 'back', '+', 't'), line('a', 'like', '+', 'u'), 'madang-voices/1 a stage open 2026-11-28T03:00:00.000Z', 'rubbish', '']) count.add(l)
  assert.equal(count.counted, 2)
})

// A log of 300 entries, its checkpoint signed by a key of the trial (C2SP signed-note).
function a_log(entries) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32), origin = 'log.example/votes'
  const id = sha(Buffer.from(`${origin}\n`), Buffer.of(1), raw).subarray(0, 4)
  const tree = (from, to) => {
    if (to - from === 1) return leaf(Buffer.from(entries[from]))
    let half = 1
    while (half * 2 < to - from) half *= 2
    return node(tree(from, from + half), tree(from + half, to))
  }
  const text = `${origin}\n${entries.length}\n${tree(0, entries.length).toString('base64')}\n`
  const signature = Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]).toString('base64')
  const files = { 'L/checkpoint': `${text}\n— ${origin} ${signature}\n`,
    P: `log ${origin}+${id.toString('hex')}+${Buffer.concat([Buffer.of(1), raw]).toString('base64')}\nquorum none\n` }
  for (let first = 0; first < entries.length; first += 256) {
    const some = entries.slice(first, first + 256).map(e => Buffer.from(e))
    files[`L/${ours.bundle_path(first / 256, some.length)}`] = Buffer.concat(some.flatMap(e => [Buffer.of(e.length >> 8, e.length & 255), e]))
  }
  return files
}
const from = files => async path => {
  if (files[path] === undefined) throw new Error(`no ${path}`)
  return new Uint8Array(Buffer.from(files[path]))
}

test('a whole log is counted, and one octet that is not as it was is seen', { skip }, async () => {
  const entries = Array.from({ length: 300 }, (_, i) => line('a', 'back', i % 10 === 9 ? '-' : '+', `p${i - (i % 10 === 9 ? 1 : 0)}`))
  const files = a_log(entries)
  assert.deepEqual(await ours.recount(from(files), 'L', 'P', 'a', 'back'), { counted: 240, entries: 300, root: true, signed: true })
  const forged = { ...files, 'L/tile/entries/000': Buffer.from(files['L/tile/entries/000'].toString('latin1').replace('+', '-'), 'latin1') }
  assert.equal((await ours.recount(from(forged), 'L', 'P', 'a', 'back')).root, false)
  const other = a_log(entries)
  assert.equal((await ours.recount(from({ ...files, P: other.P }), 'L', 'P', 'a', 'back')).signed, false, 'another key')
  const short = { ...files, 'L/tile/entries/000': files['L/tile/entries/000'].subarray(0, 500) }
  await assert.rejects(ours.recount(from(short), 'L', 'P', 'a', 'back'))
})
