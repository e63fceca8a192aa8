// The rules engine on the command line: a model with facts in JSON, a change tried on everybody in a data folder, hostile
// models, test files. Expected values by hand.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, program, root } from '../journeys/program.mjs'

let folder, house
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'madang-rules-'))
  house = await House.open({ data: mkdtempSync(join(tmpdir(), 'madang-')) })
  await house.close()
})
after(() => { for (const one of [folder, house?.data]) if (one) rmSync(one, { recursive: true, force: true }) })

const rules = (...args) => {
  const done = spawnSync(program, ['rules', ...args], { cwd: root, encoding: 'utf8', timeout: 60000 })
  return { code: done.status, out: done.stdout, error: done.stderr }
}
const file = (name, text) => { writeFileSync(join(folder, name), text); return join(folder, name) }
const model = inside => '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">' +
  '<inputData name="n" id="n"><variable name="n" typeRef="number"/></inputData>' + inside + '</definitions>'
const decision = text => '<decision name="d" id="d"><variable name="d"/><informationRequirement><requiredInput href="#n"/>' +
  `</informationRequirement><literalExpression><text>${text}</text></literalExpression></decision>`

test('A model is evaluated with facts in JSON; what is null says why', () => {
  const m = file('m.dmn', model(decision('n / 2')))
  const good = rules('evaluate', m, '--input', file('f.json', '{"n": 0.3}'))
  assert.equal(good.code, 0)
  assert.deepEqual(JSON.parse(good.out).decisions, { d: 0.15 })
  const nothing = JSON.parse(rules('evaluate', m, '--input', file('f.json', '{"n": "three"}')).out)
  assert.equal(nothing.decisions.d, null)
  assert.ok(nothing.diagnostics.length > 0)
})

test('Hostile models end within the limits of time and memory', () => {
  const hostile = {
    loop: model(decision('count(for a in 1..100000, b in 1..100000 return a)')),
    recursion: model(decision('{f: function(g) g(g), y: f(f)}.y')),
    regex: model(decision(`matches("${'a'.repeat(60)}b", "(a|a)*$")`)),
    number: model(decision('10 ** 999999999')),
    growth: model(decision('count(for i in 1..100 return if i = 1 then "xxxxxxxx" else partial[-1] + partial[-1])')),
    lists: model(decision('count(for i in 1..60 return if i = 1 then [1, 1] else concatenate(partial[-1], partial[-1]))')),
    deep: model('<decision name="d"><context>'.repeat(1) + '<contextEntry><context>'.repeat(300)),
    entity: '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>' + model(decision('"&x;"')),
    bomb: '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>' + model(decision('"&c;"')),
    giant: ' '.repeat(20 << 20)
  }
  for (const [name, text] of Object.entries(hostile)) {
    const began = Date.now()
    const m = file(`${name}.dmn`, text)
    const done = spawnSync('/bin/sh', ['-c', `ulimit -v 2000000; exec "$0" rules evaluate "$1"`, program, m], { cwd: root, encoding: 'utf8', timeout: 60000 })
    assert.equal(done.signal, null, `${name} was ended after ${Date.now() - began} ms`)
    if (done.status !== 0) { assert.equal(done.status, 1, name); assert.match(done.stderr, /xml\.|dmn\./, name); continue }
    const answer = JSON.parse(done.stdout)
    assert.ok(answer.diagnostics.some(d => /limit|too_deep|not_finite|too_long/.test(d.code)), `${name}: ${done.stdout.slice(0, 300)}`)
    assert.doesNotMatch(done.stdout, /localhost/)
  }
})

test('A changed figure is tried on everybody in a data folder, as of a day; sums come as CSV', () => {
  const tried = rules('whatif', 'basic-pension', '--against', 'persons', '--data', house.data, '--set', 'basic pension amount=400000', '--as-of', '2026-06-01')
  assert.equal(tried.code, 0, tried.error)
  const lines = tried.out.trimEnd().split('\r\n').map(l => l.split(','))
  assert.equal(lines[0].join(), 'by,group,entitled_before,entitled_after,winners,losers,more,less,cost_before,cost_after')
  const all = Object.fromEntries(lines[0].map((name, i) => [name, lines[1][i]]))
  assert.equal(all.by, 'all')
  // Who has it gets more, nobody gains or loses it; each pays 400,000 / 349,700 of before, in whole won.
  assert.deepEqual([all.winners, all.losers, all.less], ['0', '0', '0'])
  assert.equal(all.entitled_before, all.entitled_after)
  assert.equal(all.more, all.entitled_before)
  assert.ok(Math.abs(all.cost_after / all.cost_before - 400000 / 349700) < 1e-4)
  // Each group is of the whole, and none of one to four is told.
  for (const kind of ['province', 'municipality', 'age', 'household']) {
    const of_kind = lines.filter(l => l[0] === kind)
    assert.ok(of_kind.length > 1, kind)
    const shown = of_kind.filter(l => l[2] !== 'hidden')
    assert.ok(shown.every(l => l.slice(2, 8).every(n => n === '0' || Number(n) >= 5)), kind)
    const sum = shown.reduce((s, l) => s + Number(l[2]), 0)
    if (shown.length === of_kind.length) assert.equal(sum, Number(all.entitled_before), kind)
    else assert.ok(sum <= Number(all.entitled_before), kind)
  }
})

test('A draft of a model is tried in the same way, and what is wrong with the question is said', () => {
  // The pension from 70 on: nobody gains, everybody of 65 to 69 loses it.
  const from_70 = readFileSync(join(root, 'packs/korea/decisions/basic-pension.dmn'), 'utf8').replace('&lt; 65', '&lt; 70')
  const csv = join(folder, 'out.csv')
  const tried = rules('whatif', 'basic-pension', '--data', house.data, '--draft', file('draft.dmn', from_70), '--as-of', '2026-06-01', '--csv', csv)
  assert.equal(tried.code, 0, tried.error)
  const all = readFileSync(csv, 'utf8').split('\r\n')[1].split(',')
  assert.equal(Number(all[4]), 0)
  assert.ok(Number(all[5]) > 0)
  assert.equal(Number(all[2]) - Number(all[5]), Number(all[3]))
  for (const [wrong, says] of [[['--set', 'no such=1'], /no_parameter/], [['--set', 'nothing'], /NAME=VALUE/], [[], /--set .* or --draft/],
    [['--draft', file('bad.dmn', '<a/>')], /not_dmn/], [['--against', 'vehicles', '--set', 'a=1'], /persons/]]) {
    const refused = rules('whatif', 'basic-pension', '--data', house.data, ...wrong)
    assert.notEqual(refused.code, 0)
    assert.match(refused.error, says)
  }
})
