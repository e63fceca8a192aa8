// When the people ask, the government answers: Kim files a petition on her phone, others back it (one of them without script), the
// ministry answers at its desk, and whoever doubts the number counts it again in the browser. Thresholds are those of a small pack.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, Person, close_browser, phone, desktop, wait_for } from './house.mjs'
import { captions, captions_shown, film } from './film.mjs'
import { free_port } from './program.mjs'
import { small_pack } from '../tests/small_pack.mjs'
import { rows } from '../tests/stores.mjs'

let house, folder
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'madang-petitions-'))
  house = await House.open({ port: await free_port(), pack: small_pack(folder) })
})
after(async () => {
  await close_browser()
  await house?.close()
  rmSync(folder, { recursive: true, force: true })
})

let at
test('Kim files a petition on her phone: one thing, one page, what others ask for first', async () => {
  const kim = await Person.arrive(house, { viewport: phone })
  await kim.go('/petitions')
  await kim.sees(/지금 진행 중인 글이 없습니다/)
  await kim.judge('petitions-empty-phone')
  await kim.sign_in('김하윤')
  await kim.go('/petitions')
  await kim.follow(/^청원하기$/)
  await kim.page.locator('input[name=title]').fill('자하문로 보도를 고쳐 주세요')
  await kim.press(/비슷한 글 찾아보기/)
  await kim.sees(/내용을 3000자까지 써 주세요/)
  await kim.judge('petitions-error-phone')
  await kim.page.locator('textarea[name=body]').fill('학교와 시장 사이 보도가 깨져 있습니다.\n유모차와 휠체어가 지나지 못합니다.')
  await kim.page.locator('select[name=category]').selectOption('transport')
  await kim.press(/비슷한 글 찾아보기/)
  await kim.sees(/비슷한 글을 찾지 못했습니다/)
  await kim.judge('petitions-check-phone')
  // Back to what was written: nothing is lost.
  await kim.press(/^고치기$/)
  assert.equal(await kim.page.locator('input[name=title]').inputValue(), '자하문로 보도를 고쳐 주세요')
  assert.equal(await kim.page.locator('select[name=category]').inputValue(), 'transport')
  await kim.press(/비슷한 글 찾아보기/)
  await kim.press(/청원 올리기/)
  await kim.sees(/100명이 동의하면 모두에게 공개됩니다/)
  await kim.judge('petitions-seconding-phone')
  at = new URL(kim.page.url()).pathname
  await kim.leave()
})

async function backs(name, options) {
  const who = await Person.arrive(house, options)
  await who.sign_in(name)
  await who.go(at)
  await who.press(/^동의합니다$/)
  await who.sees(/동의하셨습니다/)
  return who
}

test('others back it, one without script; it is listed, and goes on to the ministry', async () => {
  const park = await backs('박서준', { script: false })
  await park.press(/동의 거두기/)
  await park.sees_not(/동의하셨습니다/)
  await park.press(/^동의합니다$/)
  await park.leave()
  for (const name of ['최지우', '한예린']) await (await backs(name)).leave()
  const reader = await Person.arrive(house)
  await wait_for(async () => { await reader.go('/petitions'); return /자하문로 보도를/.test(await reader.text()) })
  await reader.judge('petitions-list')
  await reader.go(at)
  await reader.sees(/로그인하고 동의하기/)
  await reader.leave()
  await (await backs('김영호')).leave()
})

test('whoever signed on paper is entered by a moderator, told, and counts like the others', async () => {
  const ahn = await Person.arrive(house, { viewport: phone })
  await ahn.sign_in('안소민')
  await ahn.go(`/desk${at}`)
  await ahn.follow(/종이로 받은 참여 입력/)
  await ahn.press(/^입력하기$/)
  await ahn.sees(/서명지를 어디에 보관하는지/)
  await ahn.judge('petitions-paper-error-phone')
  const person = rows(house, 'identity', "select person from account where name = '정수빈'")[0][0]
  const number = rows(house, 'residents', `select resident_number from register_persons where key = ${person}`)[0][0]
  await ahn.page.locator('input[name=reference]').fill('민원실 2026-11 묶음, 3쪽')
  await ahn.page.locator('textarea[name=lines]').fill(`${number} 정수빈\n000000-0000000 아무개`)
  await ahn.press(/^입력하기$/)
  await ahn.sees(/1명을 입력했습니다/)
  await ahn.sees(/2번째 줄: 번호와 이름이 맞지 않습니다/)
  assert.equal((await ahn.page.locator('textarea[name=lines]').inputValue()).trim(), '000000-0000000 아무개', 'what is to be mended stays')
  await ahn.judge('petitions-paper-phone')
  await ahn.go(`/desk${at}`)
  await ahn.follow(/참여 무효 처리/)
  await ahn.sees(/평소와 다른 때가 없었습니다/)
  await ahn.judge('petitions-strike-phone')
  await ahn.leave()
})

const said = { ko: 'WEBVTT\n\n00:00.000 --> 00:04.000\n<v 조은우>3월까지 고치겠습니다.\n먼저 학교 앞부터 합니다.\n', en: 'WEBVTT\n\n00:00.000 --> 00:04.000\n<v Cho Eunwoo>We mend it by March,\nfirst where the school is.\n' }
test('the ministry in charge answers at its desk, on film too, and everybody reads and sees it', async () => {
  const cho = await Person.arrive(house, { viewport: desktop })
  await cho.sign_in('조은우')
  await wait_for(async () => { await cho.go('/desk/petitions'); return /자하문로 보도를/.test(await cho.text()) })
  await cho.judge('petitions-desk')
  await cho.follow(/자하문로 보도를/)
  await cho.page.locator('textarea[name=body]').fill('3월까지 고치겠습니다.\n먼저 학교 앞부터 합니다.')
  await cho.judge('petitions-desk-one')
  const filmed = await film(cho.page, '국토교통부가 답합니다')
  const put = async (name, file) => cho.page.locator(`input[name=${name}]`).first().setInputFiles(file)
  await put('recording', filmed)
  await put('captions_ko', captions('answer.srt', '1\n00:00:00,000 --> 00:00:04,000\n3월까지 고치겠습니다.\n'))
  await cho.press(/답변 공개/)
  await cho.sees(/자막은 WebVTT 파일이어야/)
  assert.equal(await cho.page.locator('textarea[name=body]').inputValue(), '3월까지 고치겠습니다.\n먼저 학교 앞부터 합니다.', 'what was written stays')
  await cho.judge('petitions-desk-captions-error')
  await put('recording', filmed)
  await put('captions_ko', captions('ko.vtt', said.ko))
  await cho.press(/답변 공개/)
  await cho.sees(/영상에서 말한 내용/)
  // The English captions come later.
  await cho.page.getByText('영상이나 자막 올리기').first().click()
  await put('captions_en', captions('en.vtt', said.en))
  await cho.press(/영상이나 자막 올리기/)
  await cho.judge('petitions-desk-filmed')
  await cho.leave()
  const kim = await Person.arrive(house, { viewport: phone, language: 'en' })
  await kim.go(at)
  await kim.sees(/Answer of Ministry of Land, Infrastructure and Transport/)
  await kim.sees(/3월까지 고치겠습니다/)
  await kim.sees(/What is said in the video\s+0:00 Cho Eunwoo: We mend it by March, first where the school is\./)
  assert.equal(await captions_shown(kim.page, 'en'), 'We mend it by March,\nfirst where the school is.')
  await kim.judge('petitions-answered-phone')
  await kim.leave()
  // Without script the player is the browser's own, and the words stand beneath.
  const plain = await Person.arrive(house, { script: false })
  await plain.go(at)
  await plain.sees(/영상에서 말한 내용\s+0:00 조은우: 3월까지 고치겠습니다\. 먼저 학교 앞부터 합니다\./)
  await plain.leave()
  const reader = await Person.arrive(house, { viewport: desktop })
  await reader.go(at)
  assert.equal(await captions_shown(reader.page, 'ko'), '3월까지 고치겠습니다.\n먼저 학교 앞부터 합니다.')
  await reader.judge('petitions-answered')
  const [file] = await Promise.all([reader.page.waitForEvent('download'), reader.follow(/^영상 파일 내려받기$/)])
  assert.ok(readFileSync(await file.path()).equals(filmed.buffer))
  await reader.leave()
})

test('whoever doubts the number counts the log again in her own browser', async () => {
  const reader = await Person.arrive(house)
  await reader.go(`${at}/recount`)
  await reader.page.locator('madang-recount button').waitFor()
  await wait_for(async () => {
    await reader.go(`${at}/recount`)
    await reader.press(/^다시 세기$/)
    await reader.page.waitForSelector('madang-recount[data-state]')
    return await reader.page.locator('madang-recount').getAttribute('data-state') === 'good'
  }, 30)
  await reader.sees(/세어 보니 같습니다\. 기록 \d+줄, 이 글의 참여 5/)
  await reader.judge('petitions-recount')
  await reader.go(`${at}/unusual`)
  await reader.sees(/평소와 다른 때가 없었습니다/)
  await reader.judge('petitions-unusual')
  await reader.leave()
})

const token_is = (who, state) => who.page.locator(`madang-voice[data-state=${state}]`).waitFor()
test('a petition of human rights is backed by a token that nobody can trace', async () => {
  const rights = await files('최지우', '모든 지역에 쉼터를', '그날 밤에 바로 갈 수 있게.', 'rights')
  const plain = await Person.arrive(house, { script: false })
  await plain.sign_in('박서준')
  await plain.go(rights)
  await plain.sees(/스크립트가 켜진 브라우저가 필요합니다/)
  await plain.leave()

  const park = await Person.arrive(house, { viewport: phone })
  await park.sign_in('박서준')
  await park.go(rights)
  await park.press(/^증표 받기/)
  await token_is(park, 'held')
  await park.sees(/증표가 이 브라우저에만 있습니다/)
  await park.judge('petitions-token-phone')
  const [file] = await Promise.all([park.page.waitForEvent('download'), park.press(/^증표를 파일로 보관$/)])
  const kept = join(folder, 'token.json')
  await file.saveAs(kept)
  // The voice leaves without the cookie of the session.
  const [sent] = await Promise.all([park.page.waitForRequest(/\/voice$/), park.press(/^참여 보내기/)])
  assert.equal((await sent.allHeaders()).cookie, undefined)
  await token_is(park, 'given')
  await park.sees(/동의하셨습니다/)
  await park.go(rights)
  await token_is(park, 'given')
  await park.press(/^동의 거두기$/)
  await token_is(park, 'taken')
  await park.sees(/참여를 거두셨습니다/)
  await park.press(/^동의합니다$/)
  await token_is(park, 'given')
  await park.sees(/동의하셨습니다/)
  await park.judge('petitions-token-given-phone')
  await park.leave()

  // Another browser, not signed in, with the file: what was given counts once.
  const elsewhere = await Person.arrive(house)
  await elsewhere.go(rights)
  await elsewhere.page.locator('madang-voice summary').click()
  await elsewhere.page.locator('madang-voice input[type=file]').setInputFiles(kept)
  await token_is(elsewhere, 'held')
  await elsewhere.press(/^참여 보내기/)
  await token_is(elsewhere, 'given')
  await elsewhere.sees(/동의하셨습니다/)
  await wait_for(async () => {
    await elsewhere.go(`${rights}/recount`)
    await elsewhere.press(/^다시 세기$/)
    await elsewhere.page.waitForSelector('madang-recount[data-state]')
    return await elsewhere.page.locator('madang-recount').getAttribute('data-state') === 'good'
  }, 30)
  await elsewhere.sees(/증표: 발급 1, 사용 1\. 어느 지역에서도 발급보다 많이 쓰이지 않았습니다/)
  await elsewhere.judge('petitions-token-recount')
  await elsewhere.go(`${rights}/tokens`)
  await elsewhere.sees(/발급한 증표와 쓴 증표/)
  await elsewhere.judge('petitions-tokens')
  await elsewhere.leave()
})

async function files(name, title, body, category) {
  const who = await Person.arrive(house)
  await who.sign_in(name)
  await who.go('/petitions/start')
  await who.page.locator('input[name=title]').fill(title)
  await who.page.locator('textarea[name=body]').fill(body)
  await who.page.locator('select[name=category]').selectOption(category)
  await who.press(/비슷한 글 찾아보기/)
  await who.press(/청원 올리기/)
  const path = new URL(who.page.url()).pathname
  await who.leave()
  return path
}

test('one pass a quarter backs petitions of political reform, and nothing tells that it was the same person', async () => {
  const one = await files('최지우', '선거 후원금을 한 달 안에 공개해 주세요', '누가 어느 선거에 냈는지.', 'politics')
  const two = await files('한예린', '일요일에 개표해 주세요', '쉬는 날에 볼 수 있게.', 'politics')
  const plain = await Person.arrive(house, { script: false })
  await plain.go(one)
  await plain.sees(/참여증을 브라우저에서 만들기 때문입니다/)
  await plain.leave()

  const park = await Person.arrive(house, { viewport: phone })
  await park.sign_in('박서준')
  await park.go(one)
  await park.judge('petitions-pass-none-phone')
  await park.press(/^이 분기의 참여증 받기$/)
  await token_is(park, 'held')
  await park.sees(/참여증이 이 브라우저에만 있습니다/)
  await park.judge('petitions-pass-phone')
  const [file] = await Promise.all([park.page.waitForEvent('download'), park.press(/^참여증을 파일로 보관$/)])
  const kept = join(folder, 'pass.json')
  await file.saveAs(kept)
  const [sent] = await Promise.all([park.page.waitForRequest(/\/voice$/), park.press(/^참여 보내기/)])
  assert.equal((await sent.allHeaders()).cookie, undefined)
  await token_is(park, 'given')
  await park.sees(/동의하셨습니다/)
  await park.press(/^동의 거두기$/)
  await token_is(park, 'taken')
  await park.press(/^동의합니다$/)
  await token_is(park, 'given')
  await park.go(one)
  await token_is(park, 'given')
  await park.judge('petitions-pass-given-phone')
  // The other petition of the quarter asks for no pass again.
  await park.go(two)
  await token_is(park, 'held')
  await park.leave()

  // Another browser, not signed in, with the file: the first counts already, the second now does.
  const elsewhere = await Person.arrive(house)
  for (const path of [one, two]) {
    await elsewhere.go(path)
    if (path === one) {
      await elsewhere.page.locator('madang-voice summary').click()
      await elsewhere.page.locator('madang-voice input[type=file]').setInputFiles(kept)
    }
    await token_is(elsewhere, 'held')
    await elsewhere.press(/^참여 보내기/)
    await token_is(elsewhere, 'given')
    await wait_for(async () => {
      await elsewhere.go(`${path}/recount`)
      await elsewhere.press(/^다시 세기$/)
      await elsewhere.page.waitForSelector('madang-recount[data-state]')
      return /이 글의 참여 1\./.test(await elsewhere.page.locator('madang-recount').textContent())
    }, 30)
    assert.equal(await elsewhere.page.locator('madang-recount').getAttribute('data-state'), 'good')
    await elsewhere.sees(/참여증: 분기에 발급 1, 이 글에 사용 1\. 발급보다 많이 쓰이지 않았습니다/)
  }
  await elsewhere.judge('petitions-pass-recount')
  await elsewhere.go(`${two}/tokens`)
  await elsewhere.sees(/발급한 참여증과 참여한 수/)
  await elsewhere.judge('petitions-passes')
  await elsewhere.leave()
})

test('a proposal of the 1st Street is liked and talked about', async () => {
  const han = await Person.arrive(house, { viewport: phone })
  await han.sign_in('한예린')
  await han.go('/talk/start')
  await han.page.locator('input[name=title]').fill('모든 정류장에 경사로를')
  await han.page.locator('textarea[name=body]').fill('휠체어로 탈 수 있게.')
  await han.page.locator('select[name=category]').selectOption('transport')
  await han.press(/비슷한 글 찾아보기/)
  await han.press(/제안 올리기/)
  await han.press(/^공감합니다$/)
  await han.page.locator('textarea[name=body]').fill('저도 그렇게 생각합니다.')
  await han.press(/댓글 올리기/)
  await han.sees(/저도 그렇게 생각합니다/)
  await han.sees(/공감하셨습니다/)
  await han.judge('talk-one-phone')
  await han.leave()
})
