// Text messages through a real Kannel (Debian): bearerbox, smsbox, and the message centre of its own tests in the place of a
// telephone company. What arrives there is UCS-2 (3GPP TS 23.038), as Kannel writes it into its log.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
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
const password = 'not to be seen anywhere'

// Kannel percent-encodes octets that are not letters or digits, and a space as "+".
const decoded = text => Buffer.from(text.replace(/\+/g, ' ').replace(/%(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1').swap16().toString('utf16le')

class Kannel {
  static async open(folder) {
    const k = new Kannel()
    k.folder = folder
    const [admin, boxes, centre, sendsms] = await Promise.all([free_port(), free_port(), free_port(), free_port()])
    Object.assign(k, { admin, boxes, centre, url: `http://127.0.0.1:${sendsms}/cgi-bin/sendsms`, log: '', running: [] })
    k.file = join(folder, 'kannel.conf')
    writeFileSync(k.file, [
      ['core', `admin-port = ${admin}`, 'admin-interface = 127.0.0.1', 'admin-password = x', `smsbox-port = ${boxes}`, 'smsbox-interface = 127.0.0.1', 'box-allow-ip = 127.0.0.1'],
      ['smsc', 'smsc = fake', `port = ${centre}`, 'connect-allow-ip = 127.0.0.1'],
      ['smsbox', 'bearerbox-host = 127.0.0.1', `sendsms-port = ${sendsms}`, 'sendsms-interface = 127.0.0.1', 'global-sender = 110'],
      ['sendsms-user', 'username = madang', `password = ${password}`, 'concatenation = true', 'max-messages = 4']
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
  kannel = await Kannel.open(folder)
  writeFileSync(join(folder, 'house.yaml'), `text_gateway: ${kannel.url}\ntext_from: "110"\ntext_user: madang\ntext_password: ${password}\n`)
  house = await House.open({ port: await free_port(), arguments: ['--config', join(folder, 'house.yaml')] })
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
