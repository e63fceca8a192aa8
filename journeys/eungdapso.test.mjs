// Troubles in the street: reported on a phone with a picture that is cleaned, on a map of our own tiles, without a network and sent later, without
// script; joined, taken by the crew of the place, done, reopened; taken down by telephone; released; counted.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium_with, House, Person, close_browser, open_browser, phone, desktop, wait_for } from './house.mjs'

let house, picture, with_map
before(async () => {
  house = await House.open()
  picture = join(house.data, 'street.jpg')
  writeFileSync(picture, await photograph())
  with_map = await chromium_with(['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'])
})
after(async () => { await with_map?.close(); await close_browser(); await house?.close() })

// A real JPEG, as a camera would have made it in Sajik-dong: place and time stand in an Exif block (CIPA DC-008).
async function photograph() {
  const page = await (await open_browser()).newPage({ viewport: { width: 320, height: 240 } })
  await page.setContent('<body style="background:#667"><div style="margin:80px;width:120px;height:60px;border-radius:50%;background:#222"></div>')
  const plain = await page.screenshot({ type: 'jpeg' })
  await page.close()
  const u16 = n => [n >> 8, n & 255], u32 = n => [...u16(n >>> 16), ...u16(n & 0xffff)], text = s => [...Buffer.from(s, 'latin1')]
  const entry = (tag, type, count, value) => [...u16(tag), ...u16(type), ...u32(count), ...value]
  const fractions = list => list.flatMap(([a, b]) => [...u32(a), ...u32(b)])
  const exif = [...text('MM\0*'), ...u32(8), ...u16(2), ...entry(0x8769, 4, 1, u32(38)), ...entry(0x8825, 4, 1, u32(76)), ...u32(0),
    ...u16(1), ...entry(0x9003, 2, 20, u32(56)), ...u32(0), ...text('2026:11:27 18:30:00\0'),
    ...u16(4), ...entry(1, 2, 2, text('N\0\0\0')), ...entry(2, 5, 3, u32(130)), ...entry(3, 2, 2, text('E\0\0\0')), ...entry(4, 5, 3, u32(154)), ...u32(0),
    ...fractions([[37, 1], [34, 1], [2593, 100]]), ...fractions([[126, 1], [58, 1], [1319, 100]])]
  const block = [...text('Exif\0\0'), ...exif]
  return Buffer.concat([plain.subarray(0, 2), Buffer.from([0xff, 0xe1, ...u16(block.length + 2), ...block]), plain.subarray(2), Buffer.from('behind the end')])
}

const json = async (person, path) => (await person.page.request.get(house.url + path, { headers: { accept: 'application/json' } })).json()
const points = async person => (await json(person, '/eungdapso/points')).features
const pick = (person, name, value) => person.page.locator(`input[name="${name}"][value="${value}"]`).check({ force: true })
const fill = (person, name, value) => person.page.locator(`[name=${name}]`).fill(value)
const open_parts = person => person.page.locator('details').evaluateAll(list => list.forEach(d => { d.open = true }))

let number, code
test('Somebody without an account photographs a hole in the road; the picture knows the place and forgets the rest', async () => {
  const passer = await Person.arrive(house, { viewport: phone })
  await passer.go('/eungdapso')
  await passer.sees(/길에서 본 불편/)
  await passer.judge('eungdapso-phone')
  await passer.follow(/^신고하기/)
  await passer.judge('eungdapso-what-phone')
  await passer.follow(/^도로 파임/)
  await passer.sees(/3일 안에/)
  await passer.judge('eungdapso-form-phone')
  // Nothing tells where it is: the server says what to mend, and what was typed is there.
  await pick(passer, 'danger', 'yes')
  await fill(passer, 'words', '차도 가운데가 파여 차들이 피해 갑니다')
  await passer.press(/^신고 보내기/)
  await passer.page.locator('#error-summary').waitFor()
  await passer.sees(/어디인지 알 수 없습니다/)
  assert.equal(await passer.page.locator('[name=words]').inputValue(), '차도 가운데가 파여 차들이 피해 갑니다')
  await passer.judge('eungdapso-form-error-phone')
  await passer.page.locator('[name=photo]').setInputFiles(picture)
  await passer.page.locator('[name=keep_place]').check({ force: true })
  await passer.press(/^신고 보내기/)
  await passer.page.waitForURL(/filed=1/)
  await passer.sees(/신고가 접수되었습니다/)
  await passer.sees(/종로구 사직동/)
  await passer.page.locator('.street-pictures img').waitFor()
  await passer.judge('eungdapso-filed-phone')
  number = passer.page.url().match(/reports\/([\d-]+)/)[1]
  code = new URL(passer.page.url()).searchParams.get('code')
  assert.match(code, /^[a-z2-9]{12}$/)
  const src = await passer.page.locator('.street-pictures img').getAttribute('src')
  assert.ok(await passer.page.locator('.street-pictures img').evaluate(async img => { await img.decode(); return img.naturalWidth }) === 320, 'it is still a picture')
  const bytes = Buffer.from(await (await passer.page.request.get(house.url + src)).body())
  for (const secret of ['Exif', '2026:11:27', 'behind the end']) assert.equal(bytes.indexOf(secret), -1, secret)
  await passer.leave()
})

test('Everybody sees that it was reported, and nothing of who or with which words', async () => {
  const other = await Person.arrive(house, { viewport: desktop, language: 'en' })
  await other.go(`/eungdapso/reports/${number}`)
  await other.sees(/Pothole/)
  await other.sees_not(/차도 가운데/)
  await other.go(`/eungdapso/reports/${number}?code=wrongwrongwr`)
  await other.sees_not(/차도 가운데/)
  await other.go('/eungdapso/follow')
  await other.judge('eungdapso-follow')
  await fill(other, 'number', number)
  await fill(other, 'code', code)
  await other.press(/^Look/)
  await other.sees(/차도 가운데/)
  // Only whoever has the code changes it.
  const refused = await other.page.request.post(`${house.url}/eungdapso/reports/${number}/withdraw`, { form: {}, headers: { accept: 'application/json', origin: house.url } })
  assert.equal(refused.status(), 403)
  await other.leave()
})

test('On the map of our own tiles a place is chosen by keyboard; what lies near is shown and joined', async () => {
  const park = await Person.arrive(house, { viewport: phone, with_browser: with_map })
  const asked = []
  park.page.on('request', r => asked.push(r.url()))
  await park.sign_in('박서준')
  await park.go('/eungdapso/new?category=pothole')
  const stage = park.page.locator('madang-map[data-drawn=yes]')
  await stage.waitFor({ timeout: 60000 })
  await park.page.evaluate(([lat, lon]) => {
    navigator.geolocation.getCurrentPosition = done => done({ coords: { latitude: lat, longitude: lon } })
  }, [37.57390, 126.97040])
  await park.page.locator('madang-map button', { hasText: /지금 있는 곳/ }).click()
  await park.page.locator('madang-near .service-line').first().waitFor()
  await park.sees(/가까이에 이미 신고된 것이 있습니다/)
  await park.page.locator('canvas').focus()
  await park.page.keyboard.press('ArrowRight')
  await park.page.waitForTimeout(800)
  await park.page.keyboard.press('Enter')
  await park.page.waitForTimeout(800)
  assert.ok(Number(await park.page.locator('[name=lon]').inputValue()) > 126.9704, 'the middle has moved to the east')
  // A few hundred metres away nothing was reported; back where she stands it was.
  await park.sees(/가까이에 신고된 것이 없습니다/)
  await park.page.locator('madang-map button', { hasText: /지금 있는 곳/ }).click()
  await park.page.locator('madang-near button').first().waitFor()
  await park.judge('eungdapso-map-phone')
  await park.page.locator('madang-near button').first().click()
  await wait_for(async () => (await json(park, `/eungdapso/reports/${number}`)).voices === 2)
  const hosts = new Set(asked.filter(u => /^https?:/.test(u)).map(u => new URL(u).origin))
  assert.deepEqual([...hosts], [house.url], 'no request leaves the house')
  assert.ok(asked.some(u => u.includes('/tiles/districts/')), 'tiles were asked for')
  await park.leave()
})

test('The whole country on a large screen, in high contrast too', async () => {
  const other = await Person.arrive(house, { viewport: desktop, with_browser: with_map })
  for (const [contrast, name] of [['standard', 'eungdapso-map'], ['high', 'eungdapso-map-contrast']]) {
    await other.go(`/eungdapso/map?contrast=${contrast}`)
    await other.page.locator('madang-map[data-drawn=yes]').waitFor({ timeout: 60000 })
    await other.page.waitForTimeout(1500)
    await other.sees(/도식이며 실제 경계가 아닙니다/)
    await other.judge(name)
  }
  await other.leave()
})

test('Without a network two reports wait on the phone, and each is sent once when there is one', async () => {
  const choi = await Person.arrive(house, { viewport: phone })
  await choi.go('/eungdapso')
  await choi.page.evaluate(() => navigator.serviceWorker.ready)
  await wait_for(() => choi.page.evaluate(async () => {
    for (const name of await caches.keys()) if (await (await caches.open(name)).match('/eungdapso/new?category=waste&lang=ko')) return true
    return false
  }), 60)
  const before_it = (await points(choi)).length
  await choi.context.setOffline(true)
  for (const [category, words] of [['graffiti', '담벼락 낙서'], ['waste', '골목에 버린 쓰레기']]) {
    await choi.go(`/eungdapso/new?category=${category}`)
    await choi.page.locator('madang-report[data-ready]').waitFor()
    await choi.page.locator('[name=photo]').setInputFiles(picture)
    await choi.page.locator('[name=town]').selectOption('11010')
    await fill(choi, 'words', words)
    if (category === 'waste') {
      await pick(choi, 'kinds[]', 'food')
      await pick(choi, 'kinds[]', 'bulky')
    }
    await choi.press(/^신고 보내기/)
    await choi.page.locator('madang-report .banner').waitFor()
    await choi.sees(/연결이 없어 이 기기에 보관했습니다/)
    if (category === 'waste') await choi.judge('eungdapso-offline-phone')
  }
  await choi.go('/eungdapso')
  await choi.page.locator('madang-outbox .service-line').nth(1).waitFor()
  await choi.judge('eungdapso-outbox-phone')
  await choi.context.setOffline(false)
  await choi.page.evaluate(() => dispatchEvent(new Event('online')))
  await wait_for(async () => (await points(choi)).length === before_it + 2, 30)
  await choi.page.reload()
  await choi.page.locator('madang-outbox .service-line', { hasText: /보냈습니다/ }).nth(1).waitFor()
  const [one] = await choi.page.locator('madang-outbox a').evaluateAll(list => list.map(a => a.getAttribute('href')))
  await choi.go(one)
  await choi.sees(/골목에 버린 쓰레기|담벼락 낙서/)
  await choi.page.reload()
  assert.equal((await points(choi)).length, before_it + 2, 'each once')
  choi.errors = choi.errors.filter(e => !/ERR_INTERNET_DISCONNECTED|Failed to fetch|ERR_FAILED/.test(e))
  await choi.leave()
})

test('A draft is kept on the phone, opened again and sent', async () => {
  const han = await Person.arrive(house, { viewport: phone })
  await han.go('/eungdapso/new?category=drain')
  await han.page.locator('madang-report[data-ready]').waitFor()
  await fill(han, 'words', '덮개가 깨졌습니다')
  await han.press(/^나중에 보내기/)
  await han.page.locator('madang-report .banner').waitFor()
  await han.go('/eungdapso')
  await han.page.locator('madang-outbox a').first().click()
  await wait_for(() => han.page.locator('[name=words]').inputValue().then(v => v === '덮개가 깨졌습니다').catch(() => false))
  await pick(han, 'cover', 'yes')
  await han.page.locator('[name=town]').selectOption('11010')
  await han.press(/^신고 보내기/)
  await han.page.waitForURL(/filed=1/)
  await han.leave()
})

test('Without script a report is filed, with an account, and found among hers', async () => {
  const kim = await Person.arrive(house, { viewport: phone, script: false, language: 'en' })
  await kim.sign_in('Kim Hayun')
  await kim.go('/eungdapso/new?category=street-light')
  await pick(kim, 'fault', 'flickers')
  await kim.page.locator('[name=town]').selectOption('11010')
  await kim.press(/^Send the report/)
  await kim.sees(/Your report has been received/)
  await kim.go('/eungdapso/follow')
  await kim.sees(/Broken street light/)
  await kim.page.locator('main a', { hasText: /Broken street light/ }).click()
  await kim.sees(/What you can do/)
  await kim.leave()
})

let key
test('The crew sees what is urgent first, takes it, shows how it is now, and is done', async () => {
  const im = await Person.arrive(house, { viewport: phone })
  await im.sign_in('임세라')
  await im.go('/desk/eungdapso')
  const work = (await json(im, '/desk/eungdapso')).reports
  assert.ok(work.every(r => ['roads', 'lights', 'water'].includes(r.department)), 'only what is hers')
  assert.deepEqual(work.map(r => r.urgency), work.map(r => r.urgency).toSorted())
  const near = (await json(im, '/desk/eungdapso?lat=37.57387&lon=126.97033')).reports
  assert.deepEqual(near.map(r => r.metres), near.map(r => r.metres).toSorted((a, b) => a - b))
  await im.judge('eungdapso-crew-phone')
  key = work.find(r => r.number === number).key
  await im.go(`/desk/eungdapso/${key}`)
  await im.sees(/차도 가운데/)
  await im.sees(/목소리/)
  await im.judge('eungdapso-crew-one-phone')
  await im.press(/^맡기/)
  await im.page.locator('summary', { hasText: /고치기 전 사진/ }).click()
  await im.page.locator('[name=before]').setInputFiles(picture)
  await im.press(/^사진 더하기/)
  await fill(im, 'text', '아스팔트로 메웠습니다')
  await im.page.locator('[name=after]').setInputFiles(picture)
  await im.press(/^처리 마침/)
  await im.sees(/처리됨/)
  await im.page.locator('.street-pictures figure').nth(2).waitFor()
  await im.judge('eungdapso-crew-done-phone')
  await im.leave()
})

test('Whoever joined is told, the reporter reopens it, a stranger cannot', async () => {
  const park = await Person.arrive(house, { viewport: desktop })
  await park.sign_in('박서준')
  await wait_for(async () => { await park.go('/my/notices'); return /끝났습니다/.test(await park.text()) })
  await park.leave()
  const passer = await Person.arrive(house, { viewport: phone })
  await passer.go(`/eungdapso/reports/${number}`)
  await passer.sees_not(/다시 열기/)
  await passer.sees(/아스팔트로 메웠습니다/)
  await passer.go(`/eungdapso/reports/${number}?code=${code}`)
  await passer.sees(/약속을 지킴/)
  await passer.judge('eungdapso-done-phone')
  await passer.page.locator('summary', { hasText: /다시 열기/ }).click()
  await fill(passer, 'text', '하루 만에 다시 파였습니다')
  await passer.press(/^다시 열기/)
  await passer.sees(/접수됨/)
  assert.equal((await json(passer, `/eungdapso/reports/${number}`)).state, 'open')
  await passer.leave()
})

test('Not ours: it is passed on, counted, and gone from the list', async () => {
  const im = await Person.arrive(house, { viewport: phone })
  await im.sign_in('임세라')
  await im.go(`/desk/eungdapso/${key}`)
  await im.page.locator('summary', { hasText: /다른 곳에 넘기기/ }).click()
  await im.page.locator('[name=department]').selectOption('water')
  await fill(im, 'reason', '하수관이 꺼진 것입니다')
  await im.page.locator('form[action$="/pass"] button').click()
  await im.page.waitForURL(/\/desk\/eungdapso$/)
  assert.equal((await json(im, `/eungdapso/reports/${number}`)).passed, 1)
  assert.equal((await json(im, `/eungdapso/reports/${number}`)).department, 'water')
  await im.leave()
})

test('A call is taken down into the same window, pictures and words are released, a program is admitted', async () => {
  const yoo = await Person.arrive(house, { viewport: desktop })
  await yoo.sign_in('유가온')
  await yoo.go('/desk/eungdapso-intake')
  await yoo.judge('eungdapso-intake')
  await yoo.follow(/^쓰러진 나무/)
  await pick(yoo, 'channel', 'telephone')
  await fill(yoo, 'words', '큰 나무가 길을 막았다고 합니다')
  await pick(yoo, 'blocks', 'road')
  await yoo.page.locator('[name=town]').selectOption('11010')
  await fill(yoo, 'name', '이웃')
  await yoo.judge('eungdapso-intake-form')
  await yoo.press(/^접수/)
  await yoo.sees(/접수했습니다/)
  await yoo.judge('eungdapso-taken-down')
  await yoo.go('/desk/eungdapso-release')
  await yoo.judge('eungdapso-release')
  await yoo.go(`/desk/eungdapso/${key}`)
  await yoo.page.locator('input[name=words]').check({ force: true })
  await yoo.press(/^고른 것만 공개/)
  const other = await Person.arrive(house, { viewport: desktop })
  await other.go(`/eungdapso/reports/${number}`)
  await other.sees(/차도 가운데가 파여/)
  await other.leave()
  await yoo.go('/desk/eungdapso-programs')
  await fill(yoo, 'name', '동네 앱')
  await yoo.press(/^열쇠 발급/)
  await yoo.sees(/지금 한 번만 보입니다/)
  await yoo.judge('eungdapso-programs')
  await yoo.leave()
})

test('Figures by district and kind, and the same as CSV', async () => {
  const other = await Person.arrive(house, { viewport: desktop })
  await other.go('/eungdapso/statistics')
  await other.sees(/서울특별시 종로구/)
  await other.judge('eungdapso-statistics')
  const csv = await (await other.page.request.get(`${house.url}/eungdapso/statistics.csv`)).text()
  const [head, ...lines] = csv.trim().split('\r\n')
  assert.equal(head, 'office,office_name,category,category_name,filed,voices,open,overdue,closed,kept,kept_percent')
  const filed = lines.map(l => Number(l.split(',')[4]))
  assert.equal(filed.reduce((a, b) => a + b, 0), (await points(other)).length)
  await other.go('/eungdapso/open311')
  await other.judge('eungdapso-open311')
  await other.leave()
})
