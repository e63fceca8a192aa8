// The building blocks of GovStack: the recorded exchanges of its own test suites replayed against the doors of the house (status, media
// type, JSON Schema), and, as a stateless mock passes those too, what they do not look at: that what was written is read, by whom, once,
// side by side, with an entry. What is expected is read from the suites, or from the stores by their own tools.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { House, free_port, root } from '../journeys/program.mjs'
import { Client } from './client.mjs'
import { missing, rows } from './stores.mjs'

const require = createRequire(join(root, 'web', 'package.json'))
const load = name => import(pathToFileURL(require.resolve(name)))
const suite = join(process.env.MADANG_SUITES ?? join(root, '..', 'shared', 'suites'), 'govstack')
const origin = 'https://github.com/GovStackWorkingGroup'
const member = 'eGovStack/GOV/90000009/'
const secret = 'a secret of the trial'
let house, ajv, oidc

before(async () => {
  if (missing) return
  const { default: Ajv } = await load('ajv')
  const { default: formats } = await load('ajv-formats')
  ajv = formats(new Ajv({ strict: false, validateSchema: false, logger: false }))
  oidc = await load('openid-client')
  const client = (id, scopes) => `  - {id: ${id}, name: {ko: ${id}, en: ${id}}, purpose: {ko: 시험, en: Trial}, law: {ko: 법, en: Act}, proof: client_secret_basic, secret_sha256: "${createHash('sha256').update(secret).digest('hex')}", scopes: [${scopes}]${scopes === 'signals' ? ', signals: poll' : ''}}\n`
  house = await House.open({
    pack: 'packs/govstack', population: '1:1000', port: await free_port(),
    files: { 'clients.yaml': `clients:\n${client('digitalregistries', 'exchange')}${client('unheard-of', 'exchange')}${client('other', 'signals')}` }
  })
})
after(() => house?.close())

async function call(block, method, path, body, { as, headers = {} } = {}) {
  const answer = await fetch(`${house.url}/govstack/${block}${path}`, {
    method, redirect: 'manual',
    headers: { ...as ? { 'information-mediator-client': member + as } : {}, ...body === undefined ? {} : { 'content-type': 'application/json' }, ...headers },
    body: body === undefined ? undefined : JSON.stringify(body)
  })
  const text = await answer.text()
  let json
  try { json = JSON.parse(text) } catch { /* it is none */ }
  return { status: answer.status, type: answer.headers.get('content-type'), headers: answer.headers, text, json }
}
const registries = (method, path, body, as = 'digitalregistries') => call('digital-registries', method, path, body, { as })
const registration = (method, path, body, more = {}) => call('registration', method, path, body, { as: 'eregistrations-dev', ...more })
const consent = (method, path, body, headers) => call('consent', method, path, body, { as: 'consent', headers })

// ---- the recorded exchanges ----

// Which schema of the suite an answer of 200 (or the one 404 that has one) is held against.
const schemas = {
  'information-mediator': [[/allowedMethods|listMethods|listClients/, 'responseSchema'], [/getOpenAPI/, 'getOpenApiExpectedSchema']],
  'digital-registries': [
    [/\/create$/, 'dataCreateResponseSchema'], [/\/exists$/, 'dataExistResponseSchema'], [/\/update-or-create$/, 'dataUpdateOrCreateResponseSchema'],
    [/\/update$/, 'dataUpdateResponseSchema'], [/read-value/, 'dataReadValueResponseSchema'], [/\/read$/, 'dataReadResponseSchema'],
    [/PersonalDataUsage/, 'dataMyPersonalDataUsageResponseSchema'], [/^GET .*\/data\/\w+\/111/, 'dataListResponseSchema'],
    [/^GET .*\/databases$/, 'databasesResponseSchema'], [/^DELETE .*\/database/, 'databaseDeleteResponseSchema'],
    [/\/database\/modify$/, 'databaseModifyResponseSchema'], [/^GET .*\/database\//, 'databaseInfoSchema']],
  registration: [
    [/statistics/, 'dataStatisticsResponseSchema'], [/\/complete$/, 'applicantCompleteTaskResponseSchema'], [/\/tasks\/[^/]+$/, 'applicationTasksTaskIdResponseSchema'],
    [/\/tasks$/, 'applicantTasksResponseSchema'], [/^POST .*\/services\/.*\/applications$/, 'submitApplicationResponseSchema'],
    [/^PUT .*\/applications\//, 'updateApplicationFileResponseSchema'], [/\/applications\/[^/]+$/, 'applicationFileResponseSchema'],
    [/\/applications$/, 'applicantApplicationsResponseSchema'], [/\/eForms$/, 'servicesServicesKeyEFormsResponseSchema'],
    [/\/eForms\/[^/]+$/, 'servicesEformsEformIdResponseSchema'], [/\/documents$/, 'documentsResponseSchema'], [/\/services(\/|$)/, 'servicesResponseSchema']]
}
// What it says in addition about each entry of a list, and about parts.
const parts = {
  servicesResponseSchema: (body, s) => body.every(one => ajv.validate(s.serviceSchema, one)),
  applicationFileResponseSchema: (body, s) => ajv.validate(s.statusSchema, body.status) && ajv.validate(s.applicationFileSubmit, body.applicationData),
  dataReadResponseSchema: (body, s) => ajv.validate(s.dataExampleSchema, body.content),
  databasesResponseSchema: (body, s) => body.databases.every(one => ajv.validate(s.databaseInfoSchema, one))
}

for (const [block, count] of [['information-mediator', 50], ['digital-registries', 67], ['registration', 59]]) {
  const file = join(suite, block, 'vectors.json')
  const absent = !existsSync(file) && `the recorded exchanges are not here; their origin is ${origin}/bb-${block}`
  test(`${block}: all ${count} recorded exchanges`, { skip: missing || absent }, async t => {
    const vectors = JSON.parse(readFileSync(file, 'utf8')), known = JSON.parse(readFileSync(join(suite, block, 'schemas.json'), 'utf8'))
    assert.equal(vectors.length, count)
    const wrong = []
    let held = 0
    for (const { scenario, request, expect } of vectors) {
      const path = request.path.replace(/ /g, '%20')
      const answer = await fetch(`${house.url}/govstack/${block}${path}`, { method: request.method, headers: request.headers, body: request.body })
      const text = await answer.text()
      const say = what => wrong.push(`${scenario.name}: ${request.method} ${request.path}: ${what}: ${text.slice(0, 300)}`)
      if (answer.status !== expect.status) { say(`${answer.status}, not ${expect.status}`); continue }
      if ((answer.headers.get('content-type') ?? undefined) !== expect.contentType) { say(`type ${answer.headers.get('content-type')}`); continue }
      const name = schemas[block].find(([pattern]) => pattern.test(`${request.method} ${path.split('?')[0]}`))?.[1]
      const schema = answer.status === 200 ? known[name] : answer.status === 404 && name === 'dataReadResponseSchema' ? known.dataRead404ResponseSchema
        : answer.status === 400 && name === 'documentsResponseSchema' ? known.documentsErrorResponseSchema : undefined
      if (!schema) { if (answer.status === 200 && !/update-entries/.test(path)) say('no schema'); continue }
      ++held
      const body = JSON.parse(text)
      if (!ajv.validate(schema, body)) say(ajv.errorsText())
      else if (answer.status === 200 && parts[name] && !parts[name](body, known)) say(ajv.errorsText())
    }
    t.diagnostic(`${vectors.length - wrong.length} of ${vectors.length}, ${held} against a schema`)
    assert.deepEqual(wrong, [])
  })
}

// ---- registries ----

test('what is created is read by its number, its name and its parts, and stands in the register', { skip: missing }, async () => {
  const content = { ID: 'A-1', FirstName: 'Wren', LastName: 'Hollis', BirthCertificateID: 'RR-1' }
  assert.deepEqual((await registries('POST', '/data/MCTS/2.7/create', { write: { content } })).json, { content })
  for (const query of [{ ID: 'A-1' }, { FirstName: 'Wren' }, { FirstName: 'Wren', LastName: 'Hollis' }])
    assert.deepEqual((await registries('POST', '/data/registryname/111/read', { query: { content: query } })).json, { content }, 'every version of a database has the same records')
  const [[record]] = rows(house, 'govstack', "select record from register_births where key = 'A-1'")
  assert.equal((await registries('GET', `/data/MCTS/2.7/${record}/readValue/LastName.json`)).json, 'Hollis')
  assert.equal((await registries('GET', `/data/MCTS/2.7/${record}/read-value/LastName.txt`)).text, 'Hollis')
  assert.equal((await registries('POST', '/data/MCTS/2.7/exists', { query: { content: { FirstName: 'Wren', LastName: 'Else' } } })).json.answer.status, false)
  const listed = (await registries('GET', '/data/MCTS/2.7?query.LastName=Hollis')).json
  assert.deepEqual(listed.results, [{ ...content, id: record }])
  assert.equal(listed.count, 1)
})

test('created twice it is there once; with other content it is refused and stays as it was', { skip: missing }, async () => {
  const content = { ID: 'A-2', FirstName: 'Ada', LastName: 'Fenn', BirthCertificateID: 'RR-2' }
  for (let i = 0; i < 2; ++i) assert.equal((await registries('POST', '/data/MCTS/2.7/create', { write: { content } })).status, 200)
  const other = await registries('POST', '/data/MCTS/2.7/create', { write: { content: { ...content, FirstName: 'Eve' } } })
  assert.deepEqual([other.status, other.json.code, other.json.field], [409, 'govstack.exists', 'ID'])
  assert.deepEqual(rows(house, 'govstack', "select first_name from register_births where key = 'A-2'"), [['Ada']])
})

test('of many who create the same number at once one is first, and the others learn it', { skip: missing }, async () => {
  const names = Array.from({ length: 12 }, (_, i) => `Twin${i}`)
  const answers = await Promise.all(names.map(FirstName => registries('POST', '/data/MCTS/2.7/create', { write: { content: { ID: 'A-3', FirstName, LastName: 'Race' } } })))
  const states = answers.map(a => a.status).sort()
  assert.deepEqual(states, [200, ...Array(11).fill(409)])
  const [[kept], ...more] = rows(house, 'govstack', "select first_name from register_births where key = 'A-3'")
  assert.equal(more.length, 0)
  assert.equal(kept, answers.find(a => a.status === 200).json.content.FirstName)
  const numbers = (await Promise.all(names.map(FirstName => registries('POST', '/data/MCTS/2.7/create', { write: { content: { FirstName, LastName: 'Numbered' } } })))).map(a => a.json.content.ID)
  assert.equal(new Set(numbers).size, 12, 'numbers that the house gives are given once')
  assert.ok(numbers.every(n => /^MCTS\d+$/.test(n)))
})

test('a change closes the version before; another number keeps the name of the record; what is deleted is gone', { skip: missing }, async () => {
  const content = { ID: 'A-4', FirstName: 'Ivy', LastName: 'Marsh', BirthCertificateID: 'RR-4' }
  await registries('POST', '/data/MCTS/2.7/create', { write: { content } })
  const [[record]] = rows(house, 'govstack', "select record from register_births where key = 'A-4'")
  assert.equal((await registries('PUT', '/data/MCTS/2.7/update', { query: { content: { ID: 'A-4' } }, write: { content: { ID: 'A-5', LastName: 'Brook' } } })).json.updated, 1)
  assert.equal((await registries('POST', '/data/MCTS/2.7/read', { query: { content: { ID: 'A-4' } } })).status, 404)
  assert.deepEqual((await registries('POST', '/data/MCTS/2.7/read', { query: { content: { ID: 'A-5' } } })).json.content, { ...content, ID: 'A-5', LastName: 'Brook' })
  assert.equal((await registries('GET', `/data/MCTS/2.7/${record}/read-value/ID.json`)).json, 'A-5')
  assert.equal((await registries('DELETE', `/data/MCTS/2.7/${record}/delete`)).status, 204)
  assert.equal((await registries('DELETE', `/data/MCTS/2.7/${record}/delete`)).status, 204, 'it is not there, as was wanted')
  assert.equal((await registries('POST', '/data/MCTS/2.7/read', { query: { content: { ID: 'A-5' } } })).status, 404)
  const several = await registries('PUT', '/data/MCTS/2.7/update', { query: { content: { LastName: 'Numbered' } }, write: { content: { LastName: 'Changed' } } })
  assert.deepEqual([several.status, several.json.code], [409, 'govstack.several'])
  assert.equal((await registries('PUT', '/data/MCTS/2.7/updateEntries', { query: { content: { LastName: 'Numbered' } }, write: { content: { LastName: 'Changed' } } })).json.updated, 12)
})

test('a database that is defined keeps records of its own; with records it is not thrown away', { skip: missing }, async () => {
  const schema = { type: 'object', properties: { ID: { type: 'string', primaryKey: true }, Crop: { type: 'string' }, Acres: { type: 'integer' }, Owner: { type: 'object', properties: { Name: { type: 'string' } } } } }
  const made = await registries('POST', '/database/modify', { code: 'FARMS', catalog_name: 'Farms', schema })
  assert.equal(made.status, 200, made.text)
  assert.deepEqual(made.json, schema)
  const at = made.headers.get('location').replace('/govstack/digital-registries', '')
  assert.equal((await registries('GET', at)).json.name, 'Farms')
  const content = { ID: 'F1', Crop: 'oats', Acres: 12, Owner: { Name: 'Hollis' } }
  assert.deepEqual((await registries('POST', '/data/FARMS/1.0/create', { write: { content } })).json, { content })
  for (const wrong of [{ Acres: 'many' }, { Crop: ['oats'] }, { Soil: 'clay' }])
    assert.equal((await registries('POST', '/data/FARMS/1.0/create', { write: { content: wrong } })).status, 400, JSON.stringify(wrong))
  assert.equal((await registries('DELETE', at)).status, 409)
  const empty = await registries('POST', '/database/modify', { code: 'FARMS', schema })
  const second = empty.headers.get('location').replace('/govstack/digital-registries', '')
  assert.equal((await registries('DELETE', second)).json, 'Success')
  assert.equal((await registries('GET', second)).status, 404)
  for (const bad of [{}, { code: 'x' }, { code: '_', schema }, { code: 'Y', schema: { properties: { Name: { type: 'string' } } } }])
    assert.equal((await registries('POST', '/database/modify', bad)).status, 400, JSON.stringify(bad))
})

test('who may what: by right, by member, by token; nobody by a word alone', { skip: missing }, async () => {
  const body = { write: { content: { ID: 'B-1', FirstName: 'No' } } }
  const no = async (answer, status, code) => { const a = await answer; assert.deepEqual([a.status, a.json?.code], [status, code], a.text) }
  await no(registries('POST', '/data/MCTS/2.7/create', body, 'reader'), 403, 'govstack.may_not')
  await no(registries('GET', '/databases', undefined, 'reader'), 403, 'govstack.may_not')
  await no(registries('GET', '/data/MCTS/2.7', undefined, 'stranger'), 403, 'govstack.unknown_caller')
  await no(call('consent', 'GET', '/audit/consent-records/', undefined, { as: 'reader' }), 403, 'govstack.may_not')
  await no(call('digital-registries', 'GET', '/databases', undefined, { headers: { 'information-mediator-client': 'one word' } }), 400, 'govstack.member')
  await no(registries('POST', '/data/MCTS/2.4/create', body), 403, 'govstack.read_only')
  assert.deepEqual(rows(house, 'govstack', "select key from register_births where key = 'B-1'"), [])

  const token = async id => (await oidc.clientCredentialsGrant(await oidc.discovery(new URL(house.url), id, undefined, oidc.ClientSecretBasic(secret), { execute: [oidc.allowInsecureRequests] }))).access_token
  const shown = (t, path = '/databases') => call('digital-registries', 'GET', path, undefined, { headers: { authorization: `Bearer ${t}`, 'information-mediator-client': member + 'digitalregistries' } })
  assert.equal((await shown(await token('digitalregistries'))).status, 200)
  assert.equal((await shown('x.y.z')).status, 401, 'a bad token is not mended by the field beside it')
  assert.equal((await shown(await token('other'))).status, 401, 'a token for something else')
  await no(shown(await token('unheard-of')), 403, 'govstack.unknown_caller')
})

test('a look at a resident through the door stands in her own trail, with who looked and by which law', { skip: missing }, async () => {
  const alma = await new Client(house).sign_in('Alma Ashdown')
  const [[key, number]] = rows(house, 'residents', "select key, resident_number from register_persons where name = 'Alma Ashdown'")
  const seen = (await registries('POST', '/data/residents/1/read', { query: { content: { Number: number } } }, 'reader'))
  assert.deepEqual(Object.keys(seen.json.content), ['ID', 'Number', 'Name', 'Status'], 'the items of the door and no other')
  assert.equal(seen.json.content.Name, 'Alma Ashdown')
  const trail = JSON.stringify((await alma.get('/my/data')).json())
  assert.match(trail, /Office that only reads/)
  assert.match(trail, /Looking a resident up/)
  assert.equal((await registries('GET', '/data/residents/1', undefined, 'reader')).status, 403, 'nobody lists the residents')
  assert.equal((await registries('POST', '/data/residents/1/create', { write: { content: { Name: 'X' } } })).status, 403)

  await registries('POST', '/data/MCTS/2.7/create', { write: { content: { ID: number, FirstName: 'Alma', LastName: 'Ashdown' } } })
  assert.equal(rows(house, 'govstack', `select person from register_births where key = '${number}'`)[0][0], key, 'a record with her number is about her')
  await registries('POST', '/data/MCTS/2.7/read', { query: { content: { ID: number } } }, 'reader')
  const usage = (await registries('GET', `/data/mypersonalDataUsage?userId=${number}&databaseId=MCTS`)).json
  const mine = usage.find(u => u.ReaderApplicationName === 'Office that only reads')
  assert.deepEqual([mine.ReaderInstitutionID, mine.ReaderInstitutionName, mine.ReaderInitials], ['revenue', 'Revenue Office', 'Otor'])
  assert.match(JSON.stringify((await alma.get('/my/data')).json()), /Care of mothers and children/)
})

// ---- registration ----

const applicant = '42962de0-bdb2-11ed-9397-0242ac120004', service = 'f7d33db0-2809-484e-a780-76b7ccd4ecbf'
const filed = (data, headers, applicantId = applicant) => registration('POST', `/services/${service}/applications`, { applicantName: 'x', applicationName: 'A child', applicantId, formData: { data } }, { headers })

test('an application is a case: decided as a task it becomes a record, and the applicant reads it', { skip: missing }, async () => {
  const data = { FirstName: 'Pip', LastName: 'Ashdown', BirthCertificateID: 'RR-77' }
  const { fileId, status, ended } = (await filed(data)).json
  assert.deepEqual([status.code, ended], ['PENDING', false])
  const [task] = (await registration('GET', `/tasks?fileId=${fileId}`)).json
  assert.equal(task.serviceId, service)
  const corrected = await registration('PUT', `/applications/${fileId}`, { applicationName: 'Amended', formData: { data: { ...data, LastName: 'Ashdown-Reed' } } })
  assert.equal(corrected.json.applicationData.applicationName, 'Amended')
  const alma = await new Client(house).sign_in('Alma Ashdown')
  assert.match((await alma.page('/my')).text, /Post partum registration/)

  const done = await registration('POST', `/tasks/${task.taskId}/complete`, { data: { BirthCertificateID: 'RR-78' } })
  assert.deepEqual([done.status, done.json.status.code], [200, 'APPROVED'], done.text)
  assert.equal((await registration('POST', `/tasks/${task.taskId}/complete`, { data: {} })).status, 200, 'deciding again as one has decided')
  assert.deepEqual(rows(house, 'govstack', "select last_name, birth_certificate from register_births where first_name = 'Pip'"), [['Ashdown-Reed', 'RR-78']])
  const [[about]] = rows(house, 'govstack', "select person from register_births where first_name = 'Pip'")
  assert.equal(about, rows(house, 'identity', "select person from account where login = 'alma'")[0][0])
  const after = (await registration('GET', `/applications/${fileId}`)).json
  assert.deepEqual([after.status.code, after.ended], ['APPROVED', true])
  assert.deepEqual((await registration('GET', `/tasks?fileId=${fileId}`)).json, [])
  assert.equal((await registration('PUT', `/applications/${fileId}`, { applicationName: 'Late' })).status, 409)
  assert.match(JSON.stringify((await alma.get('/my/data')).json()), /Registrations of the trial/)
})

test('the same key opens one case; without what the form needs nothing is registered', { skip: missing }, async () => {
  const many = await Promise.all(Array.from({ length: 8 }, () => filed({ FirstName: 'Sol', LastName: 'Reed' }, { 'idempotency-key': 'one' })))
  assert.equal(new Set(many.map(a => a.json.fileId)).size, 1)
  assert.equal(rows(house, 'govstack', "select count(*) from application where form like '%Sol%'")[0][0], '1')
  const [{ taskId }] = (await registration('GET', `/tasks?fileId=${many[0].json.fileId}`)).json
  const refused = await registration('POST', `/tasks/${taskId}/complete`, { data: {} })
  assert.deepEqual([refused.status, refused.json.code, refused.json.field], [400, 'govstack.form_incomplete', 'BirthCertificateID'])
  assert.deepEqual(rows(house, 'govstack', "select key from register_births where first_name = 'Sol'"), [])
  const back = await registration('POST', `/tasks/${taskId}/complete`, { data: {}, decision: 'sendback', reason: 'The certificate is missing' })
  assert.deepEqual([back.status, back.json.status.code], [200, 'SENDBACK'], back.text)
  for (const [data, who, status] of [[{ FirstName: 7 }, applicant, 400], [{ Twins: 'yes' }, applicant, 400], [{}, 'nobody', 404]])
    assert.equal((await filed(data, {}, who)).status, status)
})

test('statistics count what was decided', { skip: missing }, async () => {
  const count = async query => (await registration('GET', `/data/statistics/1.0${query}`)).json[0]
  const before = await count('?registrationName=POSTPARTUM')
  const { fileId } = (await filed({ FirstName: 'Rue', LastName: 'Reed', BirthCertificateID: 'RR-79' })).json
  const [{ taskId }] = (await registration('GET', `/tasks?fileId=${fileId}`)).json
  await registration('POST', `/tasks/${taskId}/complete`, { decision: 'reject', reason: 'Registered elsewhere', data: {} })
  const now = await count('?registrationName=POSTPARTUM&timeframe=day')
  assert.deepEqual([now.processed - before.processed, now.rejected - before.rejected, now.approved - before.approved], [1, 1, 0])
  assert.equal(now.references.timeframeDay, true)
  assert.equal((await count('?endDate=2001-01-01')).processed, 0)
  assert.equal((await registration('GET', '/data/statistics/1.0?startDate=yesterday')).status, 400)
})

test('an uploaded document is what its octets say, and only that caller gets it', { skip: missing }, async () => {
  const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
  const form = new FormData()
  form.set('file', new Blob([png], { type: 'text/html' }), 'x.html')
  const kept = await (await fetch(`${house.url}/govstack/registration/documents`, { method: 'POST', headers: { 'information-mediator-client': member + 'eregistrations-dev' }, body: form })).json()
  assert.equal(kept.type, 'image/png')
  const path = new URL(kept.url).pathname
  const got = await fetch(house.url + path, { headers: { 'information-mediator-client': member + 'eregistrations-dev' } })
  assert.deepEqual([got.headers.get('content-type'), got.headers.get('x-content-type-options'), got.headers.get('content-disposition')], ['image/png', 'nosniff', 'attachment'])
  assert.ok(Buffer.from(await got.arrayBuffer()).equals(png))
  assert.equal((await fetch(house.url + path, { headers: { 'information-mediator-client': member + 'reader' } })).status, 403)
})

// ---- the mediator ----

test('what the mediator lists are the routes that are there, and what is allowed depends on who asks', { skip: missing }, async () => {
  const of = '/eGovStack/GOV/90000009/digitalregistries'
  const ask = (verb, as) => call('information-mediator', 'GET', `${of}/${verb}`, undefined, { as })
  const all = (await ask('listMethods', 'reader')).json.member
  assert.deepEqual(all.map(m => m.serviceCode), ['registries', 'consents'])
  assert.deepEqual((await ask('allowedMethods', 'reader')).json.member.map(m => m.serviceCode), ['registries'])
  assert.deepEqual((await ask('allowedMethods', 'consent')).json.member.map(m => m.serviceCode), ['consents'])
  const endpoints = all[0].endpointList.member
  assert.ok(endpoints.some(e => e.method === 'POST' && e.path === '/data/{registry}/{version}/create'))
  const described = JSON.parse((await call('information-mediator', 'GET', `${of}/getOpenAPI?serviceCode=registries`, undefined, { as: 'reader' })).json)
  for (const { method, path } of endpoints) assert.ok(described.paths[path][method.toLowerCase()], path)
  assert.equal((await call('information-mediator', 'GET', '/no/such/member/here/listMethods', undefined, { as: 'reader' })).status, 400)
})

// ---- consent ----

const consent_api = join(suite, 'consent-api', 'consent-openapi.yaml')
test('consent: every operation answers as its OpenAPI says, but the webhooks', { skip: missing || (!existsSync(consent_api) && `the description is not here; its origin is ${origin}/bb-consent`) }, async t => {
  const { parse } = await load('yaml')
  const api = parse(readFileSync(consent_api, 'utf8'))
  const deep = v => Array.isArray(v) ? v.map(deep) : v && typeof v === 'object'
    ? Object.fromEntries(Object.entries(v).filter(([k, x]) => !(k === 'format' && x === '')).map(([k, x]) => [k, k === '$ref' ? x.replace('#/components/schemas/', 'https://consent/') : deep(x)])) : v
  for (const [name, schema] of Object.entries(api.components.schemas)) ajv.addSchema(deep(schema), `https://consent/${name}`)
  const made = {}
  const person = { individual: { id: '', externalId: 'C-1', externalIdType: 'number' } }
  const agreement = { dataAgreement: { id: '', version: '1', purpose: 'Trial', lawfulBasis: 'consent', dpia: 'none', forgettable: true } }
  const policy = { policy: { id: '', name: 'P', version: '1', url: 'https://example.org/p' } }
  const seen = new Set()
  const go = async (method, path, body, filled = path) => {
    const operation = api.paths[path][method.toLowerCase()]
    assert.ok(operation, path)
    const a = await consent(method, filled.replace(/\{(\w+)\}/g, (_, n) => made[n]), body, { 'x-consentbb-individualid': made.individualId ?? '' })
    assert.equal(a.status, 200, `${method} ${path}: ${a.text}`)
    const schema = operation.responses['200'].content?.['application/json']?.schema
    if (schema) assert.ok(ajv.validate(deep(schema), a.json), `${method} ${path}: ${ajv.errorsText()}: ${a.text}`)
    seen.add(`${method} ${path}`)
    return a.json
  }
  made.policyId = (await go('POST', '/config/policy/', policy)).policy.id
  made.dataAgreementId = (await go('POST', '/config/data-agreement/', agreement)).dataAgreement.id
  made.individualId = (await go('POST', '/config/individual/', person)).individual.id
  assert.equal((await go('POST', '/service/individual/', person)).individual.id, made.individualId, 'one number, one individual')
  await go('GET', '/config/policy/{policyId}/'); await go('PUT', '/config/policy/{policyId}/', { policy: { ...policy.policy, version: '2' } })
  assert.equal((await go('GET', '/config/policy/{policyId}/revisions/')).revisions.length, 2)
  for (const path of ['/config/policies/', '/config/data-agreements/', '/config/individuals/', '/service/individuals/', '/config/data-agreement/{dataAgreementId}/',
    '/config/individual/{individualId}/', '/service/individual/{individualId}/', '/service/data-agreement/{dataAgreementId}/', '/service/policy/{policyId}/',
    '/service/verification/data-agreements/', '/audit/data-agreements/', '/audit/data-agreement/{dataAgreementId}/']) await go('GET', path)
  await go('PUT', '/config/data-agreement/{dataAgreementId}/', { dataAgreement: { ...agreement.dataAgreement, purpose: 'Trial, amended' } })
  await go('PUT', '/service/individual/{individualId}/', person)

  const record = '/service/individual/record/'
  const { consentRecord } = await go('POST', record + 'data-agreement/{dataAgreementId}/', undefined, record + 'data-agreement/{dataAgreementId}/?individualId={individualId}')
  made.consentRecordId = consentRecord.id
  assert.equal(consentRecord.dataAgreement.purpose, 'Trial, amended')
  for (const path of [record + 'data-agreement/{dataAgreementId}/', record + 'data-agreement/{dataAgreementId}/all/', record + 'consent-record/', '/service/verification/consent-records/',
    '/service/verification/consent-record/{consentRecordId}/', '/audit/consent-records/', '/audit/consent-record/{consentRecordId}/']) await go('GET', path)
  const draft = await consent('POST', `${record}consent-record/draft/?individualId=${made.individualId}&dataAgreementId=${made.dataAgreementId}`)
  assert.equal(createHash('sha256').update(draft.json.signature.verificationPayload).digest('hex'), draft.json.signature.verificationPayloadHash)
  seen.add(`POST ${record}consent-record/draft/`)       // a draft has no id yet, which the schema of a record wants
  const signature = { ...draft.json.signature, signature: 'e30', verificationMethod: 'trial', verificationSignedBy: 'C-1' }
  assert.equal((await consent('POST', record + 'consent-record/', { consentRecord: draft.json.consentRecord, signature: { ...signature, verificationPayload: '{}' } })).status, 400, 'signed is this and nothing else')
  const pair = await go('POST', record + 'consent-record/', { consentRecord: draft.json.consentRecord, signature })
  assert.equal(pair.consentRecord.state, 'signed')
  for (const method of ['POST', 'PUT']) await go(method, record + 'consent-record/{consentRecordId}/signature/', { signature })
  assert.equal((await go('PUT', record + 'consent-record/{consentRecordId}/', { consentRecord: { ...consentRecord, optIn: false } })).consentRecord.optIn, false)
  await go('DELETE', record)
  assert.deepEqual((await consent('GET', record + 'consent-record/', undefined, { 'x-consentbb-individualid': made.individualId })).json.consentRecords, [])
  await go('DELETE', '/config/data-agreement/{dataAgreementId}/'); await go('DELETE', '/config/policy/{policyId}/')
  const every = Object.entries(api.paths).flatMap(([path, verbs]) => Object.keys(verbs).filter(v => /^(get|post|put|delete)$/.test(v)).map(v => `${v.toUpperCase()} ${path}`))
  assert.deepEqual(every.filter(o => !seen.has(o)), every.filter(o => /webhook/.test(o)))
  t.diagnostic(`${seen.size} of ${every.length} operations`)
})

test('a record under an agreement is shown while its person agrees, and not a moment longer', { skip: missing }, async () => {
  const read = () => registries('POST', '/data/registryempty/111/read', { query: { content: { ID: 'V-1' } } })
  await registries('POST', '/data/registryempty/111/create', { write: { content: { ID: 'V-1', Vaccine: 'MMR' } } })
  assert.deepEqual([(await read()).status, (await read()).json.code], [403, 'govstack.consent'])
  assert.equal((await registries('GET', '/data/registryempty/111')).json.count, 0)
  const { individual } = (await consent('POST', '/service/individual/', { individual: { externalId: 'V-1', externalIdType: 'number' } })).json
  const agreed = (await consent('POST', `/service/individual/record/data-agreement/vaccinations/?individualId=${individual.id}`)).json
  assert.equal((await read()).json.content.Vaccine, 'MMR')
  assert.equal((await registries('GET', '/data/registryempty/111')).json.count, 1)
  await consent('PUT', `/service/individual/record/consent-record/${agreed.consentRecord.id}/`, { consentRecord: { optIn: false } })
  assert.equal((await read()).status, 403)
  assert.equal(rows(house, 'govstack', "select count(*) from audit_entry where items = 'govstack.consent'")[0][0], '3', 'that it was tried is entered')

  // Each revision holds the hash of the one before.
  const chain = rows(house, 'govstack', `select snapshot, hash, predecessor from revision where object = '${agreed.consentRecord.id}' order by n`)
  assert.equal(chain.length, 2)
  chain.forEach(([snapshot, hash, predecessor], i) => {
    assert.equal(createHash('sha256').update(snapshot).digest('hex'), hash)
    assert.equal(predecessor, i ? chain[i - 1][1] : '')
  })
})

test('rubbish is refused and writes nothing', { skip: missing }, async () => {
  const before = rows(house, 'govstack', 'select count(*) from register_births')[0][0]
  for (const body of ['', '[', '[]', '{"write":1}', '{"write":{"content":[]}}', '{"write":{"content":{"ID":{}}}}', '{"write":{"content":{"ID":"x","Nothing":1}}}', '\u0000', '{"query":{"content":{}}}'])
    for (const [method, path] of [['POST', '/data/MCTS/2.7/create'], ['POST', '/data/MCTS/2.7/read'], ['PUT', '/data/MCTS/2.7/update'], ['POST', '/data/MCTS/2.7/exists'], ['POST', '/database/modify']]) {
      const a = await fetch(`${house.url}/govstack/digital-registries${path}`, { method, headers: { 'content-type': 'application/json', 'information-mediator-client': member + 'digitalregistries' }, body })
      assert.ok(a.status < 500, `${method} ${path} ${body}: ${a.status}`)
    }
  for (const path of ['/database/99999999999999999999', '/database/x', '/data/MCTS/2.7?page=-1', '/data/MCTS/2.7?pageSize=0', '/data/MCTS/2.7?filter=Nothing'])
    assert.ok([400, 404].includes((await registries('GET', path)).status), path)
  assert.equal(rows(house, 'govstack', 'select count(*) from register_births')[0][0], before)
})
