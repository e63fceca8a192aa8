// The wallet's own reader over the cases of the reference implementation (openwallet-foundation-labs/sd-jwt-python), and its codes
// read by jsQR.  node --test web/islands/test/wallet.test.mjs
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const web = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const tsc = join(web, 'node_modules', 'typescript', 'bin', 'tsc')
const no_packages = !existsSync(tsc) && 'npm ci --prefix web'
const suite = join(process.env.MADANG_SUITES ?? join(web, '..', '..', 'shared', 'suites'), 'sdjwt')
const issuer = { kty: 'EC', crv: 'P-256', kid: 'x', x: 'b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ', y: 'Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8' }

let built, sd, qr
before(async () => {
  if (no_packages) return
  const cache = join(web, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  built = mkdtempSync(join(cache, 'wallet-'))
  execFileSync(process.execPath, [tsc, '--outDir', built, '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler',
    '--lib', 'es2022,dom,dom.iterable', '--skipLibCheck', '--ignoreConfig', ...['sd-jwt.ts', 'qr-drawing.ts'].map(f => join(web, 'islands', 'src', f))])
  sd = await import(join(built, 'sd-jwt.js'))
  qr = await import(join(built, 'qr-drawing.js'))
})
after(() => built && rmSync(built, { recursive: true, force: true }))

const cases = existsSync(suite) ? ['testcases', 'rfc-examples'].flatMap(part => readdirSync(join(suite, part), { withFileTypes: true })
  .filter(e => e.isDirectory() && existsSync(join(suite, part, e.name, 'sd_jwt_presentation.txt'))).map(e => join(suite, part, e.name))) : []
const no_suite = no_packages || (cases.length === 0 && 'no suite: github openwallet-foundation-labs/sd-jwt-python')
const text = file => readFileSync(file, 'utf8').replaceAll(/\s/g, '')
// Long strings in the documents are broken into lines.
const json = file => JSON.parse(readFileSync(file, 'utf8').replaceAll(/"(?:[^"\\]|\\.)*"/g, s => s.replaceAll(/\n\s*/g, '')))

test('every presentation of the suite opens to exactly the verified contents', { skip: no_suite }, async () => {
  assert.ok(cases.length >= 28)
  for (const folder of cases) {
    const s = sd.read(text(join(folder, 'sd_jwt_presentation.txt')))
    assert.ok(await sd.is_signed(s.jwt, issuer), folder)
    const { claims } = await sd.open(sd.jwt_parts(s.jwt).payload, s.disclosures)
    assert.deepEqual(JSON.parse(JSON.stringify(claims)), json(join(folder, 'verified_contents.json')), folder)
  }
})

test('what the holder shows again is what the reference showed', { skip: no_suite }, async () => {
  for (const folder of cases) {
    const whole = sd.read(text(join(folder, 'sd_jwt_issuance.txt'))), part = sd.read(text(join(folder, 'sd_jwt_presentation.txt')))
    const { payload } = sd.jwt_parts(whole.jwt)
    const pointers = (await sd.open(payload, part.disclosures)).places.map(p => p.pointer)
    const made = sd.shown(whole, (await sd.open(payload, whole.disclosures)).places, pointers)
    assert.deepEqual([...made.disclosures].sort(), [...part.disclosures].sort(), folder)
  }
})

test('what the standard refuses is refused', { skip: no_packages }, async () => {
  const d = v => Buffer.from(JSON.stringify(v)).toString('base64url')
  const name = d(['salt', 'name', 'Kim']), digest = await sd.hash(name)
  const open = (payload, disclosures) => sd.open(payload, disclosures).then(() => 'good', e => e.code)
  assert.equal(await open({ _sd: [digest] }, [name]), 'good')
  for (const [payload, disclosures] of [[{ _sd: [digest, digest] }, [name]], [{ _sd: [digest] }, [name, name]], [{}, [name]],
    [{ name: 'x', _sd: [digest] }, [name]], [{ _sd: 'x' }, []], [{ l: [{ '...': digest }] }, [name]]])
    assert.equal(await open(payload, disclosures), 'malformed', JSON.stringify(payload))
  assert.equal(await open({ _sd_alg: 'md5' }, []), 'hash')
  assert.equal(await open({ _sd: [await sd.hash(d(['s', '_sd', 1]))] }, [d(['s', '_sd', 1])]), 'malformed')
})

test('a code that is shown is bound to its holder and judged by whoever reads it', { skip: no_packages }, async () => {
  const agency = await sd.new_keys(), holder = await sd.new_keys(), seconds = 1_795_000_000
  const key = { ...await sd.public_jwk(agency.publicKey), kid: 'a' }
  const name = Buffer.from('["c2FsdA", "name", "Kim"]').toString('base64url')
  const jwt = await sd.sign_jwt(agency.privateKey, { alg: 'ES256', typ: 'dc+sd-jwt', kid: 'a' },
    { iss: 'x', exp: seconds + 1000, _sd: [await sd.hash(name)], cnf: { jwk: await sd.public_jwk(holder.publicKey) } })
  const s = await sd.bind({ jwt, disclosures: [name], binding: '' }, holder.privateKey, sd.code_audience, 'n', seconds)
  const read = await sd.from_code(await sd.to_code(s))
  assert.deepEqual(read, s)
  const judged = (one, more = {}) => sd.verify(one, more.keys ?? [key], more.aud ?? sd.code_audience, undefined, more.at ?? seconds).then(r => r.claims.name, e => e.code)
  assert.equal(await judged(read), 'Kim')
  assert.equal(await judged(read, { keys: [] }), 'not_ours')
  assert.equal(await judged(read, { keys: [{ ...await sd.public_jwk(holder.publicKey), kid: 'a' }] }), 'forged')
  assert.equal(await judged(read, { aud: 'other' }), 'forged')
  assert.equal(await judged(read, { at: seconds + 600 }), 'old')
  assert.equal(await judged(await sd.bind({ ...read, binding: '' }, holder.privateKey, sd.code_audience, 'n', seconds + 2000), { at: seconds + 2000 }), 'old')
  assert.equal(await judged({ ...read, disclosures: [] }), 'forged')
  assert.equal(await judged({ ...read, binding: '' }), 'forged')
})

// draft-ietf-oauth-status-list section 4.2.
test('the example of the status list is read', { skip: no_packages }, async () => {
  const pair = await sd.new_keys()
  const token = await sd.sign_jwt(pair.privateKey, { alg: 'ES256', typ: 'statuslist+jwt' }, { status_list: { bits: 1, lst: 'eNrbuRgAAhcBXQ' } })
  const expected = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1]
  for (const [i, value] of expected.entries()) assert.equal(await sd.status_in(token, i, undefined), value)
  assert.equal(await sd.status_in(token, 16, undefined), undefined)
  assert.equal(await sd.status_in(token, 0, await sd.public_jwk((await sd.new_keys()).publicKey)), undefined)
})

test('base45 is that of RFC 9285', { skip: no_packages }, () => {
  for (const [plain, coded] of [['AB', 'BB8'], ['Hello!!', '%69 VD92EX0'], ['base-45', 'UJCLQE7W581']]) {   // section 4.3
    assert.equal(sd.base45(Buffer.from(plain)), coded)
    assert.equal(Buffer.from(sd.from_base45(coded)).toString(), plain)
  }
})

test('codes of every size are read by jsQR', { skip: no_packages }, () => {
  const jsqr = createRequire(join(web, 'package.json'))('jsqr')
  const read = jsqr.default ?? jsqr
  let n = 7
  for (const length of [5, 25, 60, 200, 400, 900, 1500, 2300, 3300, 4200]) {
    const said = Array.from({ length }, () => '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'[(n = (n * 1103515245 + 12345) >>> 0) % 45]).join('')
    const rows = qr.qr_modules(said), scale = 4, quiet = 4, size = (rows.length + 2 * quiet) * scale
    const pixels = new Uint8ClampedArray(size * size * 4).fill(255)
    rows.forEach((row, y) => row.forEach((on, x) => {
      if (!on) return
      for (let dy = 0; dy < scale; dy++) for (let dx = 0; dx < scale; dx++) {
        const at = (((y + quiet) * scale + dy) * size + (x + quiet) * scale + dx) * 4
        pixels[at] = pixels[at + 1] = pixels[at + 2] = 0
      }
    }))
    assert.equal(read(pixels, size, size)?.data, said, `${length} characters`)
  }
})
