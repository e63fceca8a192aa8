// A house that governs a network and is its first node: an operator looks at it, a second agency
// asks to join, and the official who may admits it, in Korean on a phone and in
// English on a desk; every page passes axe.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, Person, close_browser, phone, program } from './house.mjs'
import { free_port, fresh_database, root } from './program.mjs'

let house, data, guest
const command = (...args) => execFileSync(program, ['node', ...args], { cwd: root, encoding: 'utf8' })
before(async () => {
  const port = await free_port(), exchange = await free_port(), database = fresh_database()
  data = mkdtempSync(join(tmpdir(), 'madang-'))
  guest = mkdtempSync(join(tmpdir(), 'madang-'))
  command('create', '--data', data, '--public-url', `http://localhost:${port}`, ...database ? ['--database', database] : [],
    '--server', 'KR/GOV/1741000/interior', '--name', '행정안전부', '--at', `127.0.0.1:${exchange}`, '--client', 'KR/GOV/1741000/registers')
  house = await House.open({ data, port, database })
})
after(async () => {
  await close_browser()
  await house?.close()
  for (const folder of [data, guest]) rmSync(folder, { recursive: true, force: true })
})

test('Who stands alone is told how to join; who governs admits', async () => {
  const kang = await Person.arrive(house, { language: 'en' })
  await kang.sign_in('Kang Taeo')
  await kang.go('/desk')
  await kang.follow(/The network of nodes/)
  await kang.sees(/KR\/GOV\/1741000\/interior/)
  for (let i = 0; i < 50 && !/serving/.test(await kang.text()); i++) await kang.go('/desk/network')
  await kang.sees(/serving/)
  await kang.sees(/Certificates, those that end first/)
  await kang.judge('network-en')

  await kang.follow('Circuits and shared services with costs')
  await kang.sees(/Nothing passed in this month/)
  await kang.sees(/Backbone Sejong–Daejeon–Gwangju/)
  await kang.judge('network-costs-en')
  const kang_ko = await Person.arrive(house, { viewport: phone })
  await kang_ko.sign_in('강태오')
  await kang_ko.go('/desk/network/costs')
  await kang_ko.sees(/이 달에는 오간 것이 없어/)
  await kang_ko.judge('network-costs-phone-ko')

  const said = command('join', '--data', guest, '--anchor', join(data, 'exchange/anchor.xml'), '--server', 'KR/GOV/1210000/tax',
    '--name', '국세청', '--at', '127.0.0.1:5500', '--client', 'KR/GOV/1210000/registers')
  const [fingerprint] = said.match(/([0-9A-F]{4} ){7}[0-9A-F]{4}/)
  const ryu = await Person.arrive(house, { viewport: phone })
  await ryu.sign_in('류하진')
  await ryu.go('/desk/network-requests')
  await ryu.sees(new RegExp(fingerprint))
  await ryu.judge('network-requests-phone-ko')
  await ryu.press('승인')
  await ryu.sees(/승인됨/)
  await ryu.go('/desk/network')
  await ryu.sees(/행정안전부/)
  await ryu.judge('network-phone-ko')
  assert.match(command('list', '--data', data, ...house.options.database ? ['--database', house.options.database] : []), /KR\/GOV\/1210000\/tax/)
})
