// Asked from elsewhere: a citizen connects a television with her phone, answers a counter that asks who she is, and signs out so that
// the site of another agency in the same browser hears it. And she confirms by telephone, at a telephone company that is a program of
// its own.
import { test, after, before } from 'node:test'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { Person, close_browser, desktop, phone, wait_for } from './house.mjs'
import { free_port, with_carrier } from './program.mjs'

const secret = 'a secret of the journey'
const basic = id => ({ authorization: 'Basic ' + Buffer.from(`${id}:${encodeURIComponent(secret)}`).toString('base64') })
let house, carrier, site

// A site of an agency, as small as can be: it knows its visitor by a cookie, and a frame takes it away.
async function a_site() {
  const port = await free_port()
  const signed_out = []
  const server = createServer((asked, answer) => {
    const url = new URL(asked.url, 'http://localhost')
    answer.setHeader('content-type', 'text/html; charset=utf-8')
    if (url.pathname === '/back') {
      answer.setHeader('set-cookie', 'visitor=one; Path=/; HttpOnly')
      answer.end('<!doctype html><title>Site</title><h1>Signed in at the site</h1>')
    } else if (url.pathname === '/out') {
      signed_out.push({ sid: url.searchParams.get('sid'), iss: url.searchParams.get('iss'), cookie: asked.headers.cookie ?? '' })
      answer.setHeader('set-cookie', 'visitor=; Path=/; Max-Age=0')
      answer.end('<!doctype html><title>out</title>')
    } else answer.end(`<!doctype html><title>Site</title><h1>${/visitor=one/.test(asked.headers.cookie ?? '') ? 'Signed in at the site' : 'A stranger'}</h1>`)
  })
  await new Promise(done => server.listen(port, '127.0.0.1', done))
  return { server, signed_out, url: `http://localhost:${port}` }
}

before(async () => {
  site = await a_site()
  const client = (id, ko, en, more) => `  - {id: ${id}, name: {ko: ${ko}, en: ${en}}, purpose: {ko: 본인 확인, en: Knowing who it is}, law: {ko: 전자정부법 제10조, en: e-Government Act art. 10}, ${more}}\n`
  const proof = `proof: client_secret_basic, secret_sha256: "${createHash('sha256').update(secret).digest('hex')}"`
  ;({ house, carrier } = await with_carrier({
    files: {
      'clients.yaml': 'clients:\n' +
        client('television', '거실 텔레비전', 'Living-room television', 'devices: true, scopes: [profile]') +
        client('counter', '시범 은행 창구', 'Model Bank counter', `${proof}, asks: poll, scopes: [profile, birthdate]`) +
        client('site', '시범 박물관', 'Model Museum', `${proof}, redirects: ["${site.url}/back"], front_channel: "${site.url}/out", after_sign_out: ["${site.url}/"], scopes: [profile]`)
    }
  }))
})
after(async () => {
  await house?.close()
  await carrier?.close()
  site?.server.close()
  site?.server.closeAllConnections()
  await close_browser()
})

const post = async (path, fields, headers = {}) =>
  (await fetch(house.url + path, { method: 'POST', headers, body: new URLSearchParams(fields) })).json()

for (const [language, viewport, size, script] of [['ko', phone, 'phone', true], ['en', desktop, 'desktop', false]])
  test(`a television is connected by a code from the phone (${language}, ${size}${script ? '' : ', without script'})`, async () => {
    const shown = await post('/oauth/device_authorization', { client_id: 'television', scope: 'openid profile' })
    const kim = await Person.arrive(house, { language, viewport, script })
    await kim.sign_in(language === 'ko' ? '김하윤' : 'Kim Hayun')
    await kim.go('/device')
    if (script) await kim.judge(`grants-device-${language}-${size}`)
    await kim.page.getByLabel(language === 'ko' ? '기기에 보이는 코드' : 'Code that the device shows').fill('BBBB-BBBB')
    await kim.press(language === 'ko' ? '계속' : 'Continue')
    await kim.sees(language === 'ko' ? /그런 코드가 없거나/ : /There is no such code/)
    if (script) await kim.judge(`grants-device-wrong-${language}-${size}`)
    await kim.page.getByLabel(language === 'ko' ? '기기에 보이는 코드' : 'Code that the device shows').fill(shown.user_code.toLowerCase())
    await kim.press(language === 'ko' ? '계속' : 'Continue')
    await kim.sees(language === 'ko' ? '거실 텔레비전' : 'Living-room television')
    await kim.sees(shown.user_code)
    if (script) await kim.judge(`grants-device-ask-${language}-${size}`)
    await kim.press(language === 'ko' ? '동의' : 'Agree')
    await kim.sees(language === 'ko' ? '기기가 연결되었습니다' : 'The device is connected')
    if (script) await kim.judge(`grants-device-done-${language}-${size}`)
    const tokens = await post('/oauth/token', { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', device_code: shown.device_code, client_id: 'television' })
    assert.ok(tokens.access_token, JSON.stringify(tokens))
    await kim.leave()
  })

for (const [language, viewport, size] of [['ko', phone, 'phone'], ['en', desktop, 'desktop']])
  test(`a counter asks who she is, and she answers from her message box (${language}, ${size})`, async () => {
    const kim = await Person.arrive(house, { language, viewport })
    await kim.sign_in(language === 'ko' ? '김하윤' : 'Kim Hayun')
    await kim.go('/my/requests')
    await kim.sees(language === 'ko' ? '기다리는 요청이 없습니다' : 'Nothing waits for you')
    const asked = await post('/oauth/backchannel', { scope: 'openid profile birthdate', login_hint: 'kim', binding_message: 'W4SCT 3' }, basic('counter'))
    assert.ok(asked.auth_req_id, JSON.stringify(asked))
    await kim.go('/my/notices')
    await kim.follow(language === 'ko' ? /시범 은행 창구/ : /Model Bank counter/)
    await kim.sees('W4SCT 3')
    await kim.judge(`grants-request-${language}-${size}`)
    await kim.go('/my/requests')
    await kim.judge(`grants-requests-${language}-${size}`)
    await kim.follow(language === 'ko' ? /요청 보기/ : /Look at the request/)
    await kim.press(language === 'ko' ? '동의' : 'Agree')
    const tokens = await post('/oauth/token', { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: asked.auth_req_id }, basic('counter'))
    assert.ok(tokens.id_token, JSON.stringify(tokens))
    await kim.go('/my/connections')
    await kim.sees(language === 'ko' ? '시범 은행 창구' : 'Model Bank counter')
    await kim.leave()
  })

test('whoever signs out here is signed out of the other site in the same browser', async () => {
  const han = await Person.arrive(house, { language: 'ko' })
  await han.sign_in('한예린')
  const verifier = 'x'.repeat(43)
  const challenge = createHash('sha256').update(verifier).digest('base64url')
  await han.go(`/oauth/authorize?client_id=site&response_type=code&scope=openid%20profile&redirect_uri=${encodeURIComponent(site.url + '/back')}&code_challenge=${challenge}&code_challenge_method=S256`)
  await han.press('동의하고 계속')
  await han.page.getByText('Signed in at the site').waitFor()
  const code = new URL(han.page.url()).searchParams.get('code')
  const tokens = await post('/oauth/token', { grant_type: 'authorization_code', code, redirect_uri: `${site.url}/back`, code_verifier: verifier }, basic('site'))
  const { sid } = JSON.parse(Buffer.from(tokens.id_token.split('.')[1], 'base64url'))
  await han.go('/my')
  await han.press(/로그아웃/)
  await han.sees('로그아웃했습니다')
  await wait_for(() => site.signed_out.length > 0)
  await han.judge('grants-signed-out-ko')
  assert.deepEqual(site.signed_out.map(({ sid, iss }) => [sid, iss]), [[sid, house.url]])
  assert.match(site.signed_out[0].cookie, /visitor=one/, 'in the same browser')
  await han.page.goto(site.url)
  await han.page.getByText('A stranger').waitFor()

  // Begun by the site: the page leads back there by itself.
  await han.sign_in('한예린')
  await han.go(`/oauth/authorize?client_id=site&response_type=code&scope=openid%20profile&redirect_uri=${encodeURIComponent(site.url + '/back')}&code_challenge=${challenge}&code_challenge_method=S256`)
  await han.page.getByText('Signed in at the site').waitFor()
  const again = await post('/oauth/token', { grant_type: 'authorization_code', code: new URL(han.page.url()).searchParams.get('code'), redirect_uri: `${site.url}/back`, code_verifier: verifier }, basic('site'))
  await han.go(`/oauth/logout?id_token_hint=${again.id_token}&post_logout_redirect_uri=${encodeURIComponent(site.url + '/')}`)
  await han.page.waitForURL(`${site.url}/`)
  await han.page.getByText('A stranger').waitFor()
  assert.equal(site.signed_out.length, 2)
  await han.leave()
})

for (const [language, viewport, size] of [['ko', phone, 'phone'], ['en', desktop, 'desktop']])
  test(`she ties her telephone, and it confirms a second time (${language}, ${size})`, async () => {
    const ko = language === 'ko'
    const kim = await Person.arrive(house, { language, viewport })
    const telephone = await Person.arrive(carrier, { language, viewport: phone })
    await telephone.go('/')
    await telephone.judge(`carrier-sign-in-${language}-${size}`)
    await telephone.page.getByLabel(ko ? '전화번호' : 'Telephone number').fill('010-0000-1001')
    await telephone.page.getByLabel(ko ? '비밀번호(PIN)' : 'PIN').fill('246810')
    await telephone.press(ko ? /^로그인/ : /^Sign in/)
    await telephone.sees(ko ? '기다리는 요청이 없습니다' : 'Nothing waits for you')

    // What the house shows, and what the telephone asks, are the same words.
    const confirm = async name => {
      await kim.sees(ko ? '전화를 보세요' : 'Look at your telephone')
      await kim.judge(name)
      const words = await kim.page.locator('p.reference').innerText()
      await telephone.page.getByText(words).waitFor()      // by itself
      await telephone.follow(ko ? /요청 보기/ : /Look at the request/)
      await telephone.sees(words)
      await telephone.judge(`${name}-telephone`)
      await telephone.page.getByLabel(ko ? '비밀번호(PIN)' : 'PIN').fill('246810')
      await telephone.press(ko ? '동의' : 'Agree')
    }
    await kim.sign_in(ko ? '김하윤' : 'Kim Hayun')
    await kim.go('/my/sign-in')
    if (ko) {
      await kim.judge('carrier-ways-none-ko')
      await kim.page.getByLabel('전화번호').fill('010-0000-1001')
      await kim.press('내 전화 잇기')
      await confirm('carrier-wait-ko')
      await kim.page.waitForURL(`${house.url}/my/sign-in`)
    }
    await kim.sees(/\+8210\*\*\*\*1001/)
    await kim.judge(`carrier-ways-${language}`)
    await kim.go('/sign-in/again?next=/my/sessions')
    await kim.judge(`carrier-step-up-${language}`)
    await kim.press(ko ? '전화로 물어보기' : 'Ask my telephone')
    await confirm(`carrier-again-${language}`)
    await kim.page.waitForURL(`${house.url}/my/sessions`)
    await kim.sees(ko ? '휴대전화' : 'Telephone')

    // Every other way is lost.
    await kim.go('/my')
    await kim.press(ko ? /로그아웃/ : /Sign out/)
    await kim.go('/sign-in?next=/my/sessions')
    await kim.follow(ko ? /휴대전화로 들어오기/ : /Come in by telephone/)
    await kim.judge(`carrier-in-${language}`)
    await kim.page.getByLabel(ko ? '전화번호' : 'Telephone number').fill('12')
    await kim.press(ko ? '전화로 물어보기' : 'Ask my telephone')
    await kim.sees(ko ? /전화번호를 적어 주세요/ : /Type a telephone number/)
    await kim.page.getByLabel(ko ? '전화번호' : 'Telephone number').fill('010 0000 1001')
    await kim.press(ko ? '전화로 물어보기' : 'Ask my telephone')
    await confirm(`carrier-in-wait-${language}`)
    await kim.page.waitForURL(`${house.url}/my/sessions`)
    await telephone.leave()
    await kim.leave()
  })
