// The program, its disk and its database fail at the worst moments, under load. What was
// acknowledged is there afterwards, once; what was not is absent or can be gone on with.
// MADANG_SEED repeats a run.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, writeSync, closeSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, program, root } from '../journeys/program.mjs'
import { Client, pause, seeded, until } from './client.mjs'
import { Postgres, business, changed, delivered, integrity, missing, on_postgres, rows } from './stores.mjs'

// These errands are run far more often than people do.
const unlimited = { 'guard.yaml': 'limits: false\n' }

const seed = Number(process.env.MADANG_SEED ?? 20260731)
const random = seeded(seed)
const people = ['Kim Hayun', 'Park Seojun', 'Choi Jiwoo', 'Han Yerin']
let server

before(async () => {
  console.log(`# seed ${seed}`)
  if (!missing && on_postgres) server = await Postgres.open()
})
after(() => server?.close())

// A database of its own on the server, so that each test begins with an empty nation.
function fresh_database(name) {
  if (!on_postgres) return undefined
  execFileSync('psql', ['-X', '-q', '-d', server.url, '-c', `create database ${name}`])
  return `postgresql:///${name}?host=${server.home}&user=madang`
}

// One thing that a person wants, from the first click to the receipt; remembers what was acknowledged.
class Errand {
  constructor(client, service, marker) {
    Object.assign(this, { client, service, marker, draft: undefined, sent: false, location: undefined })
  }
  async run() {
    this.draft = await this.client.begin(this.service)
    await this.go_on()
  }
  // From wherever it stands: the house says which question is open.
  async go_on() {
    for (let step = 0; step < 10; ++step) {
      const at = await this.client.get(`/apply/${this.draft}`)
      if (at.status !== 303) throw new Error(`the draft: ${at.status} ${at.text}`)
      const question = at.headers.location.split('/').at(-1)
      if (question === 'check') break
      await this.client.answer(this.draft, question, await this.fields(question))
    }
    this.sent = true
    const done = await this.client.submit(this.draft)
    if (done.status !== 201) throw new Error(`submitting: ${done.status} ${done.text}`)
    this.location = done.json().location
  }
  async fields(question) {
    if (question === 'from_school') return { from_school: this.marker }
    if (question === 'start') return { start: '2027-03-02' }
    if (question === 'kind') return { kind: 'abstract' }
    if (question === 'show_self') return {}
    return { [question]: (await this.client.options(this.draft, question))[0] }
  }
}

// Everybody runs errands until the house is gone or `stop` says so.
async function bustle(clients, errands, round, stop) {
  await Promise.all(clients.map(async (client, i) => {
    for (let n = 0; !stop.now; ++n) {
      const service = (n + i) % 2 ? 'resident-certificate' : 'school-transfer'
      const errand = new Errand(client, service, `school-${seed}-${round}-${i}-${n}`)
      errands.push(errand)
      try {
        await errand.run()
      } catch (error) {
        errand.error = error
        if (!stop.goes_on) return
        await pause(20)
      }
    }
  }))
}

// How often each marker was filed.
function filed(house) {
  const out = {}
  for (const [answers] of rows(house, 'residents', 'select answers from matter')) {
    const marker = JSON.parse(answers).from_school
    out[marker] = (out[marker] ?? 0) + 1
  }
  return out
}

// After a crash: acknowledged errands are there and cannot be sent again; the others are ended, and
// then are there too. Nothing is there twice.
async function settle(house, errands) {
  const open = errands.filter(e => !e.settled)
  for (const errand of open) {
    if (!errand.draft) {
      // Killed while it was begun: whether its draft was kept or not, beginning again goes on with it.
      await errand.run()
      errand.settled = true
      continue
    }
    const at = await errand.client.get(`/apply/${errand.draft}`)
    if (errand.location) {
      assert.equal((await errand.client.get(errand.location)).status, 200, `${errand.location} was acknowledged`)
      assert.equal(at.status, 404, `${errand.marker}: sent, and its draft is gone`)
      assert.equal((await errand.client.submit(errand.draft)).status, 404, 'it cannot be sent again')
    } else if (at.status === 404) {
      assert.ok(errand.sent, `${errand.marker}: a draft that was acknowledged is lost`)
    } else {
      await errand.go_on()
    }
    errand.settled = true
  }
  const times = filed(house)
  for (const errand of open)
    if (errand.draft && errand.service === 'school-transfer') assert.equal(times[errand.marker], 1, `${errand.marker} once`)
}

async function count_all(house, errands) {
  await until(() => delivered(house), { what: 'delivery of all events' })
  const begun = service => errands.filter(e => e.draft && e.service === service).length
  assert.equal(Number(rows(house, 'residents', 'select count(*) from matter')[0][0]), begun('school-transfer'), 'cases')
  assert.equal(Number(rows(house, 'gov24', 'select count(*) from document')[0][0]), begun('resident-certificate'), 'documents')
  assert.equal(Number(rows(house, 'gov24', 'select count(*) from draft')[0][0]), 0, 'no draft is left over')
  // Each applicant was told of each case, once.
  const numbers = rows(house, 'residents', 'select number from matter order by 1').map(r => r[0])
  const told = rows(house, 'notices', "select reference, count(*) from notice where person <> 0 and reference <> '' group by 1 order by 1")
  assert.deepEqual(told, numbers.map(n => [n, '1']))
  // What was issued can be had and is genuine.
  for (const errand of errands.filter(e => e.location?.includes('/documents/')).slice(-10)) {
    const path = errand.location.split('?')[0]
    const file = await errand.client.send('GET', `${path}/file`)
    assert.equal(file.bytes.subarray(0, 5).toString(), '%PDF-')
    const { number } = (await errand.client.get(path)).json()
    assert.equal((await errand.client.post('/verify/number', { number })).json().verdict, 'genuine')
  }
}

test('killed at any moment under load, nothing acknowledged is lost and nothing happens twice', { skip: missing }, async () => {
  const house = await House.open({ population: '1:20000', database: fresh_database('killed'), files: unlimited })
  try {
    const clients = await Promise.all(people.map(name => new Client(house).sign_in(name)))
    const errands = []
    for (let round = 0; round < 8; ++round) {
      const stop = { now: false }
      const load = bustle(clients, errands, round, stop)
      await pause(40 + random() * 600)
      await house.kill()
      stop.now = true
      await load
      if (!on_postgres) for (const line of integrity(house)) assert.match(line, /: ok$/)
      await house.start()
      // Who was signed in still is: that was acknowledged too.
      for (const client of clients) assert.equal((await client.get('/my')).status, 200)
      await settle(house, errands)
    }
    assert.ok(errands.filter(e => e.location).length > 20, `${errands.length} errands are no load`)
    assert.ok(errands.some(e => e.error), 'the kills came between them')
    await count_all(house, errands)
    assert.doesNotMatch(house.log, /handler_failed|exchange\.reader/)
  } finally {
    await house.close()
  }
})

// The case is filed in one system and the draft lies in another: the worst moment is in between. A
// lock on the drafts, held from outside, stops the house there.
test('killed between filing a case and putting its draft away, the next one is not taken for it', { skip: missing }, async () => {
  const house = await House.open({ population: '1:20000', database: fresh_database('between'), files: unlimited })
  const lock = house.options.database
    ? spawn('psql', ['-X', '-q', '-d', house.options.database], { stdio: ['pipe', 'pipe', 'inherit'] })
    : spawn('sqlite3', ['-batch', join(house.data, 'gov24.db')], { stdio: ['pipe', 'pipe', 'inherit'] })
  try {
    const kim = await new Client(house).sign_in('Kim Hayun')
    const first = new Errand(kim, 'post-forward', 'first')
    first.draft = await kim.begin('post-forward')
    await kim.answer(first.draft, 'months', { months: '3' })
    await until(() => delivered(house))
    const locked = new Promise(resolve => lock.stdout.once('data', resolve))
    lock.stdin.write(house.options.database ? 'begin; lock table gov24.draft in access exclusive mode; select 1;\n' : 'begin immediate; select 1;\n')
    await locked
    const submitting = kim.submit(first.draft).catch(error => error)
    const cases = () => Number(rows(house, 'residents', "select count(*) from matter where procedure = 'post-forward'")[0][0])
    // PostgreSQL cannot even read the draft then; there the kill comes before the case.
    if (!on_postgres) await until(() => cases() === 1, { what: 'the case' })
    await house.kill()
    assert.ok((await submitting) instanceof Error, 'nothing was acknowledged')
    lock.stdin.end()
    await new Promise(resolve => lock.once('exit', resolve))
    await house.start()
    if (!on_postgres)
      await until(async () => (await kim.get(`/apply/${first.draft}`)).status === 404, { what: 'putting the draft away' })
    // The next move is another matter.
    const next = new Errand(kim, 'post-forward', 'next')
    await next.run()
    assert.equal(cases(), on_postgres ? 1 : 2)
  } finally {
    lock.kill()
    await house.close()
  }
})

test('killed while the nation is loaded for the first time, the next start loads it whole', { skip: missing }, async () => {
  const whole = await House.open({ population: '1:20000', database: fresh_database('whole') })
  const figures = house => ['persons', 'households'].map(r => rows(house, 'residents', `select count(*) from register_${r}`)[0][0])
  const expected = figures(whole)
  await whole.close()
  for (let round = 0; round < 5; ++round) {
    const data = mkdtempSync(join(tmpdir(), 'madang-load-'))
    const database = fresh_database(`load_${round}`)
    const args = ['serve', '--data', data, '--port', '0', '--population', '1:20000', '--pack', join(root, 'packs/korea'), '--web', join(root, 'web/dist')]
    if (database) args.push('--database', database)
    const child = spawn(program, args, { cwd: root, stdio: 'ignore' })
    const gone = new Promise(resolve => child.once('exit', resolve))
    await pause(5 + random() * (on_postgres ? 600 : 220))
    child.kill('SIGKILL')
    await gone
    const house = await House.open({ data, population: '1:20000', database })
    try {
      assert.deepEqual(figures(house), expected)
      assert.equal((await new Client(house).get('/sign-in')).json().personas.length, 23)
      const kim = await new Client(house).sign_in('Kim Hayun')
      await new Errand(kim, 'resident-certificate', '').run()
    } finally {
      await house.close()
      rmSync(data, { recursive: true, force: true })
    }
  }
})

// A small disk of our own where we may mount one; else the limit on the size of files, which stops
// writes at the same place in SQLite with another error.
function small_disk(folder) {
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'madang-faults', folder]).status === 0
  let filler
  return {
    way: mounted ? 'a tmpfs of 48 MB' : 'RLIMIT_FSIZE',
    fill(pid) {
      if (!mounted) return execFileSync('prlimit', ['--pid', String(pid), '--fsize=4096:unlimited'])
      filler = openSync(join(folder, 'filler'), 'w')
      try { for (;;) if (writeSync(filler, Buffer.alloc(4096)) < 4096) break } catch (e) { assert.equal(e.code, 'ENOSPC') }
    },
    free(pid) {
      if (!mounted) return execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited:unlimited'])
      closeSync(filler)
      rmSync(join(folder, 'filler'))
    },
    close() { if (mounted) execFileSync('umount', ['-l', folder]) }
  }
}

const sqlite_only = missing || on_postgres && 'the disk of PostgreSQL is its own'
test('with a full disk reading goes on, writing is refused clearly, and room brings it back', { skip: sqlite_only }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'madang-disk-'))
  const disk = small_disk(folder)
  console.log(`# disk full by ${disk.way}`)
  const house = await House.open({ data: join(folder, 'data'), population: '1:20000', files: unlimited })
  try {
    const kim = await new Client(house).sign_in('Kim Hayun')
    const errands = [new Errand(kim, 'school-transfer', 'before'), new Errand(kim, 'resident-certificate', '')]
    for (const errand of errands) await errand.run()
    await until(() => delivered(house))
    const open = new Errand(kim, 'school-transfer', 'open')
    open.draft = await kim.begin('school-transfer')
    // A session is written again when it was used a minute ago; reading must not hang on that.
    rows(house, 'identity', 'update session set used = used - 120000000')
    disk.fill(house.process.pid)

    // Room that a log had already may still be written; then no more.
    let refused
    for (let i = 0; i < 400 && !refused; ++i) {
      const answer = await kim.post(`/apply/${open.draft}/from_school`, { from_school: `${'학'.repeat(50)}${i}` })
      if (answer.status === 303) open.kept = i
      else refused = answer
    }
    const is_full = (answer, what) => {
      assert.equal(answer.status, 503, `${what}: ${answer.text}`)
      assert.match(answer.headers['content-type'], /^application\/problem\+json/, what)
      const problem = answer.json()
      assert.equal(problem.type, '/problems/store.full', what)
      assert.match(problem.detail, /no room|saved/i, what)
      assert.match(answer.headers['retry-after'], /^\d+$/, what)
    }
    is_full(refused, 'an answer')
    const was = await business(house)
    is_full(await kim.post('/services/post-forward/start'), 'a start')
    is_full(await kim.post(errands[1].location.split('?')[0] + '/revoke'), 'a revocation')
    const page = await kim.send('POST', `/apply/${open.draft}/from_school`, {
      headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', origin: house.url, 'x-csrf': kim.csrf }, body: 'from_school=x'
    })
    assert.equal(page.status, 503)
    assert.match(page.text, /no room to save/)

    const document = errands[1].location.split('?')[0]
    for (const path of ['/', '/services', '/search?q=%EB%93%B1%EB%B3%B8', '/verify', '/my', errands[0].location, '/my/documents', document, `${document}/file`, '/my/data', '/my/notices']) {
      const answer = await kim.page(path)
      assert.equal(answer.status, 200, `${path} is read: ${answer.status}`)
    }
    assert.deepEqual(changed(was, await business(house)), [], 'what was refused is not there')

    disk.free(house.process.pid)
    await until(async () => (await kim.post(`/apply/${open.draft}/from_school`, { from_school: 'open' })).status === 303, { what: 'writing' })
    errands.push(open)
    await open.go_on()
    await settle(house, errands)
    await count_all(house, errands)

    // And a crash with a full disk: the house may not open, but everything is there when it does.
    disk.fill(house.process.pid)
    await house.kill()
    await house.start().then(() => house.kill()).catch(error => assert.match(String(error), /madang ended with 1/))
    disk.free(house.process.pid)
    await house.start()
    await count_all(house, errands)
    await house.close()
    for (const line of integrity(house)) assert.match(line, /: ok$/)
  } finally {
    if (house.process.exitCode === null) await house.kill()
    disk.close()
    rmSync(folder, { recursive: true, force: true })
  }
})

const postgres_only = missing || !on_postgres && 'needs a server'
test('when the database is killed the house says so, goes on with what it knows, and recovers by itself', { skip: postgres_only }, async () => {
  const house = await House.open({ population: '1:20000', database: fresh_database('server_killed'), files: unlimited })
  try {
    const clients = await Promise.all(people.map(name => new Client(house).sign_in(name)))
    const errands = []
    for (let round = 0; round < 3; ++round) {
      const stop = { now: false }
      const load = bustle(clients, errands, round, stop)
      await pause(200 + random() * 600)
      await server.kill()
      stop.now = true
      await load
      const nobody = new Client(house)
      for (const path of ['/', '/services', '/search?q=%EB%93%B1%EB%B3%B8', '/verify']) {
        const answer = await nobody.page(path)
        assert.equal(answer.status, 200, `${path} needs no database`)
      }
      const health = await nobody.get('/health')
      assert.deepEqual([health.status, health.json().state], [503, 'down'])
      const asks = [() => clients[0].get('/my'), () => clients[0].get('/'), () => clients[0].get('/no-such-page'),
        () => clients[1].post('/services/post-forward/start'), () => nobody.get('/v/2611-2300-0417-8832'),
        () => nobody.post('/sign-in', { login: 'kim', password: 'x' }), () => nobody.get('/sign-in')]
      for (const ask of asks) {
        const answer = await ask()
        assert.equal(answer.status, 503, answer.text)
        assert.equal(answer.json().type, '/problems/store.unavailable')
        assert.match(answer.headers['retry-after'], /^\d+$/)
        assert.ok(answer.ms < 5000, `${answer.ms} ms`)
      }
      const page = await clients[0].page('/my')
      assert.equal(page.status, 503)
      assert.match(page.text, /Nothing can be saved just now/)
      server.start()
      await until(async () => (await clients[0].get('/my')).status === 200, { what: 'the way back' })
      await settle(house, errands)
    }
    await count_all(house, errands)
    // Away while nobody asked: nobody notices.
    await server.kill()
    server.start()
    for (const client of clients) assert.equal((await client.get('/my')).status, 200)
    assert.equal((await new Client(house).get('/health')).json().state, 'up')
    await new Errand(clients[0], 'resident-certificate', '').run()
    assert.doesNotMatch(house.log, /handler_failed/)
    const check = spawnSync('/usr/lib/postgresql/15/bin/pg_amcheck',
      ['--install-missing', '--heapallindexed', new URL(house.options.database).pathname.slice(1)],
      { encoding: 'utf8', env: { ...process.env, PGHOST: server.home, PGUSER: 'madang' } })
    assert.equal(check.status, 0, check.stdout + check.stderr)
  } finally {
    await house.close()
  }
})
