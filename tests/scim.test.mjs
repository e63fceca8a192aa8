// Personnel systems of agencies by SCIM 2.0 (RFC 7643, 7644). No program that speaks SCIM is to be had, so messages and errors are those of
// the standards' examples and tables; tokens are asked for by openid-client. What must hold besides: a change of post is a personnel order that
// another official approves, and nothing here gives anybody more.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { House, free_port, root } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { missing, rows } from './stores.mjs'

const require = createRequire(join(root, 'web', 'package.json'))
const load = name => import(pathToFileURL(require.resolve(name)))
const secret = randomBytes(24).toString('base64url')
const sha256 = text => createHash('sha256').update(text).digest('hex')
const said = '{ko: 인사랑, en: Personnel system}'
const core = 'urn:ietf:params:scim:schemas:core:2.0:', messages = 'urn:ietf:params:scim:api:messages:2.0:'
const pending = 'urn:madang:params:scim:schemas:extension:2.0:Pending'
let oidc, house, noh, token

before(async () => {
  if (missing) return
  oidc = await load('openid-client')
  const proof = `proof: client_secret_basic, secret_sha256: "${sha256(secret)}"`
  const client = (id, more) => `  - {id: ${id}, name: ${said}, purpose: ${said}, law: ${said}, ${proof}, ${more}}\n`
  house = await House.open({
    port: await free_port(),
    files: {
      'clients.yaml': 'clients:\n' +
        client('personnel', 'scopes: [scim], post: jongno.personnel') +
        client('powerless', 'scopes: [scim], post: jongno.traffic') +
        client('orphan', 'scopes: [scim], post: jongno.resident-2') +
        client('events', 'scopes: [signals], signals: poll')
    }
  })
  noh = await new Client(house).sign_in('Noh Jaewon')
  await with_app(noh)
  token = await token_of('personnel')
})
after(() => house?.close())

async function token_of(id) {
  const config = await oidc.discovery(new URL(house.url), id, undefined, oidc.ClientSecretBasic(secret), { execute: [oidc.allowInsecureRequests] })
  return (await oidc.clientCredentialsGrant(config)).access_token
}
// RFC 6238 with node's own HMAC: who approves has two factors.
async function with_app(browser) {
  await browser.post('/my/sign-in/code/begin')
  const { secret: key } = (await browser.get('/my/sign-in/code')).json()
  let bits = ''
  for (const c of key) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)))
  const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map(b => parseInt(b, 2)))).update(counter).digest()
  const answer = await browser.post('/my/sign-in/code', { code: String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0') })
  assert.equal(answer.status, 200, answer.text)
}

async function scim(method, path, body, { headers = {}, by = token } = {}) {
  const answer = await fetch(`${house.url}/scim/v2${path}`, {
    method,
    headers: { ...by ? { authorization: `Bearer ${by}` } : {}, ...body !== undefined ? { 'content-type': 'application/scim+json' } : {}, ...headers },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body)
  })
  const text = await answer.text()
  if (text) assert.match(answer.headers.get('content-type'), /^application\/scim\+json/, text)
  return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : undefined }
}
const patch = (...Operations) => ({ schemas: [messages + 'PatchOp'], Operations })
function refused(answer, status, type) {
  assert.equal(answer.status, status, JSON.stringify(answer.body))
  assert.deepEqual(answer.body.schemas, [messages + 'Error'])
  assert.equal(answer.body.status, String(status))
  assert.equal(answer.body.scimType, type)
  assert.ok(answer.body.detail.length > 10)
}
const found = async (path, filter) => (await scim('GET', `${path}?filter=${encodeURIComponent(filter)}`)).body.Resources?.[0]
const user = login => found('/Users', `userName eq "${login}"`)
const orders_of = async (filter = 'state eq "waiting"') => (await scim('GET', `/Orders?filter=${encodeURIComponent(filter)}`)).body.Resources ?? []
async function approved(order) {
  const answer = await noh.post(`/desk/orders/${order}/approve`)
  assert.equal(answer.status, 303, answer.text)
  await until(async () => (await scim('GET', `/Orders/${order}`)).body.state === 'done', { what: 'the order' })
}

test('what the service can do is said to everybody', { skip: missing }, async () => {
  const config = await scim('GET', '/ServiceProviderConfig', undefined, { by: '' })
  assert.equal(config.status, 200)
  assert.deepEqual(config.body.schemas, [core + 'ServiceProviderConfig'])
  for (const one of ['patch', 'bulk', 'filter', 'sort', 'etag']) assert.equal(config.body[one].supported, true, one)
  const types = (await scim('GET', '/ResourceTypes', undefined, { by: '' })).body
  assert.deepEqual(types.Resources.map(r => [r.id, r.endpoint]), [['User', '/Users'], ['Group', '/Groups'], ['Order', '/Orders']])
  const schemas = (await scim('GET', '/Schemas', undefined, { by: '' })).body
  assert.equal(schemas.totalResults, schemas.Resources.length)
  for (const one of types.Resources)
    for (const urn of [one.schema, ...(one.schemaExtensions ?? []).map(e => e.schema)])
      assert.equal((await scim('GET', `/Schemas/${urn}`, undefined, { by: '' })).body.id, urn)
  refused(await scim('GET', '/Schemas?filter=id%20pr', undefined, { by: '' }), 403)
  refused(await scim('GET', '/Schemas/urn:none', undefined, { by: '' }), 404)
})

test('only a program whose post is held comes in, and sees its own agency', { skip: missing }, async () => {
  for (const by of ['', 'x.y.z', await token_of('events')]) {
    const answer = await scim('GET', '/Users', undefined, { by })
    refused(answer, 401)
    assert.match(answer.headers.get('www-authenticate'), /Bearer scope="scim"/)
  }
  refused(await scim('GET', '/Users', undefined, { by: await token_of('orphan') }), 403)
  const all = (await scim('GET', '/Groups?count=200')).body
  assert.ok(all.totalResults >= 8)
  const post = 'urn:madang:params:scim:schemas:extension:2.0:Post'
  assert.deepEqual([...new Set(all.Resources.map(g => g[post].agency))], ['11010'])
  assert.equal(all.Resources.filter(g => g[post].kind === 'agency').length, 1)
  refused(await scim('GET', '/Groups/mois.resident'), 404)
  refused(await scim('GET', '/Groups/agency:mois'), 404)
  refused(await scim('GET', '/Users/nobody'), 404)
})

test('users and groups are filtered, sorted, paged and cut, and each look is told to whom it was about', { skip: missing }, async () => {
  const lee = await user('lee')
  assert.equal(lee.name.formatted, '이도현')
  assert.equal(lee.active, true)
  assert.equal(lee.groups[0].value, 'jongno.resident')
  assert.ok(lee.roles.some(r => r.value === 'resident_officer'))
  assert.equal((await scim('GET', `/Users/${lee.id}`)).body.meta.location, `${house.url}/scim/v2/Users/${lee.id}`)
  const sorted = (await scim('GET', '/Users?sortBy=userName&attributes=userName&count=3')).body
  const names = sorted.Resources.map(u => u.userName)
  assert.deepEqual(names, [...names].sort())
  assert.equal(sorted.itemsPerPage, 3)
  assert.ok(sorted.totalResults > 3)
  assert.deepEqual(Object.keys(sorted.Resources[0]).sort(), ['id', 'schemas', 'userName'])
  const second = (await scim('GET', '/Users?sortBy=userName&attributes=userName&count=1&startIndex=2')).body
  assert.equal(second.Resources[0].userName, names[1])
  const search = await scim('POST', '/Users/.search', { schemas: [messages + 'SearchRequest'], filter: 'groups[value eq "jongno.resident"]', attributes: ['userName'] })
  assert.deepEqual(search.body.Resources.map(u => u.userName), ['lee'])
  assert.deepEqual((await scim('GET', `/Groups?filter=${encodeURIComponent(`members.value eq "${lee.id}"`)}`)).body.Resources.map(g => g.id), ['jongno.resident'])
  refused(await scim('GET', '/Users?filter=userName%20near%20x'), 400, 'invalidFilter')
  refused(await scim('GET', '/Users?count=many'), 400, 'invalidValue')
  refused(await scim('GET', '/Users?sortBy=shoeSize'), 400, 'invalidPath')
  const tag = (await scim('GET', `/Users/${lee.id}`)).headers.get('etag')
  assert.equal((await scim('GET', `/Users/${lee.id}`, undefined, { headers: { 'if-none-match': tag } })).status, 304)
  const mine = await new Client(house).sign_in('Lee Dohyun')
  await until(async () => (await mine.get('/my/data')).text.includes('Personnel system'), { what: 'the entry' })
})

test('somebody is made known by sign-in name and name together, and has no right by it', { skip: missing }, async () => {
  const message = { schemas: [core + 'User'], userName: 'kim', name: { familyName: '김', givenName: '하윤' }, externalId: 'E-1', active: true, password: 'no', roles: [{ value: 'auditor' }] }
  refused(await scim('POST', '/Users', { ...message, name: { formatted: '박하윤' } }), 400, 'invalidValue')
  refused(await scim('POST', '/Users', { ...message, userName: 'nobody' }), 400, 'invalidValue')
  refused(await scim('POST', '/Users', { ...message, schemas: [] }), 400, 'invalidSyntax')
  refused(await scim('POST', '/Users', '{'), 400, 'invalidSyntax')
  refused(await scim('POST', '/Users', 'a=1', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 415)
  const made = await scim('POST', '/Users', message, { headers: { 'content-type': 'application/json' } })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  assert.equal(made.headers.get('location'), made.body.meta.location)
  assert.equal(made.body.externalId, 'E-1')
  assert.equal(made.body.roles, undefined)
  assert.equal(made.body.groups, undefined)
  refused(await scim('POST', '/Users', message), 409, 'uniqueness')
  assert.deepEqual(rows(house, 'identity', "select count(*) from post where holder in (select person from account where login = 'kim')"), [['0']])
})

test('a change of post is an order that another approves: 202, its hour, its undoing', { skip: missing }, async () => {
  const kim = await user('kim'), lee = await user('lee')
  const path = '/Groups/jongno.resident-2'
  const group = await scim('GET', path)
  assert.equal(group.body.members, undefined)
  refused(await scim('PATCH', path, patch({ op: 'add', path: 'members', value: [{ value: 'nobody' }] })), 400, 'invalidValue')
  refused(await scim('PATCH', path, patch({ op: 'add', path: 'members', value: [{ value: kim.id }, { value: lee.id }] })), 400, 'invalidValue')
  refused(await scim('PATCH', path, patch({ op: 'replace', path: 'displayName', value: 'King' })), 400, 'mutability')
  refused(await scim('PATCH', path, patch({ op: 'add', path: 'urn:madang:params:scim:schemas:extension:2.0:Post:roles', value: ['auditor'] })), 400, 'mutability')
  refused(await scim('PATCH', '/Groups/agency:11010', patch({ op: 'remove', path: 'members' })), 400, 'mutability')
  refused(await scim('PATCH', path, patch({ op: 'add', path: 'members', value: [{ value: kim.id }] }), { headers: { 'if-match': 'W/"old"' } }), 412)
  refused(await scim('POST', '/Groups', { schemas: [core + 'Group'], displayName: 'New' }), 403)
  refused(await scim('DELETE', path), 403)
  assert.equal((await orders_of()).length, 0, 'nothing of that was half done')
  const asked = await scim('PATCH', path, patch({ op: 'Add', path: 'members', value: [{ value: kim.id }] }), { headers: { 'if-match': group.headers.get('etag') } })
  assert.equal(asked.status, 202, JSON.stringify(asked.body))
  assert.equal(asked.body.members, undefined, 'not yet')
  const [order] = asked.body[pending].orders
  assert.deepEqual([order.sort, order.state], ['appoint', 'waiting'])
  assert.equal((await scim('PATCH', path, patch({ op: 'add', path: 'members', value: [{ value: kim.id }] }))).status, 202)
  assert.equal((await orders_of()).length, 1, 'asked twice, drafted once')
  // The holder of the post for which the program acts drafted it; she is not who approves it.
  const drafted = rows(house, 'identity', `select drafter_name, (select login from account where person = drafter) from personnel_order where number = '${order.number}'`)
  assert.equal(drafted[0][1], 'bae')
  await approved(order.value)
  assert.equal((await scim('GET', path)).body.members[0].value, kim.id)
  assert.equal((await user('kim')).groups[0].value, 'jongno.resident-2')

  // Deactivated: she leaves what she holds, once that is approved. Taken back before: nothing happens.
  const off = await scim('PATCH', `/Users/${kim.id}`, patch({ op: 'replace', value: { active: 'False' } }))
  assert.equal(off.status, 202)
  assert.equal(off.body.active, false)
  assert.equal((await orders_of()).length, 1)
  const on = await scim('PATCH', `/Users/${kim.id}`, patch({ op: 'replace', path: 'active', value: true }))
  assert.deepEqual([on.status, on.body.active], [200, true])
  assert.equal((await orders_of()).length, 0)
  const gone = await scim('DELETE', `/Users/${kim.id}`)
  assert.equal(gone.status, 202)
  await approved(gone.body[pending].orders[0].value)
  refused(await scim('GET', `/Users/${kim.id}`), 404)
  assert.equal((await new Client(house).sign_in('Kim Hayun')).session.length > 0, true, 'a citizen as before')
})

test('an order says everything else: transfer, absence, the hour; and rules of orders hold', { skip: missing }, async () => {
  const lee = await user('lee'), bae = await user('bae'), order = core.replace('ietf:params:scim:schemas:core', 'madang:params:scim:schemas') + 'Order'
  const ask = more => scim('POST', '/Orders', { schemas: [order], grounds: 'The office was divided.', ...more })
  const made = await ask({ sort: 'transfer', person: { value: lee.id }, fromPost: 'jongno.resident', post: 'jongno.resident-2', begins: '2026-12-24T00:00:00Z' })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  assert.equal(made.body.state, 'waiting')
  refused(await ask({ sort: 'appoint', person: { value: bae.id }, post: 'jongno.resident-2' }), 403)
  refused(await ask({ sort: 'appoint', person: { value: lee.id }, post: 'mois.resident' }), 403)
  refused(await ask({ sort: 'promote', person: { value: lee.id }, post: 'jongno.resident-2' }), 400, 'invalidValue')
  refused(await ask({ sort: 'leave', person: { value: lee.id }, post: 'jongno.traffic' }), 400, 'invalidValue')
  refused(await ask({ sort: 'absence', post: 'jongno.resident', substitute: 'jongno.traffic', ends: 'tomorrow' }), 400, 'invalidValue')
  refused(await scim('PATCH', `/Orders/${made.body.id}`, patch({ op: 'replace', path: 'grounds', value: 'x' })), 400, 'mutability')
  const powerless = await token_of('powerless')
  refused(await scim('POST', '/Orders', { schemas: [order], grounds: 'x', sort: 'appoint', person: { value: 'x' }, post: 'jongno.resident-2' }, { by: powerless }), 400, 'invalidValue')
  const theirs = (await scim('GET', `/Users?filter=${encodeURIComponent('userName eq "lee"')}`, undefined, { by: powerless })).body.Resources[0]
  refused(await scim('PATCH', `/Users/${theirs.id}`, patch({ op: 'replace', path: 'active', value: false }), { by: powerless }), 403)
  assert.equal((await scim('DELETE', `/Orders/${made.body.id}`)).status, 204)
  assert.equal((await scim('GET', `/Orders/${made.body.id}`)).body.state, 'withdrawn')
})

test('many at once (RFC 7644 section 3.7), with names for what is made on the way', { skip: missing }, async () => {
  const bulk = Operations => scim('POST', '/Bulk', { schemas: [messages + 'BulkRequest'], failOnErrors: 2, Operations })
  const answer = await bulk([
    { method: 'POST', path: '/Users', bulkId: 'qwerty', data: { schemas: [core + 'User'], userName: 'kim', displayName: 'Kim Hayun' } },
    { method: 'PATCH', path: '/Groups/jongno.resident-2', data: patch({ op: 'add', path: 'members', value: [{ value: 'bulkId:qwerty' }] }) },
    { method: 'PATCH', path: '/Groups/nowhere', data: patch({ op: 'remove', path: 'members' }) },
    { method: 'DELETE', path: '/Users/nobody' },
    { method: 'DELETE', path: '/Users/bulkId:qwerty' }
  ])
  assert.equal(answer.status, 200)
  assert.deepEqual(answer.body.schemas, [messages + 'BulkResponse'])
  assert.deepEqual(answer.body.Operations.map(o => o.status), ['201', '202', '404', '404'])
  assert.equal(answer.body.Operations[0].bulkId, 'qwerty')
  assert.equal(answer.body.Operations[2].response.status, '404')
  assert.equal((await orders_of()).length, 1)
  refused(await bulk(Array(101).fill({ method: 'DELETE', path: '/Users/x' })), 413, 'tooMany')
  refused(await scim('POST', '/Bulk', []), 400, 'invalidSyntax')
})

test('rubbish is refused in the standard’s own form and changes nothing', { skip: missing }, async () => {
  const before = rows(house, 'identity', 'select count(*) from personnel_order')
  const lee = await user('lee')
  const bad = ['', '[]', 'null', '1', '"x"', '{"schemas": 7}', '{"Operations": {}}', '['.repeat(500), '\u0000', '{"a":1,"a":2}', JSON.stringify(patch()), JSON.stringify(patch(1, 'x', null))]
  for (const [method, path] of [['POST', '/Users'], ['POST', '/Orders'], ['POST', '/Bulk'], ['POST', '/Users/.search'], ['PUT', `/Users/${lee.id}`], ['PATCH', `/Users/${lee.id}`], ['PATCH', '/Groups/jongno.resident'], ['PUT', '/Groups/jongno.resident']])
    for (const body of bad) {
      const answer = await scim(method, path, body)
      assert.ok(answer.status >= 400 && answer.status < 500, `${method} ${path} ${body.slice(0, 20)}: ${answer.status}`)
      assert.deepEqual(answer.body.schemas, [messages + 'Error'])
    }
  for (const filter of ['(', 'a b c', '"', 'userName eq', 'userName eq "\\', '['.repeat(100), 'not '.repeat(100) + 'title pr', 'title pr and '.repeat(120) + 'title pr'])
    refused(await scim('GET', `/Users?filter=${encodeURIComponent(filter)}`), 400, 'invalidFilter')
  assert.deepEqual(rows(house, 'identity', 'select count(*) from personnel_order'), before)
})
