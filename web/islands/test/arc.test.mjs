// Credentials in the browser, by the vectors of draft-yun-cfrg-arc-01 section 10.1 (ARCV1-P256) and of RFC 9380 appendix J.1.1.
// node --test web/islands/test/arc.test.mjs
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { browser_tokens, no_compiler } from '../../../tests/voice_tokens.mjs'

const skip = no_compiler
const of = hex => new Uint8Array(Buffer.from(hex, 'hex'))
const hex = octets => Buffer.from(octets).toString('hex')
const text = words => new TextEncoder().encode(words)

// The draft's server: public key, a request, its secrets (m1, m2, r1, r2), the response and the credential.
const key = '0232b5e93dc2ff489c20a986a84757c5cc4512f057e1ea92011a26d3ad2c56288d' +
  '03c413230a9bd956718aa46138a33f774f4c708d61c1d6400d404243049d4a31dc02db00f6f8e6d235786a120017bd356fe1c9d09069d3ac9352cc9be10ef1505a55'
const asked = '03b8f11506a5302424143573e087fa20195cb5e893a67ef354eae3a78e263c54e403f1ae4d7b78ba8030bd63859d4f4a909395c52bda34716b6620a2fdd52b336fc9' +
  '0f361327abbc724ff0d37db365065bc4bd60e18125842bb4c03a7e5a632a1e95e74dcc440fcb9fb39106922e0d2544e6c82ca710abf35e8b10bf5d61296c9adb' +
  '7d683eaed9a76a755b73f2b4b6e763a7c7883ce4b5c21bd02cd96b9af18cfb227f1acb4ead77c85049d291ed7841405610843f163e9cc2f6a8869111582324cd' +
  '32bf13000c129d274ccf5386cb90e839916d5dff7eade18e3eabec415f613911'
const secrets = 'eedfe7939e2382934ab5b0f76aae44124955d2c5ebf9b41d88786259c34692d2911fb315257d9ae29d47ecb48c6fa27074dee6860a0489f8db6ac9a486be6a3e' +
  '008035081690bfde3b1e68b91443c22cc791d244340fe957d5aa44d7313740dfd59c5e6ff560cc597c2b8ca25256c720bceca2ab03921492c5e9e4ad3b558002'
const response = '033ee1ebbcff622bc26b10932ed1eb147226d832048fb2337dc0ad7722cb07483d035b8e09ce8776f1a2c7ef8610c9a6a39936c5666ab8b28d6629d3685056716482' +
  '02d453c121324114367906bd11ffc3b6e6a77b75382497279b1a60ab8412c1dec603b0e4b1f376c6207bf34efda46ce54b132a20b90bc28b9152f3e441fe2b508b63' +
  '0327369efcb7577abaeb7b56940e6e042126900bdf8bd8944c0adbb7be3ad98e2a03d3cd09eeb8d19716586a49260c69309c495a717a36cad3381f6c02ac80b70e64' +
  'dd4596175db0b4273fcdff330370d2b5e7a4bf92bf518141f4553af37ef0e1260cb8312affc2462800adba102117448b449985d1704d8afd0df9ac708231561d' +
  'ca56faae325cb56b0a9e8ad07bdc6ce90f6e7430090e970a7240e289218de7a17672bea9a66187d102ffef976fb01af69d8d3aa3156a5a4223dc6d08b8ce9f1d' +
  '2639a2edc7052404bf1410adf6c41465bd687e3dfa5372ea71f804b56d947bae9482e5707f42dbe35f8b0e11b4a0d27a5a01e1b9a75b66d82b7945eb0b002ee4' +
  '00bebcdc4c3133f804b22bd2d771762058cc35a5033365d2e15150fe46d3b0e98e18ee55f0451b0b171420f73592292e4ff50603c1f0d7769dbd090936090f63'
const credential = 'eedfe7939e2382934ab5b0f76aae44124955d2c5ebf9b41d88786259c34692d2033ee1ebbcff622bc26b10932ed1eb147226d832048fb2337dc0ad7722cb07483d' +
  '02637fe04cc143281ee607bd8f898e670293dce44a2840b9cbb9e0d1fc7a2b29b403c413230a9bd956718aa46138a33f774f4c708d61c1d6400d404243049d4a31dc'
const tag = '031a774fd87a8f18f6420bea43cf5425e7426eec8ba7b8df5c13dc05f10ec652d9'

let ours
before(async () => { if (!skip) ours = await browser_tokens() })

test('hashes to the curve as RFC 9380', { skip }, () => {
  const dst = 'QUUX-V01-CS02-with-P256_XMD:SHA-256_SSWU_RO_'
  for (const [message, point] of [['', '032c15230b26dbc6fc9a37051158c95b79656e17a1a920b11394ca91c44247d3e4'],
    ['abc', '020bb8b87485551aa43ed54f009230450b492fead5f1cc91658775dac4a3388a0f'],
    ['abcdef0123456789', '0365038ac8f2b1def042a5df0b33b1f4eca6bff7cb0f9c6c1526811864e544ed80']])
    assert.equal(hex(ours.hash_to_curve(text(message), dst)), point)
})

test('asks as the draft does, and the response of the draft gives its credential', { skip }, () => {
  const [m1, , r1, r2] = secrets.match(/.{64}/g).map(s => BigInt(`0x${s}`))
  const made = ours.request(text('test request context'), [m1, r1, r2])
  assert.equal(hex(made.secrets), secrets)
  assert.equal(hex(made.request).slice(0, 132), asked.slice(0, 132), 'm1Enc, m2Enc')
  assert.equal(hex(ours.complete(of(key), of(asked), of(secrets), of(response))), credential)
})

test('the credential of the draft gives its tag, whatever message is bound', { skip }, () => {
  const one = ours.present(of(credential), text('test presentation context')), two = ours.present(of(credential), text('test presentation context'), text('back'))
  assert.equal(one.length, 292)
  assert.notEqual(hex(one), hex(two))
  for (const shown of [one, two]) assert.equal(hex(ours.tag_of(shown)), tag)
  assert.notEqual(hex(ours.tag_of(ours.present(of(credential), text('another context')))), tag)
})

test('a response that was changed, shortened or made by another key is refused', { skip }, () => {
  for (let at = 0; at < 454; at += 37) {
    const wrong = of(response)
    wrong[at] ^= 1
    assert.throws(() => ours.complete(of(key), of(asked), of(secrets), wrong), `octet ${at}`)
  }
  assert.throws(() => ours.complete(of(key), of(asked), of(secrets), of(response).slice(1)))
  assert.throws(() => ours.complete(of(key), of(asked), of(secrets), new Uint8Array([...of(response), 0])))
  const swapped = key.slice(0, 66) + key.slice(132) + key.slice(66, 132)
  assert.throws(() => ours.complete(of(swapped), of(asked), of(secrets), of(response)), 'X1 and X2 of another order')
})

test('what is kept as text is read again, of its quarter alone', { skip }, () => {
  const pass = ours.begin_pass('2026-4', Buffer.from(key, 'hex').toString('base64url'))
  assert.deepEqual(ours.read_pass(JSON.stringify(pass), '2026-4'), pass)
  assert.equal(ours.read_pass(JSON.stringify(pass), '2027-1'), undefined)
  assert.equal(ours.read_pass('rubbish', '2026-4'), undefined)
  assert.equal(ours.read_pass(JSON.stringify({ ...pass, secrets: 7 }), '2026-4'), undefined)
  assert.throws(() => ours.finish_pass(pass, Buffer.from(response, 'hex').toString('base64url')), 'asked by somebody else')
})
