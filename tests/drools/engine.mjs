// Apache KIE Drools, compiled to a native program (npm @kie-tools/jitexecutor-native): started for one run, asked over
// HTTP, ended with it. `npm ci` in this folder fetches it (318 MB for three systems), so no test depends on it.
import { chmodSync, existsSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = process.env.DROOLS ?? join(dirname(fileURLToPath(import.meta.url)),
  'node_modules/@kie-tools/jitexecutor-native/dist/linux/jitexecutor')

export const is_there = () => existsSync(program)
export const how_to_have_it = 'npm ci --prefix tests/drools'

export class Drools {
  static async start(port = 8623) {
    chmodSync(program, 0o755)
    const it = new Drools()
    it.url = `http://127.0.0.1:${port}/jitdmn/dmnresult`
    it.process = spawn(program, [`-Dquarkus.http.port=${port}`, '-Dquarkus.http.host=127.0.0.1'], { stdio: 'ignore' })
    for (let tries = 0; tries < 100; ++tries) {
      try { await fetch(`http://127.0.0.1:${port}/q/health/live`); return it } catch { await new Promise(r => setTimeout(r, 100)) }
    }
    throw new Error('Drools did not start')
  }
  stop() { this.process.kill() }

  // {name of the decision: {value, status, messages}}; null: the model was refused. Numbers stay as they were
  // written, so no digit is lost.
  async decide(model, facts) {
    const answer = await fetch(this.url, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model, context: facts })
    })
    if (!answer.ok) return null
    const all = JSON.parse(await answer.text())
    return Object.fromEntries(all.decisionResults.map(d =>
      [d.decisionName, { value: d.result, status: d.evaluationStatus, messages: d.messages.map(m => m.message) }]))
  }
}

const xml = s => String(s).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
export { xml }
export const namespace = 'https://www.omg.org/spec/DMN/20230324/MODEL/'

// A model of inputs {name: type} and decisions {name: boxed expression as XML}, each of which may use every input.
export function model_of(name, inputs, decisions, items = '') {
  const id = s => s.replaceAll(' ', '-')
  const needs = Object.keys(inputs).map(n =>
    `<informationRequirement id="r-${id(n)}-@"><requiredInput href="#in-${id(n)}"/></informationRequirement>`).join('')
  return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="${namespace}" id="${id(name)}" name="${xml(name)}" namespace="urn:madang:tables:${id(name)}">
${items}${Object.entries(inputs).map(([n, type]) =>
    `<inputData id="in-${id(n)}" name="${xml(n)}"><variable name="${xml(n)}" typeRef="${type}"/></inputData>`).join('\n')}
${Object.entries(decisions).map(([n, logic], i) => `<decision id="d${i}" name="${xml(n)}"><variable name="${xml(n)}"/>
${needs.replaceAll('-@', `-${i}`)}
${logic}
</decision>`).join('\n')}
</definitions>
`
}
