// The program is killed while citizens report moves and births, heads of households agree and officials
// decide. A decision and what it changes are one: the register says so if and only if the case says
// so, and everybody is told once. MADANG_SEED repeats a run.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { House } from '../journeys/program.mjs'
import { Client, pause, seeded, until } from './client.mjs'
import { Postgres, delivered, integrity, missing, on_postgres, rows } from './stores.mjs'

const seed = Number(process.env.MADANG_SEED ?? 20261127)
const random = seeded(seed)
let server, house

before(async () => {
  if (missing) return
  console.log(`# seed ${seed}`)
  if (on_postgres) {
    server = await Postgres.open()
    execFileSync('psql', ['-X', '-q', '-d', server.url, '-c', 'create database decisions'])
  }
  const database = server && `postgresql:///decisions?host=${server.home}&user=madang`
  house = await House.open({ population: '1:20000', database, arguments: ['--nightly', 'false'], files: { 'guard.yaml': 'limits: false\n' } })
})
after(async () => {
  await house?.close()
  server?.close()
})

const ago = days => new Date(Date.now() - days * 86400000).toISOString().slice(0, 10)

async function file(client, service, fields) {
  const draft = await client.begin(service)
  for (let step = 0; step < 12; ++step) {
    const at = await client.get(`/apply/${draft}`)
    if (at.status !== 303) throw new Error(`the draft: ${at.status} ${at.text}`)
    const question = at.headers.location.split('/').at(-1)
    if (question === 'check') break
    await client.answer(draft, question, fields[question] instanceof Function
      ? await fields[question](draft) : fields[question] ?? {})
  }
  const done = await client.submit(draft)
  if (done.status !== 201) {
    // What was begun before a kill goes on with its answers, and would be refused with them again and again.
    await client.post(`/apply/${draft}/discard`)
    throw new Error(`submitting ${service}: ${done.status} ${done.text}`)
  }
  return done.json().location.match(/cases\/(\w+)/)[1]
}

const town = '3102351'   // Jeongja 1-dong, where Park lives
const herself = client => async draft =>
  (await client.options(draft, 'who')).filter(v => v === client.person).map(v => ['who', v])

function moves(client, number) {
  return file(client, 'move-in', {
    moved: { moved: ago(1) }, unit: { unit: `${number}동 ${seed % 1000}호` },
    address: { address: '경기도 성남시 분당구 정자1동 9', address_id: town },
    who: herself(client), household: { household: 'new' }
  })
}
function joins(client, where) {
  return file(client, 'move-in', {
    moved: { moved: ago(1) }, address: { address: where.address, address_id: where.town },
    who: herself(client), household: { household: 'join' }, head_name: { head_name: where.head }
  })
}
function bears(client, n) {
  return file(client, 'birth-report', {
    surname: { surname: '안' }, given: { given: `아기${n}` }, sex: { sex: n % 2 ? 'm' : 'f' },
    born: { born: ago(3) }, place: { place: '집' }
  })
}

// Does `work` over and over, until it is told to stop or the house is gone.
async function over_and_over(stop, errors, work) {
  for (let n = 0; !stop.now; ++n) {
    try {
      await work(n)
    } catch (error) {
      errors.push(String(error))
      await pause(20)
    }
  }
}

// All that wait, decided; what was acknowledged is noted down.
async function decide(official, accepted) {
  for (const c of (await official.get('/desk')).json().cases) {
    if (c.state !== 'received') continue
    const answer = await official.post(`/desk/cases/${c.key}/accept`)
    if (answer.status === 303) accepted.add(c.number)
  }
}
async function agree(head) {
  const page = await head.page('/my/notices')
  for (const [, key] of page.text.matchAll(/href="\/my\/consents\/(\w+)"/g)) {
    const asked = (await head.get(`/my/consents/${key}`)).json()
    if (asked.state === 'consent') await head.post(`/my/consents/${key}`, { agree: 'yes' })
  }
}

const set_of = list => new Set(list.map(r => r[0]))

// Number -> how often it was decided, by its own story.
function stories() {
  return new Map(rows(house, 'residents', `select m.number, m.procedure,
      (select count(*) from matter_event e where e.matter = m.key and e.what = 'accepted'),
      (select count(*) from matter_event e where e.matter = m.key and e.what = 'received')
    from matter m order by 1`).map(([number, procedure, accepted, received]) =>
    [number, { procedure, accepted: Number(accepted), received: Number(received) }]))
}

function judge(accepted) {
  const changed = set_of([...rows(house, 'residents', 'select distinct reason from register_persons'),
    ...rows(house, 'residents', 'select distinct reason from register_households')])
  const told = stories()
  for (const [number, story] of told) {
    assert.ok(story.accepted <= 1 && story.received <= 1, `${number} was decided twice`)
    assert.equal(changed.has(number), story.accepted === 1, `${number} (${story.procedure}): the register and the case differ`)
  }
  for (const number of accepted) assert.equal(told.get(number)?.accepted, 1, `${number} was acknowledged and is lost`)
  return told
}

// A number in two hands, or nobody at the head of a household, would be half a decision.
function consistent() {
  const now = Number(rows(house, 'residents', 'select max(recorded_to) from register_persons')[0][0])
  const standing = `recorded_to = ${now} and valid_to > ${Math.floor(Date.now() / 86400000)}`
  assert.deepEqual(rows(house, 'residents', `select resident_number, count(distinct key) from register_persons
    where ${standing} group by 1 having count(distinct key) > 1`), [], 'one number, one person')
  assert.deepEqual(rows(house, 'residents', `select household, count(*) from register_persons
    where ${standing} and relation = 'head' group by 1 having count(*) > 1`), [], 'one head a household')
}

test('killed while officials decide, each decision is whole or has not been made', { skip: missing }, async () => {
  const names = { kim: 'Kim Hayun', park: 'Park Seojun', choi: 'Choi Jiwoo', oh: 'Oh Minseok' }
  const people = {}
  for (const [short, name] of Object.entries(names)) people[short] = await new Client(house).sign_in(name)
  const park_home = (await people.park.get('/my/data/records')).json().households[0]
  const where = { address: park_home.address, town: park_home.town, head: '박서준' }
  const accepted = new Set(), errors = []
  let born = 0, moved = 0
  // On a machine with other work to do, few are decided before each kill, and of moves, which take longest to file, none:
  // there each round is longer than the last.
  const moves_among = told => [...told.values()].some(s => s.procedure === 'move-in' && s.accepted === 1)
  let enough = false
  for (let round = 0; round < 8 || (!enough && round < 32); ++round) {
    const stop = { now: false }
    const work = [
      // Kim joins Park's household and founds one of her own again, by turns.
      over_and_over(stop, errors, async n => {
        if ((round + n) % 2) await joins(people.kim, where)
        else await moves(people.kim, ++moved)
        await pause(80)
      }),
      over_and_over(stop, errors, async () => { await bears(people.choi, ++born); await pause(30) }),
      over_and_over(stop, errors, async () => { await agree(people.park); await pause(30) }),
      over_and_over(stop, errors, () => decide(people.oh, accepted))
    ]
    await pause(300 + random() * 900 + Math.max(0, round - 7) * 300)
    await house.kill()
    stop.now = true
    await Promise.all(work)
    if (!on_postgres) for (const line of integrity(house)) assert.match(line, /: ok$/)
    await house.start()
    for (const client of Object.values(people)) assert.equal((await client.get('/my')).status, 200)
    enough = moves_among(judge(accepted)) && accepted.size > 20
  }
  await agree(people.park)
  await decide(people.oh, accepted)
  await until(() => delivered(house), { what: 'delivery of all events' })
  const told = judge(accepted)
  consistent()
  assert.ok(accepted.size > 20, `${accepted.size} decisions are no load: ${[...new Set(errors)].slice(0, 5)}`)
  assert.ok(moves_among(told), 'moves are among them')

  // Births crossed into another system: each child is there once, with its number.
  const children = rows(house, 'residents', `select distinct p.resident_number, p.reason from register_persons p
    join matter m on m.number = p.reason where m.procedure = 'birth-report'`)
  const births = [...told.values()].filter(s => s.procedure === 'birth-report' && s.accepted === 1).length
  assert.equal(new Set(children.map(c => c[0])).size, births, 'one number a child')
  const in_families = rows(house, 'families', 'select resident_number, count(distinct key) from register_families group by 1')
  for (const [number] of children)
    assert.equal(in_families.find(f => f[0] === number)?.[1], '1', 'and once in the family register')

  // The applicant is told of each decision once.
  const notices = rows(house, 'notices', `select reference, person, title, count(*) from notice
    where reference <> '' and person <> 0 group by 1, 2, 3`)
  assert.deepEqual(notices.filter(n => n[3] !== '1'), [], 'nobody is told twice')
  for (const [number, story] of told) {
    if (story.accepted !== 1) continue
    assert.ok(notices.some(n => n[0] === number && /수리되었습니다/.test(n[2])), `${number}: the applicant was told`)
  }
  assert.doesNotMatch(house.log, /handler_failed|exchange\.reader/)
})
