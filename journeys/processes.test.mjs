// Procedures that everybody can see and officials can change: the drawing of a case, a rule that decides a step, a model
// changed with four eyes, a step that failed and is put right, cases that move to the new version, and where time goes.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { House, Person, close_browser, desktop, phone, wait_for } from './house.mjs'

let house
before(async () => { house = await House.open() })
after(async () => { await close_browser(); await house?.close() })

const next = /^(다음|계속|Continue)/
async function apply(person, service, answers) {
  await person.go(`/services/${service}`)
  await person.page.locator('main form[action$="/start"] button').click()
  for (const answer of answers) {
    await person.page.waitForLoadState()
    await answer(person)
    await person.press(next)
  }
  await person.press(/신고하기|신청하기|Submit|보내기/)
  await person.sees(/\d{4}-\d{4}-\d{6}/)
  const number = (await person.text()).match(/\d{4}-\d{4}-\d{6}/)[0]
  await person.page.getByRole('link', { name: /처리 절차와 지금 단계|The procedure and where/ }).first().click()
  await person.page.waitForURL(/\/procedure$/)
  return { number, procedure: new URL(person.page.url()).pathname }
}
const fill = (name, value) => p => p.page.locator(`main [name="${name}"]`).fill(value)
const at = (town, text) => async p => {
  await p.page.locator('main input[name=address]').fill(text)
  await p.page.locator('main [role=option]').first().click()
}
const choose = label => p => p.choose(label)
async function official(name, options) {
  const person = await Person.arrive(house, { viewport: desktop, ...options })
  await person.sign_in(name)
  await person.page.waitForURL(/\/desk/)
  return person
}
const drawn = person => person.page.waitForSelector('madang-bpmn[data-ready=yes]')
const shop = [fill('shop', '보리책방'), fill('site', 'bori.example'), fill('goods', '책'), choose(/^예$/)]

test('The procedure of a case is drawn with its path, and stands in words beside', async () => {
  const kim = await Person.arrive(house, { viewport: phone })
  await kim.sign_in('김하윤')
  const asked = []
  kim.page.on('request', r => asked.push(r.url()))
  const one = await apply(kim, 'mail-order-sales', shop)
  await drawn(kim)
  // bpmn-js is fetched by this page and by none of those before it.
  assert.equal(asked.filter(u => /madang-bpmn/.test(u)).length, 1)
  assert.ok(asked.findIndex(u => /madang-bpmn/.test(u)) > asked.findIndex(u => u.endsWith('/procedure')))
  // Its mark is there and can be seen; names are in the reader's language; states have signs.
  await kim.page.locator('.bjs-powered-by').waitFor({ state: 'visible' })
  const signs = await kim.page.locator('.djs-overlays .diagram-badge').allInnerTexts()
  assert.deepEqual(signs.sort(), ['▶', '✓'])
  assert.match(await kim.page.locator('.diagram-frame svg').first().textContent(), /구매안전서비스/)
  await kim.sees(/지금 여기\s*구매안전서비스와 사업자등록 확인/)
  await kim.judge('process-diagram-phone')
  // The page scrolls past the drawing.
  assert.equal(await kim.page.locator('.diagram-frame').evaluate(e => getComputedStyle(e).touchAction), 'pan-y')

  // By keyboard: the buttons and then the drawing.
  await kim.page.getByRole('button', { name: '크게' }).focus()
  const scale = () => kim.page.locator('.djs-container g.viewport').getAttribute('transform')
  const before_zoom = await scale()
  await kim.page.keyboard.press('Enter')
  assert.notEqual(await scale(), before_zoom)

  const words = await Person.arrive(house, { script: false })
  await words.sign_in('김하윤')
  await words.go(one.procedure)
  await words.sees(/지금 여기\s*구매안전서비스와 사업자등록 확인/)
  await words.leave()

  const english = await Person.arrive(house, { language: 'en' })
  await english.sign_in('Kim Hayun|김하윤')
  await english.go(one.procedure + '?contrast=high')
  await drawn(english)
  assert.match(await english.page.locator('.diagram-frame svg').first().textContent(), /Escrow/)
  await english.sees(/Now here\s*Escrow service/)
  await english.judge('process-diagram-english-contrast')
  await english.leave()

  // The model is for whoever may see the case.
  const other = await Person.arrive(house)
  await other.sign_in('박서준')
  assert.equal((await other.page.request.get(house.url + one.procedure + '.bpmn')).status(), 404)
  await other.leave()
  await kim.leave()
})

test('A rule decides a step, with its article, and everybody concerned reads why', async () => {
  const kim = await Person.arrive(house, { viewport: phone })
  await kim.sign_in('김하윤')
  // 다중이용업소법 시행령 제2조제1호: from 66 square metres in a basement the certificate is needed.
  const one = await apply(kim, 'food-business', [
    fill('name', '지하식당'), at('종로구', '종로'), fill('area', '66'), choose(/지하/), choose(/^아니요$/), choose(/^예$/)])
  await drawn(kim)
  await kim.sees(/지하 66제곱미터입니다\. 66제곱미터 이상이면 안전시설 완비증명서가/)
  await kim.sees(/갖추지 못함/)
  await kim.sees(/지금 여기\s*빠진 것 보완받기/)
  await kim.page.getByText('살펴본 규칙 모두 보기').first().click()
  await kim.sees(/시행령 제2조제1호/)
  await kim.judge('process-decision-phone')
  const lee = await official('이도현')
  await lee.go('/desk/tasks')
  await lee.page.getByRole('row', { name: new RegExp(one.number) }).getByRole('link').click()
  await lee.sees(/빠진 것 보완받기/)
  // Taken, given to nobody without a reason, and given back.
  await lee.press(/^내가 맡기$/)
  await lee.sees(/이도현.*맡고 있습니다/)
  await lee.judge('process-task-held')
  await lee.page.getByText('넘기거나 넘겨받기').first().click()
  await lee.page.locator('main form[action$="/hand-over"] button').click()
  await lee.sees(/까닭을 적어 주세요/)
  await lee.page.getByText('넘기거나 넘겨받기').first().click()
  await lee.page.locator('main [name=reason]').fill('휴가')
  await lee.page.locator('main form[action$="/hand-over"] button').click()
  await lee.sees(/아직 아무도 맡지 않았습니다/)
  await kim.leave()
  await lee.leave()
})

let draft
const get = (person, path) => person.page.request.get(house.url + path, { headers: { accept: 'application/json' } })
async function upload(person, bpmn, name = 'x.bpmn') {
  await person.go(draft)
  const csrf = await person.page.locator('main input[name=_csrf]').first().inputValue()
  return person.page.request.post(`${house.url}${draft}/file`, {
    headers: { accept: 'application/json' }, multipart: { _csrf: csrf, bpmn: { name, mimeType: 'application/xml', buffer: Buffer.from(bpmn) } }
  })
}

test('An official draws a change, which is kept, checked and tried out as it goes', async () => {
  const moon = await official('문가람')
  await moon.follow(/^절차/)
  await moon.judge('process-list')
  await moon.follow(/^통신판매업 신고$/)
  await drawn(moon)
  await moon.judge('process-procedure')
  await moon.press(/고치기 시작/)
  draft = new URL(moon.page.url()).pathname
  await moon.page.waitForSelector('madang-modeler[data-ready=yes]', { timeout: 30000 })
  await moon.page.locator('.bjs-powered-by').waitFor({ state: 'visible' })
  await moon.sees(/고칠 것이 없습니다/)
  await moon.sees(/다른 점이 없습니다/)
  // Tools speak Korean.
  assert.ok(await moon.page.locator('.djs-palette [aria-label="끝 만들기"]').count())
  await moon.page.locator('.diagram-side').getByText('기본').first().waitFor()
  // Renamed where it stands; kept without being asked.
  await moon.page.locator('[data-element-id=examine] .djs-hit').first().dblclick()
  await moon.page.locator('.djs-direct-editing-content').fill('구매안전서비스 확인')
  await moon.page.locator('.diagram-frame').click({ position: { x: 20, y: 500 } })
  await moon.page.waitForSelector('madang-modeler[data-state=saved]')
  await moon.judge('process-editor')
  await moon.page.reload()
  await moon.sees(/‘구매안전서비스와 사업자등록 확인’의 이름을 ‘구매안전서비스 확인’/)

  // What the house cannot do is said with its element, in words and on the drawing.
  const xml = await (await moon.page.request.get(`${house.url}${draft}/bpmn`)).text()
  assert.match(xml, /madang:name-en/)
  let answer = await upload(moon, xml.replace('type="licence.enter"', 'type="licence.fly"'))
  assert.deepEqual((await answer.json()).findings.map(f => [f.element, f.code]), [['enter', 'process.nobody_does']])
  await moon.go(draft)
  await moon.page.waitForSelector('madang-modeler[data-ready=yes]', { timeout: 30000 })
  await moon.sees(/‘licence\.fly’ 일을 하는 곳이 없습니다/)
  await moon.page.locator('.djs-overlays .badge-mistake').waitFor()
  await moon.press(/^승인 요청$/)
  await moon.sees(/고칠 것이 1개 있어/)
  await moon.judge('process-draft-mistake')

  // A choice without a way out for "no", which the trial shows before anybody suffers it.
  const with_choice = xml
    .replace(/<sequenceFlow id="f1"[^>]*\/>/, `<sequenceFlow id="f1" sourceRef="received" targetRef="escrow"/>
      <exclusiveGateway id="escrow" name="구매안전서비스?"/>
      <sequenceFlow id="fy" sourceRef="escrow" targetRef="examine"><conditionExpression>=answers.escrow = "yes"</conditionExpression></sequenceFlow>`)
    .replace(/<bpmndi:BPMNDiagram[\s\S]*<\/bpmndi:BPMNDiagram>/, '')
  answer = await upload(moon, with_choice)
  assert.deepEqual((await answer.json()).findings, [])
  await moon.go(draft)
  await moon.page.waitForSelector('madang-modeler[data-ready=yes]', { timeout: 30000 })   // it was given a drawing
  await moon.page.locator('main [name=trial]').fill('start {case: "1", answers: {escrow: "no"}}')
  await moon.press(/^시험하기$/)
  await moon.sees(/멈춤/)
  await moon.page.locator('main [name=trial]').fill(
    'start {case: "1", answers: {escrow: "yes"}}\nafter P1D\ncomplete examine {examine: "good"}\ncomplete decide {decision: "accept"}')
  await moon.press(/^시험하기$/)
  await moon.sees(/끝까지 감/)
  await moon.sees(/‘구매안전서비스\?’를 넣음/)
  await moon.judge('process-trial')

  // From today on, by other eyes.
  const today = await moon.page.evaluate(() => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul' }).format(new Date()))
  await moon.page.locator('main [name=starts]').fill(today)
  await moon.press(/^시행일 저장$/)
  await moon.press(/^승인 요청$/)
  await moon.sees(/다른 사람이 승인해야/)
  const csrf = await moon.page.locator('main input[name=_csrf]').first().inputValue()
  const own = await moon.page.request.post(`${house.url}${draft}/publish`, { form: { _csrf: csrf }, headers: { accept: 'application/json' } })
  assert.equal(own.status(), 403)
  const seo = await official('서유나', { viewport: phone })
  await seo.go(draft)
  await drawn(seo)
  await seo.judge('process-approve-phone')
  await seo.press(/^승인하고 공포$/)
  await seo.sees(/공포됨/)
  const versions = (await (await get(seo, '/desk/procedures/mail-order-sales')).json()).versions
  assert.deepEqual(versions.map(v => v.version), [2, 1])
  await seo.leave()
  await moon.leave()
})

test('A step that stopped is put right by one of two officials; the other reads who was first', async () => {
  const kim = await Person.arrive(house)
  await kim.sign_in('김하윤')
  const one = await apply(kim, 'mail-order-sales', [
    fill('shop', '멈춘책방'), fill('site', 'stop.example'), fill('goods', '책'), choose(/^아니요$/)])
  await kim.sees(/멈춤/)
  const lee = await official('이도현'), moon = await official('문가람')
  await lee.go('/desk/incidents?q=' + one.number)
  await lee.judge('process-incidents')
  await lee.page.getByRole('row', { name: new RegExp(one.number) }).getByRole('link').click()
  await lee.sees(/어느 조건도 맞지 않아/)
  await lee.sees(/멈춘책방/)
  await lee.judge('process-incident')
  const path = new URL(lee.page.url()).pathname
  await moon.go(path)

  // Skipping says why; a value is a FEEL literal.
  await lee.press(/^이 단계 건너뛰기$/)
  await lee.sees(/까닭을 적어 주세요/)
  await lee.page.locator('main [name=name]').selectOption('answers')
  await lee.page.locator('main [name=value]').fill('{escrow: yes')
  await lee.press(/^고치고 다시 하기$/)
  await lee.sees(/값을 읽을 수 없습니다/)
  await lee.judge('process-incident-error')
  await lee.page.locator('main [name=value]').fill('{escrow: "yes", shop: "멈춘책방"}')
  await lee.press(/^고치고 다시 하기$/)
  await lee.sees(/멈춘 단계가 없습니다/)
  await moon.press(/^다시 하기$/)
  assert.match(await moon.page.locator('main').innerText(), /먼저 처리했습니다/)
  assert.match(await moon.page.locator('main').innerText(), /jongno\.resident/)
  await kim.page.reload()
  await kim.sees(/지금 여기\s*구매안전서비스 확인/)
  // Whose case it is not, for her there is nothing.
  const yoon = await official('윤서아')
  assert.equal((await get(yoon, path)).status(), 404)
  for (const p of [kim, lee, moon, yoon]) await p.leave()
})

test('Running cases move to the new version after a look at each, and back', async () => {
  const moon = await official('문가람')
  await moon.go('/desk/procedures/mail-order-sales')
  await moon.follow(/진행 중인 민원 옮기기/)
  await moon.press(/어떻게 되는지 보기/)
  await moon.sees(/1건은 옮기고 0건은/)
  await moon.judge('process-migration')
  // A step that is not there needs a hand, and a name that is wrong is said at its line.
  await moon.page.locator('main textarea[name=map]').fill('examine')
  await moon.press(/어떻게 되는지 보기/)
  await moon.sees(/1번째 줄을/)
  await moon.page.locator('main textarea[name=map]').fill('')
  await moon.press(/어떻게 되는지 보기/)
  await moon.press(/^1건 옮기기$/)
  await moon.sees(/1 → 2/)
  await moon.press(/^되돌리기$/)
  await moon.sees(/되돌림/)
  await moon.judge('process-migration-undone')
  await moon.leave()
})

test('Where time goes is told without anybody in it', async () => {
  const moon = await official('문가람')
  await moon.go('/desk/procedures-time?process=mail-order-sales')
  await moon.sees(/가림/)                       // fewer than five
  await moon.judge('process-time')
  const csv = await (await moon.page.request.get(house.url + '/desk/procedures-time.csv?process=mail-order-sales&by=office')).text()
  assert.match(csv, /^group,label,done,open,mean_hours,longest_hours\r\n/)
  assert.match(csv, /hidden,hidden,hidden,hidden/)
  assert.doesNotMatch(csv, /김하윤|보리책방/)
  await moon.leave()
  const lee = await official('이도현')
  assert.equal((await get(lee, '/desk/procedures-time')).status(), 404)
  await lee.leave()
})

test('Files that are no procedures are refused, and without script a file goes the same way', async () => {
  const moon = await official('문가람')
  await moon.go('/desk/procedures/hairdresser')
  await moon.press(/고치기 시작/)
  draft = new URL(moon.page.url()).pathname
  const before_all = await (await moon.page.request.get(`${house.url}${draft}/bpmn`)).text()
  for (const [octets, status, code] of [
    ['hello', 422, 'xml.malformed'], ['<x/>', 422, 'process.not_bpmn'],
    ['<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', 422, 'xml.doctype'],
    ['<a>'.repeat(5000), 422, undefined], ['x'.repeat(1_100_000), 413, 'draft.file_large']]) {
    const answer = await upload(moon, octets)
    assert.equal(answer.status(), status, octets.slice(0, 40))
    if (code) assert.equal((await answer.json()).code, code)
  }
  assert.equal(await (await moon.page.request.get(`${house.url}${draft}/bpmn`)).text(), before_all)
  for (const path of ['/desk/incidents/0000000000000/1', '/desk/incidents/x/y', '/desk/process-drafts/0000000000000',
    '/desk/models/zzz/bpmn', '/desk/procedures/none', '/desk/procedures/none/migration', '/cases/0000000000000/procedure.bpmn'])
    assert.equal((await get(moon, path)).status(), 404, path)
  await moon.leave()

  const plain = await official('문가람', { script: false })
  await plain.go(draft)
  await plain.page.setInputFiles('main input[type=file]', {
    name: 'h.bpmn', mimeType: 'application/xml', buffer: Buffer.from(before_all.replace('대장에 올림', '대장에 적음'))
  })
  await plain.press(/^올리기$/)
  await plain.sees(/‘대장에 올림’의 이름을 ‘대장에 적음’/)
  await plain.press(/^버리기$/)
  await plain.leave()
})
