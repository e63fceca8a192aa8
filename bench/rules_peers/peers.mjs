// The work of rules_bench.cpp done by others, by turns in one process: rates a second of the process's own time, the
// best of eight slices. Drools is asked over HTTP and measured by its process's time, as it has no other way in.
import { createRequire } from 'node:module'
import { readFileSync } from 'node:fs'
import { unaryTest, evaluate, parseExpression } from 'feelin'
import { Drools, is_there } from '../../tests/drools/engine.mjs'

const require = createRequire(import.meta.url)
const seconds = Number(process.argv[2] ?? 2), slices = 8
const members = [{ age: 38, income: 0 }, { age: 36, income: 0 }, { age: 5, income: 0 }]
const household = { income: 1890000, members }
const medium = 'if household.income < 3000000 and count(household.members[age < 18]) >= 1 ' +
  'then sum(for m in household.members return if m.age in [0..7] then 100000 else 0) + household.income * 0.015 else 0'

const cpu = () => { const u = process.cpuUsage(); return (u.user + u.system) / 1e6 }
function note(name, rate) { console.log(JSON.stringify({ name, rate })) }
async function measure(name, work, spent = cpu) {
  try {
    await work()
    let best = 0
    for (let i = 0; i < slices; ++i) {
      const began = spent()
      let done = 0, took = 0
      for (const until = Date.now() + 4000 * seconds / slices; took < seconds / slices && Date.now() < until;) {
        for (let j = 0; j < 5; ++j) await work()
        done += 5
        took = spent() - began
      }
      best = Math.max(best, done / took)
    }
    note(name, Math.round(best))
  } catch (error) { note(name, String(error.message ?? error).slice(0, 80)) }
}
function expect(what, is, wanted) { if (JSON.stringify(is) !== JSON.stringify(wanted)) throw new Error(`${what} answers ${JSON.stringify(is)}`) }

// ---- the medium expression ----
const feelin = () => evaluate(medium, { household })
const value_of = r => r && typeof r === 'object' && 'value' in r ? r.value : r
expect('feelin', Number(value_of(feelin())), 128350)
await measure('feelin, medium expression (parses each time)', feelin)
await measure('feelin, medium expression, parsing alone', () => parseExpression(medium, { household }))

// ZEN's language is not FEEL; the same rule in it.
const zen = require('@gorules/zen-engine')
const in_zen = 'household.income < 3000000 and count(household.members, #.age < 18) >= 1 ' +
  '? sum(map(household.members, #.age in [0..7] ? 100000 : 0)) + household.income * 0.015 : 0'
const zen_medium = () => zen.evaluateExpressionSync(in_zen, { household })
expect('zen-engine', Number(zen_medium()), 128350)
await measure('zen-engine, medium expression (parses each time)', zen_medium)

// ---- the table: 10 rules, 3 inputs, 2 outputs, FIRST, the sixth hits ----
const rows = Array.from({ length: 10 }, (_, i) => [i * 10, i * 10 + 10])
const table_in_zen = {
  contentType: 'application/vnd.gorules.decision',
  nodes: [
    { id: 'in', name: 'in', type: 'inputNode', position: { x: 0, y: 0 } },
    { id: 't', name: 't', type: 'decisionTableNode', position: { x: 0, y: 0 }, content: {
      hitPolicy: 'first',
      inputs: [{ id: 'a', name: 'age', field: 'age' }, { id: 'k', name: 'kind', field: 'kind' }, { id: 's', name: 'total', field: 'total' }],
      outputs: [{ id: 'c', name: 'class', field: 'class' }, { id: 'm', name: 'amount', field: 'amount' }],
      rules: rows.map(([low, high]) => ({ _id: `r${low}`, a: `[${low}..${high})`, k: '"A", "B"', s: '> 100', c: `"class ${low}"`, m: String(high) })) } },
    { id: 'out', name: 'out', type: 'outputNode', position: { x: 0, y: 0 } }],
  edges: [{ id: 'e1', sourceId: 'in', targetId: 't', type: 'edge' }, { id: 'e2', sourceId: 't', targetId: 'out', type: 'edge' }]
}
const facts = { age: 55, kind: 'B', total: 150 }
const decision = new zen.ZenEngine().createDecision(Buffer.from(JSON.stringify(table_in_zen)))
expect('zen-engine', (await decision.evaluate(facts)).result, { amount: 60, class: 'class 50' })
await measure('zen-engine, table, awaited', () => decision.evaluate(facts))
await measure('zen-engine, table, traced', () => decision.evaluate(facts, { trace: true }))

const dmn = ns => `<definitions xmlns="${ns}" id="b" name="b" namespace="urn:b">` +
  ['age', 'kind', 'total'].map(n => `<inputData id="i-${n}" name="${n}"><variable name="${n}" typeRef="${n === 'kind' ? 'string' : 'number'}"/></inputData>`).join('') +
  '<decision id="d" name="d"><variable name="d"/>' +
  ['age', 'kind', 'total'].map(n => `<informationRequirement id="q-${n}"><requiredInput href="#i-${n}"/></informationRequirement>`).join('') +
  '<decisionTable id="dt" hitPolicy="FIRST">' +
  ['age', 'kind', 'total'].map(n => `<input id="c-${n}"><inputExpression id="e-${n}" typeRef="${n === 'kind' ? 'string' : 'number'}"><text>${n}</text></inputExpression></input>`).join('') +
  '<output id="o1" name="class" typeRef="string"/><output id="o2" name="amount" typeRef="number"/>' +
  rows.map(([low, high], i) => `<rule id="r${i}"><inputEntry id="a${i}"><text>[${low}..${high})</text></inputEntry><inputEntry id="b${i}"><text>"A", "B"</text></inputEntry>` +
    `<inputEntry id="c${i}"><text>&gt; 100</text></inputEntry><outputEntry id="p${i}"><text>"class ${low}"</text></outputEntry><outputEntry id="q${i}"><text>${high}</text></outputEntry></rule>`).join('') +
  '</decisionTable></decision></definitions>'

const js = require('@hbtgmbh/dmn-eval-js').decisionTable
const parsed = await js.parseDmnXml(dmn('http://www.omg.org/spec/DMN/20151101/dmn.xsd'))
expect('dmn-eval-js', js.evaluateDecision('d', parsed, { ...facts }), { class: 'class 50', amount: 60 })
await measure('dmn-eval-js, table', () => js.evaluateDecision('d', parsed, { ...facts }))

await measure('feelin, the 18 cells of the table up to the hit', () => {
  for (const [low, high] of rows.slice(0, 6)) {
    unaryTest(`[${low}..${high})`, { '?': facts.age })
    unaryTest('"A", "B"', { '?': facts.kind })
    unaryTest('> 100', { '?': facts.total })
  }
})

if (!is_there() && !process.env.DROOLS) note('Drools, table (compiles each time)', 'not there')
else {
  const drools = await Drools.start(8625)
  try {
    const ticks = () => readFileSync(`/proc/${drools.process.pid}/stat`, 'utf8').split(') ')[1].split(' ')
    const spent = () => { const t = ticks(); return (Number(t[11]) + Number(t[12])) / 100 }
    const model = dmn('https://www.omg.org/spec/DMN/20191111/MODEL/')
    expect('Drools', (await drools.decide(model, facts)).d.value, { amount: 60, class: 'class 50' })
    await measure('Drools, table (compiles each time, HTTP)', () => drools.decide(model, facts), spent)
    const small = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="b" name="b" namespace="urn:b">` +
      '<inputData id="h" name="household"><variable name="household" typeRef="Any"/></inputData><decision id="d" name="d"><variable name="d"/>' +
      `<informationRequirement id="r"><requiredInput href="#h"/></informationRequirement><literalExpression id="l"><text>${medium.replace(/</g, '&lt;')}</text></literalExpression></decision></definitions>`
    expect('Drools', (await drools.decide(small, { household })).d.value, 128350)
    await measure('Drools, medium expression (compiles each time, HTTP)', () => drools.decide(small, { household }), spent)
  } finally { drools.stop() }
}
