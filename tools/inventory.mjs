// What the program stands on, as a CycloneDX 1.5 document (ECMA-424): node tools/inventory.mjs
// Debian packages by name, with the version that is installed here; npm packages as the lock file
// fixes them. Times for mending them: docs/security/dependencies.md
import { readFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const text_of = file => readFileSync(join(root, file), 'utf8')

const named = file => text_of(file).split('\n').filter(l => !l.startsWith('#')).flatMap(l => l.split(/\s+/)).filter(Boolean)

function installed() {
  const said = spawnSync('dpkg-query', ['-W', '-f', '${Package} ${Version} ${Architecture}\n'], { encoding: 'utf8', maxBuffer: 1 << 26 })
  return new Map((said.stdout ?? '').split('\n').filter(Boolean).map(l => l.split(' ')).map(([name, version, architecture]) => [name, { version, architecture }]))
}

const versions = installed()
function debian(name, scope) {
  const there = versions.get(name)
  const purl = `pkg:deb/debian/${encodeURIComponent(name)}${there ? `@${encodeURIComponent(there.version)}?arch=${there.architecture}&distro=debian-12` : '?distro=debian-12'}`
  return { type: 'library', 'bom-ref': purl, name, ...there && { version: there.version }, scope, purl }
}

function npm(path, entry) {
  const name = path.replace(/^.*node_modules\//, '')
  const purl = `pkg:npm/${name.replace('@', '%40')}@${entry.version}`
  const [, sum] = entry.integrity?.match(/^sha512-(.+)$/) ?? []
  return {
    type: 'library', 'bom-ref': `${purl}#${path}`, name, version: entry.version, scope: entry.dev ? 'excluded' : 'required', purl,
    ...sum && { hashes: [{ alg: 'SHA-512', content: Buffer.from(sum, 'base64').toString('hex') }] },
    ...entry.license && { licenses: [/^[\w.+-]+$/.test(entry.license) ? { license: { id: entry.license } } : { expression: entry.license }] }
  }
}

const run = named('packages.txt'), tests = named('packages-test.txt').filter(name => !run.includes(name))
const locked = Object.entries(JSON.parse(text_of('web/package-lock.json')).packages).filter(([path, entry]) => path && !entry.link)

console.log(JSON.stringify({
  bomFormat: 'CycloneDX', specVersion: '1.5', version: 1,
  metadata: { component: { type: 'application', 'bom-ref': 'madang', name: 'madang' } },
  components: [
    ...run.map(name => debian(name, 'required')), ...tests.map(name => debian(name, 'excluded')),
    ...locked.map(([path, entry]) => npm(path, entry))
  ]
}, null, 1))
