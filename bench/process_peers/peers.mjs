// Start, five service tasks, end, in memory: bpmn-elements parsed once and bpmn-engine parsing each time, by
// processor time of this process. Prints one line a peer: name, runs a second.
import { Engine } from 'bpmn-engine'
import * as elements from 'bpmn-elements'
import BpmnModdle from 'bpmn-moddle'
import { default as serialize, TypeResolver } from 'moddle-context-serializer'

const seconds = Number(process.argv[2] ?? 5)
let flows = '', tasks = '', before = 's'
for (let n = 1; n <= 5; n++) {
  tasks += `<serviceTask id="t${n}" implementation="\${environment.services.work}"/>`
  flows += `<sequenceFlow id="f${n}" sourceRef="${before}" targetRef="t${n}"/>`
  before = `t${n}`
}
const source = `<?xml version="1.0" encoding="UTF-8"?>
<definitions id="d" xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="urn:bench">
<process id="five" isExecutable="true"><startEvent id="s"/>${tasks}<endEvent id="e"/>${flows}
<sequenceFlow id="fe" sourceRef="${before}" targetRef="e"/></process></definitions>`

async function rate(name, once) {
  let best = 0
  for (let round = 0; round < 3; round++) {
    const begun = process.cpuUsage()
    let n = 0, spent = 0
    while (spent < seconds / 3) {
      await once()
      n++
      const u = process.cpuUsage(begun)
      spent = (u.user + u.system) / 1e6
    }
    best = Math.max(best, n / spent)
  }
  console.log(`${name.padEnd(30)}${best.toFixed(0).padStart(8)} /s a core`)
}

const work = (_, next) => next()
const moddle = await new BpmnModdle().fromXML(source)
const parsed = serialize(moddle, TypeResolver(elements))
await rate('bpmn-elements, parsed once', () => new Promise((done, failed) => {
  const context = new elements.Context(parsed, new elements.Environment({ services: { work } }))
  new elements.Definition(context).run(error => error ? failed(error) : done())
}))
await rate('bpmn-engine, parsing each time', () => new Promise((done, failed) => {
  new Engine({ source, services: { work } }).execute(error => error ? failed(error) : done())
}))
