// What other programs read of us, judged by the standards' own schemas; and real shapes of districts.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, program, root } from '../journeys/program.mjs'
import { Client } from './client.mjs'

const require = createRequire(join(root, 'web', 'package.json'))
const suites = process.env.MADANG_SUITES ?? join(root, '..', 'shared', 'suites')
const hsds = join(suites, 'hsds', 'schema', 'compiled')
const boundaries = join(suites, '..', 'data', 'korea-boundaries', '2018')

let house, client
before(async () => {
  house = await House.open()
  client = new Client(house)
})
after(() => house?.close())

test('the catalogue is Open Referral HSDS 3.0', {
  skip: !existsSync(hsds) && 'no suite: github.com/openreferral/specification, branch 3.0'
}, async () => {
  const Ajv = require('ajv/dist/2020').default
  const ajv = new Ajv({ strict: false, allErrors: true })
  require('ajv-formats').default(ajv)
  const valid = ajv.compile(JSON.parse(readFileSync(join(hsds, 'service.json'))))
  let seen = 0
  for (let page = 1; ; ++page) {
    const list = (await client.get(`/hsds/services?page=${page}`)).json()
    assert.equal(list.page_number, page)
    for (const one of list.contents) {
      const service = (await client.get(`/hsds/services/${one.id}`)).json()
      assert.ok(valid(service), `${one.id}: ${JSON.stringify(valid.errors)}`)
      assert.equal(service.name, one.name)
      ++seen
    }
    if (page >= list.total_pages) {
      assert.equal(seen, list.total_items)
      break
    }
  }
  assert.ok(seen >= 300, `${seen} services`)
})

test('the catalogue is CPSV-AP in JSON-LD: every service is a public service with its competent authority', async () => {
  const graph = (await client.get('/services.jsonld')).json()
  const services = graph['@graph'].filter(n => [n['@type']].flat().some(t => /PublicService$/.test(t)))
  assert.ok(services.length >= 300, `${services.length} services`)
  const authorities = new Set(services.map(s => s['cv:hasCompetentAuthority']['@id']))
  assert.ok(authorities.size > 20, `${authorities.size} authorities`)
  for (const authority of authorities)
    assert.equal((await client.get(new URL(authority).pathname)).status, 200, authority)
})

// schema.org/GovernmentService and what it inherits from Service and Thing.
test('each service says in its page what it is in schema.org', async () => {
  const services = (await client.get('/services.jsonld')).json()['@graph'].filter(n => [n['@type']].flat().some(t => /PublicService$/.test(t)))
  const known = new Set(['@context', '@type', '@id', 'name', 'description', 'url', 'provider', 'audience', 'inLanguage'])
  for (const service of services.filter((_, i) => i % 9 === 0)) {
    const path = new URL(service['@id']).pathname
    const page = await client.page(path)
    const blocks = [...page.text.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)].map(m => JSON.parse(m[1]))
    assert.equal(blocks.length, 1, path)
    const [said] = blocks
    assert.deepEqual([said['@context'], said['@type']], ['https://schema.org', 'GovernmentService'], path)
    assert.equal(new URL(said.url).pathname, path)
    assert.equal(said.provider['@type'], 'GovernmentOrganization')
    for (const name of [said.name, said.description, said.provider.name, said.inLanguage]) assert.ok(name, path)
    assert.ok(Object.keys(said).every(k => known.has(k)), `${path}: ${Object.keys(said)}`)
    assert.ok(page.text.includes(`<h1>${said.name.replaceAll('&', '&amp;').replaceAll("'", '&#39;')}`), `${path}: it is the page's own name`)
  }
})

test('each institution stands in the chart once, below whom it belongs to, and says how it is reached', async () => {
  const list = (await client.get('/agencies')).json()
  assert.ok(list.length > 100, `${list.length} institutions`)
  const chart = [...(await client.page('/agencies')).text.matchAll(/href="\/agencies\/([\w-]+)"/g)].map(m => m[1])
  assert.deepEqual(chart.toSorted(), list.map(a => a.code).toSorted())
  const codes = new Set(list.map(a => a.code))
  for (const one of list) {
    if (one.parent) assert.ok(codes.has(one.parent), `${one.code} belongs to ${one.parent}`)
    const view = (await client.get(`/agencies/${one.code}`)).json()
    assert.match(view.phone, /^[\d-]{3,}$/, one.code)
    assert.ok(view.agency.duty, `${one.code} says what it does`)
    assert.deepEqual(view.below.map(b => b.code).toSorted(), list.filter(a => a.parent === one.code).map(a => a.code).toSorted(), one.code)
  }
})

// RFC 7946: closed rings of four positions or more, the outer ones counter-clockwise, in degrees.
function judge_geojson(answer, count, schematic) {
  assert.equal(answer.status, 200)
  assert.match(answer.headers['content-type'], /^application\/geo\+json/)
  const all = answer.json()
  assert.equal(all.type, 'FeatureCollection')
  assert.equal(all.features.length, count)
  for (const f of all.features) {
    assert.equal(f.type, 'Feature')
    assert.equal(f.properties.schematic, schematic, f.id)
    assert.equal(f.properties.code, f.id)
    assert.equal(f.geometry.type, 'MultiPolygon')
    assert.ok(f.geometry.coordinates.length > 0, f.id)
    for (const polygon of f.geometry.coordinates)
      polygon.forEach((ring, i) => {
        assert.ok(ring.length >= 4, f.id)
        assert.deepEqual(ring[0], ring.at(-1), f.id)
        assert.ok(ring.every(([x, y]) => x > 123 && x < 133 && y > 32 && y < 40), f.id)
        const [x0, y0] = ring[0]
        const twice = ring.slice(1).reduce((sum, [x, y], k) =>
          sum + (ring[k][0] - x0) * (y - y0) - (x - x0) * (ring[k][1] - y0), 0)
        assert.equal(twice > 0, i === 0, `${f.id}: ring ${i} goes the wrong way`)
      })
  }
  return all
}

test('districts are GeoJSON, and say that their shapes are schematic', async () => {
  judge_geojson(await client.get('/regions'), 17, true)
  const seoul = judge_geojson(await client.get('/regions/11'), 25, true)
  assert.equal(seoul.features[0].properties.name, 'Jongno-gu')
  judge_geojson(await client.get('/regions/11010'), 17, true)
  judge_geojson(await client.get('/regions/1101053'), 1, true)
  judge_geojson(await client.get('/regions?q=jongno-gu'), 1, true)
  assert.equal((await client.get('/regions?q=nowhere')).json().features.length, 0)
  assert.equal((await client.get('/regions/99')).status, 404)
})

test('real shapes take the place of the schematic cells', {
  skip: !existsSync(boundaries) && 'no data: github.com/southkorea/southkorea-maps, kostat/2018'
}, async () => {
  const data = mkdtempSync(join(tmpdir(), 'madang-shapes-'))
  let drawn
  try {
    const expected = { provinces: 17, municipalities: 250, submunicipalities: 3504 }
    for (const [kind, count] of Object.entries(expected)) {
      const file = join(boundaries, `skorea-${kind}-2018-topo-simple.json`)
      const done = spawnSync(program, ['--data', data, '--pack', join(root, 'packs/korea'), 'load', 'boundaries', file], { encoding: 'utf8' })
      assert.equal(done.status, 0, done.stderr)
      assert.match(done.stdout, new RegExp(`^${count} shapes, ${count} of them districts of the pack`))
    }
    assert.equal(readdirSync(join(data, 'boundaries')).length, 3)
    const bad = spawnSync(program, ['--data', data, '--pack', join(root, 'packs/korea'), 'load', 'boundaries', join(root, 'README.md')], { encoding: 'utf8' })
    assert.equal(bad.status, 1)
    assert.match(bad.stderr, /^madang: .* is not JSON/)

    drawn = await House.open({ data })
    const reader = new Client(drawn)
    judge_geojson(await reader.get('/regions'), 17, false)
    for (const [path, count] of [['/regions/36', 22], ['/regions/11010', 17], ['/regions/1101053', 1]])
      judge_geojson(await reader.get(path), count, false)
    const page = await reader.page('/regions')
    assert.match(page.text, /Boundaries from skorea-provinces-2018-topo-simple/)
    assert.doesNotMatch(page.text, /schematic/)
    assert.ok(page.bytes.length < 60000, `${page.bytes.length} bytes`)
    for (const f of (await reader.get('/regions')).json().features) {
      const province = await reader.page(`/regions/${f.id}`)
      assert.ok(province.bytes.length < 60000, `${f.id}: ${province.bytes.length} bytes`)
    }
  } finally {
    await drawn?.close()
    rmSync(data, { recursive: true, force: true })
  }
})

test('OpenAPI 3.1 describes every page, and what it names answers', async () => {
  const api = (await client.get('/openapi.json')).json()
  assert.match(api.openapi, /^3\.1/)
  for (const [path, methods] of Object.entries(api.paths)) {
    const get = methods.get
    if (!get || path.includes('{') || get.security.length) continue
    const answer = await client.get(path)
    // 422: it needs to be told something in its address, such as a place
    assert.ok(answer.status < 400 || [401, 422].includes(answer.status), `${path}: ${answer.status}`)
  }
})
