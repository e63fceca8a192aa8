// Who stands behind a protected report: looked for everywhere as whoever reads the files, the log, the desk, the audit, the
// exports or the JSON would. What is looked for comes from the registers, not from the program's answers.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { House } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { Postgres, delivered, missing, on_postgres, rows, systems } from './stores.mjs'

let house, server, kim, baek, shin, jung, ahn, nobody
const secret = 'zqxwhistle'

before(async () => {
  if (missing) return
  if (on_postgres) server = await Postgres.open()
  house = await House.open({ population: '1:20000', database: server?.url, arguments: ['--nightly', 'false'] })
  const arrive = name => new Client(house).sign_in(name)
  kim = await arrive('Kim Hayun')
  baek = await arrive('Baek Junho')
  shin = await arrive('Shin Nara')
  jung = await arrive('Jung Subin')
  ahn = await arrive('Ahn Somin')
  nobody = new Client(house)
})
after(async () => { await house?.close(); server?.close() })

async function file(client, kind, answers) {
  const begun = await client.post(`/epeople/kinds/${kind}/start`)
  const at = begun.headers.location
  assert.match(at, /^\/epeople\/filings\/\w+$/)
  for (const [question, value] of Object.entries(answers)) {
    const done = await client.post(`${at}/${question}`, { [question]: value })
    assert.equal(done.status, 303, `${question}: ${done.text}`)
  }
  await client.page(`${at}/similar`)
  const done = await client.post(`${at}/submit`)
  assert.equal(done.status, 201, done.text)
  return done.json().location.match(/matters\/(\w+)/)[1]
}

function tables(system) {
  return house.options.database
    ? rows(house, 'public', `select tablename from pg_tables where schemaname = '${system}'`).map(r => r[0])
    : rows(house, system, "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'").map(r => r[0])
}

let key, number, pseudonym, person
const is_report = text => [key, number, pseudonym.text, pseudonym.number, secret].some(s => text.includes(s))
const is_kim = text => [person.number, kim.person, '김하윤', 'Kim Hayun'].some(s => text.includes(s))

test('a report is filed, and another by the same person cannot be told to be hers', { skip: missing }, async () => {
  key = await file(kim, 'corruption', { title: `${secret} 계약`, who: '어느 과장', text: `${secret} 한 업체에만`, evidence: '' })
  const other = await file(kim, 'public-interest', { area: 'safety', title: '비상구', who: '어느 건물', text: '비상구를 막았습니다', evidence: '' })
  await until(() => delivered(house), { what: 'delivery of all events' })
  const filed = rows(house, 'epeople', `select number, applicant, key from matter order by key`)
  assert.equal(filed.length, 2)
  number = filed[0][0]
  assert.notEqual(filed[0][1], filed[1][1], 'each report has a pseudonym of its own')
  const name = value => { let n = BigInt(value), out = ''; for (let i = 0; i < 13; i++) { out = '0123456789abcdefghjkmnpqrstvwxyz'[Number(n & 31n)] + out; n >>= 5n } return out }
  pseudonym = { number: filed[0][1], text: name(filed[0][1]) }
  assert.equal(name(filed[0][2]), key, 'as ids are written')
  person = { number: rows(house, 'identity', `select person from account where login = 'kim'`)[0][0] }
  assert.equal(name(person.number), kim.person)
  assert.ok(other)
})

test('no row outside the sealed database names the report and the reporter', { skip: missing }, () => {
  let seen = 0
  for (const system of systems(house)) {
    if (system === 'reporters') continue
    for (const table of tables(system))
      for (const row of rows(house, system, `select * from ${table}`)) {
        const text = row.join('|')
        if (!is_report(text)) continue
        ++seen
        assert.ok(!is_kim(text), `${system}.${table}: ${text}`)
      }
  }
  assert.ok(seen >= 5, `the report itself was looked at (${seen} rows)`)
  // Nor the sealed database what the report says.
  for (const table of tables('reporters'))
    for (const row of rows(house, 'reporters', `select * from ${table}`))
      assert.ok(!row.join('|').includes(secret) && !row.join('|').includes(number), `reporters.${table}`)
})

test('desk, JSON, search, audit, exports and notices do not show it', { skip: missing }, async () => {
  const posts = rows(house, 'identity', `select code from post where agency = 'acrc-anti-corruption'`)
  await baek.post('/act-as', { post: posts[0][0] })
  await baek.learn_token()
  const looks = [[baek, '/desk/epeople'], [baek, `/desk/epeople/${key}`], [baek, '/desk'], [baek, '/desk/office'],
    [shin, '/desk/epeople-reporters'], [jung, '/desk/audit'], [jung, `/desk/audit?q=${number}`], [ahn, '/desk/epeople'],
    [nobody, '/epeople/statistics'], [nobody, '/epeople/statistics.csv'], [nobody, `/epeople/answers?q=${secret}`],
    [nobody, `/search?q=${secret}`], [nobody, '/openapi.json'], [nobody, '/metrics']]
  for (const [client, path] of looks)
    for (const answer of [await client.get(path), await client.page(path)]) {
      if (path.startsWith('/desk/audit') && !path.includes('q=')) {
        // Everybody's entries: those about this report, one by one.
        for (const entry of answer.headers['content-type'].includes('json') ? answer.json().entries : [])
          if (is_report(JSON.stringify(entry))) assert.ok(!is_kim(JSON.stringify(entry)), JSON.stringify(entry))
        continue
      }
      assert.ok(!is_kim(answer.text), `${path}: ${answer.text.slice(0, 200)}`)
    }
  const read = await baek.get(`/desk/epeople/${key}`)
  assert.equal(read.status, 200, 'the investigator does read it')
  assert.ok(read.text.includes(secret))
  // What she is told names nothing.
  for (const notice of (await kim.get('/my/notices')).json().notices)
    assert.ok(!is_report(JSON.stringify(notice)), JSON.stringify(notice))
})

test('others do not have it, and she does', { skip: missing }, async () => {
  assert.equal((await shin.get(`/desk/epeople/${key}`)).status, 404, 'not even who may open the identity')
  assert.equal((await ahn.get(`/epeople/matters/${key}`)).status, 404)
  assert.equal((await kim.get(`/epeople/matters/${key}`)).json().number, number)
  assert.equal((await kim.get(`/my/cases/${key}`)).status, 404, 'nor is it among her cases')
})

test('the identity opens for one post with a reason, once, and she reads who and why', { skip: missing }, async () => {
  for (const client of [baek, ahn])
    assert.ok([403, 404].includes((await client.post(`/desk/epeople-reporters/${key}`, { reason: '궁금해서 봅니다' })).status))
  assert.equal((await shin.post(`/desk/epeople-reporters/${key}`, { reason: '' })).status, 422)
  const opened = await shin.post(`/desk/epeople-reporters/${key}`, { reason: '보상금 지급을 위해 확인합니다' })
  assert.equal(opened.json().name, '김하윤')
  assert.match(opened.headers['cache-control'], /no-store/)
  assert.ok(!is_kim((await shin.get('/desk/epeople-reporters')).text), 'not kept on the page')
  const mine = (await kim.get(`/epeople/matters/${key}`)).json()
  assert.equal(mine.openings.length, 1)
  assert.match(mine.openings[0].reason, /보상금 지급/)
  assert.match(mine.openings[0].who, /신나라/)
  const looked = (await kim.get('/my/data')).json().entries.filter(e => e.record_of === 'reporter')
  assert.equal(looked.length, 1)
  assert.equal(looked[0].who, '신나라')
  for (const entry of (await jung.get(`/desk/audit?q=${number}`)).json().entries)
    assert.ok(!is_kim(JSON.stringify(entry)), 'the auditor sees that it was opened and not whose it is')
})

test('nobody is in the log', { skip: missing }, () => {
  for (const s of [secret, '김하윤', 'Kim Hayun', kim.person, number]) assert.ok(!house.log.includes(s), s)
})
