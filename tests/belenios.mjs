// The browser's side of elections (web/islands/src/belenios.ts) for tests in Node, and the foreign judge belenios-tool (Debian).
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../journeys/program.mjs'

const web = join(root, 'web')
const tsc = join(web, 'node_modules', 'typescript', 'bin', 'tsc')
const has_tool = (() => { try { execFileSync('belenios-tool', ['--version'], { stdio: 'ignore' }); return true } catch { return false } })()
export const without_belenios = !existsSync(tsc) ? 'npm ci --prefix web' : !has_tool && 'belenios-tool is not installed'

/** The module, compiled; it is left to `forget` to clear up. */
export async function belenios() {
  const cache = join(web, 'node_modules', '.cache')
  mkdirSync(cache, { recursive: true })
  const built = mkdtempSync(join(cache, 'belenios-'))
  execFileSync(process.execPath, [tsc, '--ignoreConfig', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib',
    'ES2022,DOM,DOM.Iterable', '--skipLibCheck', '--types', '', '--strict', '--outDir', built, join(web, 'islands/src/belenios.ts')])
  return { ...await import(join(built, 'belenios.js')), forget: () => rmSync(built, { recursive: true }) }
}

/** Whether belenios-tool verifies the archive. */
export function tool_verifies(uuid, octets) {
  const folder = mkdtempSync(join(tmpdir(), 'belenios-'))
  try {
    writeFileSync(join(folder, `${uuid}.bel`), octets)
    execFileSync('belenios-tool', ['election', 'verify', '--dir', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  } finally {
    rmSync(folder, { recursive: true })
  }
}
