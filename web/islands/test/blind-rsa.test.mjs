// Blind tokens in the browser, by the vector of RFC 9474 appendix A.1 (the same file as unit.trust), by node's own RSASSA-PSS, and
// with a signer of three lines of arithmetic. node --test web/islands/test/blind-rsa.test.mjs
import assert from 'node:assert/strict'
import { constants, createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { browser_tokens, no_compiler } from '../../../tests/voice_tokens.mjs'

const web = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const skip = no_compiler
const rfc = JSON.parse(readFileSync(join(web, '../engines/trust/tests/rfc9474.json'), 'utf8'))
const of = name => new Uint8Array(Buffer.from(rfc[name], 'hex'))
const hex = octets => Buffer.from(octets).toString('hex')

let ours
before(async () => { if (!skip) ours = await browser_tokens() })

const rfc_key = () => ours.read_key(new Uint8Array(createPublicKey({
  format: 'jwk', key: { kty: 'RSA', n: Buffer.from(rfc.n, 'hex').toString('base64url'), e: Buffer.from(rfc.e, 'hex').toString('base64url') }
}).export({ type: 'spki', format: 'der' })))

test('blinds and finishes as the RFC does', { skip }, async () => {
  const key = await rfc_key()
  // The vector gives the inverse of the factor; extended Euclid gives the factor again.
  const factor = ours.number((await ours.blind(key, of('prepared_msg'), of('salt'), ours.number(of('inv')))).inverse)
  const made = await ours.blind(key, of('prepared_msg'), of('salt'), factor)
  assert.equal(hex(made.blinded), rfc.blinded_msg)
  assert.equal(hex(made.inverse), rfc.inv)
  assert.equal(hex(await ours.finalize(key, of('prepared_msg'), of('blind_sig'), of('inv'))), rfc.sig)
  assert.ok(await ours.verify(key, of('prepared_msg'), of('sig')))
})

test('what was changed is refused', { skip }, async () => {
  const key = await rfc_key(), wrong = of('blind_sig')
  wrong[9] ^= 1
  await assert.rejects(ours.finalize(key, of('prepared_msg'), wrong, of('inv')))
  await assert.rejects(ours.finalize(key, of('prepared_msg'), of('blind_sig').slice(1), of('inv')))
  assert.equal(await ours.verify(key, of('msg'), of('sig')), false)
  const small = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'der' })
  await assert.rejects(ours.read_key(new Uint8Array(small)))
})

test('a token is an ordinary signature over what it says, and its blinded message tells nothing of it', { skip }, async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const spki = publicKey.export({ type: 'spki', format: 'der' })
  const key = ours.to_base64url(spki)
  const token = await ours.begin('0000000000007', '11', key), other = await ours.begin('0000000000007', '11', key)
  assert.notEqual(token.blinded, other.blinded)
  assert.equal(ours.read_token(JSON.stringify(token), '0000000000007').state, 'asked')
  assert.equal(ours.read_token(JSON.stringify(token), '0000000000008'), undefined)
  assert.equal(ours.read_token('rubbish', '0000000000007'), undefined)
  const n = ours.number(Buffer.from(publicKey.export({ format: 'jwk' }).n, 'base64url')), d = ours.number(Buffer.from(privateKey.export({ format: 'jwk' }).d, 'base64url'))
  const signed = blinded => {
    let [out, base, e] = [1n, ours.number(Buffer.from(blinded, 'base64url')), d]
    for (; e > 0n; e >>= 1n, base = base * base % n) if (e & 1n) out = out * base % n
    return ours.to_base64url(ours.octets(out, 256))
  }
  const done = await ours.finish(token, signed(token.blinded))
  const message = Buffer.from(done.message, 'base64url')
  assert.ok(verify('sha384', message, { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 }, Buffer.from(done.signature, 'base64url')))
  const lock = createHash('sha256').update(Buffer.from(done.secret, 'base64url')).digest('hex')
  assert.equal(message.subarray(32).toString(), `madang-voice/1 0000000000007 11 ${lock}`)
  await assert.rejects(ours.finish(other, signed(token.blinded)), 'the signature of another')
  assert.deepEqual(Object.keys(ours.voice_of(done, 'back', false)), ['saying', 'message', 'signature'])
})

test('more tokens used than issued are seen by who counts', { skip }, () => {
  const at = '2026-11-28T03:00:00.000Z', line = rest => `madang-voices/1 k ${rest} ${at}`
  const sum = (...lines) => {
    const all = new ours.Tokens('k')
    for (const l of lines) all.add(l)
    return all.sum
  }
  const good = [line(`key 11 ${'a'.repeat(64)}`), line('issued 11 2'), line('back + p 11'), line('back - p 11'), line('back + p 11'), line('back + q 11')]
  assert.deepEqual(sum(...good), { issued: 2, spent: 2, good: true })
  assert.equal(sum(...good, line('back + r 11')).good, false, 'a third of two')
  assert.equal(sum(...good, line('back + r 26')).good, false, 'of a district where none was issued')
  assert.equal(sum(line('back + p 11'), line('issued 11 1')).good, false, 'issued afterwards')
  assert.deepEqual(sum(...good, line('issued 11 3'), line('back + r 11'), line('back + s 11').replace(' k ', ' other ')), { issued: 3, spent: 3, good: true })
})
