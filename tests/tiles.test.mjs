// The districts as vector tiles, decoded by @mapbox/vector-tile and compared with the same districts as GeoJSON: what is there, how
// large it is, and that the rules of the Mapbox Vector Tile Specification 2.1 hold. The grid is that of EPSG:3857.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { House, root } from '../journeys/program.mjs'
import { Client } from './client.mjs'

const require = createRequire(join(root, 'web', 'package.json'))
const { VectorTile, classifyRings } = await import(require.resolve('@mapbox/vector-tile'))
const pbf = await import(require.resolve('pbf'))
const Pbf = pbf.PbfReader ?? pbf.default

let house, nobody
before(async () => {
  house = await House.open()
  nobody = new Client(house)
})
after(() => house?.close())

// The published formula (OpenStreetMap wiki, "Slippy map tilenames").
const column = (longitude, z) => Math.floor((longitude + 180) / 360 * 2 ** z)
const row = (latitude, z) => {
  const r = latitude * Math.PI / 180
  return Math.floor((1 - Math.log(Math.tan(r) + 1 / Math.cos(r)) / Math.PI) / 2 * 2 ** z)
}
const tile = async (z, x, y) => {
  const answer = await nobody.send('GET', `/tiles/districts/${z}/${x}/${y}.mvt`)
  if (answer.status === 204) return { layers: {} }
  assert.equal(answer.status, 200, answer.text)
  assert.equal(answer.headers['content-type'], 'application/vnd.mapbox-vector-tile')
  return new VectorTile(new Pbf(answer.bytes))
}
// Every tile that the country lies in.
const all_tiles = async z => {
  const out = []
  for (let x = column(124, z); x <= column(132.2, z); ++x)
    for (let y = row(39, z); y <= row(32.8, z); ++y) out.push([x, y, await tile(z, x, y)])
  return out
}
const features = layer => layer ? Array.from({ length: layer.length }, (_, i) => layer.feature(i)) : []
const signed = ring => {
  let sum = 0
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) sum += (ring[j].x - ring[i].x) * (ring[i].y + ring[j].y)
  return sum / 2
}
// Square metres on the sphere (Chamberlain and Duquette 2007), as GeoJSON readers compute them.
const ring_area = coordinates => {
  const rad = Math.PI / 180
  let sum = 0
  for (let i = 0; i + 1 < coordinates.length; ++i) {
    const [a, b] = [coordinates[i], coordinates[i + 1]]
    sum += (b[0] - a[0]) * rad * (2 + Math.sin(a[1] * rad) + Math.sin(b[1] * rad))
  }
  return sum * 6371008.8 ** 2 / 2
}
const area = geometry => {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  return polygons.reduce((all, [outer, ...holes]) =>
    all + Math.abs(ring_area(outer)) - holes.reduce((n, h) => n + Math.abs(ring_area(h)), 0), 0)
}
const geojson = async path => (await nobody.get(path)).json().features

test('the provinces are in the tile of the world, each named once, as large as their shapes', async () => {
  const provinces = await geojson('/regions')
  const whole = await tile(5, column(127.5, 5), row(36.5, 5))
  assert.equal(whole.layers.provinces.version, 2)
  assert.equal(whole.layers.provinces.extent, 4096)
  const found = new Map(features(whole.layers.provinces).map(f => [f.properties.code, f]))
  assert.equal(provinces.length, 17)
  for (const p of provinces) {
    const drawn = found.get(p.properties.code)
    assert.ok(drawn, p.properties.name)
    assert.equal(drawn.properties.name_ko, p.properties.names.ko)
    assert.equal(drawn.properties.name_en, p.properties.names.en)
    assert.equal(drawn.properties.schematic, p.properties.schematic)
    if (!['11', '26', '49'].includes(p.properties.code)) continue
    // Seoul is 40 units wide here, half a pixel less on each side.
    const ratio = area(drawn.toGeoJSON(column(127.5, 5), row(36.5, 5), 5).geometry) / area(p.geometry)
    assert.ok(ratio > 0.9 && ratio < 1.1, `${p.properties.name}: ${ratio}`)
  }
  assert.equal(features(whole.layers.province_names).length, 17)
  assert.deepEqual(Object.keys((await tile(0, 0, 0)).layers).sort(), ['province_names', 'provinces'])
})

test('municipalities cut into tiles are together as large as they are whole', async () => {
  const z = 10, sums = new Map(), named = new Map()
  for (const [x, y, t] of await all_tiles(z)) {
    for (const f of features(t.layers.municipalities)) {
      // Only what lies in the tile itself: the buffer belongs to its neighbours.
      const { coordinates, type } = f.toGeoJSON(x, y, z).geometry
      const inside = clip_to_tile(type === 'Polygon' ? [coordinates] : coordinates, x, y, z)
      sums.set(f.properties.code, (sums.get(f.properties.code) ?? 0) + inside)
    }
    for (const f of features(t.layers.municipality_names)) named.set(f.properties.code, (named.get(f.properties.code) ?? 0) + 1)
  }
  let n = 0
  for (const province of ['11', '26', '39', '33'])
    for (const m of await geojson(`/regions/${province}`)) {
      const is = sums.get(m.properties.code), should = area(m.geometry)
      assert.ok(Math.abs(is / should - 1) < 0.01, `${m.properties.names.en}: ${is} for ${should}`)
      assert.equal(named.get(m.properties.code), 1, `${m.properties.names.en} is named once`)
      ++n
    }
  assert.ok(n > 40, `${n} compared`)
  assert.equal(named.size, 250)
})

// Sutherland and Hodgman again, by somebody else: the part of polygons within a tile.
function clip_to_tile(polygons, x, y, z) {
  const west = x / 2 ** z * 360 - 180, east = (x + 1) / 2 ** z * 360 - 180
  const latitude = r => Math.atan(Math.sinh(Math.PI * (1 - 2 * r / 2 ** z))) * 180 / Math.PI
  const north = latitude(y), south = latitude(y + 1)
  const half = (ring, inside, cross) => ring.flatMap((b, i) => {
    const a = ring[(i + ring.length - 1) % ring.length]
    return inside(a) === inside(b) ? inside(b) ? [b] : [] : inside(b) ? [cross(a, b), b] : [cross(a, b)]
  })
  const at_x = v => (a, b) => [v, a[1] + (b[1] - a[1]) * (v - a[0]) / (b[0] - a[0])]
  const at_y = v => (a, b) => [a[0] + (b[0] - a[0]) * (v - a[1]) / (b[1] - a[1]), v]
  const cut = ring => {
    let out = ring.slice(0, -1)
    out = half(out, p => p[0] >= west, at_x(west))
    out = half(out, p => p[0] <= east, at_x(east))
    out = half(out, p => p[1] >= south, at_y(south))
    out = half(out, p => p[1] <= north, at_y(north))
    return out.length ? Math.abs(ring_area([...out, out[0]])) : 0
  }
  return polygons.reduce((all, [outer, ...holes]) => all + cut(outer) - holes.reduce((n, h) => n + cut(h), 0), 0)
}

test('rings turn as the specification says, and every place of a town is in the tile that holds it', async () => {
  const z = 12
  let rings = 0
  for (const [longitude, latitude] of [[126.97, 37.58], [129.16, 35.16], [126.53, 33.5], [128.6, 37.75]]) {
    const [x, y] = [column(longitude, z), row(latitude, z)]
    const t = await tile(z, x, y)
    assert.deepEqual(Object.keys(t.layers).filter(n => !n.endsWith('_names')).sort(), ['municipalities', 'provinces', 'towns'])
    for (const name of ['provinces', 'municipalities', 'towns'])
      for (const f of features(t.layers[name])) {
        assert.equal(f.type, 3)
        const loaded = f.loadGeometry()
        // 4.3.3.3: the first ring of a polygon is an outer one, with positive area; none is without area.
        assert.ok(-signed(loaded[0]) !== 0)
        const first = Math.sign(signed(loaded[0]))
        for (const ring of loaded) {
          assert.ok(signed(ring) !== 0, 'a ring has an area')
          assert.ok(ring.every(p => p.x >= -64 && p.x <= 4160 && p.y >= -64 && p.y <= 4160), 'within the buffer')
          ++rings
        }
        assert.equal(classifyRings(loaded).filter(p => Math.sign(signed(p[0])) !== first).length, 0)
      }
  }
  assert.ok(rings > 30, `${rings} rings`)
})

test('a tile has a tag, is not sent twice, and comes packed to whoever can read that', async () => {
  const path = '/tiles/districts/7/109/49.mvt'
  const plain = await nobody.send('GET', path)
  assert.equal(plain.headers['content-encoding'], undefined)
  const packed = await nobody.send('GET', path, { headers: { 'accept-encoding': 'br, gzip' } })
  assert.equal(packed.headers['content-encoding'], 'gzip')
  assert.ok(packed.bytes.length < plain.bytes.length)
  assert.deepEqual(gunzipSync(packed.bytes), plain.bytes)
  assert.match(packed.headers.vary, /Accept-Encoding/i)
  assert.equal((await nobody.send('GET', path, { headers: { 'accept-encoding': 'gzip;q=0' } })).headers['content-encoding'], undefined)
  const known = await nobody.send('GET', path, { headers: { 'if-none-match': `"x", ${plain.headers.etag}` } })
  assert.equal(known.status, 304)
  assert.equal(known.bytes.length, 0)
  assert.equal((await nobody.send('GET', path, { headers: { 'if-none-match': '"x"' } })).status, 200)
  // Off the coast of America there is nothing of ours, which is no error.
  assert.equal((await nobody.send('GET', '/tiles/districts/7/3/49.mvt')).status, 204)
})

test('what is no tile is not there', async () => {
  for (const path of ['15/0/0.mvt', '-1/0/0.mvt', '3/8/0.mvt', '3/0/99999999999999999999.mvt', '1e1/0/0.mvt', 'a/b/c', '3/0/0.png', '3/ 0/0.mvt', '3/0x1/0.mvt'])
    assert.equal((await nobody.get(`/tiles/districts/${path.replace(' ', '%20')}`)).status, 404, path)
})
