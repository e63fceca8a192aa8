// The browser's half of blind tokens and passes (web/islands/src/voice-token.ts, voice-pass.ts, votes.ts), compiled for node.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../journeys/program.mjs'

const web = join(root, 'web'), tsc = join(web, 'node_modules/typescript/bin/tsc')
export const no_compiler = !existsSync(tsc) && 'npm ci --prefix web'

export async function browser_tokens() {
  const cache = join(web, 'node_modules/.cache')   // below node_modules, so that imports are found
  mkdirSync(cache, { recursive: true })
  const built = mkdtempSync(join(cache, 'tokens-'))
  try {
    execFileSync(process.execPath, [tsc, '--ignoreConfig', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib',
      'ES2022,DOM,DOM.Iterable', '--skipLibCheck', '--types', '', '--outDir', built, ...['voice-token', 'voice-pass', 'votes'].map(name => join(web, `islands/src/${name}.ts`))])
    for (const name of ['arc', 'voice-token', 'voice-pass', 'votes', 'choices']) {     // a bundler needs no ending; node does
      const file = join(built, `${name}.js`)
      writeFileSync(file, readFileSync(file, 'utf8').replace(/'\.\/(tlog|choices|blind-rsa|arc)'/g, "'./$1.js'"))
    }
    const all = ['blind-rsa', 'arc', 'voice-token', 'voice-pass', 'votes'].map(name => import(join(built, `${name}.js`)))
    return Object.assign({}, ...await Promise.all(all))
  } finally {
    rmSync(built, { recursive: true })
  }
}
