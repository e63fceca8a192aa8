// The rules of the house that a compiler does not see, as a test: node tools/tidy.mjs
//
//   rooms      an #include of another room is declared in the room's USES; third-party headers stay
//              behind the room that owns them, and out of public headers
//   size       100 columns, 70 lines a function, 500 lines a file
//   words      nothing unfinished; no call with a better one in the house
//   texts      every text key and refusal code the program says exists in the pack, and every key of
//              the pack is said by somebody
//   links      every relative link of a document leads to a file
import { readFileSync, existsSync, readdirSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const yaml = createRequire(join(root, 'web/package.json'))('yaml')
const wrong = []
const complain = (file, line, what) => wrong.push(`${file}:${line}: ${what}`)

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n').filter(f => f && existsSync(join(root, f)))
const text_of = file => readFileSync(join(root, file), 'utf8')
const is_cpp = f => /\.(cpp|hpp)$/.test(f)

// ---- rooms ----
const rooms = new Map()   // folder -> {name, kind, uses}
for (const file of tracked.filter(f => /^(base|engines\/\w+|systems\/\w+)\/CMakeLists.txt$/.test(f))) {
  const said = text_of(file).match(/madang_room\((\w+)\s+(\w+)([^)]*)\)/)
  if (!said) continue
  const uses = (said[3].split(/\bLIBRARIES\b/)[0].match(/\bUSES\b([\s\S]*)/)?.[1] ?? '').trim().split(/\s+/).filter(word => word && word !== 'INSIDE')
  rooms.set(dirname(file), { name: said[2], kind: said[1], uses: new Set(uses) })
}
const room_of = file => [...rooms.entries()].find(([folder]) => file.startsWith(folder + '/'))?.[1]

// Header -> rooms whose sources may include it.
const owners = [
  [/^boost\/(beast|asio)/, ['http']], [/^(sqlite3|libpq)/, ['store', 'search']], [/^openssl\//, ['trust', 'pki', 'http', 'signatures', 'xroad']],
  [/^unicode\//, ['base', 'search']], [/^yaml\.h$/, ['base']], [/^(spdlog)/, ['base']], [/^date\//, ['base', 'rules']], [/^libxml\//, ['rules', 'xml', 'signatures']], [/^zip/, ['signatures']], [/^pcre2/, ['rules']],
  [/^libdeflate/, ['http', 'pdf', 'documents', 'spatial', 'pictures', 'credentials']], [/^protozero/, ['spatial']], [/^cbor/, ['trust']], [/^argon2/, ['trust']], [/^qrencode/, ['documents', 'wallet']],
  [/^CLI\//, ['app']]
]
const in_public = [/^madang\//, /^boost\/(json|describe|mp11)/, /^[a-z_0-9]+$/, /^fmt\//]

function check_includes(file, line, n) {
  const found = line.match(/^\s*#include\s+[<"]([^>"]+)[>"]/)
  if (!found) return
  const header = found[1], room = room_of(file), test = /\/(tests|fuzz)\//.test(file)
  const other = header.match(/^madang\/(\w+)\//)?.[1]
  if (room && other && other !== room.name && !room.uses.has(other) && other !== 'base' && !test)
    complain(file, n, `includes room ${other}, which ${room.name} does not declare in USES`)
  if (test || file.startsWith('bench/') || file.startsWith('tools/')) return
  for (const [pattern, allowed] of owners)
    if (pattern.test(header) && !allowed.includes(room?.name ?? file.split('/')[0]))
      complain(file, n, `${header} stays behind ${allowed.join(', ')}`)
  // The one header that hands a library on, to the rooms that own it too.
  if (file === 'engines/trust/include/madang/trust/openssl.hpp') return
  if (/\/include\//.test(file) && !in_public.some(p => p.test(header)) && !/^[a-z_]+$/.test(header))
    complain(file, n, `${header} in a public header`)
}

// ---- size ----
const most_columns = 100, most_lines = 525, most_function = 70

function check_functions(file, lines) {
  // A function begins at column 0 (or inside a class, at an indentation) with "... {" and ends with
  // "}" at the same indentation.
  for (let i = 0; i < lines.length; i++) {
    const open = lines[i].match(/^(\s*)[^\s#/}].*\)\s*(const|noexcept|override|mutable|-> [\w:<>]+|\s)*\{$/)
    if (!open || /^\s*(namespace|struct|class|enum|extern|if|for|while|switch|else|do|TEST)/.test(lines[i])) continue
    const end = lines.findIndex((l, j) => j > i && /^\s*\}/.test(l) && l.indexOf('}') <= open[1].length)
    if (end - i > most_function) complain(file, i + 1, `a function of ${end - i} lines; ${most_function} at most`)
  }
}

// ---- words ----
const banned = [
  [/\b(TODO|FIXME|XXX|HACK)\b/, 'nothing is left unfinished'],
  [/\b(strcpy|strcat|sprintf|gets|strtok|std::system)\s*\(/, 'use the standard library or fmt', is_cpp],
  [/\brand\(\)|\bsrand\(/, 'use trust::random or a seeded engine'],
  [/\busing namespace std;/, 'name what is used'],
  [/\bstd::regex\b/, 'slow and unbounded on hostile input; write the few lines', f => is_cpp(f) && !/tests/.test(f)],
  [/\bstd::(gmtime|localtime|mktime)\b/, 'use base/time.hpp'],
  [/\bassert\(/, 'use check()', is_cpp],
  [/\bpopen\s*\(|(^|[\s(!])::system\s*\(/, 'no shell', f => is_cpp(f) && !/(tests|fuzz|bench)\//.test(f)],
  [/CURLOPT_FOLLOWLOCATION,(?!\s*0L)|CURLOPT_SSL_VERIFY(PEER|HOST)/, 'no redirects are followed and certificates are verified', is_cpp],
  [/_ecb\b|\b(RSA_public_encrypt|EVP_PKEY_encrypt|EVP_md5|MD5|EVP_des_\w+|EVP_rc4)\(/, 'not an approved algorithm', is_cpp],
  [/\b(EVP_sha1|SHA1)\(/, 'only where a standard names things by it (RFC 5280, RFC 6960), in old Korean key files as HMAC of authenticator apps (RFC 4226) and in lists of others that are kept by it', f => is_cpp(f) && !/^engines\/(pki\/src\/(ocsp|issue|kisa)|trust\/src\/(otp|sha1))\.cpp$/.test(f)],
  [/\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function\(|createContextualFragment/, 'text goes in as text (textContent)', f => /^web\/islands\/src\//.test(f)],
  [/select \*/i, 'name the columns', is_cpp],
  [/\b(ilike|rowid|returning \*|datetime\(|strftime\(|now\(\)::)/i, 'not in both stores', f => /\.sql$/.test(f)]
]

// ---- texts ----
const texts = new Set()
function flatten(value, path, file) {
  if (value && typeof value === 'object' && !('ko' in value) && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) flatten(inner, path ? `${path}.${key}` : key, file)
    return
  }
  texts.add(path)
  const both = value && typeof value === 'object' && typeof value.ko === 'string' && typeof value.en === 'string'
  if (!both) complain(file, 1, `${path} is not said in Korean and English`)
  else {
    const facts = s => [...s.matchAll(/\{(\w+)(?:\}|\|)/g)].map(m => m[1]).sort().filter((x, i, a) => a.indexOf(x) === i).join()
    if (facts(value.ko) !== facts(value.en) && !/\{n\|/.test(value.en + value.ko))
      complain(file, 1, `${path} fills other facts in Korean than in English`)
  }
}
// What the program says by itself, and what one country adds that speaks both its languages.
const packs = ['packs/common/texts', 'packs/korea/texts']
for (const pack of packs)
  for (const name of readdirSync(join(root, pack))) flatten(yaml.parse(text_of(`${pack}/${name}`)), '', `${pack}/${name}`)

// What visitors read is of texts that are there, and fills what they fill. Order and number of words are each language's own.
const facts_of = s => [...new Set([...s.matchAll(/\{(\w+)(?:\}|\|)/g)].map(m => m[1]))].sort().join()
function compare_visitors(value, path, file, original) {
  for (const [key, inner] of Object.entries(value)) {
    const at = path ? `${path}.${key}` : key, there = original(at)
    if (typeof inner !== 'string') compare_visitors(inner, at, file, original)
    else if (!there) complain(file, 1, `${at} is no text`)
    else if (facts_of(inner) !== facts_of(there.ko)) complain(file, 1, `${at} fills other facts than in Korean`)
  }
}
const originals = new Map()
function keep_originals(value, path) {
  if (value && typeof value === 'object' && typeof value.ko === 'string') originals.set(path, value)
  else if (value && typeof value === 'object')
    for (const [key, inner] of Object.entries(value)) keep_originals(inner, path ? `${path}.${key}` : key)
}
for (const pack of packs)
  for (const name of readdirSync(join(root, pack))) keep_originals(yaml.parse(text_of(`${pack}/${name}`)), '')
for (const file of tracked.filter(f => /^packs\/korea\/languages\/\w+\.yaml$/.test(f)))
  compare_visitors(yaml.parse(text_of(file)), '', file, key => originals.get(key))

const said = new Set(), prefixes = new Set()
const say = /\b(?:fill|said|texts\(\)|(?<!report_\.)has)\(\s*"([\w.-]+)"(\s*\+)?/g
const starts_with = ['assets.', 'texts.', 'boundaries.']
const all_literals = new Set()
function check_texts(file, source) {
  for (const [, literal] of source.matchAll(/"([\w.-]+)"/g)) all_literals.add(literal)
  if (/\/(tests|fuzz)\//.test(file)) return
  const line_at = index => source.slice(0, index).split('\n').length
  for (const found of source.matchAll(say)) {
    const [, key, more] = found
    if (!key.includes('.') || key.endsWith('.yaml')) continue
    if (more || key.endsWith('.') || key.endsWith('_')) { prefixes.add(key); continue }
    said.add(key)
    if (!texts.has(key)) complain(file, line_at(found.index), `no text ${key} in the pack`)
  }
  for (const found of source.matchAll(/\brefuse\(\s*(?:madang::)?kind::\w+,\s*"([\w.-]+)"/g)) {
    said.add('refusal.' + found[1])
    if (starts_with.some(p => found[1].startsWith(p))) continue   // for the operator's eyes, in the terminal
    if (!texts.has('refusal.' + found[1]))
      complain(file, line_at(found.index), `refusal ${found[1]} has no text refusal.${found[1]}`)
  }
}

// ---- links ----
function check_links(file, source) {
  for (const [, target] of source.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^(https?:|mailto:|#)/.test(target)) continue
    const path = normalize(join(dirname(file), target.split('#')[0]))
    if (!path.startsWith('..') && !existsSync(join(root, path))) complain(file, 1, `leads to ${target}, which is not there`)
  }
}

for (const file of tracked) {
  if (!/\.(cpp|hpp|mjs|ts|css|sql|yaml|md|sh|cmake|txt)$/.test(file) || /package-lock|\/corpus\//.test(file)) continue
  const source = text_of(file), lines = source.split('\n')
  if (is_cpp(file)) {
    check_texts(file, source)
    check_functions(file, lines)
    if (lines.length > most_lines) complain(file, 1, `${lines.length} lines; ${most_lines} at most`)
  }
  if (file.endsWith('.md')) check_links(file, source)
  lines.forEach((line, i) => {
    if (is_cpp(file)) {
      check_includes(file, line, i + 1)
      if ([...line].length > most_columns) complain(file, i + 1, `${[...line].length} columns; ${most_columns} at most`)
    }
    if (file === 'tools/tidy.mjs' || file.endsWith('.yaml')) return
    const code = line.replace(/\/\/.*$/, '')
    for (const [pattern, instead, only] of banned)
      if ((!only && !file.endsWith('.md') || only?.(file)) && pattern.test(/TODO/.test(String(pattern)) ? line : code))
        complain(file, i + 1, `${pattern.source}: ${instead}`)
  })
}

// A text nobody says is left over. Keys put together at run time are known by their beginning.
const unsaid = [...texts].filter(key => !said.has(key) && !all_literals.has(key) &&
  ![...prefixes].some(p => key.startsWith(p)) && ![...all_literals].some(l => l.length > 3 && (key.endsWith('.' + l) || key.startsWith(l + '.') || key.includes(l))))
for (const key of unsaid) complain(packs.join(', '), 1, `${key} is said by nobody`)

for (const line of wrong) console.log(line)
console.log(wrong.length ? `${wrong.length} to mend` : `tidy: ${tracked.length} files, ${rooms.size} rooms, ${texts.size} texts`)
process.exit(wrong.length ? 1 : 0)
