// What went wrong is put right: a report that an official returns is corrected without typing it all
// again, one that is refused says why, a mistake in the register is corrected and stays to be seen,
// and everybody who looked is found however long ago.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { House, Person, close_browser, phone, wait_for } from './house.mjs'

let house
before(async () => { house = await House.open() })
after(async () => { await close_browser(); await house?.close() })

const next = /^(다음|계속)/
const json = async (person, path) =>
  (await person.page.request.get(house.url + path, { headers: { accept: 'application/json' } })).json()

async function act(official, name, act_name, text) {
  await official.page.locator('summary', { hasText: name }).click()
  await official.page.locator(`#${act_name}-text`).fill(text)
  await official.page.locator(`form[action$="/${act_name}"] button`).click()
  await official.page.waitForLoadState()
}

test('Choi\'s report is returned with a reason; she corrects one answer and files it again', async () => {
  const choi = await Person.arrive(house, { viewport: phone })
  await choi.sign_in('최지우')
  await choi.go('/services/move-in')
  await choi.press(/신고 시작/)
  const day = new Date(Date.now() - 86400000)
  for (const [part, value] of [['year', day.getFullYear()], ['month', day.getMonth() + 1], ['day', day.getDate()]])
    await choi.page.locator(`input[name=moved_${part}]`).fill(String(value))
  await choi.press(next)
  await choi.page.locator('input[name=address]').fill('서울특별시 종로구 사직동 솔길 1')
  await choi.press(next)
  await choi.page.locator('input[name=unit]').fill('1동 11호')
  await choi.press(next)
  for (const label of await choi.page.locator('main fieldset label').all()) await label.click()
  await choi.press(next)
  await choi.choose('새 세대를')
  await choi.press(next)
  await choi.page.locator('textarea[name=note]').fill('주말에 이사했습니다.')
  await choi.press(next)
  await choi.press(/신고하기/)
  await choi.sees(/접수되었습니다/)
  // What she applied for stays to be read.
  await choi.sees(/신청한 내용/)
  await choi.sees(/서울특별시 종로구 사직동 솔길 1/)
  await choi.sees(/주말에 이사했습니다/)
  await choi.sees(/누가 함께 이사하나요\?[^]*최지우/)
  const first = new URL(choi.page.url()).pathname
  await choi.judge('case-filed-with-phone')

  const lee = await Person.arrive(house)
  await lee.sign_in('이도현')
  await lee.page.getByRole('link', { name: /전입신고.*최지우/ }).first().click()
  await act(lee, '반려', 'return', '동과 호가 건물에 없습니다. 다시 확인해 주세요.')

  await wait_for(async () => {
    await choi.go('/my/notices')
    return /돌려보냈습니다/.test(await choi.text())
  })
  await choi.sees(/동과 호가 건물에 없습니다/)
  await choi.go(first)
  await choi.sees(/돌려보냄/)
  await choi.judge('case-returned-phone')
  await choi.press(/고쳐서 다시 신청하기/)
  await choi.sees(/사직동 솔길 1/)
  await choi.sees(/주말에 이사했습니다/)
  assert.match(choi.page.url(), /\/check$/, 'everything is answered already')
  await choi.page.locator('main a[href*="/unit"]').click()
  await choi.page.locator('input[name=unit]').fill('101동 1101호')
  await choi.press(next)
  await choi.press(/신고하기/)
  await choi.sees(/접수되었습니다/)
  await choi.sees(/101동 1101호/)
  const second = new URL(choi.page.url()).pathname
  assert.notEqual(second, first, 'it is a matter of its own')

  // The office in charge is found by name, not by a code.
  await lee.go('/desk')
  await lee.page.getByRole('link', { name: /전입신고.*최지우/ }).first().click()
  await lee.page.locator('summary', { hasText: '이송' }).click()
  await lee.page.locator('#office').pressSequentially('종로 청운', { delay: 5 })
  await lee.page.getByRole('option', { name: '종로구 청운효자동' }).first().click()
  assert.equal(await lee.page.locator('#office').inputValue(), '서울특별시 종로구 청운효자동')
  await lee.page.locator('#transfer-text').fill('청운효자동 관할입니다.')
  await lee.page.locator('form.transfer button').last().click()
  await lee.page.waitForLoadState()
  assert.match(await lee.page.content(), /청운효자동 관할입니다/)
  await lee.judge('desk-transferred')

  await act(lee, '거부', 'refuse', '그 주소에 사람이 살 수 있는 건물이 없습니다.')
  await choi.go(second)
  await choi.sees(/거부됨/)
  await choi.sees(/살 수 있는 건물이 없습니다/)
  await choi.judge('case-refused-phone')
  const home = (await json(choi, '/my/data/records')).households[0]
  assert.match(home.address, /^부산/, 'nothing was changed')
  // What is open or accepted cannot be filed once more.
  const other = await json(choi, second)
  assert.equal(other.again, `${second}/again`)
  await lee.leave()
  await choi.leave()
})

test('Kim has her name in Latin letters corrected; what it was stays to be seen', async () => {
  const kim = await Person.arrive(house)
  await kim.sign_in('김하윤')
  const me = (await json(kim, '/my/data/records')).persons[0]
  assert.equal(me.latin, 'Kim Hayun')
  await kim.go('/my/data/records')
  await kim.follow(/정정신고/)
  await kim.press(/정정 신고/)
  await kim.choose('로마자 성명')
  await kim.press(next)
  await kim.page.locator('input[name=latin]').fill('Kim Hayun')
  await kim.press(next)
  await kim.page.locator('textarea[name=why]').fill('여권')
  await kim.press(next)
  await kim.press(/신고하기/)
  await kim.sees(/이미 그렇게 적혀 있습니다/)
  await kim.page.locator('main a[href*="/latin"]').click()
  await kim.page.locator('input[name=latin]').fill('Kim Ha-yun')
  await kim.press(next)
  await kim.judge('correction-check')
  await kim.press(/신고하기/)
  await kim.sees(/접수되었습니다/)

  const lee = await Person.arrive(house)
  await lee.sign_in('이도현')
  await lee.page.getByRole('link', { name: /정정신고.*김하윤/ }).first().click()
  for (const seen of ['Kim Ha-yun', 'Kim Hayun', '여권', '제13조', '충족'])
    assert.match(await lee.page.content(), new RegExp(seen))
  await lee.judge('correction-desk')
  await lee.press(/수리하고 서명/)
  assert.equal((await json(kim, '/my/data/records')).persons[0].latin, 'Kim Ha-yun')

  const oh = await Person.arrive(house)
  await oh.sign_in('오민석')
  const look = async (valid, known) => {
    await oh.go('/desk/registers')
    await oh.page.locator('select[name=register]').selectOption('persons')
    await oh.page.locator('select[name=by]').selectOption('resident_number')
    for (const [name, value] of [['value', me.resident_number], ['purpose', '정정 확인'], ['valid', valid], ['known', known]])
      await oh.page.locator(`input[name=${name}]`).fill(value)
    await oh.page.locator('form[action="/desk/registers"] button').last().click()
    await oh.page.waitForLoadState()
    return oh.page.locator('#main dl').first().innerText()
  }
  assert.match(await look('', ''), /Kim Ha-yun/)
  assert.match(await oh.page.locator('#main table').innerText(), /고쳐짐/, 'the history shows what was superseded')
  assert.match(await look('2024-01-01', ''), /Kim Ha-yun/, 'it was wrong in 2024 too')
  const yesterday = new Date(Date.now() - 86400000).toISOString().slice(0, 10)
  assert.match(await look('2024-01-01', yesterday), /Kim Hayun/, 'and yesterday the register said so')
  await oh.leave()
  await lee.leave()
  await kim.leave()
})

test('Kim turns the pages of who looked, to the first, and takes all of them with her', async () => {
  const kim = await Person.arrive(house)
  await kim.sign_in('김하윤')
  // Her own looks fill pages; those of the officials before are not pushed off by them.
  for (let i = 0; i < 60; ++i) await kim.page.request.get(house.url + '/my/data/records')
  await kim.go('/my/data')
  await kim.sees(/이도현/)
  await kim.go('/my/data?by=all')
  await kim.judge('my-data-page')
  await kim.follow(/더 이전 기록/)
  await kim.judge('my-data-earlier')
  await kim.sees(/최근 기록으로/)

  const entries = []
  let total
  for (let path = '/my/data?by=all'; path;) {
    const page = await json(kim, path)
    total ??= page.total
    entries.push(...page.entries)
    path = page.next
  }
  assert.ok(total > 400, `${total} entries are several pages`)
  assert.equal(entries.length, total)
  assert.deepEqual(entries.map(e => e.at), entries.map(e => e.at).toSorted().reverse(), 'newest first')
  const by_others = []
  for (let path = '/my/data'; path;) {
    const page = await json(kim, path)
    by_others.push(...page.entries)
    path = page.next
  }
  assert.equal(by_others.length, entries.filter(e => !e.mine).length)
  assert.ok(by_others.some(e => e.who === '이도현' && e.items.includes('로마자 성명')), 'with the items that were read')
  const copy = await json(kim, '/my/data/download')
  assert.ok(copy.looks.entries.length >= total, `${copy.looks.entries.length} of ${total}`)

  const jung = await Person.arrive(house)
  await jung.sign_in('정수빈')
  await jung.go('/desk/audit')
  await jung.follow(/더 이전 기록/)
  await jung.judge('audit-earlier')
  const trail = await json(jung, '/desk/audit')
  assert.ok(trail.entries.some(e => e.who === '정수빈' && e.record_of === 'audit'), 'who looks at the trail is in it')
  await jung.leave()
  await kim.leave()
})
