// Writes the suite of decision tables (tests/decision-tables, in the layout of the DMN Technology Compatibility Kit,
// which is thin there): tables as they are described in tables.yaml, with the answers of Drools. Where Drools and the
// standard differ the answer stands in tables.yaml with the section, and this script says so.
//
//   node tests/drools/tables.mjs
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Drools, how_to_have_it, is_there, model_of, xml } from './engine.mjs'

const here = dirname(fileURLToPath(import.meta.url)), into = join(here, '../decision-tables')
const yaml = createRequire(join(here, '../../web/package.json'))('yaml')
if (!is_there()) { console.error(`Drools is not there: ${how_to_have_it}`); process.exit(1) }

// ---- a table as XML ----
const policies = { U: 'UNIQUE', A: 'ANY', P: 'PRIORITY', F: 'FIRST', R: 'RULE ORDER', O: 'OUTPUT ORDER', C: 'COLLECT' }
const aggregators = { '+': 'SUM', '#': 'COUNT', '<': 'MIN', '>': 'MAX' }
function logic_of(t) {
  const how = ` hitPolicy="${policies[t.policy[0]]}"` + (t.policy[1] ? ` aggregation="${aggregators[t.policy[1]]}"` : '')
  const text = (tag, s) => `<${tag}><text>${xml(s)}</text></${tag}>`
  const inputs = Object.entries(t.inputs).map(([asked, of]) =>
    `<input><inputExpression typeRef="${of.type ?? of}">${`<text>${xml(asked)}</text>`}</inputExpression>` +
    (of.values ? text('inputValues', of.values) : '') + '</input>')
  const outputs = Object.entries(t.outputs).map(([name, of], i) =>
    `<output${name === '-' ? '' : ` name="${xml(name)}"`} typeRef="${of.type ?? of}">` + (of.values ? text('outputValues', of.values) : '') +
    (of.otherwise ? text('defaultOutputEntry', of.otherwise) : '') + '</output>')
  const columns = inputs.length
  const rules = t.rules.map(r => '<rule>' + r.map((cell, i) =>
    text(i < columns ? 'inputEntry' : 'outputEntry', cell)).join('') + '</rule>')
  return `<decisionTable${how}>\n${[...inputs, ...outputs, ...rules].join('\n')}\n</decisionTable>`
}

// ---- values ----
const type_of = v => typeof v === 'number' ? 'xsd:decimal' : typeof v === 'boolean' ? 'xsd:boolean' : 'xsd:string'
function written(v, type) {
  if (v === null || v === undefined) return '<value xsi:nil="true"/>'
  if (Array.isArray(v)) return `<list>${v.map(one => `<item>${written(one)}</item>`).join('')}</list>`
  if (typeof v === 'object') return Object.entries(v).map(([k, one]) => `<component name="${xml(k)}">${written(one)}</component>`).join('')
  return `<value xsi:type="${type ?? type_of(v)}">${xml(v)}</value>`
}
const xsd = { number: 'xsd:decimal', string: 'xsd:string', boolean: 'xsd:boolean', date: 'xsd:date',
              'days and time duration': 'xsd:duration', 'years and months duration': 'xsd:duration', time: 'xsd:time' }

// Rows of facts: each is a list of values in the order of the names.
const drools = await Drools.start()
let cases = 0, by_hand = 0
rmSync(into, { recursive: true, force: true })
try {
  const all = yaml.parse(readFileSync(join(here, 'tables.yaml'), 'utf8'))
  for (const [i, t] of all.entries()) {
    const name = `${String(i + 1).padStart(2, '0')}-${t.name}`, folder = join(into, 'compliance-level-2', name)
    const model = model_of(name, t.facts, { outcome: logic_of(t) }, t.items ?? '')
    const lines = []
    for (const [n, row] of t.cases.entries()) {
      const given = row.given ?? row
      const facts = Object.fromEntries(Object.keys(t.facts).map((fact, k) => [fact, given[k]]))
      const said = await drools.decide(model, facts)
      if (!said) throw new Error(`${name}: Drools refuses the model`)
      let { value, status } = said.outcome, error = status !== 'SUCCEEDED', source = 'Drools'
      if ('expect' in row) {
        if (JSON.stringify(row.expect) === JSON.stringify(value) && Boolean(row.error) === error)
          throw new Error(`${name} case ${n + 1}: Drools says so too; leave it out`)
        console.log(`${name} case ${n + 1}: ${JSON.stringify(row.expect)}${row.error ? ' (error)' : ''}, Drools ${JSON.stringify(value)}${error ? ' (error)' : ''}: ${row.why}`)
        value = row.expect
        error = Boolean(row.error)
        source = row.why
        ++by_hand
      }
      ++cases
      lines.push(`<testCase id="${String(n + 1).padStart(3, '0')}"><description>${xml(source)}</description>
${Object.entries(facts).map(([fact, v]) => `<inputNode name="${xml(fact)}">${written(v, xsd[t.facts[fact]])}</inputNode>`).join('\n')}
<resultNode name="outcome" type="decision"${error ? ' errorResult="true"' : ''}><expected>${written(value)}</expected></resultNode>
</testCase>`)
    }
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `${name}.dmn`), model)
    writeFileSync(join(folder, `${name}-test-01.xml`), `<?xml version="1.0" encoding="UTF-8"?>
<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<modelName>${name}.dmn</modelName>
${lines.join('\n')}
</testCases>
`)
  }
  console.log(`${cases} cases of ${all.length} tables; ${cases - by_hand} answered by Drools, ${by_hand} by the standard`)
} finally { drools.stop() }
