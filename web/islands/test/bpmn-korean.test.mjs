// Everything that the editor's tools and menus say has its Korean: the keys are read from the libraries themselves.
// node --test web/islands/test/bpmn-korean.test.mjs
import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const web = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const library = name => join(web, 'node_modules', name)
// Aligning and distributing are not offered; the greeting is an example in a comment.
const not_shown = /^(Align elements|Distribute elements|HELLO)/

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* sources(path)
    else if (entry.name.endsWith('.js')) yield readFileSync(path, 'utf8')
  }
}
const words = readFileSync(join(web, 'islands/src/bpmn-korean.ts'), 'utf8')
const has = key => words.includes(`  '${key.replaceAll("'", "\\'")}': '`)

test('tools and menus', { skip: !existsSync(library('bpmn-js')) && 'npm ci --prefix web' }, () => {
  const missing = new Set()
  let found = 0
  for (const name of ['bpmn-js/lib', 'diagram-js/lib'])
    for (const code of sources(library(name)))
      for (const [, key] of code.matchAll(/translate\(\s*'((?:[^'\\]|\\.)+)'/g)) {
        ++found
        if (!not_shown.test(key) && !has(key)) missing.add(key)
      }
  const panel = readFileSync(library('@bpmn-io/properties-panel/dist/index.esm.js'), 'utf8')
  for (const [, key] of panel.matchAll(/translate\(\s*'((?:[^'\\]|\\.)+)'/g)) {
    ++found
    if (!has(key)) missing.add(key)
  }
  const entries = readFileSync(join(library('bpmn-js'), 'lib/features/popup-menu/PopupEntries.js'), 'utf8')
  for (const [, key] of entries.matchAll(/label: '([^']+)'/g)) {
    ++found
    if (!has(key)) missing.add(key)
  }
  assert.ok(found > 100, 'the libraries say what they say in another way now')
  assert.deepEqual([...missing], [])
})
