// e-People: a petition from the first question to the rating, on a phone and without script; voices joined; a protected
// report that nobody can read a name from; the official complained about; twelve further languages.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { House, Person, close_browser, phone, desktop, wait_for } from './house.mjs'

let house
before(async () => { house = await House.open() })
after(async () => { await close_browser(); await house?.close() })

const json = async (person, path) => {
  const answer = await person.page.request.get(house.url + path, { headers: { accept: 'application/json' } })
  return { status: answer.status(), ...(answer.ok() ? await answer.json() : {}) }
}
const next = person => person.press(/^(다음|계속|Continue|Tiếp tục)/)
const key_of = person => person.page.url().split('/').at(-1).replace(/\?.*/, '')
const fill = (person, name, value) => person.page.locator(`[name=${name}]`).fill(value)
const pick = (person, name, value) => person.page.locator(`input[name=${name}][value="${value}"]`).check({ force: true })

async function begin(person, kind) {
  await person.go(`/epeople/kinds/${kind}`)
  await person.press(/시작하기|Begin|Bắt đầu/)
}

// One question a page; each answer by the name of its control.
async function answer(person, answers) {
  for (const [name, how, value] of answers) {
    const control = person.page.locator(`[name=${name}]`).first()
    await control.waitFor({ state: 'attached' })
    if (how === 'fill') await fill(person, name, value)
    else if (how === 'pick') await pick(person, name, value)
    else if (how === 'select') await control.selectOption(value)
    await next(person)
  }
}

const crossing = '종로구 청운초등학교 앞 횡단보도 신호가 너무 짧아 아이들이 다 건너지 못합니다. 신호 시간을 늘려 주세요.'
let petition
test('Kim files on her phone, one question a page, sees why an agency is suggested, and has a number', async () => {
  const kim = await Person.arrive(house, { viewport: phone })
  await kim.sign_in('김하윤')
  await kim.go('/epeople')
  await kim.sees(/국민신문고/)
  await kim.judge('epeople-entry-phone')
  await kim.follow(/^민원/)
  await kim.sees(/근무일 7일/)
  await kim.judge('epeople-kind-phone')
  await kim.press(/시작하기/)
  await kim.judge('epeople-question-phone')
  await next(kim)
  await kim.sees(/답을 적거나 골라 주세요/)
  await kim.judge('epeople-question-error-phone')
  await answer(kim, [['about', 'pick', 'grievance'], ['title', 'fill', '학교 앞 횡단보도 신호가 짧습니다'], ['text', 'fill', crossing]])
  // She goes away; what she wrote is there.
  await kim.go('/epeople/mine')
  await kim.sees(/학교 앞 횡단보도 신호가 짧습니다/)
  await kim.judge('epeople-draft-phone')
  await kim.follow(/^민원/)
  await answer(kim, [['place', 'select', '11010']])
  await kim.sees(/적으신 말:/)
  await kim.judge('epeople-agency-phone')
  await answer(kim, [['agency', 'pick', 'commission'], ['official', 'pick', 'no'], ['openly', 'pick', 'yes']])
  await kim.sees(/낸 내용을 확인해 주세요/)
  await kim.judge('epeople-check-phone')
  await kim.press(/^내기/)
  await kim.sees(/접수되었습니다/)
  await kim.judge('epeople-filed-phone')
  petition = key_of(kim)
  await kim.leave()
})

let second
test('Choi, without script, is shown that somebody said the same, and joins her voice', async () => {
  const choi = await Person.arrive(house, { viewport: phone, script: false })
  await choi.sign_in('최지우')
  await begin(choi, 'petition')
  await answer(choi, [['about', 'pick', 'grievance'], ['title', 'fill', '청운초등학교 앞 횡단보도 신호'],
    ['text', 'fill', '청운초등학교 앞 횡단보도 신호가 너무 짧습니다. 아이들이 다 건너지 못하니 신호 시간을 늘려 주세요.'],
    ['place', 'select', '11010'], ['agency', 'pick', 'commission'], ['official', 'pick', 'no'], ['openly', 'pick', 'no']])
  await choi.sees(/같은 일을 말한 사람이 있습니다/)
  await choi.sees(/지금까지 1명/)
  assert.doesNotMatch(await choi.text(), /하윤|늘려 주세요\./, 'of what is open only her own words are shown')
  await pick(choi, 'similar', petition)
  await next(choi)
  await choi.sees(/한 사람의 목소리로 셉니다/)
  await choi.press(/^내기/)
  await choi.sees(/목소리 2명/)
  second = key_of(choi)
  await choi.leave()
})

test('The E-People Division sees who should have it and why, decides, and it is with Jongno-gu', async () => {
  const ahn = await Person.arrive(house, { viewport: desktop })
  await ahn.sign_in('안소민')
  await ahn.go('/desk/epeople')
  await ahn.sees(/고르세요/)
  await ahn.go(`/desk/epeople/${petition}`)
  await ahn.sees(/맡을 곳 제안/)
  await ahn.sees(/목소리 2명/)
  await ahn.judge('epeople-desk-routing')
  await ahn.page.locator('summary', { hasText: /기관에 보내기/ }).click()
  await ahn.page.locator('#route-office').selectOption('11010')
  await ahn.page.locator('form[action$="/route"] button').click()
  await ahn.page.waitForURL(/\/desk\/epeople$/)
  assert.equal((await json(ahn, `/desk/epeople/${petition}`)).status, 404, 'it is not hers any more')
  await ahn.leave()
})

test('Hong of Jongno-gu answers once, both voices are answered, each rates for herself', async () => {
  const hong = await Person.arrive(house, { viewport: desktop })
  await hong.sign_in('홍유나')
  await hong.go(`/desk/epeople/${petition}`)
  await hong.judge('epeople-desk-answer')
  const csrf = await hong.page.locator('input[name=_csrf]').first().inputValue()
  const bare = await hong.page.request.post(house.url + `/desk/epeople/${petition}/answer`, {
    form: { _csrf: csrf, text: ' ' }, headers: { accept: 'application/json', origin: house.url } })
  assert.equal(bare.status(), 422)
  await hong.page.locator('summary', { hasText: /답변하기/ }).click()
  await hong.page.locator('#answer-text').fill('신호를 30초로 늘렸습니다. 담당 홍유나 주무관 02-2148-1234')
  await hong.page.locator('form[action$="/answer"] button').click()
  await hong.sees(/신호를 30초로 늘렸습니다/)
  await hong.leave()
  for (const [name, key, stars] of [['김하윤', petition, '5'], ['최지우', second, '4']]) {
    const citizen = await Person.arrive(house, { viewport: phone })
    await citizen.sign_in(name)
    await wait_for(async () => (await json(citizen, `/epeople/matters/${key}`)).state === 'accepted')
    await citizen.go(`/epeople/matters/${key}`)
    await citizen.sees(/신호를 30초로 늘렸습니다/)
    if (name === '김하윤') await citizen.judge('epeople-answered-phone')
    await pick(citizen, 'stars', stars)
    await citizen.press(/평가 보내기/)
    await citizen.sees(new RegExp(`${stars}점을 주셨습니다`))
    await citizen.leave()
  }
})

test('The answer is published without names after an official has read it, and is found', async () => {
  const hong = await Person.arrive(house, { viewport: desktop })
  await hong.sign_in('홍유나')
  await hong.go(`/desk/epeople/${petition}/publish`)
  await hong.sees(/홍유나/)           // in the list of what was hidden
  await hong.judge('epeople-desk-publish')
  await hong.press(/확인하고 공개/)
  await hong.sees(/\[이름\] 주무관 \[전화번호\]/)
  assert.doesNotMatch(await hong.text(), /홍유나|2148/)
  await hong.leave()
  const nobody = await Person.arrive(house, { viewport: phone })
  await wait_for(async () => (await json(nobody, '/epeople/answers?q=' + encodeURIComponent('횡단보도'))).answers.length === 1)
  await nobody.go('/epeople/answers?q=' + encodeURIComponent('횡단보도'))
  await nobody.sees(/학교 앞 횡단보도 신호/)
  await nobody.judge('epeople-answers-phone')
  await nobody.go('/epeople/statistics')
  await nobody.judge('epeople-statistics-phone')
  const file = await nobody.page.request.get(house.url + '/epeople/statistics.csv')
  const lines = (await file.text()).trim().split('\r\n')
  const month = new Date(Date.now() + 9 * 3600000).toISOString().slice(0, 7)
  assert.equal(lines[1], `${month},11010,서울특별시 종로구,petition,2,2,0.0,100,,0`)
  await nobody.leave()
})

test('The official complained about is not shown it; her colleague is', async () => {
  const park = await Person.arrive(house)
  await park.sign_in('박서준')
  await begin(park, 'petition')
  await answer(park, [['about', 'pick', 'grievance'], ['title', 'fill', '창구에서 거절당했습니다'], ['text', 'fill', '교통행정과에서 이유 없이 거절했습니다.'],
    ['place', 'select', '11010'], ['agency', 'pick', 'other'], ['agency_other', 'select', 'acrc'], ['official', 'pick', 'yes'],
    ['official_who', 'fill', '홍유나'], ['openly', 'pick', 'no']])
  await park.press(/^내기/)
  const about = key_of(park)
  await park.leave()
  const hong = await Person.arrive(house)
  await hong.sign_in('홍유나')
  assert.equal((await json(hong, `/desk/epeople/${about}`)).status, 404)
  assert.ok(!(await json(hong, '/desk/epeople')).filings.some(f => f.key === about))
  await hong.leave()
})

let report
test('A corruption report: the investigator reads it and nobody knows from whom', async () => {
  const han = await Person.arrive(house, { viewport: phone })
  await han.sign_in('한예린')
  await begin(han, 'corruption')
  await han.judge('epeople-report-phone')
  await answer(han, [['title', 'fill', '계약을 한 업체에 몰아줍니다'], ['who', 'fill', '어느 구청 과장'], ['text', 'fill', '입찰 없이 한 업체와만 계약합니다.'], ['evidence', 'fill', '']])
  await han.sees(/봉해 두고/)
  await han.press(/^내기/)
  report = key_of(han)
  await han.sees(/아무도 열지 않았습니다/)
  await han.leave()
  const baek = await Person.arrive(house)
  await baek.sign_in('백준호')
  await baek.go('/my')
  await baek.press(/부패신고 조사관/).catch(() => {})
  await baek.go('/desk/epeople')
  const seen = await json(baek, `/desk/epeople/${report}`)
  assert.equal(seen.head?.applicant, '보호된 신고자')
  await baek.go(`/desk/epeople/${report}`)
  await baek.sees(/보호된 신고자/)
  assert.doesNotMatch(await baek.page.content(), /한예린|Han Yerin/)
  await baek.judge('epeople-desk-report')
  await baek.leave()
})

test('One named post opens the identity with a reason; the reporter is told and reads it', async () => {
  const shin = await Person.arrive(house)
  await shin.sign_in('신나라')
  await shin.go('/desk/epeople-reporters')
  assert.doesNotMatch(await shin.page.content(), /한예린/)
  await shin.judge('epeople-guardian')
  await shin.page.locator('summary', { hasText: /신분 열기/ }).first().click()
  await shin.page.locator(`#reason-${report}`).fill('보상금을 지급하려면 누구인지 알아야 합니다')
  await shin.page.locator(`form[action$="${report}"] button`).click()
  await shin.sees(/한예린/)
  await shin.leave()
  const han = await Person.arrive(house, { viewport: phone })
  await han.sign_in('한예린')
  await wait_for(async () => (await json(han, '/my/notices')).notices.some(n => /신분을 연 기록/.test(n.title)))
  await han.go(`/epeople/matters/${report}`)
  await han.sees(/보상금을 지급하려면/)
  await han.go('/my/data')
  await han.sees(/신고자 신분 열기/)
  await han.leave()
})

test('A journey in Vietnamese: the page says whose translation it is, the official sees the original and a translation', async () => {
  const park = await Person.arrive(house, { viewport: phone, language: 'en' })
  await park.sign_in('Park Seojun')
  await park.go('/epeople?lang=vi')
  await park.sees(/Bạn muốn làm gì/)
  await park.sees(/không phải bản dịch chính thức/)
  assert.equal(await park.page.getAttribute('html', 'lang'), 'vi')
  await park.judge('epeople-vietnamese-phone')
  await begin(park, 'petition')
  await answer(park, [['about', 'pick', 'grievance'], ['title', 'fill', 'Chủ không trả lương'],
    ['text', 'fill', 'Chủ của tôi không trả lương ba tháng.'], ['translation', 'fill', 'My employer has not paid my wage for three months.'],
    ['place', 'select', ''], ['agency', 'pick', 'commission'], ['official', 'pick', 'no'], ['openly', 'pick', 'no']])
  await park.sees(/Hãy kiểm tra nội dung/)
  await park.judge('epeople-vietnamese-check-phone')
  await park.press(/^Nộp/)
  await park.sees(/Đã tiếp nhận/)
  const key = key_of(park)
  await park.leave()
  const ahn = await Person.arrive(house)
  await ahn.sign_in('안소민')
  await ahn.go(`/desk/epeople/${key}`)
  await ahn.sees(/Chủ của tôi không trả lương/)
  await ahn.sees(/My employer has not paid/)
  await ahn.sees(/Tiếng Việt/)
  await ahn.sees(/고용노동부/)            // by the words of the translation
  await ahn.judge('epeople-desk-vietnamese')
  await ahn.leave()
})

test('Every language of the booklet has the first page, and none shows a key', async () => {
  const anyone = await Person.arrive(house, { viewport: phone })
  for (const tag of ['ko', 'en', 'zh', 'ja', 'vi', 'uz', 'km', 'th', 'bn', 'si', 'mn', 'id', 'ru', 'my']) {
    await anyone.go(`/epeople/kinds/appeal?lang=${tag}`)
    assert.equal(await anyone.page.getAttribute('html', 'lang'), tag)
    assert.doesNotMatch(await anyone.page.content(), /\[[a-z_]+\.[a-z_.]+\]/, tag)
    await anyone.judge(`epeople-appeal-${tag}`)
  }
  await anyone.leave()
})
