// One's password and the end of one's account, and an official who helps at a counter; in earnest, the way to a first second factor.
// axe on all pages, Korean on a phone and English on a desktop.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, Person, close_browser, phone, wait_for } from './house.mjs'
import { free_port } from './program.mjs'
import { rows } from '../tests/stores.mjs'

let house, earnest, folder
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'madang-accounts-journey-'))
  writeFileSync(join(folder, 'earnest.yaml'), 'demonstration: false\n')
  house = await House.open({ port: await free_port() })
  earnest = await House.open({ port: await free_port(), arguments: ['--config', join(folder, 'earnest.yaml'), '--nightly', 'false'] })
})
after(async () => {
  await close_browser()
  await house?.close()
  await earnest?.close()
  rmSync(folder, { recursive: true, force: true })
})

const at = (at_house, sql) => rows(at_house, 'identity', sql)[0][0]

for (const [language, viewport] of [['ko', phone], ['en', undefined]])
  test(`a password is chosen, lost and found again at a counter, in ${language}`, async () => {
    const ko = language === 'ko'
    const arrive = () => Person.arrive(house, { language, ...viewport ? { viewport } : {} })
    const [her, official] = [await arrive(), await arrive()]
    const latin = ko ? 'Park Seojun' : 'Kim Yeongho', login = at(house, `select login from account where latin = '${latin}'`)
    await her.sign_in(ko ? '박서준' : latin)
    await her.go('/my/sign-in')
    await her.follow(/암호 고르기|Choose a password/)
    await her.judge(`account-password-${language}`)
    const fill = async (fresh, again = fresh) => {
      await her.page.locator('#fresh').fill(fresh)
      await her.page.locator('#again').fill(again)
      await her.press(/저장|Save/)
    }
    await fill('password2026')
    await her.sees(/많은 사람이 쓰는|Many people use/)
    await her.judge(`account-password-error-${language}`)
    await fill('rainy crane bookshelf', 'rainy crane')
    await her.sees(/서로 다릅니다|not the same/)
    await fill('rainy crane bookshelf')
    await her.sees(/고른 암호를 씁니다|Chosen on/)
    await her.judge(`account-ways-${language}`)
    await her.go('/my/sign-in/close')
    await her.judge(`account-close-${language}`)

    await official.sign_in(ko ? '이도현' : 'Lee Dohyun')
    await official.go('/desk/accounts')
    await official.judge(`account-desk-${language}`)
    await official.page.locator('#q').fill('no such login')
    await official.press(/^(찾기|Find)$/)
    await official.sees(/찾은 계정이 없습니다|No account has/)
    await official.page.locator('#q').fill(login)
    await official.press(/^(찾기|Find)$/)
    await official.judge(`account-one-${language}`)
    assert.ok(!official.page.url().includes(login), 'nothing of it in the address')
    await official.choose(ko ? '한 번 쓰는 암호 내주기' : 'Hand out a one-time password')
    await official.page.locator('#grounds').fill(ko ? '암호를 잊으셨습니다' : 'He forgot it')
    await official.press(/^(하기|Do it)$/)
    await official.sees(/무엇으로 확인했는지|proved who it is/)
    await official.judge(`account-one-error-${language}`)
    await official.page.locator('#proof').fill(ko ? '주민등록증, 2019년 3월 2일' : 'Resident card, 2 March 2019')
    await official.press(/^(하기|Do it)$/)
    await official.judge(`account-handed-${language}`)
    const password = (await official.text()).match(/[a-z2-9]{4}(-[a-z2-9]{4}){3}/)[0]

    await wait_for(async () => { await her.go('/my'); return new URL(her.page.url()).pathname === '/sign-in' })
    await her.page.locator('#login').fill(login)
    await her.page.locator('#password').fill(password)
    await her.page.locator('form.sign-in-form button[type=submit]').click()
    await her.sees(/창구에서 받은 암호로|came in with a password from a counter/)
    await her.judge(`account-once-${language}`)
    await her.go('/my/data')
    await her.sees(/창구에서 받은 암호로|came in with a password from a counter/)
    await fill('another crane on the roof')
    await wait_for(async () => { await her.go('/my/notices'); return /한 번 쓰는 암호를 내주었습니다|one-time password was handed out/.test(await her.text()) })
    for (const one of [her, official]) {
      one.errors = one.errors.filter(e => !/status of (401|422)/.test(e))
      await one.leave()
    }
  })

test('in earnest an official is led to a second factor, and on to where she was going', async () => {
  const encoded = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$d3Ed0HtNx8X1BV402i8WqxcCNtR/uXT6n5rxLEYO0CY'   // as in tests/accounts.test.mjs
  rows(earnest, 'identity', `update account set password = '${encoded}' where latin = 'Lee Dohyun'`)
  const login = at(earnest, "select login from account where latin = 'Lee Dohyun'")
  const lee = await Person.arrive(earnest, { language: 'ko', viewport: phone })
  const devtools = await lee.context.newCDPSession(lee.page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } })
  await lee.go('/sign-in')
  await lee.page.locator('#login').fill(login)
  await lee.page.locator('#password').fill(' 마당에 모인 사람들 and a sentence of more than sixty-four letters, typed whole ')
  await lee.page.locator('form.sign-in-form button[type=submit]').click()
  await lee.sees('두 번째 로그인 방법 만들기')
  await lee.judge('account-first-factor-ko')
  await lee.page.locator('#label').fill('내 휴대전화')
  await lee.press('패스키 만들기')
  await wait_for(async () => /본인 확인을 한 번 더/.test(await lee.text()))
  await lee.page.locator('madang-passkey button').first().click()
  await wait_for(async () => new URL(lee.page.url()).pathname === '/desk')
  await lee.leave()
})
