// The second verifier over the suite of the first: github.com/transparency-dev/merkle, testdata.
// node --test web/islands/test/tlog.test.mjs
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const web = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const tsc = join(web, 'node_modules', 'typescript', 'bin', 'tsc')
const no_packages = !existsSync(tsc) && 'npm ci --prefix web'
const suite = join(process.env.MADANG_SUITES ?? join(web, '..', '..', 'shared', 'suites'), 'merkle', 'testdata')

let built, ours
before(async () => {
  if (no_packages) return
  const cache = join(web, 'node_modules', '.cache')   // below node_modules, so that imports are found
  mkdirSync(cache, { recursive: true })
  built = mkdtempSync(join(cache, 'tlog-'))
  execFileSync(process.execPath, [tsc, '--ignoreConfig', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib',
    'ES2022,DOM,DOM.Iterable', '--skipLibCheck', '--types', '', '--outDir', built, join(web, 'islands/src/tlog.ts')])
  ours = await import(join(built, 'tlog.js'))
})
after(() => built && rmSync(built, { recursive: true }))

function* cases(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* cases(path)
    else if (entry.name.endsWith('.json')) yield path
  }
}

// A root that does not matter in a case is some text: its SHA-256 stands for it.
function hash_of(base64) {
  const octets = Buffer.from(base64 ?? '', 'base64')
  if (octets.length === 0) throw new Error('missing')
  return new Uint8Array(octets.length === 32 ? octets : createHash('sha256').update(octets).digest())
}
function accepts(kind, text) {
  // Sizes may lie beyond what a JavaScript number holds exactly.
  const c = JSON.parse(text.replace(/("(?:leafIdx|treeSize|size1|size2|size|start|end)": *)(\d+)/g, '$1"$2"'))
  const n = name => BigInt(c[name] ?? 0)
  try {
    const path = (c.proof ?? []).map(p => new Uint8Array(Buffer.from(p, 'base64')))
    if (path.some(p => p.length !== 32)) return false
    if (kind === 'inclusion') return ours.verify_inclusion(n('leafIdx'), n('treeSize'), hash_of(c.leafHash), path, hash_of(c.root))
    if (kind === 'consistency') return ours.verify_consistency(n('size1'), n('size2'), path, hash_of(c.root1), hash_of(c.root2))
    if (kind === 'subtreeinclusion') return ours.verify_subtree_inclusion(n('leafIdx'), n('start'), n('end'), hash_of(c.leafHash), path, hash_of(c.root))
    return ours.verify_subtree_consistency(n('start'), n('end'), n('size'), path, hash_of(c.root1), hash_of(c.root2))
  } catch {
    return false
  }
}

test('accepts exactly what the suite says', {
  skip: no_packages || (!existsSync(suite) && 'absent: github.com/transparency-dev/merkle, testdata, into suites/merkle')
}, () => {
  let met = 0, of = 0
  for (const file of cases(suite)) {
    const text = readFileSync(file, 'utf8'), kind = relative(suite, file).split(sep)[0]
    ++of
    if (accepts(kind, text) !== JSON.parse(text).wantErr) ++met
    else assert.fail(file)
  }
  console.log(`conformance.merkle (browser): ${met} of ${of}`)
  assert.ok(of > 300)
})

test('the example of c2sp.org/signed-note is signed, and no other text', { skip: no_packages }, () => {
  const key = ours.parse_verifier('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k')
  const signed = 'This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n'
  const policy = { logs: [key], witnesses: new Map(), groups: new Map(), quorum: 'none' }
  assert.ok(ours.signed_by_log(ours.parse_note(signed), 'example.com/foo', policy))
  assert.throws(() => ours.signed_by_log(ours.parse_note(signed.replace('an', 'no')), 'example.com/foo', policy), ours.Malformed)
  assert.throws(() => ours.parse_note(signed.slice(0, -1)), ours.Malformed)
  assert.throws(() => ours.parse_verifier('example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'), ours.Malformed)
})
