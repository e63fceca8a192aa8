// Passwords that people choose, helping them into their accounts, and what an official must show before her working pages open:
// OWASP ASVS 5.0 V6.2, V6.3.3, V6.3.4, V6.4, V7.4, V7.5. The first house is a demonstration, the second runs in earnest.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, free_port } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { missing, rows } from './stores.mjs'

let house, earnest, folder, lee, eun

before(async () => {
  if (missing) return
  folder = mkdtempSync(join(tmpdir(), 'madang-accounts-'))
  writeFileSync(join(folder, 'earnest.yaml'), 'demonstration: false\n')
  house = await House.open({ port: await free_port() })
  earnest = await House.open({ port: await free_port(), arguments: ['--config', join(folder, 'earnest.yaml'), '--nightly', 'false'] })
  lee = await new Client(house).sign_in('Lee Dohyun')
  eun = await new Client(house, { language: 'en' }).sign_in('Im Sera')
})
after(async () => {
  await house?.close()
  await earnest?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const login_of = (at, name) => rows(at, 'identity', `select login from account where latin = '${name}'`)[0][0]
const shown_key = async name => (await new Client(house).get('/sign-in')).json().personas.find(p => p.name === name).person
const person_of = (at, name) => rows(at, 'identity', `select person from account where latin = '${name}'`)[0][0]
// As libargon2 encodes it (argon2id_hash_encoded; 2 passes, 19,456 KiB), also in hardening.test.mjs.
const typed = ' 마당에 모인 사람들 and a sentence of more than sixty-four letters, typed whole '
const encoded = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$d3Ed0HtNx8X1BV402i8WqxcCNtR/uXT6n5rxLEYO0CY'
const give_password = (at, name) => rows(at, 'identity', `update account set password = '${encoded}' where latin = '${name}'`)
async function with_password(at, login, password) {
  const client = new Client(at)
  const answer = await client.post('/sign-in', { login, password })
  if (answer.status === 303) await client.keep(answer)
  return { client, answer }
}
// RFC 6238 with node's own HMAC.
function shown(secret, ahead = 0) {
  let bits = ''
  for (const c of secret) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead))
  const mac = createHmac('sha1', Buffer.from(bits.match(/.{8}/g).map(b => parseInt(b, 2)))).update(counter).digest()
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1e6).padStart(6, '0')
}
const choose = (client, fresh, more = {}) => client.post('/my/sign-in/password', { fresh, again: fresh, ...more })
// Time passes for her sign-in, not for the clock.
const an_hour_ago = (at, name) => rows(at, 'identity', `update session_method set authenticated = authenticated - 3600000000 where token_hash in (select token_hash from session where person = ${person_of(at, name)})`)

test('a password is chosen and changed by its holder: the old one is asked for, length counts, common and own words are refused', { skip: missing }, async () => {
  const park = await new Client(house).sign_in('Park Seojun'), elsewhere = await new Client(house).sign_in('Park Seojun')
  const page = (await park.page('/my/sign-in/password')).text
  const fields = [...page.matchAll(/<input[^>]*type="password"[^>]*>/g)].map(m => m[0])
  assert.equal(fields.length, 2, 'she has none yet, so none is asked for')
  for (const field of fields) {
    assert.match(field, /autocomplete="new-password"/)
    assert.match(field, /maxlength="128"/)
    assert.doesNotMatch(field, /onpaste|readonly|pattern|minlength/)
  }
  for (const [fresh, code] of [['tv7mkqz', 'password.short'], ['가나다라마바', 'password.short'], ['password123', 'password.common'], ['P@ssw0rd2026', 'password.common'], ['1q2w3e4r5t', 'password.common'],
    ['seojun1960', 'password.own'], ['madang2026', 'password.own'], ['x y'.repeat(43), 'password.long']]) {
    const refused = await choose(park, fresh)
    assert.equal(refused.status, 422, fresh)
    assert.equal(refused.json().code, code, fresh)
    assert.equal(refused.json().field, 'fresh')
    assert.ok(!refused.text.includes(fresh))
  }
  assert.equal((await choose(park, 'rainy crane bookshelf', { again: 'rainy crane bookshelf ' })).json().code, 'password.differs')
  const longest = ' 은행나무 두 그루 '.padEnd(127, 'crane in the rain ') + ' '
  assert.equal([...longest].length, 128)
  assert.equal((await choose(park, longest)).status, 303)
  assert.equal((await elsewhere.get('/my')).status, 401, 'other sessions ended')
  assert.equal((await park.get('/my')).status, 200)
  const login = login_of(house, 'Park Seojun')
  assert.equal((await with_password(house, login, longest.trim())).answer.status, 401, 'as it was typed')
  assert.equal((await with_password(house, login, longest)).answer.status, 303)
  // Only letters, in any case, and no digit: nothing but length counts.
  assert.equal((await choose(park, 'onlylowercaseandquitelong')).json().code, 'sign_in.wrong_current')
  assert.equal((await choose(park, 'onlylowercaseandquitelong', { current: longest.trim() })).json().field, 'current')
  assert.equal((await choose(park, 'onlylowercaseandquitelong', { current: longest })).status, 303)
  assert.equal((await choose(park, 'onlylowercaseandquitelong', { current: 'onlylowercaseandquitelong' })).json().code, 'password.same')
  await until(async () => (await park.get('/my/notices')).text.includes('Your password was changed'), { what: 'the notice' })
  assert.deepEqual(rows(house, 'identity', `select distinct items from audit_entry where record_of = 'password' and subject = ${person_of(house, 'Park Seojun')}`).flat(), ['chosen'])
})

test('ways in are changed only soon after a sign-in', { skip: missing }, async () => {
  const han = await new Client(house).sign_in('Han Yerin')
  an_hour_ago(house, 'Han Yerin')
  for (const [path, fields] of [['/my/sign-in/passkey/options', {}], ['/my/sign-in/code/begin', {}], ['/my/channels/email', { address: 'han@mail.example' }], ['/my/sessions/end-others', {}]]) {
    const asked = await han.post(path, fields)
    assert.equal(asked.status, 401, path)
    assert.equal(asked.json().code, 'step_up.needed', path)
  }
  assert.equal((await han.get('/my/sign-in/close')).status, 401)
  const led = await han.page('/my/sign-in/password')
  assert.equal(led.headers.location, '/sign-in/again?level=1&next=%2Fmy%2Fsign-in%2Fpassword')
  assert.match((await han.page(led.headers.location)).text, /Go on as/, 'in a demonstration by a press')
  assert.equal((await han.post('/sign-in/again', { next: '/my/sign-in/password' })).headers.location, '/my/sign-in/password')
  assert.equal((await choose(han, 'rainy crane bookshelf')).status, 303)
  an_hour_ago(house, 'Han Yerin')
  assert.equal((await han.post('/sign-in/again', { next: '/my' })).json().code, 'sign_in.wrong_current', 'now she has a password')
  assert.equal((await han.post('/sign-in/again', { next: '/my', current: 'rainy crane bookshelf' })).status, 303)
  assert.equal((await han.post('/my/sign-in/code/begin')).status, 303)
  assert.equal((await han.post('/sign-in/again', { next: '//evil.example', current: 'rainy crane bookshelf' })).headers.location, '/')
})

test('who cannot come in proves at a counter who she is: a password that is good once, and for nothing but choosing another', { skip: missing }, async () => {
  const person = await shown_key('Kim Yeongho'), login = login_of(house, 'Kim Yeongho')
  assert.equal((await lee.post('/desk/accounts', { q: 'nobody-of-that-name' })).json().code, 'account.not_found')
  const [number] = rows(house, 'residents', `select resident_number from register_persons where key = ${person_of(house, 'Kim Yeongho')}`)[0]
  for (const q of [login, number]) assert.equal((await lee.post('/desk/accounts', { q })).headers.location, `/desk/accounts/${person}`)
  const help = (act, more) => lee.post(`/desk/accounts/${person}`, { act, grounds: 'He forgot it.', proof: 'Resident card, issued 2019-03-02', ...more })
  assert.equal((await help('one_time_password', { grounds: ' ' })).json().field, 'grounds')
  assert.equal((await help('one_time_password', { proof: '' })).json().field, 'proof')
  assert.equal((await help('nothing')).json().field, 'act')
  const { password, hours } = (await help('one_time_password')).json()
  assert.match(password, /^[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}$/)
  assert.equal(hours, 24)
  const { client, answer } = await with_password(house, login, password)
  assert.equal(answer.headers.location, '/my/sign-in/password')
  for (const path of ['/my', '/my/data', '/my/sign-in', '/my/sign-in/close'])
    assert.equal((await client.get(path)).json().code, 'password.once', path)
  assert.equal((await client.page('/my')).headers.location, '/my/sign-in/password')
  assert.equal((await with_password(house, login, password)).answer.json().code, 'sign_in.expired')
  assert.equal((await choose(client, password)).json().code, 'password.same')
  assert.equal((await choose(client, 'rainy crane bookshelf')).status, 303)
  assert.equal((await client.get('/my')).status, 200)
  assert.equal((await with_password(house, login, password)).answer.json().code, 'sign_in.wrong')
  await until(async () => /one-time password was handed out/.test((await client.get('/my/notices')).text), { what: 'the notice' })
  assert.match((await client.get('/my/notices')).text, /He forgot it/)
  // One that nobody used ends by itself.
  const late = (await help('one_time_password')).json().password
  rows(house, 'identity', `update password_state set expires = expires - 86400000000 where person = ${person_of(house, 'Kim Yeongho')}`)
  assert.equal((await with_password(house, login, late)).answer.json().code, 'sign_in.expired')
})

test('an official ends the sessions of another with grounds, who reads it; and closes an account, which no way opens', { skip: missing }, async () => {
  const kim = await new Client(house).sign_in('Choi Jiwoo'), person = kim.person
  assert.equal((await kim.get('/desk/accounts')).status, 403)
  const help = (act, more) => lee.post(`/desk/accounts/${person}`, { act, grounds: 'His phone was stolen.', proof: 'Passport', ...more })
  assert.equal((await help('end_sessions', { grounds: '' })).status, 422)
  assert.equal((await kim.get('/my')).status, 200)
  assert.equal((await help('end_sessions')).status, 303)
  assert.equal((await kim.get('/my')).status, 401)
  const again = await new Client(house).sign_in('Choi Jiwoo')
  await until(async () => /ended all your sessions/.test((await again.get('/my/notices')).text), { what: 'the notice' })
  assert.match((await again.get('/my/data')).text, /Lee|이도현/, 'who it was')
  assert.equal((await help('close')).status, 303)
  assert.equal((await again.get('/my')).status, 401)
  const refused = await new Client(house).post('/sign-in/persona', { person })
  assert.equal(refused.status, 401)
  assert.equal(refused.headers['set-cookie'], undefined)
  assert.equal((await help('close')).json().code, 'account.closed')
  assert.equal((await help('reopen')).status, 303)
  await new Client(house).sign_in('Choi Jiwoo')
})

test('whoever wishes closes her own account by her login, soon after a sign-in; who holds a post does not', { skip: missing }, async () => {
  const kim = await new Client(house).sign_in('Kim Hayun')
  assert.equal((await kim.post('/my/sign-in/close', { login: 'wrong' })).json().field, 'login')
  const gone = await kim.post('/my/sign-in/close', { login: login_of(house, 'Kim Hayun') })
  assert.match(String(gone.headers['set-cookie']), /session=;/)
  assert.equal((await kim.get('/my')).status, 401)
  assert.equal((await new Client(house).post('/sign-in/persona', { person: kim.person })).status, 401)
  const jin = await new Client(house).sign_in('Im Sera')
  assert.equal((await jin.post('/my/sign-in/close', { login: login_of(house, 'Im Sera') })).json().code, 'account.posts')
})

test('an account that opens working pages takes two officials, and nobody helps herself', { skip: missing }, async () => {
  const person = await shown_key('Im Sera')
  const asked = await lee.post(`/desk/accounts/${person}`, { act: 'one_time_password', grounds: 'Forgotten', proof: 'Card' })
  assert.equal(asked.headers.location, '/desk/accounts')
  const { waiting } = (await lee.get('/desk/accounts')).json()
  const request = waiting.find(r => r.person === person)
  assert.equal(request.act, 'one_time_password')
  assert.equal((await lee.post(`/desk/accounts/requests/${request.key}`, { decision: 'good' })).json().code, 'account.four_eyes')
  assert.equal((await lee.post(`/desk/accounts/${lee.person}`, { act: 'end_sessions', grounds: 'x', proof: 'y' })).json().code, 'account.own')
  const other = rows(house, 'identity', "select a.latin from post p join account a on a.person = p.holder where p.roles like '%operator%' and a.latin <> 'Lee Dohyun'")[0][0]
  const second = await new Client(house).sign_in(other)
  const done = await second.post(`/desk/accounts/requests/${request.key}`, { decision: 'good' })
  assert.match(done.json().password, /^[a-z2-9-]{19}$/)
  assert.equal((await second.post(`/desk/accounts/requests/${request.key}`, { decision: 'good' })).json().code, 'account.decided')
})

test('in earnest a password alone opens no working page: the first second factor is set up on the way there', { skip: missing }, async () => {
  give_password(earnest, 'Lee Dohyun')
  const login = login_of(earnest, 'Lee Dohyun')
  const { client, answer } = await with_password(earnest, login, typed)
  assert.equal(answer.headers.location, '/desk')
  for (const path of ['/desk', '/desk/registers', '/desk/accounts', '/desk/absence']) {
    const asked = await client.get(path)
    assert.equal(asked.status, 401, path)
    assert.match(asked.headers['www-authenticate'], /insufficient_user_authentication.*urn:madang:acr:2/, 'RFC 9470')
    assert.equal((await client.page(path)).headers.location, `/sign-in/again?next=${encodeURIComponent(path)}`)
  }
  assert.equal((await client.get('/my')).status, 200, 'her own matters are a citizen’s')
  const led = (await client.page('/sign-in/again?next=%2Fdesk%2Fregisters')).text
  assert.match(led, /data-add="\/my\/sign-in\/passkey" data-next="\/sign-in\/again\?next=%2Fdesk%2Fregisters"/)
  assert.match(led, /name="next" value="\/desk\/registers"/)
  const begun = await client.post('/my/sign-in/code/begin', { next: '/desk/registers' })
  assert.equal(begun.headers.location, '/my/sign-in/code?next=%2Fdesk%2Fregisters')
  const { secret } = (await client.get('/my/sign-in/code')).json()
  const confirmed = await client.send('POST', '/my/sign-in/code', {
    headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', origin: earnest.url },
    body: new URLSearchParams({ _csrf: client.csrf, code: shown(secret), next: '/desk/registers' }).toString()
  })
  assert.equal(confirmed.status, 200, confirmed.text)
  assert.match(confirmed.text, /href="\/desk\/registers"/, 'and on to where she was going')
  assert.equal((await client.get('/desk/registers')).status, 200)
  // The next time the password is one half.
  const half = await with_password(earnest, login, typed)
  assert.match(half.answer.headers.location, /^\/sign-in\/code/)
  assert.equal((await half.client.get('/my')).status, 401)
})

test('refused ways in leave a line: passkeys, codes and passwords, with nothing of what was shown', { skip: missing }, async () => {
  const lines = () => house.log.split('\n').filter(l => l.includes('sign_in.refused')).map(l => JSON.parse(l))
  const client = new Client(house, { from: '127.0.0.21' })
  await client.post('/sign-in/passkey/options')
  await client.post('/sign-in/passkey', { credential: 'zqmark', client_data: 'e30', authenticator_data: 'AAAA', signature: 'AAAA', user_handle: 'AA' })
  await until(() => lines().some(l => l.how === 'passkey'), { what: 'the line' })
  assert.ok(!house.log.includes('zqmark'))
  assert.ok(lines().some(l => l.how === 'password'))
})
