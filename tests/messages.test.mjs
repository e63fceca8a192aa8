// Text messages through a real Kannel (Debian): bearerbox, smsbox, and the message centre of its own tests in the place of a
// telephone company. What arrives there is UCS-2 (3GPP TS 23.038), as Kannel writes it into its log.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { connect } from 'node:net'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, free_port } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { missing, rows } from './stores.mjs'

const centre_program = '/usr/lib/kannel/test/fakesmsc'
const no_kannel = existsSync(centre_program) && existsSync('/usr/sbin/bearerbox') ? false : 'Debian packages kannel and kannel-extras are not installed'
const skip = missing || no_kannel

let house, kannel, folder, kim
const password = 'not-to-be-seen-anywhere'

// Kannel percent-encodes octets that are not letters or digits, and a space as "+".
const decoded = text => Buffer.from(text.replace(/\+/g, ' ').replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1').swap16().toString('utf16le')

class Kannel {
  static async open(folder, port) {
    const k = new Kannel()
    k.folder = folder
    const [admin, boxes, centre, sendsms] = await Promise.all([free_port(), free_port(), free_port(), free_port()])
    Object.assign(k, { admin, boxes, centre, url: `http://127.0.0.1:${sendsms}/cgi-bin/sendsms`, log: '', running: [] })
    k.file = join(folder, 'kannel.conf')
    writeFileSync(k.file, [
      ['core', `admin-port = ${admin}`, 'admin-interface = 127.0.0.1', 'admin-password = x', `smsbox-port = ${boxes}`, 'smsbox-interface = 127.0.0.1', 'box-allow-ip = 127.0.0.1'],
      ['smsc', 'smsc = fake', `port = ${centre}`, 'connect-allow-ip = 127.0.0.1'],
      ['smsbox', 'bearerbox-host = 127.0.0.1', `sendsms-port = ${sendsms}`, 'sendsms-interface = 127.0.0.1', 'global-sender = 110'],
      ['sendsms-user', 'username = madang', `password = ${password}`, 'concatenation = true', 'max-messages = 4'],
      ['sms-service', 'keyword = default', `post-url = "http://madang:${password}@127.0.0.1:${port}/text-messages"`, 'catch-all = true', 'send-sender = true', 'accept-x-kannel-headers = true', 'concatenation = true', 'max-messages = 4']
    ].map(([group, ...rest]) => [`group = ${group}`, ...rest].join('\n')).join('\n\n') + '\n')
    await k.start()
    return k
  }
  async start() {
    await this.program('/usr/sbin/bearerbox', ['-v', '1', this.file], /Start-up done/)
    await this.program(centre_program, ['-H', '127.0.0.1', '-r', String(this.centre), '-v', '0'], /Connecting/)
    await this.program('/usr/sbin/smsbox', ['-v', '1', this.file], /Connected to bearerbox/)
  }
  async program(path, args, ready) {
    const it = spawn(path, args, { cwd: this.folder, stdio: ['pipe', 'pipe', 'pipe'] })
    let said = ''
    const hear = d => { said += d; if (path === centre_program) this.log += d }
    it.stdout.on('data', hear)
    it.stderr.on('data', hear)
    this.running.push(it)
    await until(() => ready.test(said), { what: `${path}: ${ready}` })
  }
  // In the place of the message centre, to send as people do: its protocol is lines "from to type message".
  async people() {
    const it = this.running.splice(this.running.findIndex(one => one.spawnfile === centre_program), 1)[0]
    it.kill('SIGKILL')
    const socket = connect(this.centre, '127.0.0.1')
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
    this.running.push({ kill: () => socket.destroy() })
    const got = []
    let rest = ''
    socket.setEncoding('latin1').on('data', d => {
      const lines = (rest + d).split('\n')
      rest = lines.pop()
      for (const line of lines) {
        const [from, to, type, text] = line.split(' ')
        got.push({ from, to, text: /ucs-?2/.test(type) ? decoded(text) : text })
      }
    })
    return {
      got,
      // UCS-2, as telephones send Korean; what came back for it, or nothing within two seconds.
      async send(from, text, waits = true) {
        const before = got.length
        const octets = [...Buffer.from(text, 'utf16le').swap16()].map(b => `%${b.toString(16).padStart(2, '0')}`).join('')
        socket.write(`${from} 110 ucs2 ${octets}\n`)
        if (!waits) { await new Promise(done => setTimeout(done, 2000)); return got[before] }
        return until(() => got[before], { what: `an answer to ${text}` })
      }
    }
  }
  stop() {
    for (const it of this.running.splice(0)) it.kill('SIGKILL')
  }
  get messages() {
    return [...this.log.matchAll(/Got message \d+: <(\S+) (\S+) ucs-2 ([^>]*)>/g)].map(m => ({ from: m[1], to: m[2], text: decoded(m[3]) }))
  }
}

before(async () => {
  if (skip) return
  folder = mkdtempSync(join(tmpdir(), 'madang-messages-'))
  const port = await free_port()
  kannel = await Kannel.open(folder, port)
  writeFileSync(join(folder, 'house.yaml'), `text_gateway: ${kannel.url}\ntext_from: "110"\ntext_user: madang\ntext_password: ${password}\n`)
  house = await House.open({ port, arguments: ['--config', join(folder, 'house.yaml')] })
  kim = await new Client(house, { language: 'ko' }).sign_in('김하윤')
})
after(async () => {
  await house?.close()
  kannel?.stop()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

// Her password is changed, of which she is told in her message box.
let chosen = ''
async function changes_password() {
  const before = chosen
  chosen = `마당에 모인 사람들 ${Math.random()} 모두`
  const answer = await kim.post('/my/sign-in/password', { fresh: chosen, again: chosen, ...before && { current: before } })
  assert.equal(answer.status, 303, answer.text)
}
const notices = async () => (await kim.get('/my/notices')).json().notices.length
const of = async way => (await kim.get('/my/channels')).json().channels.find(c => c.way === way)

test('a number is hers once the six digits have come back', { skip }, async () => {
  assert.deepEqual(await of('text'), { way: 'text', sends: true, address: '', wanted: '' })
  assert.equal((await of('email')).sends, false, 'this house has no mail server')
  const wrong = await kim.post('/my/channels/text', { address: '010-12' })
  assert.deepEqual([wrong.status, wrong.json().field], [422, 'address'])
  assert.equal((await kim.post('/my/channels/text', { address: '010-0000-1234' })).status, 303)
  await until(() => kannel.messages.length === 1, { what: 'the message' })
  const [{ from, to, text }] = kannel.messages
  assert.deepEqual([from, to], ['110', '+821000001234'])
  const [, code] = text.match(/^확인 숫자 (\d{6})\. 누구에게도 알려 주지 마세요\.$/)
  assert.equal((await kim.post('/my/channels/text/code', { code: code === '111111' ? '222222' : '111111' })).status, 422)
  assert.equal((await kim.post('/my/channels/text/code', { code })).status, 303)
  assert.equal((await of('text')).address, '+821000001234')
})

test('it says that there is something, never what, and has no link', { skip }, async () => {
  await changes_password()
  await until(() => kannel.messages.length === 2, { what: 'the message' })
  assert.equal(kannel.messages[1].text, '새 알림이 있습니다. 직접 로그인하여 알림함에서 확인해 주세요. 정부는 문자에 주소를 넣지 않습니다.')
  assert.match((await kim.page('/my/data')).text, /알림이 있음을 전자우편이나 문자로 알림/)
})

test('while the gateway is away everything else goes on, and the message is sent when it is back', { skip }, async () => {
  kannel.stop()
  const before = await notices()
  await changes_password()
  await until(async () => await notices() > before, { what: 'the notice' })
  await until(() => rows(house, 'notices', "select tries from dispatch where sent_at is null and way = 'text'")[0]?.[0] >= 1, { what: 'the try' })
  assert.match((await new Client(house).get('/metrics')).text, /madang_text_messages_waiting 1/)
  await kannel.start()
  rows(house, 'notices', "update dispatch set next_try = 1 where sent_at is null and way = 'text'")
  await until(() => kannel.messages.length === 3, { what: 'the message' })
})

// The number of a sender can be forged; the telephone that gets the answer cannot.
test('a petition is backed by text message once its digits have come back, and the voice is taken back so', { skip }, async () => {
  assert.equal((await kim.post('/my/channels/text', { address: '010-0000-1234' })).status, 303)
  await until(() => kannel.messages.length === 4, { what: 'the number' })
  assert.equal((await kim.post('/my/channels/text/code', { code: kannel.messages[3].text.match(/\d{6}/)[0] })).status, 303)
  const lee = await new Client(house, { language: 'ko' }).sign_in('이도현')
  const filed = await lee.post('/petitions/file', { title: '밤에도 걷는 길', body: '골목마다 등이 켜지기를 청합니다. 밤에 걷는 사람이 많습니다.', category: 'safety' })
  assert.equal(filed.status, 303, filed.text)
  const at = filed.headers.location.split('?')[0], number = at.split('/').at(-1)
  const counted = async () => (await lee.get(at)).json().ask.count
  const says = async () => (await kim.get(at)).json().voices.some(v => v.said)
  assert.match((await kim.page(at)).text, new RegExp(`110 번으로 ‘동의 ${number}’라고`))
  const people = await kannel.people(), mine = '+821000001234'

  assert.match((await people.send(mine, '안녕하세요')).text, /동의 2026-000017/)
  const asked = await people.send(mine, `동의 ${number.replace(/-0+/, '-')}`)
  assert.deepEqual([asked.from, asked.to], ['110', mine])
  const [, code] = asked.text.match(/^‘밤에도 걷는 길’에 동의하시면 (\d{4})를 30분 안에 답장하세요\.$/)
  assert.equal(await says(), false, 'nothing is given before the digits are back')
  assert.match((await people.send(mine, code === '1111' ? '2222' : '1111')).text, /숫자가 맞지 않습니다/)
  const was = await counted()
  assert.match((await people.send('01000001234', code)).text, /^동의하셨습니다\. 거두시려면/, 'as it is dialled within the country')
  assert.equal(await says(), true)
  await until(async () => await counted() === was + 1, { what: 'the count' })
  assert.match((await people.send(mine, code)).text, /기다리는 숫자가 없거나/, 'once')
  assert.equal(rows(house, 'gov24', 'select count(*) from text_wish')[0][0], '0', 'who asked for what is not kept')

  const back = (await people.send(mine, `취소 ${number}`)).text.match(/거두시려면 (\d{4})를/)[1]
  assert.match((await people.send(mine, back)).text, /거두셨습니다/)
  await until(async () => await counted() === was, { what: 'the count' })

  // Three wrong digits, and the right ones are nothing any more.
  const third = (await people.send(mine, `동의 ${number}`)).text.match(/(\d{4})를/)[1]
  for (let i = 0; i < 3; ++i) await people.send(mine, third === '3333' ? '4444' : '3333')
  assert.match((await people.send(mine, third)).text, /기다리는 숫자가 없거나/)
  assert.equal(await says(), false)

  assert.match((await people.send(mine, '동의 2026-999999')).text, /찾을 수 없|없습니다/)
  assert.match((await people.send('01099990000', `동의 ${number}`)).text, /주인을 알지 못합니다/)
  // A family's telephone is nobody's voice.
  rows(house, 'notices', "insert into channel (person, way, address, wanted, code, asked_at, tries, language) values (77, 'text', '+821000001234', '', '', 1, 0, 'ko')")
  assert.match((await people.send(mine, `동의 ${number}`)).text, /여러 사람이 이 번호를/)
  rows(house, 'notices', "delete from channel where asked_at = 1")
  assert.match((await kim.page('/my/data')).text, /문자로 보내신 요청/, 'she sees that her number was looked up')
})

test('who is not the gateway is not heard, and rubbish is no message', { skip }, async () => {
  const nobody = new Client(house)
  const send = (headers, body) => nobody.send('POST', '/text-messages', { headers: { 'content-type': 'text/plain; charset=UTF-8', 'x-kannel-from': '+821000001234', ...headers }, body })
  const basic = secret => ({ authorization: `Basic ${Buffer.from(`madang:${secret}`).toString('base64')}` })
  for (const headers of [{}, basic('wrong'), basic(''), { authorization: `Bearer ${password}` }]) {
    const no = await send(headers, '동의 2026-1')
    assert.deepEqual([no.status, no.text], [401, ''])
  }
  for (const [headers, body] of [[{}, Buffer.from([0xc3, 0x28])], [{ 'content-type': 'text/plain; charset=UTF-16BE' }, Buffer.from([0xd8, 0x3d])], [{}, 'A'.repeat(2000)], [{ 'x-kannel-from': 'BANK' }, '동의 2026-1'], [{ 'x-kannel-from': '' }, 'x']]) {
    const none = await send({ ...basic(password), ...headers }, body)
    assert.deepEqual([none.status, none.text], [200, ''])
  }
})

test('neither the log nor the command line nor the store tells the password, nor the log a number', { skip }, async () => {
  assert.ok(!house.log.includes(password) && !house.log.includes('1234'), 'log')
  assert.equal((await kim.post('/my/channels/text/forget')).status, 303)
  assert.equal((await of('text')).address, '')
  assert.deepEqual(rows(house, 'notices', "select count(*) from dispatch where address <> ''")[0][0], '0')
})

test('a password does not go to another machine in the clear', { skip }, async () => {
  writeFileSync(join(folder, 'clear.yaml'), `text_gateway: http://sms.example:13013/cgi-bin/sendsms\ntext_password: ${password}\n`)
  await assert.rejects(House.open({ arguments: ['--config', join(folder, 'clear.yaml')] }), error => {
    assert.match(error.message, /sms\.example.*https alone/)
    assert.ok(!error.message.includes(password))
    return true
  })
})
