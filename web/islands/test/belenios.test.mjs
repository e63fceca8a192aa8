// What the browser makes is accepted by belenios-tool (Debian package belenios-tool), and what the tool makes by the browser.
// node --test web/islands/test/belenios.test.mjs; what the C++ says of the same is in whole.communities
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { belenios, without_belenios as skip } from '../../../tests/belenios.mjs'

let ours, folder
before(async () => {
  if (skip) return
  ours = await belenios()
  folder = mkdtempSync(join(tmpdir(), 'belenios-'))
})
after(() => {
  ours?.forget()
  if (folder) rmSync(folder, { recursive: true })
})

const tool = (args, input = '') => execFileSync('belenios-tool', args, { cwd: folder, input, encoding: 'utf8', env: { ...process.env, BELENIOS_USE_URANDOM: '1' },
  stdio: ['pipe', 'pipe', 'pipe'] })
const put = (name, text) => writeFileSync(join(folder, name), text)
const archive = () => new Uint8Array(readFileSync(join(folder, `${uuid}.bel`)))
const add = (type, ...lines) => tool(['archive', 'add-event', `--type=${type}`], lines.map(l => l + '\n').join(''))

let uuid, credentials, trustees, election
test('keys and credentials of the browser set up an election of the tool', { skip }, async () => {
  uuid = tool(['setup', 'generate-token']).trim()
  trustees = [await ours.make_trustee(), await ours.make_trustee()]
  credentials = [ours.make_credential(), ours.make_credential(), ours.make_credential()]
  const publics = []
  for (const c of credentials) publics.push(ours.public_credential(await ours.secret_of(c, uuid)))
  assert.equal(publics[0], tool(['setup', 'generate-credentials', '--group', 'BELENIOS-2048', '--uuid', uuid, '--derive', credentials[0]]).trim())
  put('public_keys.jsons', trustees.map(t => JSON.stringify(t.public_key) + '\n').join(''))
  put('public_creds.json', JSON.stringify(publics))
  put('questions.json', JSON.stringify({ description: '마을 투표', name: 'Village', questions: [
    { answers: ['Garden', 'Library', 'Lamps'], min: 1, max: 1, question: 'What?' }, { answers: ['Saturday', 'Sunday'], blank: true, min: 1, max: 2, question: 'When?' }],
    administrator: 'a', credential_authority: 'c' }))
  tool(['setup', 'make-trustees'])
  tool(['setup', 'make-election', '--uuid', uuid, '--group', 'BELENIOS-2048', '--template', 'questions.json'])
  election = readFileSync(join(folder, 'election.json'), 'utf8')
  tool(['archive', 'init'])
  tool(['election', 'verify'])
})

test('ballots of the browser and of the tool are verified by each other', { skip }, async () => {
  const votes = [[[1, 0, 0], [0, 1, 0]], [[0, 1, 0], [1, 0, 0]]]
  for (const [i, choices] of votes.entries()) {
    const { text, tracker } = await ours.make_ballot(election.trim(), await ours.secret_of(credentials[i], uuid), choices)
    assert.equal(tracker, createHash('sha256').update(text).digest('base64').replace(/=+$/, ''))
    add('Ballot', text)
  }
  put('credential', credentials[2] + '\n')
  put('choices', '[[0,1,0],[0,1,1]]')
  add('Ballot', tool(['election', 'generate-ballot', '--privcred', 'credential', '--ballot', 'choices']).trim())
  // The first votes again.
  add('Ballot', (await ours.make_ballot(election.trim(), await ours.secret_of(credentials[0], uuid), [[0, 1, 0], [0, 0, 1]])).text)
  tool(['election', 'verify'])
  const seen = await ours.verify(archive())
  assert.deepEqual([seen.cast, seen.counted, seen.closed, seen.voters], [4, 3, false, 3])
})

test('shares of the browser open the result, which both verify', { skip }, async () => {
  add('EndBallots')
  const lines = tool(['election', 'compute-encrypted-tally']).trim().split('\n')
  add('EncryptedTally', ...lines)
  for (const [i, t] of trustees.entries()) {
    const share = JSON.stringify(await ours.decrypt(election.trim(), JSON.parse(lines[0]), t.private_key))
    add('PartialDecryption', share, JSON.stringify({ owner: i + 1, payload: createHash('sha256').update(share).digest('hex') }))
  }
  add('Result', tool(['election', 'compute-result']).trim())
  tool(['election', 'verify'])
  // By hand: Library three times; one blank, Saturday once, Sunday twice.
  assert.deepEqual((await ours.verify(archive())).result, [[0, 3, 0], [1, 1, 2]])
})

test('a digit that was changed is found', { skip }, async () => {
  const octets = archive()
  const text = Buffer.from(octets).toString('latin1')
  for (const [word, code] of [['individual_proofs', 'archive_hash'], ['"result":[[', 'archive_hash']]) {
    const bad = Uint8Array.from(octets), at = text.indexOf(word) + word.length + (word.startsWith('"') ? 0 : 20)
    bad[at] = bad[at] === 49 ? 50 : 49
    await assert.rejects(ours.verify(bad), { code })
  }
})

test('typing errors of a credential are noticed', { skip }, () => {
  const c = ours.make_credential()
  assert.equal(ours.read_credential(` ${c.replaceAll('-', '')} `), c)
  assert.equal(ours.read_credential((c[0] === '2' ? '3' : '2') + c.slice(1)), undefined)
})
