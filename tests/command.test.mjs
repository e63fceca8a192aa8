// The program on the command line, as an operator meets it: what it says, and what it gives back to
// a script (0 done, 1 refused or failed, 2 used wrongly).
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { House, program, root } from '../journeys/program.mjs'
import { Client } from './client.mjs'

let place
before(() => { place = mkdtempSync(join(tmpdir(), 'madang-command-')) })
after(() => rmSync(place, { recursive: true, force: true }))

function madang(args, options = {}) {
  const done = spawnSync(program, args, { cwd: root, encoding: 'utf8', timeout: 60000, ...options,
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...options.env } })
  return { status: done.status, out: done.stdout, err: done.stderr }
}
const pack = ['--pack', join(root, 'packs/korea')]

test('help names every command, and what is used wrongly is told apart from what fails', () => {
  const help = madang(['--help'])
  assert.equal(help.status, 0)
  for (const command of ['serve', 'load', 'population', 'verify', 'pack', 'doctor', 'new', 'completion', '--data', '--database', '--population'])
    assert.match(help.out, new RegExp(`${command}\\b`))
  assert.match(madang(['load', '--help']).out, /boundaries[^]*madang --help/)
  for (const wrong of [[], ['no-such-command'], ['serve', '--no-such-option'], ['verify'], ['serve', '--port', 'high']])
    assert.equal(madang(wrong).status, 2, wrong.join(' '))
})

test('the shell completes commands, options and the values that are few', () => {
  const answer = typed => {
    const words = ['madang', ...typed].map(w => `'${w}'`).join(' ')
    const script = `source <('${program}' completion bash); COMP_WORDS=('${program}' ${typed.map(w => `'${w}'`).join(' ')})
      COMP_CWORD=${typed.length}; _madang; printf '%s\\n' "\${COMPREPLY[@]}"`
    const done = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
    assert.equal(done.stderr, '', words)
    return done.stdout.split('\n').filter(Boolean)
  }
  assert.deepEqual(answer(['se']), ['serve'])
  assert.deepEqual(answer(['pack', '']).filter(w => !w.startsWith('-')), ['check'])
  assert.ok(answer(['pack', 'check', '--p']).includes('--pack'))
  assert.deepEqual(answer(['serve', '--population', '1:']), ['1:1000', '1:100', '1:10'])
  assert.deepEqual(answer(['--log', 'd']), ['debug'])
  assert.deepEqual(answer(['verify', '--data', '']), [], 'files are the shell\'s own')
  assert.match(madang(['completion', 'zsh']).out, /bashcompinit/)
  assert.equal(madang(['completion', 'fish']).status, 2)
})

test('the defaults in the operator\'s guide are those of the program', () => {
  const said = new Map()
  for (const [, names, defaults] of readFileSync(join(root, 'docs/operating.md'), 'utf8').matchAll(/^\| (`[^|]+`) \| ([^|]*)\|/gm)) {
    const values = [...defaults.matchAll(/`([^`]*)`/g)].map(m => m[1])
    ;[...names.matchAll(/`(\w+)`/g)].forEach(([, name], i) => said.set(name.replaceAll('_', '-'), values[i]))
  }
  assert.ok(said.size > 15, `${said.size} settings`)
  let compared = 0
  for (const [, name, value] of madang(['--help']).out.matchAll(/^ +--([\w-]+) \w+(?:=| \[)([^\]\s]+)\]?/gm)) {
    if (!said.get(name)) continue
    assert.equal({ 1: 'true', 0: 'false' }[name === 'nightly' ? value : ''] ?? value, said.get(name), name)
    ++compared
  }
  assert.ok(compared >= 8, `${compared} compared`)
})

test('a configuration file changes what it names, and a mistake in it is said with its line', () => {
  const file = join(place, 'house.yaml')
  writeFileSync(file, `data: ${place}/elsewhere\n`)
  assert.match(madang(['doctor', '--config', file, ...pack]).out, new RegExp(`nation loaded in ${place}/elsewhere`))
  writeFileSync(file, 'port: 9000\nprot: 1\n')
  const wrong = madang(['doctor', '--config', file])
  assert.equal(wrong.status, 1)
  assert.match(wrong.err, /^madang: .*house\.yaml:2: 'prot' is not a setting/)
  assert.equal(madang(['doctor', `--config=${file}`]).status, 1)
})

test('loading shows how far it is, says what it made, and never overwrites a nation', () => {
  const data = join(place, 'nation')
  const before_it = madang(['doctor', '--data', data, ...pack])
  assert.equal(before_it.status, 1)
  assert.match(before_it.out, /FAIL +nation loaded.*run: madang load/)
  const made = madang(['population', '--data', data, '--population', '1:20000', ...pack])
  assert.equal(made.status, 0, made.err)
  const steps = [...made.err.matchAll(/([█░]{32}) +(\d+) %/g)].map(m => Number(m[2]))
  assert.ok(steps.length > 3 && steps.at(-1) === 100, String(steps))
  assert.deepEqual(steps, steps.toSorted((a, b) => a - b), 'never backwards')
  assert.match(made.err, /2,[56]\d\d persons, [\d,]+ households, [\d,]+ vehicles, [\d,]+ parcels, [\d,]+ businesses/)
  const again = madang(['load', '--data', data, ...pack])
  assert.equal(again.status, 1)
  assert.match(again.err, /a nation is there already/)
  assert.equal(madang(['load', '--data', join(place, 'x'), '--population', '3:7', ...pack]).status, 1)
  const well = madang(['doctor', '--data', data, ...pack])
  assert.equal(well.status, 0, well.out)
  assert.doesNotMatch(well.out, /FAIL/)
  assert.match(well.out, /ok +database residents/)
})

test('the house says who can sign in and what to try, and stops when it is told to', async () => {
  const child = spawn(program, ['serve', '--data', join(place, 'nation'), '--port', '0', '--web', join(root, 'web/dist'), ...pack], { cwd: root })
  let said = ''
  await new Promise((resolve, reject) => {
    child.stdout.on('data', d => { if ((said += d).includes('Ctrl+C')) resolve() })
    child.on('exit', code => reject(new Error(`ended with ${code}: ${said}`)))
  })
  assert.match(said, /http:\/\/localhost:\d+/)
  for (const part of ['citizen', 'head of a household', 'town official', 'agency official', 'auditor', 'operator'])
    assert.match(said, new RegExp(part))
  assert.equal(said.match(/^ {4}- /gm).length, 3, 'three things to try')
  const gone = new Promise(resolve => { child.removeAllListeners('exit'); child.once('exit', resolve) })
  child.kill('SIGTERM')
  assert.equal(await gone, 0)
})

test('a file is verified with words and a status', async () => {
  const data = join(place, 'nation')
  const house = await House.open({ data })
  const file = join(place, 'paper.pdf')
  const verify = (bytes, language = 'C.UTF-8') => {
    writeFileSync(file, bytes)
    return madang(['verify', file, '--data', data, ...pack], { env: { LC_ALL: language } })
  }
  let pdf
  try {
    const kim = await new Client(house).sign_in('Kim Hayun')
    const draft = await kim.begin('resident-certificate')
    await kim.answer(draft, 'kind', { kind: 'abstract' })
    await kim.answer(draft, 'show_self', {})
    await kim.answer(draft, 'use', { use: (await kim.options(draft, 'use'))[0] })
    const document = (await kim.submit(draft)).json().location.split('?')[0]
    pdf = (await kim.send('GET', `${document}/file`)).bytes
  } finally {
    await house.close()
  }
  if (house.options.database) return   // the register of documents lies there, and is gone with the house
  const genuine = verify(pdf)
  assert.equal(genuine.status, 0, genuine.out + genuine.err)
  assert.match(genuine.out, /^Genuine: It was issued by the office below/)
  assert.match(genuine.out, /Issue number: \d{4}-\d{4}-\d{4}-\d{4}/)
  assert.match(genuine.out, /\nTOTAL-PASSED PAdES B-B\n/, 'the seal stands by itself too')
  assert.match(verify(pdf, 'ko_KR.UTF-8').out, /^진본입니다/)
  const changed = verify(Buffer.concat([pdf, Buffer.from('\n% more\n')]))
  assert.equal(changed.status, 1)
  assert.match(changed.out, /^Changed: .*Do not rely on it/)
  assert.doesNotMatch(changed.out, /\w+\.\w+_\w+/, 'words, not codes')
  assert.equal(verify('no PDF at all').status, 2, 'nothing that could be judged')
  assert.equal(madang(['verify', join(place, 'nothing.pdf'), '--data', data, ...pack]).status, 2)
})

// Each mistake is made in a copy of the pack; the line that is printed names the file.
const mistakes = [
  ['YAML that is none', 'services/move-in.yaml', t => t.replace('questions:', 'questions: ['), /services\/move-in\.yaml:\d+: /],
  ['an agency that is not there', 'services/catalogue/administration.yaml', t => t.replace('agency: mois', 'agency: nobody'), /administration\.yaml: service '[\w-]+' names agency 'nobody'/],
  ['a register that is not there', 'services/land-register.yaml', t => t.replace('get: parcels', 'get: plots'), /services\/land-register\.yaml: evidence names register 'plots'/],
  ['a service said in one language', 'services/catalogue/transport.yaml', t => t.replace(/, en: "[^"]*"\}/, '}'), /transport\.yaml: service '[\w-]+' is not said in en/],
  ['an event that leads nowhere', 'life_events.yaml', t => t.replace('move-in', 'move-out'), /life_events\.yaml: event '[\w-]+' names service 'move-out'/],
  ['a layout with a name that is none', 'documents/land-register.yaml', t => t.replace(/^(\w+):/m, 'paperr:'), /documents\/land-register\.yaml:\d+: .*paperr/i],
  ['a code list that is empty', 'registers/persons.yaml', t => t.replace('codes: sexes', 'codes: genders'), /registers\/persons\.yaml: item 'sex' names codes\/genders\.csv/],
  ['a question of no kind', 'services/post-forward.yaml', t => t.replace('ask: radio', 'ask: guess'), /post-forward\.yaml.*: .*known way to ask/],
  ['a question without a title', 'services/post-forward.yaml', t => t.replace(/^ {4}title:.*\n/m, ''), /post-forward\.yaml.*: .*no title/],
  ['a text that is said twice', 'texts/korea.yaml', t => t + '\nshell:\n  home: {ko: a, en: b}\nshell:\n  home: {ko: a, en: b}\n', /texts/],
  ['a stage that leads nowhere', 'voices/national-petition.yaml', t => t.replace('reached: owed', 'reached: nowhere'), /voices\/national-petition\.yaml: stages\[1\]\.reached is wrong/],
  ['a provision of nobody', 'decisions/basic-pension.yaml', t => t.replace(/^agency: .*$/m, 'agency: nobody'), /decisions\/basic-pension\.yaml: names agency 'nobody'/]
]
test('pack check names the file, and the line where there is one, of what is wrong', () => {
  const good = madang(['pack', 'check', ...pack])
  assert.equal(good.status, 0, good.out)
  assert.match(good.out, /3504 towns, \d+ agencies.* nothing wrong/)
  for (const [name, file, spoil, expected] of mistakes) {
    const copy = join(place, 'packs')
    rmSync(copy, { recursive: true, force: true })
    cpSync(join(root, 'packs'), copy, { recursive: true })
    const path = join(copy, 'korea', file)
    const was = readFileSync(path, 'utf8'), is = spoil(was)
    assert.notEqual(is, was, `${name}: nothing was changed`)
    writeFileSync(path, is)
    const checked = madang(['pack', 'check', '--pack', join(copy, 'korea')])
    assert.equal(checked.status, 1, `${name}: ${checked.out}${checked.err}`)
    assert.match(checked.out + checked.err, expected, name)
  }
  assert.equal(madang(['pack', 'check', '--pack', join(place, 'no-pack')]).status, 1)
})

test('a new system is begun in a repository, builds there, and is not begun twice', () => {
  const copy = join(place, 'repository')
  for (const file of ['systems/CMakeLists.txt', 'app/CMakeLists.txt', 'app/systems.cpp', 'tests/CMakeLists.txt', 'packs/korea/access/rights.yaml',
    'engines/platform/src/context.cpp', 'systems/desk/src/inbox.cpp', 'systems/access/src/outside_pages.cpp']) {
    mkdirSync(dirname(join(copy, file)), { recursive: true })
    cpSync(join(root, file), join(copy, file))
  }
  const begin = (name, ...more) => madang(['new', 'system', name, ...more], { cwd: copy })
  assert.equal(begin('Harbours').status, 2)
  assert.equal(begin('..').status, 2)
  const done = begin('harbours', '--plain')
  assert.equal(done.status, 0, done.err)
  const of = file => readFileSync(join(copy, file), 'utf8')
  assert.match(of('systems/CMakeLists.txt'), /ITEMS [^)]*\bharbours gov24 desk\b/)
  assert.match(of('app/CMakeLists.txt'), /madang::harbours madang::gov24/)
  assert.match(of('tests/CMakeLists.txt'), /madang::harbours madang::gov24/)
  assert.match(of('app/systems.cpp'), /#include "madang\/harbours\/harbours\.hpp"\n/)
  assert.match(of('app/systems.cpp'), /  harbours::join\(house\);\n  gov24::join/)
  // It compiles as it stands, with the public faces of what it says it uses.
  const faces = ['base', ...readdirSync(join(root, 'engines')).map(e => `engines/${e}`)]
    .map(room => join(root, room, 'include')).filter(existsSync)
  const compiler = spawnSync('c++', ['-std=c++20', '-fsyntax-only', '-Wall', '-Wextra', '-Werror',
    ...[...faces, join(copy, 'systems/harbours/include')].flatMap(f => ['-I', f]), join(copy, 'systems/harbours/src/harbours.cpp')], { encoding: 'utf8' })
  assert.equal(compiler.status, 0, compiler.stderr)
  const before_it = of('app/systems.cpp')
  assert.equal(begin('harbours').status, 1)
  assert.equal(of('app/systems.cpp'), before_it)
  assert.ok(!existsSync(join(copy, 'packs/korea/voices')))
  // A place where people speak, which whole.guide builds and opens.
  assert.equal(begin('town_halls').status, 0)
  assert.match(of('systems/town_halls/src/town_halls.cpp'), /assembly::open\(house, \{\.system = "town_halls"/)
  assert.match(of('packs/korea/voices/town_halls.yaml'), /^id: town_halls\nname: \{ko: "Town halls"/m)
  assert.match(of('packs/korea/access/rights.yaml'), /pages: \[\/desk\/town_halls, \/desk\/petitions,/)
  assert.match(of('engines/platform/src/context.cpp'), /^ +\{"voices\/town_halls\.yaml", "\/town_halls", "town_halls\.title"\},\n +\{"disclosure/m)
  assert.match(of('systems/desk/src/inbox.cpp'), /place\("\/desk\/town_halls", "town_halls\.desk"\)/)
  assert.match(of('systems/access/src/outside_pages.cpp'), /"\/town_halls", "\/petitions"/)
  // Somewhere else nothing is written at all.
  assert.equal(madang(['new', 'system', 'harbours'], { cwd: place }).status, 1)
  assert.ok(!existsSync(join(place, 'systems')))
})

// CycloneDX 1.5 (ECMA-424); the names are read here from the files themselves.
test('the inventory of parts names every package and what the lock file holds', () => {
  const said = JSON.parse(spawnSync(process.execPath, [join(root, 'tools/inventory.mjs')], { encoding: 'utf8', maxBuffer: 1 << 26 }).stdout)
  assert.deepEqual([said.bomFormat, said.specVersion], ['CycloneDX', '1.5'])
  const packages = ['packages.txt', 'packages-test.txt'].flatMap(f => readFileSync(join(root, f), 'utf8').replace(/^#.*$/gm, '').split(/\s+/).filter(Boolean))
  const lock = JSON.parse(readFileSync(join(root, 'web/package-lock.json'), 'utf8')).packages
  const has = purl => said.components.some(c => c.purl.startsWith(purl))
  for (const name of packages) assert.ok(has(`pkg:deb/debian/${encodeURIComponent(name)}`), name)
  for (const [path, entry] of Object.entries(lock).filter(([p]) => p)) {
    const found = said.components.find(c => c['bom-ref'].endsWith(`#${path}`))
    assert.equal(found?.version, entry.version, path)
    assert.equal(found.hashes?.[0].content, Buffer.from(entry.integrity.slice(7), 'base64').toString('hex'), path)
  }
  assert.equal(new Set(said.components.map(c => c['bom-ref'])).size, said.components.length, 'each reference once')
  // OpenSSL is one of those whose version must be known.
  assert.match(said.components.find(c => c.name === 'libssl-dev').version ?? 'not installed', /^(3\.|not installed)/)
})
