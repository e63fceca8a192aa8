// What an operator watches and does: metrics in the form that collectors read, timing of each answer,
// the log, and stopping while everybody is working.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { Agent, request } from 'node:http'
import { House } from '../journeys/program.mjs'
import { Client, pause } from './client.mjs'

let house
before(async () => { house = await House.open({ arguments: ['--nightly', 'false'] }) })
after(() => house?.process.exitCode === null ? house.close() : undefined)

// OpenMetrics 1.0.0 (github.com/OpenObservability/OpenMetrics, specification/OpenMetrics.md), the
// sections on the exposition format and on the types used; throws at the first line that is wrong.
function read_metrics(text) {
  assert.ok(text.endsWith('# EOF\n'), 'ends with EOF')
  const families = new Map(), seen = new Set()
  let family
  for (const line of text.slice(0, -6).split('\n').slice(0, -1)) {
    const said = line.match(/^# (TYPE|UNIT|HELP) ([a-zA-Z_:][\w:]*) (.*)$/)
    if (said) {
      const [, what, name, value] = said
      if (family?.name !== name) {
        assert.ok(!families.has(name), `${name}: a family stands in one place`)
        family = { name, samples: [] }
        families.set(name, family)
      }
      assert.equal(family[what], undefined, `${what} of ${name} once`)
      assert.equal(family.samples.length, 0, `${line}: before the samples`)
      family[what] = value
      if (what === 'TYPE') assert.match(value, /^(counter|gauge|histogram|summary|info|stateset|unknown)$/)
      if (what === 'UNIT') assert.ok(name.endsWith(`_${value}`), `${name} ends with its unit`)
      continue
    }
    const sample = line.match(/^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[n"\\])*",?)*)\})? (-?[\d.]+(?:e[+-]?\d+)?|[+-]Inf|NaN)$/)
    assert.ok(sample, `no line of OpenMetrics: ${line}`)
    const [, name, labels = '', value] = sample
    assert.ok(!labels.endsWith(','), line)
    assert.ok(family && name.startsWith(family.name), `${line}: of the family above`)
    const suffix = name.slice(family.name.length)
    const allowed = { counter: ['_total', '_created'], gauge: [''], histogram: ['_bucket', '_count', '_sum', '_created'] }[family.TYPE]
    assert.ok(allowed.includes(suffix), `${name} in a ${family.TYPE}`)
    assert.ok(!seen.has(`${name}{${labels}}`), `${name}{${labels}} once`)
    seen.add(`${name}{${labels}}`)
    if (family.TYPE !== 'gauge') assert.ok(Number(value) >= 0, line)
    family.samples.push({ suffix, labels: Object.fromEntries([...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(m => [m[1], m[2]])), value: Number(value) })
  }
  for (const f of families.values()) if (f.TYPE === 'histogram') check_buckets(f)
  return families
}
function check_buckets(f) {
  const series = new Map()
  for (const s of f.samples) {
    const labels = JSON.stringify({ ...s.labels, le: undefined })
    series.set(labels, [...series.get(labels) ?? [], s])
  }
  for (const [labels, samples] of series) {
    const buckets = samples.filter(s => s.suffix === '_bucket')
    const ends = buckets.map(b => b.labels.le === '+Inf' ? Infinity : Number(b.labels.le))
    assert.deepEqual(ends, ends.toSorted((a, b) => a - b), `${labels}: ascending`)
    assert.equal(ends.at(-1), Infinity, `${labels}: to infinity`)
    const counts = buckets.map(b => b.value)
    assert.deepEqual(counts, counts.toSorted((a, b) => a - b), `${labels}: cumulative`)
    assert.equal(counts.at(-1), samples.find(s => s.suffix === '_count').value, `${labels}: all are counted`)
  }
}

test('metrics are OpenMetrics, count what was asked, and name nobody', async () => {
  const kim = await new Client(house).sign_in('Kim Hayun')
  const asked = async () => {
    const answer = await kim.send('GET', '/metrics')
    assert.equal(answer.headers['content-type'], 'application/openmetrics-text; version=1.0.0; charset=utf-8')
    const families = read_metrics(answer.text)
    const count = (route, status) => families.get('madang_http_requests').samples
      .find(s => s.labels.route === route && s.labels.status === status)?.value ?? 0
    return { text: answer.text, families, count }
  }
  const first = await asked()
  for (let i = 0; i < 7; ++i) assert.equal((await kim.get('/services/move-in')).status, 200)
  for (let i = 0; i < 3; ++i) assert.equal((await kim.get('/services/nothing-of-that-name')).status, 404)
  await kim.get('/my')
  const later = await asked()
  const route = 'GET /services/{service}'
  const more = status => later.count(route, status) - first.count(route, status)
  const routes = later.families.get('madang_http_requests').samples.map(s => s.labels.route)
  assert.ok(routes.includes(route), `${[...new Set(routes)]}`)
  assert.deepEqual([more('200'), more('404')], [7, 3])
  for (const private_ of ['Kim Hayun', '김하윤', kim.person, 'nothing-of-that-name']) assert.ok(!later.text.includes(private_), private_)
  for (const name of ['madang_resident_memory_bytes', 'madang_events_waiting', 'madang_live_sessions', 'madang_store_bytes'])
    assert.ok(Number.isFinite(later.families.get(name)?.samples[0].value), name)
})

test('each answer says how long it took', async () => {
  const nobody = new Client(house)
  for (const path of ['/', '/services', '/health', '/no-such-page', '/my']) {
    const answer = await nobody.page(path)
    // Server Timing (W3C): name;dur=milliseconds
    const [, took] = answer.headers['server-timing']?.match(/^\w+;dur=([\d.]+)$/) ?? []
    assert.ok(Number(took) >= 0 && Number(took) <= answer.ms, `${path}: ${answer.headers['server-timing']} of ${answer.ms}`)
  }
})

test('every line of the log is an object with time, level and event', () => {
  const lines = house.log.split('\n').filter(l => l.startsWith('{'))
  assert.ok(lines.length > 0, 'something was logged')
  for (const line of lines) {
    const said = JSON.parse(line)
    assert.match(said.time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
    assert.match(said.level, /^(debug|info|warn|error)$/)
    assert.ok(said.event)
  }
})

test('told to stop while everybody works, it ends what it has begun and takes nothing new', async () => {
  const kim = await new Client(house).sign_in('Kim Hayun')
  const draft = await kim.begin('school-transfer')
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const url = new URL(house.url)
  // Every answer of a write that came is remembered; the last of them must be what is kept.
  let acknowledged = 0, cut = 0, refused = 0, stop = false
  const write = n => new Promise(resolve => {
    const body = new URLSearchParams({ from_school: `학교 ${n}`, _csrf: kim.csrf }).toString()
    const asked = request({ host: '127.0.0.1', port: url.port, agent, method: 'POST', path: `/apply/${draft}/from_school`, headers: {
      host: url.host, cookie: `session=${kim.session}`, origin: house.url, accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) } }, answer => {
      answer.resume()
      answer.on('end', () => { if (answer.statusCode === 303) acknowledged = n; resolve() })
      answer.on('error', () => { ++cut; resolve() })
    })
    asked.on('error', e => { e.code === 'ECONNREFUSED' ? ++refused : ++cut; resolve() })
    asked.end(body)
  })
  const working = (async () => { for (let n = 1; !stop; ++n) await write(n) })()
  const reading = (async () => { while (!stop) await new Client(house).page('/services').catch(() => { ++refused }) })()
  await pause(400)
  const gone = new Promise(resolve => house.process.once('exit', resolve))
  const begun = performance.now()
  house.process.kill('SIGTERM')
  assert.equal(await gone, 0, house.log.slice(-500))
  assert.ok(performance.now() - begun < 11000, 'within its ten seconds')
  await pause(100)
  stop = true
  await Promise.all([working, reading])
  agent.destroy()
  assert.ok(acknowledged > 5, `${acknowledged} writes are no work`)
  assert.match(house.log, /"event":"stopping"/)
  await house.start()
  assert.equal((await kim.get('/health')).json().state, 'up')
  const kept = (await kim.page(`/apply/${draft}/from_school`)).text.match(/value="학교 (\d+)"/)
  assert.ok(Number(kept?.[1]) >= acknowledged, `kept ${kept?.[1]}, acknowledged ${acknowledged}`)
})
