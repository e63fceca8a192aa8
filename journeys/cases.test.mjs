// A case from inside: Kim and the office write to each other with files, an official works through
// the inbox by keyboard and in bulk, asks another office, lengthens the period, is stood in for; two
// decide at once; Kim objects, is heard by somebody else, says how it was, and takes the whole file
// home as one sealed PDF.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { House, Person, close_browser, phone, wait_for } from './house.mjs'
import { Client } from '../tests/client.mjs'

let house
before(async () => { house = await House.open() })
after(async () => { await close_browser(); await house?.close() })

// The smallest PNG: one pixel (RFC 2083), as ImageMagick writes it.
const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=', 'base64')

async function file_case(client) {
  const draft = await client.begin('post-forward')
  await client.answer(draft, 'months', { months: '3' })
  const done = await client.submit(draft)
  assert.equal(done.status, 201, done.text)
  return done.json().location.match(/cases\/(\w+)/)[1]
}

function pdf_says(octets, program) {
  const file = join(house.data, 'judged.pdf')
  writeFileSync(file, octets)
  return execFileSync(program, program === 'pdftotext' ? [file, '-'] : [file], { encoding: 'utf8' })
}

// Written with the program itself; Kim sees on her phone what the official sees.
async function an_office_file(kim, lee, key) {
  const words = join(house.data, 'lease.txt')
  writeFileSync(words, '임대차 계약서\n보증금 오천만 원\n')
  execFileSync('/usr/bin/soffice', ['--headless', `-env:UserInstallation=file://${house.data}/office`, '--convert-to', 'odt', '--outdir', house.data, words], { stdio: 'ignore' })
  await kim.go(`/my/cases/${key}`)
  await kim.page.locator('summary', { hasText: '담당자에게 글 보내기' }).click()
  await kim.page.locator('#text').fill('계약서입니다.')
  await kim.page.locator('#text-files').setInputFiles(join(house.data, 'lease.odt'))
  await kim.press(/^보내기/)
  await kim.page.locator('main a', { hasText: /^lease\.odt$/ }).click()
  await kim.page.locator('summary', { hasText: '이 쪽의 글' }).click()
  await kim.sees(/보증금 오천만 원/)
  await kim.judge('office-file-shown-phone')
  await lee.go(`/desk/cases/${key}`)
  const shown = await lee.page.locator('main a', { hasText: /^lease\.odt$/ }).getAttribute('href')
  const pdf = await lee.page.request.get(house.url + shown.replace('/view', '/pdf'))
  assert.match(pdf_says(await pdf.body(), 'pdftotext'), /임대차 계약서\s+보증금 오천만 원/)
}

test('Kim and the office write to each other, with files, letters and notes', async () => {
  const filing = await new Client(house).sign_in('Kim Hayun')
  const key = await file_case(filing)
  const kim = await Person.arrive(house, { viewport: phone })
  await kim.sign_in('김하윤')
  await kim.go(`/my/cases/${key}`)
  await kim.page.locator('summary', { hasText: '담당자에게 글 보내기' }).click()
  await kim.page.locator('#text').fill('계약서를 사진으로 보냅니다.')
  // What is no picture is refused whatever it is called, and what she wrote is still there.
  await kim.page.locator('#text-files').setInputFiles({ name: '계약서.png', mimeType: 'image/png', buffer: Buffer.from('MZ\u0000\u0001') })
  await kim.press(/^보내기/)
  await kim.sees(/받을 수 없는 종류의 파일입니다/)
  assert.equal(await kim.page.locator('#text').inputValue(), '계약서를 사진으로 보냅니다.')
  await kim.judge('case-write-error-phone')
  await kim.page.locator('#text-files').setInputFiles([
    { name: '계약서.png', mimeType: 'image/png', buffer: png },
    { name: '메모.txt', mimeType: 'text/plain', buffer: Buffer.from('오후에는 집에 있습니다.\n') }])
  await kim.press(/^보내기/)
  await kim.sees(/계약서\.png/)
  await kim.judge('case-written-phone')

  const lee = await Person.arrive(house)
  await lee.sign_in('이도현')
  await lee.go('/desk?whose=written')
  assert.match(await lee.page.content(), /새 글/)
  await lee.go(`/desk/cases/${key}`)
  const link = await lee.page.locator('main a', { hasText: '내려받기 계약서.png' }).getAttribute('href')
  const got = await lee.page.request.get(house.url + link)
  assert.equal(got.status(), 200)
  assert.deepEqual(await got.body(), png)
  assert.equal(got.headers()['x-content-type-options'], 'nosniff')
  assert.match(got.headers()['content-disposition'], /^attachment;.*filename\*=UTF-8''%EA%B3%84/)
  // Nobody has to open it on her own machine: the house shows it, and makes a PDF of it.
  await lee.page.locator('main a', { hasText: /^계약서\.png$/ }).click()
  await lee.sees(/내 기기에서 열지 않아도/)
  const size = await lee.page.locator('img.paper-view').evaluate(async i => { await i.decode(); return [i.naturalWidth, i.naturalHeight] })
  // As wide as A4: 595.3 points, at 110 points an inch.
  for (const side of size) assert.ok(Math.abs(side - 909.5) < 1, `${side} points wide`)
  await lee.judge('attachment-shown-desk')
  const pdf = await lee.page.request.get(`${house.url}${link}/pdf`)
  assert.match(pdf.headers()['content-disposition'], /%EA%B3%84%EC%95%BD%EC%84%9C\.pdf/)
  assert.match(pdf_says(await pdf.body(), 'pdfinfo'), /Pages: +1\n/)
  await lee.page.goBack()
  const memo = (await lee.page.locator('main a', { hasText: /^메모\.txt$/ }).getAttribute('href'))
  assert.equal((await lee.page.request.get(house.url + memo, { headers: { accept: 'application/json' } }).then(r => r.json())).words, '오후에는 집에 있습니다.\n')
  if (existsSync('/usr/bin/espeak-ng')) {
    const voice = await lee.page.request.get(house.url + memo.replace('/view', '/voice'))
    assert.equal(voice.headers()['content-type'], 'audio/wav')
    await lee.go(memo)
    const seconds = await lee.page.locator('audio').evaluate(a => new Promise((good, bad) => { a.onloadedmetadata = () => good(a.duration); a.onerror = () => bad(a.error); a.preload = 'metadata'; a.load() }))
    assert.ok(seconds > 1 && seconds < 10, `${seconds} s of speech`)
    await lee.judge('attachment-read-aloud-desk')
  }
  if (existsSync('/usr/bin/soffice')) await an_office_file(kim, lee, key)
  // Nobody else gets it, signed in or not.
  const han = await new Client(house).sign_in('Han Yerin')
  for (const below of ['/view', '/picture', '/pdf', '/voice']) {
    assert.equal((await han.get(link.replace('/desk/', '/my/') + below)).status, 404, below)
    assert.equal((await han.get(link + below)).status, 403, below)
    assert.equal((await new Client(house).get(link + below)).status, 401, below)
  }
  assert.equal((await han.get(link.replace('/desk/', '/my/'))).status, 404)
  assert.equal((await han.get(link)).status, 403)
  assert.equal((await new Client(house).get(link)).status, 401)

  // A letter of the pack, edited before it is sent; and a note that stays inside.
  await lee.page.locator('summary', { hasText: '신청인에게 글 보내기' }).click()
  await lee.page.locator('#letter-write').selectOption('received-well')
  await lee.page.locator('form.letters:has(#letter-write) button').click()
  await lee.page.waitForLoadState()
  const letter = await lee.page.locator('#write-text').inputValue()
  assert.match(letter, /^김하윤님, 주거이전/)
  assert.doesNotMatch(letter, /\{/)
  await lee.page.locator('#write-text').fill(letter + '고맙습니다.')
  await lee.page.locator('form[action$="/messages"] button[type=submit], form[action$="/messages"] button').last().click()
  await lee.page.waitForLoadState()
  await lee.page.locator('summary', { hasText: '메모 남기기' }).click()
  await lee.page.locator('#note-text').fill('계약서 확인함')
  await lee.page.locator('form[action$="/notes"] button').click()
  await lee.page.waitForLoadState()
  await lee.judge('desk-case-file')
  // Longer by a letter as well; she reads why and until when.
  await lee.page.locator('summary', { hasText: '기한 연장' }).click()
  await lee.page.locator('#extend-days').fill('9')
  await lee.page.locator('#extend-text').fill('현장 확인')
  await lee.page.locator('form[action$="/extend"] button').click()
  await lee.page.waitForLoadState()
  assert.match(await lee.page.content(), /1일부터 5일까지 연장할 수 있습니다/)
  await lee.page.locator('#extend-days').fill('2')
  await lee.page.locator('form[action$="/extend"] button').click()
  await lee.page.waitForLoadState()

  await kim.go(`/my/cases/${key}`)
  await kim.sees(/고맙습니다/)
  await kim.sees_not(/계약서 확인함/)
  await kim.page.locator('summary', { hasText: '처리 기한은 이렇게' }).click()
  await kim.sees(/근무일 2일 연장.*현장 확인/)
  await wait_for(async () => {
    await kim.go('/my/notices')
    return /처리 기한이 .*까지로 늘었습니다/.test(await kim.text()) && /담당자가 글을 보냈습니다/.test(await kim.text())
  })

  // The whole file as one paper: hers without the note, the official's with it.
  await kim.go(`/my/cases/${key}`)
  await kim.page.locator('summary', { hasText: '처리 기록을 문서로' }).click()
  await kim.press(/처리 기록을 문서로 받기/)
  const hers = await kim.paper()
  for (const piece of ['계약서를 사진으로', '고맙습니다', '오후에는 집에', createHash('sha256').update(png).digest('hex').slice(0, 16), '현장 확인'])
    assert.match(hers.replace(/\s+/g, ' '), new RegExp(piece))
  assert.doesNotMatch(hers, /확인함/)
  const officer = await new Client(house).sign_in('Lee Dohyun')
  const whole = await officer.post(`/desk/cases/${key}/paper`)
  assert.equal(whole.headers['content-type'], 'application/pdf')
  const path = join(house.data, 'case.pdf')
  writeFileSync(path, whole.bytes)
  const printed = execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' })
  assert.match(printed, /Internal notes[\s\S]*확인함/)
  // The picture she sent is a page of it, as large as she sent it, point for point.
  assert.match(printed, /Attached file: 계약서\.png \(page 1 \/ 1\)/)
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  assert.match(execFileSync('pdfimages', ['-list', path], { encoding: 'utf8' }), new RegExp(`image +${width} +${height} `))
  for (const person of [kim, lee]) await person.leave()
})

test('An official works through the inbox: search, filters in the address, keyboard, many at once', async () => {
  const filing = await new Client(house).sign_in('Kim Hayun')
  for (let i = 0; i < 4; i++) await file_case(filing)
  const lee = await Person.arrive(house)
  await lee.sign_in('이도현')
  await lee.go('/desk')
  await lee.page.locator('input[name=q]').fill('우편물 하윤')
  await lee.page.locator('.desk-filter .row button').click()
  await lee.page.waitForURL(/q=/)
  assert.ok(await lee.page.locator('.desk-item').count() >= 4)
  await lee.go('/desk?q=%EC%97%86%EB%8A%94%EB%A7%90')
  assert.match(await lee.page.content(), /지금 할 일이 없습니다/)
  await lee.go('/desk?whose=nobody&order=opened')
  assert.equal(await lee.page.locator('#filter-whose').inputValue(), 'nobody')
  await lee.judge('desk-inbox')
  // By keyboard alone: walk, pick two, and help.
  const seen = await lee.page.locator('.desk-item').count()
  await lee.page.locator('main').focus()
  for (const k of ['j', 'x', 'j', 'x']) await lee.page.keyboard.press(k)
  assert.equal(await lee.page.locator('.desk-pick:checked').count(), 2)
  await lee.page.keyboard.press('?')
  assert.match(await lee.page.locator('dialog').innerText(), /고르기/)
  await lee.page.keyboard.press('Escape')
  await lee.page.locator('summary', { hasText: '고른 일 한꺼번에' }).click()
  await lee.page.locator('#bulk-act').selectOption('take')
  await lee.page.locator('#bulk button').click()
  await lee.page.waitForLoadState()
  await lee.sees(/2건을 했고 0건은/)
  await lee.judge('desk-bulk')
  await lee.go('/desk?whose=nobody&order=opened')
  assert.equal(await lee.page.locator('.desk-item').count(), seen - 2)
  await lee.go('/desk?whose=mine')
  assert.ok(await lee.page.locator('.desk-item').count() >= 2)

  // The same for programs, page by page, with problems of a stable type.
  const client = await new Client(house).sign_in('Lee Dohyun')
  const inbox = (await client.get('/desk?whose=mine')).json()
  assert.equal(inbox.total, inbox.cases.length)
  assert.equal(inbox.cases[0].post, 'jongno.resident')
  const wrong = await client.post('/desk/bulk', { act: 'return', [`c_${inbox.cases[0].key}`]: 'on' })
  assert.equal(wrong.status, 422)
  assert.equal(wrong.json().code ?? wrong.json().type.split('/').at(-1), 'case.text_missing')
  const done = (await client.post('/desk/bulk', {
    act: 'return', text: '서류가 없습니다', [`c_${inbox.cases[0].key}`]: 'on', c_0000000000001: 'on' })).json()
  assert.deepEqual([done.done, done.refused], [1, 1])
  assert.equal(done.cases.find(c => c.key === '0000000000001').outcome, 'case.not_found')
  await lee.leave()

  const small = await Person.arrive(house, { viewport: phone, script: false })
  await small.sign_in('이도현')
  await small.go('/desk')
  assert.ok(await small.page.locator('.desk-pick').count() > 0, 'works without script')
  await small.context.close()
})

test('Two decide at once, another office is asked, Kim objects and is heard by somebody else', async () => {
  const filing = await new Client(house).sign_in('Kim Hayun')
  const key = await file_case(filing), other = await file_case(filing)
  const lee = await new Client(house).sign_in('Lee Dohyun'), oh = await new Client(house).sign_in('Oh Minseok')
  const [first, second] = [await oh.post(`/desk/cases/${other}/accept`), await lee.post(`/desk/cases/${other}/refuse`, { text: '아니오' })]
  assert.equal(first.status, 303)
  assert.equal(second.status, 409)
  assert.match(second.json().detail, /오민석.*decided it first, on \d{4}-\d\d-\d\d \d\d:\d\d/)
  assert.equal((await oh.post(`/desk/cases/${other}/accept`)).status, 303, 'pressed twice')

  const asked = await lee.post(`/desk/cases/${key}/opinions`, { office: '21', due: '1999-01-01', text: '?' })
  assert.equal(asked.status, 422)
  const due = (await lee.get(`/desk/cases/${key}`)).json().head.due
  assert.equal((await lee.post(`/desk/cases/${key}/opinions`, { office: '21', due, text: '어떻습니까?' })).status, 303)
  const file = (await oh.get(`/desk/cases/${key}`)).json().file
  assert.equal(file.opinions[0].state, 'asked')
  assert.equal((await oh.post(`/desk/cases/${key}/opinions/${file.opinions[0].key}`, { text: '이견 없습니다.' })).status, 303)

  const official = await Person.arrive(house)
  await official.sign_in('이도현')
  await official.go(`/desk/cases/${key}`)
  assert.match(await official.page.content(), /이견 없습니다/)
  await official.page.locator('summary', { hasText: /^거부$/ }).click()
  await official.page.locator('#refuse-text').fill('요건이 맞지 않습니다.')
  await official.page.locator('form[action$="/refuse"] button').click()
  await official.page.waitForLoadState()

  const kim = await Person.arrive(house)
  await kim.sign_in('김하윤')
  await kim.go(`/my/cases/${key}`)
  await kim.sees(/60일 안에 이의를/)
  await kim.page.locator('summary', { hasText: '이의신청하기' }).click()
  await kim.page.locator('form[action$="/object"] textarea').fill('서류를 보지 않으셨습니다.')
  await kim.judge('case-object')
  await kim.page.locator('form[action$="/object"] button').click()
  await kim.page.waitForLoadState()
  await kim.sees(/확인하고 있습니다/)

  await official.go(`/desk/cases/${key}`)
  await official.press(/수리하고 서명/)
  assert.match(await official.page.content(), /처음 거부한 사람이 아닌/)
  await official.leave()
  assert.equal((await oh.post(`/desk/cases/${key}/accept`)).status, 303)

  await kim.go(`/my/cases/${key}`)
  await kim.choose('4 — 좋음')
  await kim.page.locator('form[action$="/rate"] textarea').fill('두 번째는 빨랐습니다.')
  await kim.judge('case-rate')
  await kim.press(/평가 보내기/)
  await kim.sees(/5점 중 4점/)
  await kim.leave()
})

test('While Lee is away Yoon stands in for him, and the record says so', async () => {
  const filing = await new Client(house).sign_in('Kim Hayun')
  const key = await file_case(filing)
  const yoon = await Person.arrive(house)
  await yoon.sign_in('윤서아')
  await yoon.go(`/desk/cases/${key}`)
  await yoon.sees_not(/김하윤/)

  const lee = await Person.arrive(house)
  await lee.sign_in('이도현')
  await lee.go('/desk/absence')
  const today = await lee.page.locator('#begins').inputValue()
  await lee.page.locator('#ends').fill('2000-01-01')
  await lee.page.locator('#substitute').selectOption('jongno.welfare')
  await lee.press(/부재 정하기/)
  await lee.sees(/앞일 수 없습니다/)
  await lee.judge('desk-absence')
  await lee.page.locator('#ends').fill(today)
  await lee.press(/부재 정하기/)
  await lee.sees(/윤서아/)
  await lee.leave()

  await yoon.go('/desk')
  await yoon.press(/이도현 자리 대행하기/)
  await yoon.go(`/desk/cases/${key}`)
  await yoon.sees(/김하윤/)
  await yoon.press(/수리하고 서명/)
  assert.match(await yoon.page.content(), /윤서아 \(이도현 대행\)/)
  await yoon.go('/desk')
  await yoon.judge('desk-standing-in')
  await yoon.press(/내 자리로 돌아가기/)
  await yoon.leave()
})
