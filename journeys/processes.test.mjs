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
  await other.sign_in('박준서')
  assert.equal((await other.page.request.get(house.url + one.procedure + '.bpmn')).status(), 404)
  await other.leave()
  await kim.leave()
})
