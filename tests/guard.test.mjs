// What an operator says of the guard of a house (guard.yaml): which servers may be called, who is told how it is, and that who asks
// too often is slowed. OWASP ASVS 5.0 V1.3.6, V2.4.1, V13.2.4, V13.4.5.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, free_port, program, root } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { missing, rows } from './stores.mjs'

let open, shut, other, asked
const opened = async guard => House.open({
  port: await free_port(), arguments: ['--nightly', 'false'],
  files: {
    ...guard === undefined ? {} : { 'guard.yaml': guard },
    'providers.yaml': `providers:\n  - {id: judge, name: {ko: 판정, en: Judge}, issuer: "http://127.0.0.1:${other.address().port}", client_id: madang, client_secret: of the trial}\n`
  }
})

before(async () => {
  if (missing) return
  asked = []
  other = createServer((request, answer) => { asked.push(request.url); answer.statusCode = 500; answer.end() })
  await new Promise(done => other.listen(0, '127.0.0.1', done))
  open = await opened()
  shut = await opened('outgoing: ["public", "10.0.0.0/8"]\nmonitoring: closed\n')
})
after(async () => {
  await open?.close()
  await shut?.close()
  other?.close()
})

test('other servers are called only where the list says, and by default those of this machine in a demonstration alone', { skip: missing }, async () => {
  assert.equal((await new Client(open).get('/sign-in/outside/judge')).status, 503)
  assert.deepEqual(asked, ['/.well-known/openid-configuration'])
  assert.equal((await new Client(shut).get('/sign-in/outside/judge')).status, 503)
  assert.equal(asked.length, 1, 'nobody came')
  // What it says comes by a pipe, after the answer.
  await until(() => /egress\.refused.*\n/.test(shut.log))
  const line = shut.log.split('\n').filter(l => l.includes('egress.refused')).map(l => JSON.parse(l))[0]
  assert.deepEqual([line.level, line.purpose], ['warn', 'sign-on'])
})

test('health and metrics are told to whom the operator says', { skip: missing }, async () => {
  const here = await opened('monitoring: local\n')
  try {
    for (const path of ['/health', '/metrics']) {
      assert.equal((await new Client(open).get(path, { 'x-forwarded-for': '198.51.100.1' })).status, 200, path)
      assert.equal((await new Client(shut).get(path)).status, 404, path)
      assert.equal((await new Client(here).get(path)).status, 200, path)
      assert.equal((await new Client(here).get(path, { 'x-forwarded-for': '198.51.100.1' })).status, 404, `${path} through a proxy`)
    }
  } finally {
    await here.close()
  }
})

test('who asks too often is slowed and told once, and others are not', { skip: missing }, async () => {
  const kim = await new Client(open).sign_in('Kim Hayun'), park = await new Client(open).sign_in('Park Seojun')
  let refused
  for (let i = 0; i < 400 && !refused; ++i) {
    const answer = await kim.get('/search?q=x')
    if (answer.status === 429) refused = answer
    else assert.equal(answer.status, 200)
  }
  assert.ok(refused, 'limits.yaml: 240 at once')
  assert.equal(refused.json().code, 'request.too_many')
  assert.match(refused.headers['retry-after'], /^\d+$/)
  assert.equal(refused.headers['content-type'], 'application/problem+json')
  for (let i = 0; i < 5; ++i) await kim.get('/search?q=x')
  assert.equal((await park.get('/search?q=x')).status, 200)
  assert.equal((await kim.get('/my')).status, 200, 'what costs little goes on')
  assert.equal((await new Client(open).get('/search?q=x')).status, 200)
  assert.deepEqual(rows(open, 'identity', `select record, count(*) from audit_entry where record_of = 'limit' and subject = (select person from account where latin = 'Kim Hayun') group by record`), [['search', '1']])
  assert.equal(open.log.split('\n').filter(l => l.includes('limits.reached')).length, 1)
  assert.match((await kim.page('/search?q=x')).text, /<h1>/, 'people read why')
})

test('what the house keeps for its own work is deleted when its period ends, and not before', { skip: missing }, async () => {
  const keeper = await House.open({ data: mkdtempSync(join(tmpdir(), 'madang-keeping-')) })
  try {
    const days_ago = n => (Date.now() - n * 86400000) * 1000
    const kim = (await new Client(keeper).sign_in('Kim Hayun'))
    await kim.begin('resident-certificate')
    const [[person]] = rows(keeper, 'identity', "select person from account where latin = 'Kim Hayun'")
    rows(keeper, 'gov24', `insert into draft (key, person, service, answers, begun, saved) values (1, 41, 'x', '{}', 0, ${days_ago(181)}), (2, 42, 'x', '{}', 0, ${days_ago(179)})`)
    rows(keeper, 'identity', `insert into known_device (person, device, seen) values (41, 'old', ${days_ago(401)}), (42, 'young', ${days_ago(399)})`)
    rows(keeper, 'identity', `insert into sign_in_failure (login, failures, last) values ('old', 1, ${days_ago(1.1)}), ('young', 1, ${days_ago(0.9)})`)
    rows(keeper, 'signon', `insert into half_way (hash, person, expires) values ('old', 41, ${days_ago(1.1)}), ('young', 42, ${days_ago(0.9)})`)
    await keeper.kill()
    await keeper.start()
    await until(() => keeper.log.includes('keeping.deleted') && rows(keeper, 'signon', "select hash from half_way where hash in ('old', 'young')").length === 1, { seconds: 60, what: 'the night' })
    assert.deepEqual(rows(keeper, 'gov24', 'select person from draft order by key').flat(), ['42', person])
    assert.deepEqual(rows(keeper, 'identity', 'select device from known_device where person < 100').flat(), ['young'])
    assert.deepEqual(rows(keeper, 'identity', "select login from sign_in_failure where login in ('old', 'young')").flat(), ['young'])
    assert.equal((await kim.get('/my')).status, 200, 'whoever is here stays')
  } finally {
    await keeper.close()
    rmSync(keeper.data, { recursive: true, force: true })
  }
})

test('a guard that cannot be read is a house that does not open', { skip: missing }, () => {
  for (const [guard, said] of [['outgoing: [http://x]', /'http:\/\/x' is no entry/], ['outgoing: x', /list of texts/], ['monitoring: perhaps', /open, local or closed/], ['limits: 3', /true or false/], ['door: open', /no setting of the guard/]]) {
    const data = mkdtempSync(join(tmpdir(), 'madang-guard-'))
    writeFileSync(join(data, 'guard.yaml'), guard)
    const ended = spawnSync(program, ['serve', '--data', data, '--port', '0', '--population', '1:20000'], { cwd: root, encoding: 'utf8', timeout: 60000 })
    rmSync(data, { recursive: true, force: true })
    assert.equal(ended.status, 1, guard)
    assert.match(ended.stderr, said)
  }
})
