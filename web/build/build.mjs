// Builds web/dist: stylesheets and islands named by their content, the service worker, manifest.json
// (plain name -> built name) and a .gz beside each file. Types are checked first.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const source = join(root, 'islands', 'src')
const dist = join(root, 'dist')
// Checking paper offline needs the reader of the paper's own code, a file of the documents' makers.
const hasPaper = existsSync(join(source, 'paper-code.ts'))

for (const project of ['tsconfig.json', 'tsconfig.sw.json', ...(hasPaper ? ['tsconfig.paper.json'] : [])])
  execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p',
    join(root, 'islands', project)], { stdio: 'inherit' })

const manifest = {}
function replaced(code, from, to) {
  if (!code.includes(from)) throw new Error(`the panel of properties has no "${from}" any more`)
  return { code: code.replace(from, to), map: null }
}
const common = { root, configFile: false, logLevel: 'warn', base: '/assets/', publicDir: false }

await build({
  ...common,
  plugins: [{
    // The panel of properties says its own few words through our translation, and no markup of it
    // carries an inline style, which our pages do not allow.
    name: 'panel',
    transform(code, id) {
      if (/bpmn-js-properties-panel.dist/.test(id)) return { code: code.replaceAll(/<div style="[^"]*" /g, '<div '), map: null }
      if (/@bpmn-io.properties-panel.dist/.test(id))
        return replaced(code, 'function translateFallback(template, replacements) {',
          'function translateFallback(template, replacements) {\n  template = globalThis.madang_panel_words?.(template) ?? template;')
    },
  }, {
    name: 'manifest',
    buildStart() {
      this.emitFile({ type: 'asset', name: 'mark.svg', source: readFileSync(join(root, 'ui', 'mark.svg')) })
      // A worker made from a blob would need a wider policy: it is a file of our own.
      this.emitFile({ type: 'asset', name: 'maplibre-worker.js',
        source: readFileSync(join(root, 'node_modules', 'maplibre-gl', 'dist', 'maplibre-gl-worker.mjs')) })
    },
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        // the script that stands for a stylesheet is empty and not written
        if (file.type === 'chunk' && file.facadeModuleId?.endsWith('.css')) continue
        if (file.type === 'chunk') manifest[`${file.name}.js`] = file.fileName
        else manifest[file.names?.[0] ?? file.name] = file.fileName
      }
    },
  }],
  build: {
    outDir: dist, emptyOutDir: true, target: 'es2022', modulePreload: false, assetsInlineLimit: 0, assetsDir: '',
    cssCodeSplit: true,
    rolldownOptions: {
      input: {
        islands: join(source, 'islands.ts'), main: join(root, 'ui', 'main.css'), desk: join(root, 'ui', 'desk.css'),
        diagram: join(root, 'ui', 'diagram.css'), modeler: join(root, 'ui', 'modeler.css'),
        properties: join(root, 'ui', 'properties.css'),
        ...(hasPaper ? { paper: join(source, 'madang-paper.ts') } : {}),
      },
      output: { entryFileNames: '[name]-[hash].js', chunkFileNames: '[name]-[hash].js', assetFileNames: '[name]-[hash][extname]' },
    },
  },
})

// Large, and needed by a few pages: kept on a device when they are used, not before. Drawings of
// procedures are of no use without a network and not kept at all.
const is_large = file => statSync(join(dist, file)).size > 300_000
const drawing = /bpmn|modeler/
const files = Object.entries(manifest).filter(([name, file]) => !is_large(file) && !drawing.test(name)).filter(([name]) => name.endsWith('.js') || name === 'main.css' || name === 'mark.svg')
  .map(([, file]) => `/assets/${file}`).sort()
const large = Object.values(manifest).filter(file => file.endsWith('.js') && !drawing.test(file) && is_large(file)).map(file => `/assets/${file}`).sort()
await build({
  ...common,
  define: {
    __LARGE__: JSON.stringify(large),
    __FILES__: JSON.stringify(files),
    __VERSION__: JSON.stringify(createHash('sha256').update(files.join()).digest('hex').slice(0, 12)),
  },
  build: {
    outDir: dist, emptyOutDir: false, target: 'es2022', modulePreload: false,
    rolldownOptions: { input: join(source, 'sw.ts'), output: { entryFileNames: 'sw.js' } },
  },
})
manifest['sw.js'] = 'sw.js'

const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(join(dist, 'manifest.json'), JSON.stringify(sorted, null, 1) + '\n')
for (const name of readdirSync(dist)) {
  if (name === 'manifest.json' || name.endsWith('.gz')) continue
  const bytes = readFileSync(join(dist, name)), packed = gzipSync(bytes, { level: 9 })
  if (packed.length < bytes.length) writeFileSync(join(dist, `${name}.gz`), packed)
  console.log(`${name.padEnd(34)} ${String(bytes.length).padStart(7)} B ${String(packed.length).padStart(7)} B gzip`)
}
