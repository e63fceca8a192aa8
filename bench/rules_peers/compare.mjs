// Lines {name, rate} on standard input, Madang's first, as a table with the ratio to the row of Madang that does the
// same work.
import { readFileSync } from 'node:fs'

const rows = readFileSync(0, 'utf8').trim().split('\n').map(line => JSON.parse(line))
const ours = Object.fromEntries(rows.filter(r => r.name.startsWith('Madang, ')).map(r => [r.name.slice(8), r.rate]))
const same_work = name => /medium/.test(name) ? 'medium expression, parsed each time' : /traced/.test(name) ? 'table, with full explanation' : 'table'
const grouped = n => Number(n.toPrecision(2)).toLocaleString('en')
console.log('| Engine and work | a second | Madang does |\n| --- | ---: | ---: |')
for (const { name, rate } of rows) {
  const peer = !name.startsWith('Madang') && typeof rate === 'number'
  console.log(`| ${name} | ${typeof rate === 'number' ? Math.round(rate).toLocaleString('en') : rate} | ${peer ? `${grouped(ours[same_work(name)] / rate)} times that` : ''} |`)
}
