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
  for (const name of ['votes', 'choices']) {     // a bundler needs no ending; node does
    const file = join(built, `${name}.js`)
    writeFileSync(file, readFileSync(file, 'utf8').replace(/'\.\/(tlog|choices)'/g, "'./$1.js'"))
  }
  ours = { ...await import(join(built, 'votes.js')), ...await import(join(built, 'choices.js')) }
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

test('the last word of each pseudonym counts, and what is struck out stays so until it is put back', { skip }, () => {
  const count = new ours.Count('a', 'back')
  for (const l of [line('a', 'back', '+', 'p'), line('a', 'back', '+', 'q'), line('a', 'back', '-', 'q'), line('a', 'back', '+', 'q'),
    line('a', 'back', '+', 'r'), line('a', 'back', '-', 'r'), line('a', 'back', '+', 's'), line('a', 'back', 'x', 's'), line('a', 'back', '+', 's'),
    line('a', 'back', '+', 'v'), line('a', 'back', 'x', 'v'), line('a', 'back', 'o', 'v'), line('a', 'back', '+', 'w'), line('a', 'back', 'x', 'w'),
    line('a', 'back', 'o', 'w'), line('a', 'back', '-', 'w'), line('b', 'back', '+', 't'), line('a', 'like', '+', 'u'), 'madang-voices/1 a stage open 2026-11-28T03:00:00.000Z', 'rubbish', '']) count.add(l)
  assert.equal(count.counted, 3, 'p, q and v')
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
  assert.deepEqual(await ours.recount(from(files), 'L', 'P', 'a', 'back'), { counted: 240, choices: null, entries: 300, root: true, signed: true })
  const forged = { ...files, 'L/tile/entries/000': Buffer.from(files['L/tile/entries/000'].toString('latin1').replace('+', '-'), 'latin1') }
  assert.equal((await ours.recount(from(forged), 'L', 'P', 'a', 'back')).root, false)
  const other = a_log(entries)
  assert.equal((await ours.recount(from({ ...files, P: other.P }), 'L', 'P', 'a', 'back')).signed, false, 'another key')
  const short = { ...files, 'L/tile/entries/000': files['L/tile/entries/000'].subarray(0, 500) }
  await assert.rejects(ours.recount(from(short), 'L', 'P', 'a', 'back'))
})

// The capital of Tennessee as Wikipedia works it out ("Borda count", "Instant-runoff voting").
const tennessee = [[42, '1,2,3,4'], [26, '2,3,4,1'], [15, '3,4,2,1'], [17, '4,3,2,1']].flatMap(([n, b]) => Array(n).fill(b))
const options = (...costs) => costs.map(cost => ({ cost }))
test('rankings are counted as published examples are', { skip }, () => {
  const paper = { kind: 'ranking', options: options(0, 0, 0, 0) }
  assert.deepEqual(ours.count({ ...paper, method: 'borda' }, tennessee), { voters: 100, counts: [126, 194, 173, 107], order: [2, 3, 1, 4] })
  assert.deepEqual(ours.count({ ...paper, method: 'runoff' }, tennessee), { voters: 100, counts: [42, 26, 15, 17], order: [4, 1, 2, 3] })
  assert.deepEqual(ours.count({ ...paper, method: 'runoff' }, ['1', '1', '1', '2', '2', '2', '3', '4']).order, [1, 2, 3, 4])
})
test('others are counted by who chose them, of a budget the cheaper first among equals', { skip }, () => {
  const budget = { kind: 'budget', budget: 100, options: options(60, 50, 30, 10) }
  assert.deepEqual(ours.count(budget, ['1,3,4', '1,3,4', '1,3', '1,3', '1,3', '1', ...Array(5).fill('2')]),
    { voters: 11, counts: [6, 5, 5, 2], order: [1, 3, 2, 4] })
  assert.throws(() => ours.count(budget, ['5']))
})
test('the last choice counts, what is taken back or struck out does not, and a seal is checked', { skip }, async () => {
  const [a, b, c] = ['a', 'b', 'c'].map(d => d.repeat(64)), at = '2026-11-28T03:00:00.000Z'
  const line = (sign, who, chosen) => `madang-voices/1 k choice ${sign} ${who} all ${chosen} ${at}`
  const open = new ours.Choices('k')
  for (const l of [line('+', a, '1'), line('-', a, '1'), line('+', a, '2'), line('+', b, '1'), line('-', b, '1'), line('+', c, '1'), line('x', c, '1'),
    line('+', c, '1'), line('+', a, '2').replace(' k ', ' other ')]) open.add(l)
  assert.deepEqual([open.voters, await open.ballots()], [1, ['2']])
  const salt = 'd'.repeat(32)
  const seal = who => `#${createHash('sha256').update(`madang-voices/1 choice k ${who} 3,1 ${salt}`).digest('hex')}`
  const sealed = opened => {
    const choices = new ours.Choices('k')
    for (const l of [line('+', a, seal(a)), line('+', b, seal(b)), ...opened]) choices.add(l)
    return choices
  }
  assert.deepEqual(await sealed([]).ballots(), [], 'nothing before the end')
  assert.deepEqual(await sealed([line('=', a, `3,1:${salt}`), line('=', b, `3,1:${salt}`)]).ballots(), ['3,1', '3,1'])
  await assert.rejects(sealed([line('=', a, `3,1:${salt}`)]).ballots(), 'one is kept back')
  await assert.rejects(sealed([line('=', a, `3,1:${salt}`), line('=', b, `1,3:${salt}`)]).ballots(), 'another than was sealed')
})
