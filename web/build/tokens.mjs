// KRDS design tokens -> CSS custom properties, light and high contrast. Reads the token file of the
// npm package and writes only the properties that our stylesheets ask for, so nothing of the
// package is copied into the tree and nothing unused is sent to a phone.
//
//   --primary-60, --gray-20 ...    primitive colours of the mode
//   --text-basic, --border-gray .. colours by use ("mode-light", "mode-high-contrast")
//   --space-8 ...                  the scale of numbers, in rem of the browser (KRDS counts 10 px)
import { readFileSync, writeFileSync, readdirSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const ui = join(here, '..', 'ui')
const out = join(here, '..', 'generated')
const tokens = JSON.parse(
  readFileSync(createRequire(import.meta.url).resolve('krds-uiux/tokens/transformed_tokens.json'), 'utf8'))

const at = path => path.split('.').reduce((o, k) => o?.[k], tokens)
function resolve(value) {
  for (let i = 0; i < 10; i++) {
    const reference = /^\{(.+)\}$/.exec(value)
    if (!reference) return value
    value = at(reference[1])?.value
    if (value === undefined) throw new Error(`token ${reference[1]} is referred to but absent`)
  }
  throw new Error(`token ${value} refers in a circle`)
}

function colours(mode) {
  const all = {}
  for (const [group, steps] of Object.entries(tokens.primitive.color[mode]))
    for (const [step, token] of Object.entries(steps)) all[`--${group}-${step}`] = resolve(token.value)
  for (const [group, uses] of Object.entries(tokens[`mode-${mode}`].color))
    for (const [use, token] of Object.entries(uses)) all[`--${group}-${use}`] = resolve(token.value)
  return all
}
function numbers() {
  const all = {}
  for (const [step, token] of Object.entries(tokens.primitive.number)) {
    const value = parseFloat(token.value) * 10
    all[`--space-${step}`] = `${value / 16}rem`
  }
  return all
}

const css = readdirSync(ui).filter(f => f.endsWith('.css')).map(f => readFileSync(join(ui, f), 'utf8')).join('\n')
const wanted = new Set([...css.matchAll(/var\((--[a-z0-9-]+)/g)].map(m => m[1]))
const own = new Set([...css.matchAll(/(--[a-z0-9-]+)\s*:/g)].map(m => m[1]))
const light = { ...colours('light'), ...numbers() }
const high = colours('high-contrast')
for (const name of wanted)
  if (!own.has(name) && !(name in light)) throw new Error(`no KRDS token gives ${name}`)

const block = (set, only) => Object.entries(set).filter(([name, value]) =>
  wanted.has(name) && !own.has(name) && (!only || light[name] !== value)).map(([n, v]) => `${n}:${v}`).join(';')
mkdirSync(out, { recursive: true })
writeFileSync(join(out, 'tokens.css'), `/* made by build/tokens.mjs from krds-uiux */
:root{${block(light)}}
:root[data-contrast=high]{${block(high, true)};color-scheme:dark}
@media (prefers-contrast:more){:root:not([data-contrast=standard]){${block(high, true)};color-scheme:dark}}
`)
