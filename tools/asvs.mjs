// docs/security/asvs.csv against the requirements and against the tests that it names:
//   node tools/asvs.mjs [--write]     with --write the table of docs/security/README.md is made anew
// Identifiers are those of OWASP ASVS 5.0.0, levels 1 and 2 (https://github.com/OWASP/ASVS, CC BY-SA
// 4.0), read from MADANG_SUITES/asvs where it is; else only their form and number are judged.
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const suite = join(process.env.MADANG_SUITES ?? join(root, '../shared/suites'), 'asvs/asvs-5.0.0-L1-L2.csv')
const here = 'docs/security'
const text_of = file => readFileSync(join(root, file), 'utf8')
const wrong = []
const complain = (what, why) => wrong.push(`${here}/asvs.csv: ${what}: ${why}`)

// RFC 4180
function csv(text) {
  const rows = [[]]
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    rows.at(-1).push(quoted !== undefined ? quoted.replaceAll('""', '"') : plain)
    if (end === '') break
    if (end !== ',') rows.push([])
  }
  const [names, ...all] = rows.filter(r => r.length > 1)
  return all.map(r => Object.fromEntries(names.map((n, i) => [n, r[i] ?? ''])))
}

const unescaped = s => s.replace(/\\(['"\\])/g, '$1')
const titles = file => !existsSync(join(root, file)) ? undefined
  : new Set([...text_of(file).matchAll(/^\s*test\((['"])((?:\\.|(?!\1).)*)\1/gm)].map(m => unescaped(m[2])))
const room = name => ['base', ...['engines', 'systems'].map(f => `${f}/${name}`)].find(f => (f === 'base') === (name === 'base') && existsSync(join(root, f, 'tests')))
const in_room = (name, ending) => !room(name) ? '' : readdirSync(join(root, room(name), 'tests')).filter(f => f.endsWith(ending)).map(f => text_of(`${room(name)}/tests/${f}`)).join('\n')
const registered = ['tests/CMakeLists.txt', 'tools/CMakeLists.txt'].map(text_of).join('\n')

// Is there such a test? Each kind says where it is looked for.
const kinds = [
  [/^(whole|journey)\.(\w+): (.+)$/, ([, kind, name, title]) =>
    titles(kind === 'whole' ? `tests/${name}.test.mjs` : `journeys/${name}.test.mjs`)?.has(title) && new RegExp(`\\b${name}\\b`).test(registered)],
  [/^unit\.(\w+): (\w+)\.(\w+)$/, ([, name, suite_name, test]) =>
    new RegExp(`TEST(_F|_P)?\\(\\s*${suite_name},\\s*${test}\\)`).test(in_room(name, '_test.cpp'))],
  [/^cases\.(\w+): (.+)$/, ([, name, title]) => in_room(name, '.case').split('\n').some(l => l.replace(/^case\s+/, '') === title && l.startsWith('case'))],
  [/^fuzz\.(\w+)\.(\w+)$/, ([, name, stem]) => existsSync(join(root, (room(name) ?? ''), 'fuzz', `${stem}.cpp`))],
  [/^(tidy|asvs|conformance\.\w+|judge\.\w+)$/, ([name]) => registered.includes(`NAME ${name}`)],
  [/^doc\.([\w-]+): (.+)$/, ([, name, heading]) =>
    existsSync(join(root, here, `${name}.md`)) && text_of(`${here}/${name}.md`).split('\n').includes(`## ${heading}`)]
]
const is_there = said => kinds.some(([form, look]) => form.test(said) && look(said.match(form)))

const rows = csv(text_of(`${here}/asvs.csv`))
const seen = new Set()
for (const r of rows) {
  if (!/^V\d{1,2}\.\d{1,2}\.\d{1,2}$/.test(r.id) || !/^[12]$/.test(r.level)) complain(r.id, 'no identifier of level 1 or 2')
  if (seen.has(r.id)) complain(r.id, 'stands there twice')
  seen.add(r.id)
  if (!r.about || r.about.split(/\s+/).length > 14) complain(r.id, 'about is a few words')
  const named = r.shown_by.split(' | ').filter(Boolean)
  if (r.state === 'shown' ? named.length === 0 : named.length > 0) complain(r.id, 'tests are named where something is shown, and there alone')
  if (r.state !== 'shown' && !r.note) complain(r.id, 'says why it does not apply, or what is missing')
  if (!['shown', 'does_not_apply', 'open'].includes(r.state)) complain(r.id, `no state ${r.state}`)
  for (const one of named) if (!is_there(one)) complain(r.id, `there is no ${one}`)
}

if (existsSync(suite)) {
  const asked = csv(readFileSync(suite, 'utf8'))
  for (const { req_id, level } of asked) {
    const found = rows.find(r => r.id === req_id)
    if (!found) complain(req_id, 'is not there')
    else if (found.level !== level) complain(req_id, `is of level ${level}`)
  }
  for (const id of seen) if (!asked.some(a => a.req_id === id)) complain(id, 'is none of the requirements')
} else {
  console.log(`identifiers are not compared: no ${suite}; from https://github.com/OWASP/ASVS, 5.0.0`)
  if (rows.length !== 253) complain('rows', `${rows.length}, not 253`)
}

// ---- the table ----
const chapters = ['encoding', 'business logic', 'web front end', 'API', 'files', 'authentication', 'sessions', 'authorization', 'tokens', 'OAuth and OIDC', 'cryptography', 'transport', 'configuration', 'data', 'architecture', 'logging and errors', 'WebRTC']
const count = (of, state) => of.filter(r => r.state === state).length
const line = (name, of) => `| ${name} | ${of.length} | ${count(of, 'shown')} | ${count(of, 'does_not_apply')} | ${count(of, 'open')} |`
const table = ['| chapter | asked | shown | does not apply | open |', '|---|---|---|---|---|',
  ...chapters.map((name, i) => line(`V${i + 1} ${name}`, rows.filter(r => r.id.startsWith(`V${i + 1}.`)))), line('together', rows)].join('\n')
const page = `${here}/README.md`, [before, after] = text_of(page).split(/^\| chapter [^]*\n\| together [^\n]*$/m)
if (process.argv.includes('--write')) writeFileSync(join(root, page), before + table + after)
else if (!text_of(page).includes(table)) wrong.push(`${page}: the table is not that of the file: node tools/asvs.mjs --write`)

for (const each of wrong) console.log(each)
console.log(wrong.length ? `${wrong.length} to mend` : `asvs: ${rows.length} asked, ${count(rows, 'shown')} shown, ${count(rows, 'does_not_apply')} do not apply, ${count(rows, 'open')} open`)
process.exit(wrong.length ? 1 : 0)
