// Information disclosure: asked for on a phone, a paper marked by mouse, by keys and by words, a third party heard, disclosed in
// part, and the file that is taken home judged by foreign programs; the same without script; lists, figures, other people's eyes.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { House, Person, close_browser, phone, wait_for } from './house.mjs'

let house
before(async () => { house = await House.open() })
after(async () => { await close_browser(); await house?.close() })

const next = person => person.press(/^(다음|계속|Continue)/)
const fill = (person, name, value) => person.page.locator(`main [name="${name}"]`).first().fill(value)
const json = async (person, path) => {
  const answer = await person.page.request.get(house.url + path, { headers: { accept: 'application/json' } })
  return { status: answer.status(), ...(answer.ok() ? await answer.json() : {}) }
}

// One page of Letter size in Helvetica, with a title that gives away who is meant.
function report() {
  const text = 'BT /F 14 Tf 60 700 Td (Inspection of the Hangang bridge) Tj 0 -30 Td (Inspector: HONG GILDONG) Tj ' +
    '0 -30 Td (Offer of Sanho Construction: 420 million won) Tj 0 -30 Td (Result: sound) Tj ET'
  return Buffer.from(`%PDF-1.5
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 4 0 R>>>>/Contents 5 0 R>>endobj
4 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
5 0 obj<</Length ${text.length}>>stream
${text}
endstream endobj
6 0 obj<</Title(Report on HONG GILDONG)>>endobj
trailer<</Root 1 0 R/Info 6 0 R>>
%%EOF
`)
}

async function ask(person, { agency, subject, text }) {
  await person.go('/services/information-disclosure-request')
  await person.page.locator('main form[action$="/start"] button').click()
  await fill(person, 'agency', agency)
  return async () => {
    await next(person)
    await fill(person, 'subject', subject)
    await next(person)
    await fill(person, 'text', text)
    await next(person)
    await person.choose(/^(전자파일|Electronic file)/)
    await next(person)
    await person.choose(/^(이 사이트|Download)/)
    await next(person)
    await next(person)
    await person.choose(/^(아니요|No)/)
    await next(person)
    await person.choose(/^(예|Yes)/)
    await next(person)
  }
}

let request, number
test('Kim finds no answer in the lists and asks the ministry on her phone', async () => {
  const kim = await Person.arrive(house, { viewport: phone })
  await kim.go('/disclosure')
  await kim.sees(/열흘 안에/)
  await kim.judge('disclosure-phone')
  await kim.go('/disclosure/lists?q=' + encodeURIComponent('교량'))
  await kim.sees(/교량 정밀안전진단 결과/)
  await kim.sees(/제9조제1항제7호/)
  await kim.judge('disclosure-lists-phone')
  await kim.sign_in('김하윤')
  const onward = await ask(kim, { agency: '교통', subject: '한강대교 점검', text: '2025년 한강대교 점검 보고서를 원합니다.' })
  // "교통" fits several names: nothing is guessed.
  await next(kim)
  await kim.sees(/이름의 기관이 없거나 여럿입니다/)
  await kim.judge('disclosure-agency-error-phone')
  await fill(kim, 'agency', '국토교통')
  await kim.page.getByRole('option', { name: '국토교통부' }).click()
  await onward()
  await kim.sees(/국토교통부/)
  await kim.judge('disclosure-check-phone')
  await kim.press(/신고하기|신청하기|보내기|Submit/)
  await kim.sees(/까지 결정해 알려 드립니다/)
  await kim.judge('disclosure-filed-phone')
  request = kim.page.url().split('/').at(-1).replace(/\?.*/, '')
  number = (await kim.text()).match(/\d{4}-\d{4}-\d{6}/)[0]
  await kim.leave()
})

test('The official takes a paper, marks by words, by mouse and by keys, and hears whom it concerns', async () => {
  const cho = await Person.arrive(house)
  await cho.sign_in('조은우')
  await cho.go('/desk')
  await cho.page.getByRole('link', { name: /^정보공개/ }).first().click()
  await cho.follow(/한강대교 점검/)
  await cho.sees(/2025년 한강대교/)
  await cho.judge('disclosure-desk')
  const paper = join(house.data, 'report.pdf')
  writeFileSync(paper, report())
  await cho.page.locator('main input[type=file]').setInputFiles(paper)
  await cho.press(/^올리기$/)
  await cho.sees(/사본 없음/)
  await cho.follow(/report\.pdf/)

  await cho.page.locator('#find-words').fill('hong gildong')
  await cho.page.locator('#find-ground').selectOption('6')
  await cho.press(/찾아서 모두 가리기/)
  await cho.sees(/hong gildong/i)
  // The line of the offer: 792 - 640 = 152 points from the top, drawn by mouse.
  const page = cho.page.locator('#paper-page')
  const at = await page.boundingBox()
  const scale = at.width / 612
  await cho.page.mouse.move(at.x + 55 * scale, at.y + 138 * scale)
  await cho.page.mouse.down()
  await cho.page.mouse.move(at.x + 380 * scale, at.y + 160 * scale, { steps: 5 })
  await cho.page.mouse.up()
  await cho.page.locator('#mark-ground').selectOption('7')
  await cho.press(/^가릴 곳 더하기/)
  await cho.sees(/Sanho Construction/)
  await cho.sees(/가릴 곳 2곳/)
  // By keys alone: an area begins where the arrows bring it, and can be taken away again.
  await page.focus()
  await cho.page.keyboard.press('ArrowRight')
  await cho.page.keyboard.press('ArrowDown')
  await cho.page.keyboard.press('Shift+ArrowRight')
  assert.equal(await cho.page.locator('#mark-width').inputValue(), '124.0')
  await cho.page.keyboard.press('Enter')
  await cho.press(/^가릴 곳 더하기/)
  await cho.sees(/가릴 곳 3곳/)
  await cho.page.locator('ul.marks li', { hasText: '글자 없음' }).getByRole('button', { name: '빼기' }).click()
  await cho.sees(/가릴 곳 2곳/)
  await cho.judge('disclosure-paper')

  // Not decided while a copy is missing or somebody is still heard.
  await cho.go(`/desk/disclosure/${request}`)
  await cho.page.locator('summary', { hasText: '제3자에게 알리기' }).click()
  await cho.page.locator('#hear-number').fill('999999-9999999')
  await cho.page.locator('#hear-about').fill('공사 금액')
  await cho.page.locator('form[action$="/hear"] button').click()
  await cho.sees(/그 번호의 사람이나 사업체를 찾을 수 없습니다/)
  await cho.judge('disclosure-desk-error')
  await cho.leave()
})

test('It is decided in part, and the file that Kim takes home holds nothing of what was taken out', async () => {
  const cho = await Person.arrive(house)
  await cho.sign_in('조은우')
  await cho.go(`/desk/disclosure/${request}`)
  const decide = async () => {
    await cho.page.locator('summary', { hasText: '결정하고 알리기' }).click()
    if (!await cho.page.locator('#decide-outcome').isVisible()) await cho.page.locator('summary', { hasText: '결정하고 알리기' }).click()
    await cho.page.locator('#decide-outcome').selectOption('partial')
    await cho.page.locator('#decide-text').fill('점검자의 이름과 낙찰 전 제안 금액을 빼고 공개합니다.')
    await cho.page.locator('#decide-quantity').fill('1')
    await cho.page.locator('form[action$="/decide"] button').click()
    await cho.page.waitForLoadState()
  }
  await decide()
  await cho.sees(/사본을 만들고/)
  await cho.follow(/report\.pdf/)
  await cho.press(/^사본 만들기/)
  await cho.sees(/사본 준비됨/)
  await cho.follow(/report\.pdf|\d{4}-\d{4}-\d{6}/)
  await decide()
  await cho.sees(/부분공개/)
  await cho.judge('disclosure-desk-decided')

  const kim = await Person.arrive(house, { viewport: phone })
  await kim.sign_in('김하윤')
  await kim.go(`/disclosure/requests/${request}`)
  await kim.sees(/부분공개/)
  await kim.sees(/개인정보와 사생활/)
  await kim.sees(/제9조제1항제7호/)
  await kim.sees(/행정심판/)
  await kim.judge('disclosure-decided-phone')
  const [file] = await Promise.all([
    kim.page.waitForEvent('download'), kim.page.getByRole('link', { name: 'report.pdf' }).click()])
  const taken = join(house.data, 'taken.pdf')
  await file.saveAs(taken)
  const text = execFileSync('pdftotext', ['-layout', taken, '-'], { encoding: 'utf8' })
  assert.match(text, /Inspection of the Hangang bridge/)
  assert.match(text, /Result: sound/)
  assert.doesNotMatch(text, /HONG|GILDONG|Sanho|420/)
  const bare = execFileSync('qpdf', ['--qdf', '--object-streams=disable', taken, '-'], { maxBuffer: 1 << 28 }).toString('latin1')
  assert.doesNotMatch(bare, /HONG|GILDONG|Sanho|Report on/)
  assert.match(execFileSync('pdfinfo', [taken], { encoding: 'utf8' }), new RegExp(`Title:\\s+${number}`))
  // Who looked is written down, and that it was handed over.
  await kim.go('/my/data')
  await kim.sees(/정보공개/)
  await kim.leave()

  await cho.go(`/desk/disclosure/${request}`)
  await cho.sees(/내려받음/)
  await cho.page.locator('summary', { hasText: '이름 없이 공개하기' }).click()
  await cho.page.locator('form[action$="/publish"] button').click()
  await cho.leave()
})

test('Everybody reads the answer without the name, the lists and the figures, also as files', async () => {
  const anyone = await Person.arrive(house, { language: 'en' })
  await anyone.go('/disclosure/answers?q=' + encodeURIComponent('한강대교'))
  await anyone.follow(/한강대교/)
  await anyone.sees(/Partly disclosed/)
  await anyone.sees_not(/김하윤/)
  await anyone.judge('disclosure-answer')
  await anyone.go('/disclosure/statistics')
  await anyone.sees(/Ministry of Land/)
  await anyone.judge('disclosure-statistics')
  const csv = await (await anyone.page.request.get(house.url + '/disclosure/statistics.csv')).text()
  assert.match(csv.split('\r\n')[0], /^month,agency,agency_name,requests,decided,full,partial/)
  assert.match(csv, /molit,[^\r]*,1,1,0,1,0,0,0,/)
  const catalogue = await (await anyone.page.request.get(house.url + '/disclosure/lists.json?access=closed')).json()
  assert.equal(catalogue['@type'], 'dcat:Catalog')
  assert.ok(catalogue['dcat:dataset'].length >= 3)
  assert.ok(catalogue['dcat:dataset'].every(d => d['dct:accessRights']['@id'].endsWith('NON_PUBLIC') && d['dct:rights']))
  await anyone.go('/disclosure/lists')
  await anyone.judge('disclosure-lists')
  await anyone.leave()
})

test('Without script: the agency by its name, an area by figures, a refusal with its ground, an objection', async () => {
  const park = await Person.arrive(house, { script: false, viewport: phone })
  await park.sign_in('박서준')
  const onward = await ask(park, { agency: '서울특별시 종로구', subject: '계약 현황', text: '작년 수의계약 현황을 원합니다.' })
  await onward()
  await park.press(/신고하기|신청하기|보내기|Submit/)
  await park.sees(/까지 결정해 알려 드립니다/)
  const key = park.page.url().split('/').at(-1).replace(/\?.*/, '')

  const nam = await Person.arrive(house, { script: false })
  await nam.sign_in('남태현')
  await nam.go(`/desk/disclosure/${key}`)
  await nam.page.locator('main input[type=file]').setInputFiles({ name: 'plan.pdf', mimeType: 'application/pdf', buffer: report() })
  await nam.press(/^올리기$/)
  await nam.follow(/plan\.pdf/)
  await nam.page.locator('#mark-x').fill('55')
  await nam.page.locator('#mark-y').fill('110')
  await nam.page.locator('#mark-width').fill('300')
  await nam.page.locator('#mark-height').fill('18')
  await nam.press(/^가릴 곳 더하기/)
  await nam.sees(/HONG GILDONG/)
  await nam.page.locator('#mark-width').fill('far')
  await nam.press(/^가릴 곳 더하기/)
  await nam.sees(/쪽 밖에 있거나/)
  await nam.go(`/desk/disclosure/${key}`)
  await nam.page.locator('summary', { hasText: '결정하고 알리기' }).click()
  await nam.page.locator('#decide-outcome').selectOption('closed')
  await nam.page.locator('#decide-text').fill('공개할 수 없습니다.')
  await nam.page.locator('form[action$="/decide"] button').click()
  await nam.sees(/비공개는 사유 없이 할 수 없습니다/)
  await nam.page.locator('summary', { hasText: '비공개할 것 적기' }).click()
  await nam.page.locator('#withhold-what').fill('협상 중인 계약')
  await nam.page.locator('#withhold-ground').selectOption('5')
  await nam.page.locator('form[action$="/withhold"] button').click()
  await nam.page.locator('summary', { hasText: '결정하고 알리기' }).click()
  await nam.page.locator('#decide-outcome').selectOption('closed')
  await nam.page.locator('#decide-text').fill('협상이 끝나지 않았습니다.')
  await nam.page.locator('form[action$="/decide"] button').click()
  await nam.sees(/비공개/)

  await park.go(`/disclosure/requests/${key}`)
  await park.sees(/제9조제1항제5호/)
  await park.sees(/행정심판/)
  await park.page.locator('summary', { hasText: '이의신청' }).click()
  await park.page.locator('main form[action$="/object"] textarea').fill('이미 끝난 계약도 있습니다.')
  await park.page.locator('main form[action$="/object"] button').click()
  await wait_for(async () => { await park.go(`/disclosure/requests/${key}`); return /결정 기한/.test(await park.text()) })
  await park.leave()
  await nam.leave()
})

test('Nobody else opens a request, a paper, a copy or a hearing, and the attempt is written down', async () => {
  const choi = await Person.arrive(house)
  await choi.sign_in('최지우')
  const mine = await json(choi, `/disclosure/requests/${request}`)
  assert.equal(mine.status, 404)
  const cho = await Person.arrive(house)
  await cho.sign_in('조은우')
  const view = await json(cho, `/desk/disclosure/${request}`)
  assert.equal(view.status, 200)
  const [paper] = view.papers
  for (const path of [`/disclosure/requests/${request}/copies/${paper.copy}`, `/disclosure/hearings/${paper.key}`])
    assert.equal((await json(choi, path)).status, 404)
  const nam = await Person.arrive(house)
  await nam.sign_in('남태현')
  for (const path of ['', `/papers/${paper.key}`, `/papers/${paper.key}/picture`, `/papers/${paper.key}/copy`])
    assert.equal((await json(nam, `/desk/disclosure/${request}${path}`)).status, 404)
  // A paper of another request under the key of one's own.
  assert.equal((await json(cho, `/desk/disclosure/${request}/papers/${request}`)).status, 404)
  for (const person of [choi, cho, nam]) await person.leave()
})
