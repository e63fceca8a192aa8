// Open311 GeoReport v2 as a client sees it that was written from the specification alone (wiki.open311.org/GeoReport_v2), in JSON and in
// XML, and the updates of requests as FixMyStreet extends it. Field names, containers, errors and limits are those of the specification.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { House, root } from '../journeys/program.mjs'
import { Client } from './client.mjs'

const require = createRequire(join(root, 'web', 'package.json'))
const { Parser } = await import(require.resolve('saxen'))

const request_fields = ['service_request_id', 'status', 'status_notes', 'service_name', 'service_code', 'description', 'agency_responsible',
  'service_notice', 'requested_datetime', 'updated_datetime', 'expected_datetime', 'address', 'address_id', 'zipcode', 'lat', 'long', 'media_url']
const w3c = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/

// XML as plain data: an element with elements is an object, or a list when its name says so.
const lists = { services: 'service', endpoints: 'endpoint', formats: 'format', attributes: 'attribute', values: 'value', service_requests: 'request',
  errors: 'error', service_requests_updates: 'request_update', service_request_updates: 'request_update' }
function parse_xml(text) {
  const parser = new Parser(), stack = [{ name: '', children: [], text: '' }]
  parser.on('error', e => { throw e })
  parser.on('openTag', name => {
    const node = { name, children: [], text: '' }
    stack.at(-1).children.push(node)
    stack.push(node)
  })
  parser.on('closeTag', () => stack.pop())
  parser.on('text', (value, decode) => { stack.at(-1).text += decode(value) })
  parser.parse(text)
  const data = node => {
    if (lists[node.name]) return node.children.map(c => {
      assert.equal(c.name, lists[node.name], `a member of ${node.name}`)
      return data(c)
    })
    if (node.children.length === 0) return node.text === '' ? null : node.text
    return Object.fromEntries(node.children.map(c => [c.name, data(c)]))
  }
  return { name: stack[0].children[0].name, data: data(stack[0].children[0]) }
}

let house, nobody, key, other_key
const v2 = '/open311/v2/'
const form = 'application/x-www-form-urlencoded'
before(async () => {
  house = await House.open({ files: { 'guard.yaml': 'limits: false\n' } })
  nobody = new Client(house)
  const yoo = await new Client(house).sign_in('Yoo Gaon')
  const made = async name => (await yoo.post('/desk/eungdapso-programs', { name })).json().api_key
  key = await made('Test program')
  other_key = await made('Another')
})
after(() => house?.close())

const get = async (path, format = 'json') => {
  const [name, query] = path.split('?')
  const answer = await nobody.send('GET', `${v2}${name}.${format}${query ? `?${query}` : ''}`)
  assert.match(answer.headers['content-type'], format === 'json' ? /^application\/json; charset=utf-8$/ : /^text\/xml; charset=utf-8$/)
  const read = format === 'json' ? { data: answer.json() } : parse_xml(answer.text)
  return { status: answer.status, text: answer.text, ...read }
}
const post = async (path, fields, format = 'json') => {
  const answer = await nobody.send('POST', `${v2}${path}.${format}`, { headers: { 'content-type': form }, body: new URLSearchParams(fields).toString() })
  return { status: answer.status, text: answer.text, ...(format === 'json' ? { data: answer.json() } : parse_xml(answer.text)) }
}
// "Errors": a list of errors with code and description; the status is the code.
function is_error(answer, status, what) {
  assert.equal(answer.status, status, `${what}: ${answer.text}`)
  assert.ok(Array.isArray(answer.data) && answer.data.length > 0, what)
  for (const error of answer.data) {
    assert.equal(Number(error.code), status, what)
    assert.ok(error.description.length > 5, what)
  }
  assert.doesNotMatch(answer.text, /sqlite|postgres|select |std::|\/(work|home|src)\//i, what)
}
const pothole = { lat: '37.57387', long: '126.97033', 'attribute[danger]': 'no', service_code: 'pothole' }

test('discovery names the endpoint, its specification and both formats', async () => {
  for (const format of ['json', 'xml']) {
    const { data, name } = await get('discovery', format)
    if (format === 'xml') assert.equal(name, 'discovery')
    for (const field of ['changeset', 'contact', 'key_service']) assert.ok(data[field], field)
    const [endpoint] = data.endpoints
    assert.equal(endpoint.specification, 'http://wiki.open311.org/GeoReport_v2')
    assert.ok(['production', 'test', 'dev'].includes(endpoint.type))
    assert.deepEqual(endpoint.formats, ['text/xml', 'application/json'])
    assert.match(endpoint.url, /\/open311\/v2$/)
  }
})

test('services and their attributes are the same in both formats', async () => {
  const json = await get('services'), xml = await get('services', 'xml')
  assert.equal(xml.name, 'services')
  assert.deepEqual(xml.data.map(s => s.service_code), json.data.map(s => s.service_code))
  assert.ok(json.data.length >= 5)
  for (const s of json.data) {
    for (const field of ['service_code', 'service_name', 'description', 'metadata', 'type', 'keywords', 'group']) assert.ok(field in s, field)
    assert.ok(['realtime', 'batch', 'blackbox'].includes(s.type))
    for (const format of ['json', 'xml']) {
      const { data, name } = await get(`services/${s.service_code}`, format)
      if (format === 'xml') assert.equal(name, 'service_definition')
      assert.equal(data.service_code, s.service_code)
      const attributes = data.attributes ?? []
      assert.equal(attributes.length > 0, s.metadata === 'true')
      for (const a of attributes) {
        for (const field of ['variable', 'code', 'datatype', 'required', 'datatype_description', 'order', 'description']) assert.ok(field in a, field)
        assert.ok(['string', 'number', 'datetime', 'text', 'singlevaluelist', 'multivaluelist'].includes(a.datatype))
        if (a.datatype.endsWith('valuelist')) assert.ok(a.values.length > 1 && a.values.every(v => v.key && v.name))
      }
    }
  }
  is_error(await get('services/dragon'), 404, 'a service that is not there')
  is_error(await get('services/dragon', 'xml'), 404, 'a service that is not there')
  assert.match((await nobody.send('GET', `${v2}services.json`, { headers: { 'accept-language': 'en' } })).text, /Pothole/)
  assert.match((await nobody.send('GET', `${v2}services.json`, { headers: { 'accept-language': 'ko' } })).text, /도로 파임/)
})

let number
test('a request is filed with a key and read again, with all fields', async () => {
  const filed = await post('requests', { ...pothole, api_key: key, description: 'A hole as large as a tray', email: 'a@example.org', first_name: 'Kim', phone: '02-1' })
  assert.equal(filed.status, 201, filed.text)
  assert.equal(filed.data.length, 1)
  number = filed.data[0].service_request_id
  assert.ok(number)
  const again = await post('requests', { ...pothole, api_key: key, description: '두 번째' }, 'xml')
  assert.equal(again.name, 'service_requests')
  assert.notEqual(again.data[0].service_request_id, number)
  for (const format of ['json', 'xml']) {
    const { data, name } = await get(`requests/${number}`, format)
    if (format === 'xml') assert.equal(name, 'service_requests')
    assert.equal(data.length, 1)
    assert.deepEqual(Object.keys(data[0]).sort(), [...request_fields].sort())
    assert.equal(data[0].status, 'open')
    assert.equal(data[0].service_code, 'pothole')
    assert.equal(Number(data[0].lat), 37.57387)
    assert.equal(Number(data[0].long), 126.97033)
    for (const field of ['requested_datetime', 'updated_datetime', 'expected_datetime']) assert.match(data[0][field], w3c)
    assert.equal(Date.parse(data[0].expected_datetime) - Date.parse(data[0].requested_datetime), 72 * 3600_000, 'what the category promises')
    assert.match(data[0].address, /Jongno-gu/)
    assert.equal(data[0].description, null, 'words are shown when an official has released them')
    assert.doesNotMatch(JSON.stringify(data), /a@example\.org|02-1|Kim/)
  }
  is_error(await get('requests/2026-0101-999999'), 404, 'a request that is not there')
})

test('what is missing, wrong or without a key is refused in the form of the specification', async () => {
  const { service_code, ...bare } = pothole
  for (const format of ['json', 'xml']) {
    is_error(await post('requests', pothole, format), 403, 'no key')
    is_error(await post('requests', { ...pothole, api_key: 'guess' }, format), 403, 'a key that is none')
    is_error(await post('requests', { ...bare, api_key: key }, format), 400, 'no service')
    is_error(await post('requests', { ...bare, service_code: 'dragon', api_key: key }, format), 404, 'a service that is not there')
    is_error(await post('requests', { ...pothole, jurisdiction_id: 'atlantis', api_key: key }, format), 404, 'a jurisdiction that is not ours')
    is_error(await post('requests', { service_code, 'attribute[danger]': 'no', api_key: key }, format), 400, 'no place')
    is_error(await post('requests', { ...pothole, lat: '35.0', long: '139.0', api_key: key }, format), 400, 'in the sea')
    is_error(await post('requests', { ...pothole, lat: 'x', api_key: key }, format), 400, 'no number')
    is_error(await post('requests', { lat: pothole.lat, long: pothole.long, service_code, api_key: key }, format), 400, 'an attribute that is required')
    is_error(await post('requests', { ...pothole, 'attribute[danger]': 'perhaps', api_key: key }, format), 400, 'no value of the list')
    is_error(await post('requests', { ...pothole, description: 'x'.repeat(3000), api_key: key }, format), 400, 'too long')
  }
  const without = (await post('requests', { lat: pothole.lat, long: pothole.long, service_code, api_key: key })).data[0]
  assert.match(without.description, /attribute\[danger\]/, 'the error names the attribute')
})

test('a place may be an address or its id', async () => {
  for (const place of [{ address_string: '서울특별시 종로구 사직동 골목' }, { address_id: '1101053' }]) {
    const filed = await post('requests', { service_code: 'graffiti', ...place, api_key: key })
    assert.equal(filed.status, 201, filed.text)
    const { data } = await get(`requests/${filed.data[0].service_request_id}`)
    assert.equal(data[0].address_id, '1101053')
  }
})

test('lists are filtered by id, service, status and date, and hold ninety days at most', async () => {
  const all = (await get('requests')).data
  assert.ok(all.length >= 4)
  assert.deepEqual((await get(`requests?service_request_id=${number},2026-0101-999999&service_code=dragon`)).data.map(r => r.service_request_id), [number])
  assert.ok((await get('requests?service_code=graffiti')).data.every(r => r.service_code === 'graffiti'))
  assert.ok((await get('requests?service_code=graffiti,pothole')).data.length === all.length)
  assert.equal((await get('requests?status=closed')).data.length, 0)
  assert.equal((await get('requests?status=open')).data.length, all.length)
  assert.equal((await get('requests?status=open,closed')).data.length, all.length)
  assert.equal((await get('requests?start_date=2020-01-01T00:00:00Z&end_date=2020-02-01T00:00:00Z')).data.length, 0)
  assert.equal((await get('requests?jurisdiction_id=11010')).data.length, all.length)
  assert.equal((await get('requests?jurisdiction_id=26')).data.length, 0)
  for (const format of ['json', 'xml']) {
    is_error(await get('requests?start_date=2020-01-01T00:00:00Z&end_date=2020-06-01T00:00:00Z', format), 400, 'more than ninety days')
    is_error(await get('requests?start_date=yesterday', format), 400, 'no date')
    is_error(await get('requests?status=perhaps', format), 400, 'no status')
    is_error(await get('requests?service_code=dragon', format), 404, 'no service')
    is_error(await get('requests?jurisdiction_id=atlantis', format), 404, 'no jurisdiction')
  }
})

test('a token is resolved, one that never was is not', async () => {
  is_error(await get('tokens/0000000000001'), 404, 'no token')
  is_error(await get('tokens/x', 'xml'), 404, 'no token')
})

test('updates: the crew\'s are read, the reporter\'s program adds and reopens, nobody else changes anything', async () => {
  const im = await new Client(house).sign_in('Im Sera')
  const work = (await im.get('/desk/eungdapso')).json().reports
  const mine = work.find(r => r.number === number)
  assert.equal((await im.post(`/desk/eungdapso/${mine.key}/take`)).status, 303)
  assert.equal((await im.post(`/desk/eungdapso/${mine.key}/done`, { text: '메웠습니다' })).status, 303)
  for (const format of ['json', 'xml']) {
    const { data, name } = await get('servicerequestupdates', format)
    if (format === 'xml') assert.equal(name, 'service_requests_updates')
    const ours = data.filter(u => u.service_request_id === number)
    assert.deepEqual(ours.map(u => u.status), ['OPEN', 'IN_PROGRESS', 'FIXED'])
    for (const u of ours) {
      for (const field of ['update_id', 'service_request_id', 'status', 'updated_datetime', 'description', 'media_url']) assert.ok(field in u, field)
      assert.match(u.updated_datetime, w3c)
    }
    assert.equal(ours[2].description, '메웠습니다')
  }
  const closed = (await get(`requests/${number}`)).data[0]
  assert.equal(closed.status, 'closed')
  assert.equal(closed.status_notes, '메웠습니다')
  is_error(await post('servicerequestupdates', { service_request_id: number, status: 'OPEN', description: 'x' }), 403, 'no key')
  is_error(await post('servicerequestupdates', { service_request_id: number, status: 'OPEN', description: 'x', api_key: other_key }), 403, 'another\'s request')
  is_error(await post('servicerequestupdates', { service_request_id: 'x', description: 'x', api_key: key }), 404, 'no request')
  const reopened = await post('servicerequestupdates', { service_request_id: number, status: 'OPEN', description: '다시 파였습니다', api_key: key }, 'xml')
  assert.equal(reopened.status, 201, reopened.text)
  assert.equal(reopened.name, 'service_request_updates')
  assert.ok(reopened.data[0].update_id)
  assert.equal((await get(`requests/${number}`)).data[0].status, 'open')
  is_error(await post('servicerequestupdates', { service_request_id: number, status: 'FIXED', description: 'I say so', api_key: key }), 403, 'only a crew closes')
  assert.equal((await get(`requests/${number}`)).data[0].status, 'open')
  assert.doesNotMatch((await get('servicerequestupdates')).text, /다시 파였습니다/, 'the reporter\'s words are hers')
})

test('hostile input runs nowhere, breaks nothing and comes back as text', async () => {
  const evil = `"]]><script>alert(1)</script>'; drop table report; --`
  const filed = await post('requests', { ...pothole, api_key: key, description: evil, first_name: evil, address_string: evil, media_url: 'http://127.0.0.1:1/x' })
  assert.equal(filed.status, 201, filed.text)
  for (const value of ['%00', '%ff%fe', encodeURIComponent(evil), '9'.repeat(3000), '../../etc/passwd', '-1', '1e999']) {
    for (const name of ['service_request_id', 'service_code', 'start_date', 'end_date', 'status', 'jurisdiction_id'])
      for (const format of ['json', 'xml']) {
        const answer = await nobody.send('GET', `${v2}requests.${format}?${name}=${value}`)
        assert.ok(answer.status < 500, `${name}=${value}: ${answer.status}`)
        if (format === 'xml' && answer.headers['content-type'].startsWith('text/xml')) parse_xml(answer.text)
        assert.doesNotMatch(answer.text, /<script|root:x/)
      }
    for (const path of ['services', 'requests', 'tokens']) {
      const answer = await nobody.send('GET', `${v2}${path}/${value}.xml`)
      assert.ok(answer.status < 500, `${path}/${value}: ${answer.status}`)
    }
  }
  for (const [type, body] of [['application/xml', '<a/>'], [form, 'api_key=%zz'], [form, 'a=1&'.repeat(600)], ['application/json', '{'], ['multipart/form-data; boundary=x', '--x']]) {
    const answer = await nobody.send('POST', `${v2}requests.json`, { headers: { 'content-type': type }, body })
    assert.ok(answer.status >= 400 && answer.status < 500, `${type}: ${answer.status}`)
  }
  assert.equal((await nobody.get('/health')).json().state, 'up')
})
