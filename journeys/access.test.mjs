// Access that follows the post, as people see it: a personnel officer drafts a transfer, her head is led to a second factor and back
// to what he pressed, the post moves and the official finds herself signed out; why something was refused; who can do what; axe on all.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { House, Person, close_browser, phone, wait_for } from './house.mjs'
import { free_port } from './program.mjs'

let house
before(async () => { house = await House.open({ port: await free_port() }) })
after(async () => { await close_browser(); await house?.close() })

// RFC 6238 with node's own HMAC.
function shown(secret, ahead = 0) {
  let bits = ''
  for (const c of secret.replace(/ /g, '')) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')
  const key = Buffer.from(bits.match(/.{8}/g).map(b => parseInt(b, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead))
  const mac = createHmac('sha1', key).update(counter).digest()
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0')
}

for (const [language, viewport] of [['ko', phone], ['en', undefined]])
  test(`a post changes hands, in ${language}`, async () => {
    const ko = language === 'ko'
    const arrive = () => Person.arrive(house, { language, ...viewport ? { viewport } : {} })
    const [bae, noh, official] = [await arrive(), await arrive(), await arrive()]
    await official.sign_in(ko ? '유가온' : 'Im Sera')
    await bae.sign_in(ko ? '배소희' : 'Bae Sohee')
    await bae.go('/desk/orders')
    if (ko) await bae.sees('인사명령이 없습니다')
    await bae.judge(`access-orders-${language}`)
    await bae.follow(/새 인사명령|New order/)
    await bae.judge(`access-order-kinds-${language}`)
    await bae.follow(ko ? /전보/ : /Transfer/)
    await bae.press(/승인 요청|Ask for approval/)
    await bae.page.locator('.error-summary, [role=alert]').first().waitFor()
    await bae.judge(`access-order-errors-${language}`)
    await bae.page.locator('#from_post').selectOption(ko ? 'jongno.center' : 'jongno.roads')
    await bae.page.locator('#post').selectOption(ko ? 'jongno.resident-2' : 'jongno.center')
    await bae.page.locator('#grounds').fill(ko ? '정기 인사' : 'Yearly rotation')
    await bae.press(/승인 요청|Ask for approval/)
    await bae.sees(/승인 대기|Waits for approval/)
    await bae.sees(/없어지는 권한|rights lost/)
    await bae.judge(`access-order-${language}`)
    const order = new URL(bae.page.url()).pathname

    // Nobody approves her own; her head is told and is led to a second factor, then on to what he pressed.
    assert.equal(await bae.page.getByRole('button', { name: /^(승인|Approve)$/ }).count(), 0)
    await noh.sign_in(ko ? '노재원' : 'Noh Jaewon')
    if (ko) {
      await noh.go('/my/sign-in')
      await noh.press('인증 앱 등록')
      await noh.judge('access-app-ko')
      await noh.page.locator('#code').fill('000000')
      await noh.press('등록')
      await noh.sees('숫자가 맞지 않습니다')
      house.key = await noh.page.locator('main code').first().innerText()
      await noh.page.locator('#code').fill(shown(house.key))
      await noh.press('등록')
      await noh.sees('지금 한 번만')
      await noh.judge('access-recovery-ko')
      await noh.go('/my/sign-in')
      await noh.sees('남은 복구 번호')
      await noh.judge('access-ways-ko')
    }
    await wait_for(async () => {
      await noh.go('/my/notices')
      return (await noh.text()).match(/승인을 기다립니다|waits for your approval/)
    })
    await noh.go(order)
    if (!ko) {
      await noh.press(/^Approve$/)
      await noh.sees('Show again that it is you')
      await noh.judge('access-step-up-en')
      await noh.page.locator('#code').fill('123456')
      await noh.press('Go on')
      await noh.sees('That is not the code')
      // The code of this half minute was used by the other session; that of the next is good already.
      for (const ahead of [1, 0, 1]) {
        await noh.page.locator('#code').fill(shown(house.key, ahead))
        await noh.press('Go on')
        if (/What you wrote is still here/.test(await noh.text())) break
        await new Promise(done => setTimeout(done, 15000))
      }
      await noh.sees('What you wrote is still here')
      await noh.judge('access-held-en')
      await noh.press('Go on')
    } else {
      await noh.press(/^승인$/)
    }
    await noh.sees(/승인됨|시행됨|Approved|Carried out/)
    await wait_for(async () => { await noh.go(order); return /시행됨|Carried out/.test(await noh.text()) })

    await wait_for(async () => { await official.go('/desk'); return new URL(official.page.url()).pathname === '/sign-in' })
    await official.sign_in(ko ? '유가온' : 'Im Sera')
    await official.go('/my/orders')
    await official.sees(/시행됨|Carried out/)
    await official.judge(`access-my-orders-${language}`)
    await official.go('/desk/access')
    await official.sees(/\d{4}-\d{4}/)
    await official.judge(`access-own-rights-${language}`)

    await official.go('/desk/audit')
    await official.follow(/왜 거절되었는지|Why was I refused/)
    await official.sees(/접속기록을 점검|Inspect access records/)
    await official.sees(/총무과장|Head of general affairs/)
    await official.judge(`access-refused-${language}`)

    await noh.go('/desk/access?by=right&q=orders.approve')
    await noh.sees(ko ? '노재원' : 'Noh Jaewon')
    await noh.judge(`access-who-${language}`)
    for (const one of [bae, noh, official]) {
      one.errors = one.errors.filter(e => !/status of 40[13]/.test(e))
      await one.leave()
    }
  })
