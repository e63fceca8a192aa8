// What `madang new system town_halls` wrote is built as it stands (tests/CMakeLists.txt); here its pages work, with the pack that it wrote.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { House, root } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'

const guide = join(process.env.MADANG_GUIDE, 'packs/korea')
let house, folder
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'madang-guide-'))
  const korea = join(root, 'packs/korea')
  writeFileSync(join(folder, 'pack.yaml'), readFileSync(join(korea, 'pack.yaml'), 'utf8').replace('stands_on: ../common', `stands_on: ${korea}`))
  for (const file of ['voices/town_halls.yaml', 'texts/town_halls.yaml', 'access/rights.yaml']) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(guide, file), join(folder, file))
  }
  house = await House.open({ pack: folder })
})
after(async () => {
  await house?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('from nothing to a working page: something is asked, backed, counted, and seen by who must answer', async () => {
  const anybody = new Client(house), kim = await new Client(house).sign_in('Kim Hayun')
  const page = await anybody.send('GET', '/town_halls', { headers: { accept: 'text/html' } })
  assert.equal(page.status, 200)
  assert.match(page.text, /<h1[^>]*>Town halls</)
  assert.match(page.text, /Ask for something/)
  assert.doesNotMatch(page.text, /\[[a-z_]+\.[a-z_.]+\]/, 'no text is missing')
  assert.equal((await anybody.get('/town_halls')).json().total, 0)

  const asked = { title: 'Open the hall on Saturdays', body: 'Who works cannot come on a weekday.', category: 'administration' }
  assert.equal((await anybody.post('/town_halls/file', asked)).status, 401)
  const filed = await kim.post('/town_halls/file', asked)
  assert.equal(filed.status, 303, filed.text)
  const at = filed.headers.location
  const lee = await new Client(house).sign_in('Lee Dohyun')
  for (const who of [lee, lee]) assert.ok((await who.post(`${at}/say`, { saying: 'back' })).status < 400)
  await until(async () => (await anybody.get(at)).json().ask.count === 1, { what: 'one voice, said twice' })
  assert.ok((await anybody.send('GET', '/town_halls/feed.atom')).text.includes(asked.title))
  assert.equal((await kim.get('/desk/town_halls')).status, 403)
})
