// Journey 1 and 2: Kim has a certificate issued, and anyone verifies it.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { House, Person, browser_with_camera, close_browser, phone } from './house.mjs'
import { forged } from './forger.mjs'

let house
before(async () => { house = await House.open() })
after(async () => { await close_browser(); await house?.close() })

test('Kim finds the service by typing, answers, stops, goes on with her phone, and has a signed PDF', async () => {
  const kim = await Person.arrive(house)
  await kim.sign_in('김하윤')
  await kim.go('/')
  await kim.judge('home')
  const box = kim.page.getByRole('combobox')
  await box.fill('등본')
  await kim.page.getByRole('option', { name: /주민등록표 등본/ }).click()
  await kim.page.waitForURL(/services\/resident-certificate/)
  await kim.judge('service')
  await kim.sees(/누가/)
  await kim.press(/발급 시작/)
  await kim.judge('question')

  // Nothing chosen: the summary takes the focus and leads to the control.
  await kim.press(/^(다음|계속)/)
  await kim.sees(/답을 적거나 골라 주세요/)
  await kim.judge('question-error')
  await kim.choose('등본')
  await kim.press(/^(다음|계속)/)
  await kim.choose('세대주와의 관계')
  await kim.press(/저장하고|나중에/)
  await kim.sees(/저장했습니다/)
  await kim.judge('my')
  await kim.press(/로그아웃/)
  await kim.leave()

  const on_phone = await Person.arrive(house, { viewport: phone })
  await on_phone.sign_in('김하윤')
  await on_phone.go('/my')
  await on_phone.judge('my-phone')
  await on_phone.page.getByRole('link', { name: /주민등록표 등본/ }).first().click()
  await on_phone.page.waitForLoadState()
  await on_phone.sees(/어디에 내시나요/)
  await on_phone.judge('question-phone')
  await on_phone.page.locator('select').selectOption('bank')
  await on_phone.press(/^(다음|계속)/)
  await on_phone.sees(/금융기관/)
  await on_phone.judge('check-phone')
  await on_phone.press(/발급하기/)
  await on_phone.sees(/발급되었습니다/)
  await on_phone.judge('issued-phone')
  const pdf = await on_phone.download()
  assert.ok(readFileSync(pdf).subarray(0, 5).equals(Buffer.from('%PDF-')))
  const text = execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' })
  assert.match(text, /주민등록표/)
  assert.match(text, /김하윤/)
  assert.match(text, /정도윤/)
  assert.match(text, /\*{6}/, 'numbers that were not chosen are hidden')
  assert.match(text, /금융기관/)
  const signatures = execFileSync('pdfsig', [pdf], { encoding: 'utf8' })
  assert.match(signatures, /Signature is Valid/)
  // The same bytes again.
  const again = await on_phone.download()
  assert.ok(readFileSync(pdf).equals(readFileSync(again)))
  // Read here, on a phone that shows no PDF: as a picture, as text, aloud.
  await on_phone.page.getByRole('link', { name: '열어 보기' }).click()
  await on_phone.page.locator('summary', { hasText: '이 쪽의 글' }).click()
  await on_phone.sees(/정도윤/)
  const image = on_phone.page.locator('img.paper-view')
  assert.ok(await image.evaluate(async i => { await i.decode(); return i.naturalWidth }) > 800)
  assert.equal(await on_phone.page.locator('audio').count(), existsSync('/usr/bin/espeak-ng') ? 1 : 0)
  await on_phone.judge('document-shown-phone')
  await on_phone.leave()
})

test('Anyone verifies by number, by file and by the code on it, and is told what was changed', async () => {
  const kim = await Person.arrive(house)
  await kim.sign_in('김하윤')
  await kim.issue('resident-certificate', [
    p => p.choose('초본'),
    p => p.choose('과거 주소'),
    p => p.page.locator('select').selectOption('school')
  ])
  const pdf = await kim.download()
  const number = pdf.match(/(\d{4}-\d{4}-\d{4}-\d{4})\.pdf$/)[1]

  const anyone = await Person.arrive(house, { language: 'en', script: false })
  await anyone.go('/verify')
  await anyone.page.getByLabel(/Issue number/).fill(number.replaceAll('-', ' '))
  await anyone.page.locator('form[action="/verify/number"] button').click()
  await anyone.sees(/Genuine/)
  await anyone.sees(/김\*윤/)
  await anyone.sees_not(/김하윤/)

  await anyone.go('/verify')
  await anyone.page.locator('input[type=file]').setInputFiles(pdf)
  await anyone.page.locator('form[action="/verify/file"] button').click()
  await anyone.sees(/Genuine/)

  // One visible line is changed after issue, which other readers do not notice: found, and said.
  const bytes = readFileSync(pdf)
  const forgery = join(house.data, 'forged.pdf')
  writeFileSync(forgery, forged(bytes, '김하윤', '김하하'))
  assert.match(execFileSync('pdfsig', [forgery], { encoding: 'utf8' }), /Signature is Valid/)
  await anyone.go('/verify')
  await anyone.page.locator('input[type=file]').setInputFiles(forgery)
  await anyone.page.locator('form[action="/verify/file"] button').click()
  await anyone.sees(/Changed/)
  await anyone.sees(/Originally\s+In this file\s+김하윤\s+김하하/)
  await anyone.page.locator('summary', { hasText: 'Details' }).click()
  await anyone.sees(/The content was changed after signing/)
  await anyone.sees(/not the same file as the one that was issued/)
  await anyone.sees_not(/Something about the signature/)

  // Something that is not seen was put behind it.
  writeFileSync(forgery, Buffer.concat([bytes, Buffer.from('\n% added\n')]))
  await anyone.go('/verify')
  await anyone.page.locator('input[type=file]').setInputFiles(forgery)
  await anyone.page.locator('form[action="/verify/file"] button').click()
  await anyone.sees(/Changed/)

  await anyone.go('/verify')
  await anyone.page.getByLabel(/Issue number/).fill('2611-2300-0417-8832')
  await anyone.page.locator('form[action="/verify/number"] button').click()
  await anyone.sees(/Unknown/)

  // The code as zbarimg reads it off the printed page.
  execFileSync('pdftoppm', ['-r', '200', '-png', '-singlefile', pdf, join(house.data, 'paper')])
  const code = execFileSync('zbarimg', ['-q', '--raw', join(house.data, 'paper.png')], { encoding: 'utf8' }).trim()
  assert.match(code, /^MD1:/)
  await anyone.go('/verify')
  await anyone.page.getByLabel(/Text of the code/).fill(code)
  await anyone.page.locator('form[action="/verify/code"] button').click()
  await anyone.sees(/Genuine/)

  await kim.go('/my/documents')
  await kim.judge('wallet')
  await kim.page.locator('main table a').first().click()
  await kim.page.waitForLoadState()
  await kim.page.getByText('이 문서를 쓰지 못하게 하기').click()
  await kim.press(/폐기하기/)
  await kim.sees(/폐기됨/)
  await anyone.go(`/v/${number}`)
  await anyone.sees(/Revoked/)
  await anyone.leave()
  await kim.leave()
})

test('The code is read by the camera or from a picture, also where the browser itself reads none', async () => {
  const park = await Person.arrive(house)
  await park.sign_in('박서준')
  await park.issue('resident-certificate', [
    p => p.choose('등본'), async () => {}, p => p.page.locator('select').selectOption('bank')])
  const pdf = await park.download()
  await park.leave()
  const picture = join(house.data, 'photo')
  execFileSync('pdftoppm', ['-r', '200', '-jpeg', '-singlefile', pdf, picture])
  // What a camera sees that is held before the foot of the paper: 1280 by 720.
  const seen = join(house.data, 'seen')
  execFileSync('pdftoppm', ['-r', '200', '-jpeg', '-singlefile', '-x', '100', '-y', '1500', '-W', '1280', '-H', '720', pdf, seen])
  renameSync(`${seen}.jpg`, `${seen}.mjpeg`)

  const with_browser = await browser_with_camera(`${seen}.mjpeg`)
  try {
    const counter = await Person.arrive(house, { with_browser, viewport: phone, language: 'en' })
    await counter.go('/verify')
    assert.equal(await counter.page.evaluate(() => 'BarcodeDetector' in globalThis &&
      globalThis.BarcodeDetector.getSupportedFormats().then(f => f.includes('qr_code'))), false, 'this browser has none')
    await counter.judge('verify-scan-phone')
    await counter.page.locator('madang-scan input[type=file]').setInputFiles(`${picture}.jpg`)
    await counter.page.waitForURL(/\/verify\/code$/)
    await counter.sees(/Genuine/)
    await counter.sees(/박\*준/)

    await counter.go('/verify')
    await counter.press('Read with the camera')
    await counter.page.waitForURL(/\/verify\/code$/)
    await counter.sees(/Genuine/)

    // On the page for counters, and with a picture in which there is no code.
    await counter.go('/verify/paper')
    execFileSync('pdftoppm', ['-r', '50', '-jpeg', '-singlefile', '-H', '200', pdf, join(house.data, 'no-code')])
    await counter.page.locator('madang-scan input[type=file]').setInputFiles(join(house.data, 'no-code.jpg'))
    await counter.page.getByText('No code was found').waitFor()
    await counter.press('Read with the camera')
    await counter.page.locator('.banner.good').waitFor()
    await counter.judge('paper-scanned-phone')
    await counter.leave()
  } finally {
    await with_browser.close()
  }
})

test('Certificates of family, land, vehicle and business come by pack alone', async () => {
  const kim = await Person.arrive(house)
  await kim.sign_in('김하윤')
  const purpose = p => p.page.locator('select').selectOption('general')
  const first = p => p.page.locator('main fieldset label').first().click()
  await kim.issue('family-certificate', [async () => {}, purpose])
  let text = await kim.paper()
  for (const name of ['김영호', '박순자', '정유진', '정도윤']) assert.match(text, new RegExp(name))
  await kim.issue('land-register', [first, purpose])
  text = await kim.paper()
  assert.match(text, /토지/)
  await kim.issue('vehicle-register', [first, purpose])
  text = await kim.paper()
  assert.match(text, /자동차/)
  await kim.leave()
  const han = await Person.arrive(house, { language: 'en' })
  await han.sign_in('Han Yerin')
  await han.issue('business-certificate', [first, purpose])
  text = await han.paper()
  assert.match(text, /한예린/)
  await han.leave()
})
