// One sign-on for all: a citizen signs in at an agency's own site (Apache with mod_auth_openidc) by
// the house, reads what is given before she agrees, sees it among her connected services and ends it.
// And she makes a passkey (Chromium's virtual authenticator) and comes in by it.
import { test, after, before } from 'node:test'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { House, Person, close_browser, desktop, phone, wait_for } from './house.mjs'
import { free_port, root } from './program.mjs'
import { AgencySite, no_apache } from './agency_site.mjs'

const require = createRequire(join(root, 'web', 'package.json'))
let house, site

before(async () => {
  const port = await free_port()
  site = new AgencySite(await free_port())
  house = await House.open({ port, files: { 'clients.yaml': `clients:
  - id: agency-site
    name: {ko: 시범 도서관, en: Model Library}
    purpose: {ko: 도서관 회원 확인과 대출, en: Membership and lending of books}
    law: {ko: 도서관법 제8조, en: Libraries Act art. 8}
    proof: client_secret_basic
    secret_sha256: ${createHash('sha256').update(site.secret).digest('hex')}
    redirects: ["${site.url}/protected/callback"]
    after_sign_out: ["${site.url}/"]
    back_channel: "${site.url}/protected/callback?logout=backchannel"
    scopes: [profile, birthdate]
    lasts: true
` } })
  if (!no_apache) await site.open(house.url)
})
after(async () => {
  if (site.process) await site.close()
  await house?.close()
  await close_browser()
})

// An authenticator of her own, that verifies its user.
async function with_authenticator(person) {
  const cdp = await person.context.newCDPSession(person.page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true }
  })
  return { cdp, authenticatorId, set_verified: isUserVerified => cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }) }
}

for (const [language, viewport, size] of [['ko', phone, 'phone'], ['en', desktop, 'desktop']])
  test(`an agency's own site asks the house who somebody is (${language}, ${size})`, { skip: no_apache }, async () => {
    const kim = await Person.arrive(house, { language, viewport })
    const page = kim.page
    await page.goto(`${site.url}/protected/`)
    assert.ok(page.url().startsWith(`${house.url}/sign-in`), page.url())
    await kim.judge(`signon-sign-in-${language}-${size}`)
    await kim.page.getByRole('button', { name: language === 'ko' ? /김하윤/ : /Kim Hayun/ }).click()
    await page.waitForLoadState()
    if (language === 'ko') {
      assert.ok(page.url().startsWith(`${house.url}/connect/`), page.url())
      await kim.sees('시범 도서관에 로그인')
      await kim.sees(/도서관 회원 확인과 대출/)
      await kim.sees(/도서관법 제8조/)
      await kim.sees(/생년월일/)
      await kim.judge(`signon-consent-${language}-${size}`)
      await kim.press('동의하고 계속')
    }
    // The second time she has agreed already, and is taken back without being asked.
    await page.waitForURL(url => url.href.startsWith(`${site.url}/protected/`))
    assert.equal(await page.locator('#name').innerText(), '김하윤')
    assert.equal(await page.locator('#born').innerText(), '1988-04-12')
    const user = await page.locator('#user').innerText()
    assert.ok(user.length > 15 && !user.includes('Hayun'), user)

    await kim.go('/my/connections')
    await kim.sees(language === 'ko' ? '시범 도서관' : 'Model Library')
    await kim.judge(`signon-connections-${language}-${size}`)
    await kim.go('/my/data')
    await kim.sees(language === 'ko' ? /도서관 회원 확인과 대출/ : /Membership and lending of books/)
    await kim.leave()
  })

test('who signs out here is signed out there, and who withdraws is asked again', { skip: no_apache }, async () => {
  const han = await Person.arrive(house, { language: 'ko' })
  await han.page.goto(`${site.url}/protected/`)
  await han.page.getByRole('button', { name: /한예린/ }).click()
  await han.page.waitForLoadState()
  await han.press('동의하고 계속')
  await han.page.waitForURL(url => url.href.startsWith(`${site.url}/protected/`))
  await han.go('/')
  await han.go('/my')
  await han.press(/로그아웃/)
  await han.page.waitForLoadState()
  await wait_for(async () => {
    await han.page.goto(`${site.url}/protected/`)
    return han.page.url().startsWith(house.url)
  })
  await han.page.getByRole('button', { name: /한예린/ }).click()
  await han.page.waitForURL(url => url.href.startsWith(`${site.url}/protected/`))
  await han.go('/my/connections')
  await han.press(/시범 도서관 연결 끊기/)
  await han.sees('연결된 서비스가 없습니다')
  await han.judge('signon-connections-none')
  await wait_for(async () => {
    await han.page.goto(`${site.url}/protected/`)
    return han.page.url().startsWith(`${house.url}/connect/`)
  })
  await han.press('동의하지 않음')
  assert.ok(han.page.url().startsWith(`${site.url}/`), han.page.url())
  await han.leave()
})

test('a passkey is made, used, renamed and removed; without the user verified it does not open', async () => {
  const { verifyRegistrationResponse, verifyAuthenticationResponse } = await import(pathToFileURL(require.resolve('@simplewebauthn/server')))
  const lee = await Person.arrive(house, { language: 'ko', viewport: phone })
  const device = await with_authenticator(lee)
  const sent = []
  lee.page.on('request', r => { if (r.method() === 'POST' && /passkey$/.test(r.url())) sent.push(JSON.parse(r.postData())) })
  await lee.sign_in('김하윤')
  await lee.go('/my/sign-in')
  await lee.sees('아직 패스키가 없습니다')
  await lee.judge('signon-ways-none-ko-phone')
  await lee.page.getByLabel('이름').fill('내 전화기')
  await lee.press('패스키 만들기')
  await lee.page.getByRole('heading', { name: '내 전화기' }).waitFor()
  await lee.judge('signon-ways-ko-phone')

  // Another's code judges what our options made the authenticator write.
  const read = text => JSON.parse(Buffer.from(text, 'base64url'))
  const { credentials } = await device.cdp.send('WebAuthn.getCredentials', { authenticatorId: device.authenticatorId })
  const id = Buffer.from(credentials[0].credentialId, 'base64').toString('base64url')
  const registered = await verifyRegistrationResponse({
    response: { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response: { clientDataJSON: sent[0].client_data, attestationObject: sent[0].attestation } },
    expectedChallenge: read(sent[0].client_data).challenge, expectedOrigin: house.url, expectedRPID: 'localhost'
  })
  assert.equal(registered.verified, true)
  assert.equal(registered.registrationInfo.userVerified, true)

  // Out, and in by the passkey alone.
  await lee.go('/my/sessions')
  await lee.sees(/암호 또는 시범 로그인/)
  await lee.go('/my')
  await lee.press(/로그아웃/)
  await lee.go('/sign-in?next=/my/sessions')
  await lee.judge('signon-sign-in-passkey-ko-phone')
  await lee.page.getByRole('button', { name: '패스키로 로그인' }).click()
  await lee.page.waitForURL(`${house.url}/my/sessions`)
  await lee.sees(/패스키/)
  await lee.judge('signon-sessions-ko-phone')
  const used = sent[1]
  const verified = await verifyAuthenticationResponse({
    response: { id: used.credential, rawId: used.credential, type: 'public-key', clientExtensionResults: {}, response: { clientDataJSON: used.client_data, authenticatorData: used.authenticator_data, signature: used.signature, userHandle: used.user_handle } },
    expectedChallenge: read(used.client_data).challenge, expectedOrigin: house.url, expectedRPID: 'localhost', requireUserVerification: true,
    credential: { id: used.credential, publicKey: registered.registrationInfo.credential.publicKey, counter: 0 }
  })
  assert.equal(verified.verified, true)

  // What was sent once is worth nothing a second time.
  const replayed = await fetch(`${house.url}/sign-in/passkey`, { method: 'POST', headers: { 'content-type': 'application/json', accept: 'application/json' }, body: JSON.stringify(used) })
  assert.equal((await replayed.json()).code ?? replayed.status, 'passkey.challenge')

  await lee.go('/my/sign-in')
  await lee.follow('이름 바꾸기')
  await lee.judge('signon-rename-ko-phone')
  await lee.page.getByLabel('이름').fill('')
  await lee.press('저장')
  await lee.sees(/1자에서 60자까지/)
  await lee.page.getByLabel('이름').fill('새 전화기')
  await lee.press('저장')
  await lee.press(/새 전화기 지우기/)
  await lee.sees('아직 패스키가 없습니다')
  await lee.go('/my/notices')
  await lee.sees('새 패스키가 추가되었습니다')
  await lee.go('/my')
  await lee.press(/로그아웃/)
  await lee.go('/sign-in')
  await lee.page.getByRole('button', { name: '패스키로 로그인' }).click()
  await lee.page.getByText('이 누리집이 모르는 패스키입니다').waitFor()
  lee.errors = lee.errors.filter(e => !/status of 401/.test(e))

  await device.set_verified(false)
  await lee.page.getByRole('button', { name: '패스키로 로그인' }).click()
  await lee.page.getByText('패스키를 쓰지 못했습니다').waitFor()
  await lee.leave()
})
