// Elections by the Belenios specification 2.0 in the browser: what must never leave it (credentials, keys of trustees, choices) is made
// and used here, and an archive is verified without believing the server. Written from the specification and not from the C++.
const P = BigInt(
  '206947856914225464010136436575050080649229892957511040971008847870573742192427174019222372544976843381290666331380789584' +
  '049600543896362897963930387739057228036059737494276713767776188985898727358650490811670993105358677809800307904916540637' +
  '771737641986785272734744763418356000356983051931442845617019110007867373073335641239717328979132404745788344682606523279' +
  '746479511376726586935821800463179220736688600526271863633860887968821207694323661494910029234443463732221458841005864210' +
  '502421203654335612013204811188524087310770141516662001623131771693721892480785077118278423174980732765988288251691831031' +
  '25680162072880719')
const G = BigInt(
  '240235267750185220922768770353239993271228765737836491651007531878766327414635321932028567615526967879969466829874938909' +
  '508389657342560190060106847716449173547413728310461045868131451178164675540052740288984613986453266121505579709716201616' +
  '827031288643245666383486363578210615491841998253431518974065818686865115135857641013888221539601604322884360393098933366' +
  '277284840659313840601023167509576377798266510360682240663507669776402534625377308513317349519424896775405257365904949247' +
  '763147599157519877517771148149092045660020547812705472823814097251863985833411570056835369555342378147558249189605029668' +
  '0037745308460627')
const Q = BigInt('78571733251071885079927659812671450121821421258408794611510081919805623223441')
export const group_name = 'BELENIOS-2048'
const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'

export interface Proof { challenge: string; response: string }
export interface Ciphertext { alpha: string; beta: string }
export interface TrusteeKey { pok: Proof; public_key: string }
export interface Question { answers: string[]; blank?: boolean; min: number; max: number; question: string }
export interface Election { version: number; description: string; name: string; group: string; public_key: string; questions: Question[]; uuid: string }
export interface Answer { choices: Ciphertext[]; individual_proofs: Proof[][]; overall_proof: Proof[]; blank_proof?: Proof[] }
export interface Ballot { election_uuid: string; election_hash: string; credential: string; answers: Answer[]; signature?: { hash: string; proof: Proof } }
export type Tally = Ciphertext[][]
export interface Share { decryption_factors: string[][]; decryption_proofs: Proof[][] }

// ---- numbers

const mod = (n: bigint, m: bigint): bigint => { const r = n % m; return r < 0n ? r + m : r }

// Windows of four bits. BigInt is not constant in time: who measures this device to the microsecond may learn of its secrets.
function power(base: bigint, exponent: bigint): bigint {
  const table = [1n, base]
  for (let i = 2; i < 16; i++) table.push(table[i - 1]! * base % P)
  let out = 1n
  for (const digit of exponent.toString(16)) {
    out = out * out % P; out = out * out % P; out = out * out % P; out = out * out % P
    const d = parseInt(digit, 16)
    if (d) out = out * table[d]! % P
  }
  return out
}

function inverse(n: bigint): bigint {
  let [a, b, x, y] = [mod(n, P), P, 1n, 0n]
  while (b) { const q = a / b; [a, b] = [b, a - q * b]; [x, y] = [y, x - q * y] }
  return mod(x, P)
}

// A base that many powers are taken of.
class Fixed {
  private readonly table: bigint[][] = []
  constructor(base: bigint) {
    for (let w = 0, step = base; w < 64; w++) {
      const row = [1n]
      for (let d = 1; d < 16; d++) row.push(row[d - 1]! * step % P)
      this.table.push(row)
      step = row[15]! * step % P
    }
  }
  power(exponent: bigint): bigint {
    let out = 1n
    const digits = exponent.toString(16)
    for (let i = 0; i < digits.length; i++) {
      const d = parseInt(digits[digits.length - 1 - i]!, 16)
      if (d) out = out * this.table[i]![d]! % P
    }
    return out
  }
}
let generator: Fixed | undefined
const g = (exponent: bigint): bigint => (generator ??= new Fixed(G)).power(exponent)
const fixed = new Map<string, Fixed>()
function fixed_of(key: string): Fixed {
  let f = fixed.get(key)
  if (!f) fixed.set(key, f = new Fixed(BigInt(key)))
  return f
}

const decimal = /^(0|[1-9][0-9]{0,619})$/
function element(text: string): bigint {
  if (!decimal.test(text)) throw new Refusal('number')
  const n = BigInt(text)
  if (n < 1n || n >= P) throw new Refusal('number')
  return n
}
function scalar(text: string): bigint {
  if (!decimal.test(text) || text.length > 77) throw new Refusal('number')
  const n = BigInt(text)
  if (n >= Q) throw new Refusal('number')
  return n
}
const in_group = (n: bigint): boolean => power(n, Q) === 1n

export class Refusal extends Error {
  constructor(readonly code: string, readonly where = '') { super(`${code} ${where}`) }
}

// ---- hashes and chance

const utf8 = new TextEncoder()
const number_of = (octets: Uint8Array): bigint => BigInt('0x' + hex(octets))
const hex = (octets: Uint8Array): string => Array.from(octets, o => o.toString(16).padStart(2, '0')).join('')
async function sha256(data: string | Uint8Array): Promise<Uint8Array> {
  const octets = typeof data === 'string' ? utf8.encode(data) : data
  return new Uint8Array(await crypto.subtle.digest('SHA-256', octets as Uint8Array<ArrayBuffer>))
}
const hash_to_scalar = async (text: string): Promise<bigint> => number_of(await sha256(text)) % Q
export async function fingerprint(text: string): Promise<string> {
  return btoa(String.fromCharCode(...await sha256(text))).replace(/=+$/, '')
}

function random_scalar(): bigint {
  for (;;) {
    const n = number_of(crypto.getRandomValues(new Uint8Array(32)))
    if (n < Q) return n
  }
}

// ---- keys of trustees (4.5) and credentials of voters (4.8)

async function prove_exponent(bases: bigint[], secret: bigint, hash: (a: bigint[]) => Promise<bigint>): Promise<Proof> {
  const w = random_scalar()
  const challenge = await hash(bases.map(b => power(b, w)))
  return { challenge: String(challenge), response: String(mod(w - secret * challenge, Q)) }
}
async function check_exponent(p: Proof, bases: bigint[], images: bigint[], hash: (a: bigint[]) => Promise<bigint>): Promise<boolean> {
  const c = scalar(p.challenge), r = scalar(p.response)
  return await hash(bases.map((b, i) => (b === G ? g(r) : power(b, r)) * power(images[i]!, c) % P)) === c
}
const of_key = (key: string) => ([a]: bigint[]): Promise<bigint> => hash_to_scalar(`pok|${group_name}|${key}|${a}`)
const of_signature = (hash: string) => ([a]: bigint[]): Promise<bigint> => hash_to_scalar(`sig|${hash}|${a}`)
const of_share = (phi: string, key: string) => ([a, b]: bigint[]): Promise<bigint> => hash_to_scalar(`decrypt|${phi}|${key}|${a},${b}`)

export async function make_trustee(): Promise<{ private_key: string; public_key: TrusteeKey }> {
  const x = random_scalar()
  const public_key = String(g(x))
  return { private_key: String(x), public_key: { pok: await prove_exponent([G], x, of_key(public_key)), public_key } }
}
export const public_key_of = (private_key: string): string => String(g(scalar(private_key)))

function random_character(): string {
  for (;;) {
    const octet = crypto.getRandomValues(new Uint8Array(1))[0]!
    if (octet < 232) return base58[octet % 58]!
  }
}
const checked = (first: string): string => {
  let n = 0
  for (const c of first) n = (n * 58 + base58.indexOf(c)) % 53
  return first + base58[53 - n]
}
const grouped = (c: string): string => c.match(/.{3}/g)!.join('-')
export function make_credential(): string {
  return grouped(checked(Array.from({ length: 14 }, random_character).join('')))
}
/** The credential as it is written, or nothing when it is not one. */
export function read_credential(typed: string): string | undefined {
  const c = typed.replace(/[\s-]/g, '')
  return /^[1-9A-HJ-NP-Za-km-z]{15}$/.test(c) && checked(c.slice(0, 14)) === c ? grouped(c) : undefined
}
export async function secret_of(credential: string, uuid: string): Promise<bigint> {
  const password = await crypto.subtle.importKey('raw', utf8.encode(credential), 'PBKDF2', false, ['deriveBits'])
  const bits = await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt: utf8.encode(uuid), iterations: 1000 }, password, 256)
  return number_of(new Uint8Array(bits)) % Q
}
export const public_credential = (secret: bigint): string => String(g(secret))

// ---- proofs that one of several statements holds (4.12, 4.13)

interface Pair { a: bigint; b: bigint }
interface Statement { about: Pair; value: bigint }
const commitment = (s: Statement, c: bigint, r: bigint, y: Fixed): string => {
  let b = y.power(r) * power(s.about.b, c) % P
  if (s.value) b = b * g(mod(-s.value * c, Q)) % P
  return `${g(r) * power(s.about.a, c) % P},${b}`
}

async function prove_one_of(prefix: string, all: Statement[], true_one: number, randomness: bigint, y: Fixed): Promise<Proof[]> {
  const w = random_scalar()
  const made = all.map(() => ({ challenge: random_scalar(), response: random_scalar() }))
  const commitments = all.map((s, i) => i === true_one ? `${g(w)},${y.power(w)}` : commitment(s, made[i]!.challenge, made[i]!.response, y))
  let challenge = await hash_to_scalar(prefix + commitments.join(','))
  made.forEach((m, i) => { if (i !== true_one) challenge -= m.challenge })
  challenge = mod(challenge, Q)
  made[true_one] = { challenge, response: mod(w - randomness * challenge, Q) }
  return made.map(m => ({ challenge: String(m.challenge), response: String(m.response) }))
}
async function check_one_of(prefix: string, all: Statement[], proofs: Proof[], y: Fixed): Promise<boolean> {
  if (proofs.length !== all.length) return false
  let sum = 0n
  const commitments = all.map((s, i) => {
    const c = scalar(proofs[i]!.challenge)
    sum += c
    return commitment(s, c, scalar(proofs[i]!.response), y)
  })
  return await hash_to_scalar(prefix + commitments.join(',')) === sum % Q
}

const of_choice = (s: string, c: Ciphertext): string => `prove|${s}|${c.alpha},${c.beta}|`
const all_choices = (start: string, choices: Ciphertext[]): string => `${start}|${choices.map(c => `${c.alpha},${c.beta}`).join(',')}`
const range = (about: Pair, first: number, last: number): Statement[] =>
  Array.from({ length: last - first + 1 }, (_, i) => ({ about, value: BigInt(first + i) }))

// ---- ballots

const proof_of = (p: Proof): Proof => ({ challenge: p.challenge, response: p.response })
const pair_of = (c: Ciphertext): Ciphertext => ({ alpha: c.alpha, beta: c.beta })
/** The one form that is hashed: members in the order of the specification. */
export function print_ballot(b: Ballot): string {
  return JSON.stringify({
    election_uuid: b.election_uuid, election_hash: b.election_hash, credential: b.credential,
    answers: b.answers.map(a => ({
      choices: a.choices.map(pair_of), individual_proofs: a.individual_proofs.map(p => p.map(proof_of)), overall_proof: a.overall_proof.map(proof_of),
      ...(a.blank_proof ? { blank_proof: a.blank_proof.map(proof_of) } : {})
    })),
    ...(b.signature ? { signature: { hash: b.signature.hash, proof: proof_of(b.signature.proof) } } : {})
  })
}

async function make_answer(q: Question, choices: number[], start: string, y: Fixed): Promise<Answer> {
  const drawn = choices.map(m => {
    const r = random_scalar()
    return { r, m, pair: { a: g(r), b: y.power(r) * (m ? G : 1n) % P } }
  })
  const written = drawn.map(d => ({ alpha: String(d.pair.a), beta: String(d.pair.b) }))
  const individual_proofs: Proof[][] = []
  for (const [i, d] of drawn.entries()) individual_proofs.push(await prove_one_of(of_choice(start, written[i]!), range(d.pair, 0, 1), d.m, d.r, y))
  const counted = q.blank ? drawn.slice(1) : drawn
  const sum = counted.reduce((s, d) => ({ a: s.a * d.pair.a % P, b: s.b * d.pair.b % P }), { a: 1n, b: 1n })
  const r_sum = mod(counted.reduce((s, d) => s + d.r, 0n), Q)
  const m_sum = counted.reduce((s, d) => s + d.m, 0)
  const s = all_choices(start, written)
  if (!q.blank) {
    const overall_proof = await prove_one_of(of_choice(s, { alpha: String(sum.a), beta: String(sum.b) }), range(sum, q.min, q.max), m_sum - q.min, r_sum, y)
    return { choices: written, individual_proofs, overall_proof }
  }
  const first = drawn[0]!
  const overall = [{ about: first.pair, value: 1n }, ...range(sum, q.min, q.max)]
  const nothing = [{ about: first.pair, value: 0n }, { about: sum, value: 0n }]
  return {
    choices: written, individual_proofs,
    overall_proof: await prove_one_of(`bproof1|${s}|`, overall, first.m ? 0 : 1 + m_sum - q.min, first.m ? first.r : r_sum, y),
    blank_proof: await prove_one_of(`bproof0|${s}|`, nothing, first.m ? 1 : 0, first.m ? r_sum : first.r, y)
  }
}

async function signed_part(b: Ballot): Promise<string> {
  const { signature: _, ...plain } = b
  return fingerprint(print_ballot(plain))
}

/** `choices`: 0 or 1 for each answer of each question, led by the blank vote where it is allowed. */
export async function make_ballot(election_text: string, secret: bigint, choices: number[][]): Promise<{ text: string; tracker: string }> {
  const e = JSON.parse(election_text) as Election
  const phi = await fingerprint(election_text)
  const ballot: Ballot = { election_uuid: e.uuid, election_hash: phi, credential: public_credential(secret), answers: [] }
  for (const [i, q] of e.questions.entries())
    ballot.answers.push(await make_answer(q, choices[i]!, `${phi}|${ballot.credential}`, fixed_of(e.public_key)))
  const hash = await signed_part(ballot)
  ballot.signature = { hash, proof: await prove_exponent([G], secret, of_signature(hash)) }
  const text = print_ballot(ballot)
  return { text, tracker: await fingerprint(text) }
}

async function judge_answer(a: Answer, q: Question, start: string, y: Fixed): Promise<void> {
  const size = q.answers.length + (q.blank ? 1 : 0)
  if (a.choices.length !== size || a.individual_proofs.length !== size || !a.blank_proof === !!q.blank) throw new Refusal('ballot_form')
  const pairs = a.choices.map(c => ({ a: element(c.alpha), b: element(c.beta) }))
  for (const [i, pair] of pairs.entries()) {
    if (!in_group(pair.a) || !in_group(pair.b)) throw new Refusal('ballot_group')
    if (!await check_one_of(of_choice(start, a.choices[i]!), range(pair, 0, 1), a.individual_proofs[i]!, y)) throw new Refusal('proof')
  }
  const sum = (q.blank ? pairs.slice(1) : pairs).reduce((s, p) => ({ a: s.a * p.a % P, b: s.b * p.b % P }), { a: 1n, b: 1n })
  const s = all_choices(start, a.choices)
  const good = q.blank
    ? await check_one_of(`bproof1|${s}|`, [{ about: pairs[0]!, value: 1n }, ...range(sum, q.min, q.max)], a.overall_proof, y) &&
      await check_one_of(`bproof0|${s}|`, [{ about: pairs[0]!, value: 0n }, { about: sum, value: 0n }], a.blank_proof!, y)
    : await check_one_of(of_choice(s, { alpha: String(sum.a), beta: String(sum.b) }), range(sum, q.min, q.max), a.overall_proof, y)
  if (!good) throw new Refusal('proof')
}

// ---- decryption (4.18, 4.19)

export async function decrypt(election_text: string, tally: Tally, private_key: string): Promise<Share> {
  const x = scalar(private_key), phi = await fingerprint(election_text), key = public_key_of(private_key)
  const share: Share = { decryption_factors: [], decryption_proofs: [] }
  for (const row of tally) {
    share.decryption_factors.push(row.map(c => String(power(element(c.alpha), x))))
    const proofs: Proof[] = []
    for (const c of row) proofs.push(await prove_exponent([G, element(c.alpha)], x, of_share(phi, key)))
    share.decryption_proofs.push(proofs)
  }
  return share
}

// ---- verifying a whole archive (3.5)

interface Member { name: string; text: string }
async function read_archive(octets: Uint8Array): Promise<Member[]> {
  const out: Member[] = []
  const latin = new TextDecoder('latin1'), strict = new TextDecoder('utf-8', { fatal: true })
  for (let at = 0; at + 512 <= octets.length;) {
    const head = octets.subarray(at, at + 512)
    at += 512
    if (head.every(o => o === 0)) break
    const name = latin.decode(head.subarray(0, 100)).replace(/\0.*$/s, '')
    const size = parseInt(latin.decode(head.subarray(124, 135)), 8)
    if (!(size >= 0) || at + size > octets.length) throw new Refusal('archive_form')
    const text = octets.subarray(at, at + size)
    at += Math.ceil(size / 512) * 512
    if (out.length === 0 ? name !== 'BELENIOS' : name.split('.')[0] !== hex(await sha256(text))) throw new Refusal('archive_hash', name)
    out.push({ name, text: strict.decode(text) })
  }
  if (out.length === 0) throw new Refusal('archive_form')
  return out.slice(1)
}

export interface Verdict {
  uuid: string; name: string; questions: Question[]; cast: number; counted: number; trackers: string[]; closed: boolean; shares: number
  trustees: number; voters: number; result?: number[][]
}

/** Everything anybody can check by the archive alone; throws a Refusal. `progress` is told how many ballots are done. */
export async function verify(octets: Uint8Array, progress: (done: number, all: number) => void | Promise<void> = () => {}): Promise<Verdict> {
  const members = await read_archive(octets)
  const all = members.filter(m => /"type":"Ballot"/.test(m.text) && m.name.endsWith('.event.json')).length
  const data = new Map<string, string>()
  const used = new Set<string>()
  const take = (ref: string | undefined): string => {
    const text = ref === undefined ? undefined : data.get(ref)
    if (text === undefined) throw new Refusal('reference', ref)
    used.add(ref!)
    return text
  }
  let parent: string | undefined, height = 0, stage = ''
  let election: Election | undefined, phi = '', keys: TrusteeKey[] = [], y: Fixed | undefined
  let done = 0
  const voters = new Map<string, bigint>(), last = new Map<string, { ballot: Ballot; tracker: string }>(), seen = new Set<string>()
  const shares = new Map<number, Share>()
  let tally: Tally = [], weight = 0n
  const verdict: Verdict = { uuid: '', name: '', questions: [], cast: 0, counted: 0, trackers: [], closed: false, shares: 0, trustees: 0, voters: 0 }

  for (const m of members) {
    const ref = m.name.split('.')[0]!
    if (!m.name.endsWith('.event.json')) { data.set(ref, m.text); continue }
    const e = JSON.parse(m.text) as { parent?: string; height: number; type: string; payload?: string }
    if (e.parent !== parent || e.height !== height++) throw new Refusal('chain', ref)
    parent = ref
    if (e.type === 'Setup' && stage === '') {
      const names = JSON.parse(take(e.payload)) as { election: string; trustees: string; credentials: string }
      const text = take(names.election)
      election = JSON.parse(text) as Election
      phi = await fingerprint(text)
      if (election.group !== group_name || election.version !== 1) throw new Refusal('group')
      keys = (JSON.parse(take(names.trustees)) as [string, TrusteeKey][]).map(([is, key]) => {
        if (is !== 'Single') throw new Refusal('trustees')
        return key
      })
      let product = 1n
      for (const key of keys) {
        const x = element(key.public_key)
        if (!in_group(x) || !await check_exponent(key.pok, [G], [x], of_key(key.public_key))) throw new Refusal('trustee_key')
        product = product * x % P
      }
      if (keys.length === 0 || String(product) !== election.public_key) throw new Refusal('public_key')
      y = new Fixed(product)
      for (const entry of JSON.parse(take(names.credentials)) as string[]) {
        const [credential, w = '1'] = entry.split(',') as [string, string?]
        if (voters.has(credential) || !in_group(element(credential))) throw new Refusal('credentials')
        voters.set(credential, BigInt(w))
      }
      stage = 'ballots'
    } else if (e.type === 'Ballot' && stage === 'ballots') {
      const text = take(e.payload)
      const ballot = JSON.parse(text) as Ballot
      if (seen.has(text)) throw new Refusal('twice', ref)
      seen.add(text)
      if (print_ballot(ballot) !== text) throw new Refusal('ballot_form', ref)
      if (ballot.election_uuid !== election!.uuid || ballot.election_hash !== phi) throw new Refusal('ballot_of_another', ref)
      if (!voters.has(ballot.credential)) throw new Refusal('credential', ref)
      const hash = await signed_part(ballot)
      if (ballot.signature?.hash !== hash || !await check_exponent(ballot.signature.proof, [G], [element(ballot.credential)], of_signature(hash)))
        throw new Refusal('signature', ref)
      if (ballot.answers.length !== election!.questions.length) throw new Refusal('ballot_form', ref)
      for (const [i, q] of election!.questions.entries()) await judge_answer(ballot.answers[i]!, q, `${phi}|${ballot.credential}`, y!)
      last.delete(ballot.credential)
      last.set(ballot.credential, { ballot, tracker: await fingerprint(text) })
      await progress(++done, all)
    } else if (e.type === 'EndBallots' && stage === 'ballots') {
      stage = 'ended'
    } else if (e.type === 'EncryptedTally' && stage === 'ended') {
      const sized = JSON.parse(take(e.payload)) as { num_tallied: number; total_weight: number | string; encrypted_tally: string }
      tally = JSON.parse(take(sized.encrypted_tally)) as Tally
      const sums = election!.questions.map(q => Array.from({ length: q.answers.length + (q.blank ? 1 : 0) }, () => ({ a: 1n, b: 1n })))
      for (const { ballot } of last.values()) {
        const w = voters.get(ballot.credential)!
        weight += w
        ballot.answers.forEach((a, i) => a.choices.forEach((c, j) => {
          const s = sums[i]![j]!
          s.a = s.a * power(BigInt(c.alpha), w) % P
          s.b = s.b * power(BigInt(c.beta), w) % P
        }))
      }
      const same = JSON.stringify(tally.map(r => r.map(pair_of))) === JSON.stringify(sums.map(r => r.map(s => ({ alpha: String(s.a), beta: String(s.b) }))))
      if (!same || sized.num_tallied !== last.size || BigInt(sized.total_weight) !== weight) throw new Refusal('tally', ref)
      stage = 'tallied'
    } else if (e.type === 'PartialDecryption' && stage === 'tallied') {
      const { owner, payload } = JSON.parse(take(e.payload)) as { owner: number; payload: string }
      const share = JSON.parse(take(payload)) as Share
      const key = keys[owner - 1]
      if (!key || shares.has(owner)) throw new Refusal('decryption', ref)
      for (const [i, row] of tally.entries())
        for (const [j, c] of row.entries()) {
          const factor = element(share.decryption_factors[i]?.[j] ?? ''), p = share.decryption_proofs[i]?.[j]
          if (!p || !in_group(factor) ||
              !await check_exponent(p, [G, element(c.alpha)], [element(key.public_key), factor], of_share(phi, key.public_key)))
            throw new Refusal('decryption', ref)
        }
      shares.set(owner, share)
    } else if (e.type === 'Result' && stage === 'tallied') {
      if (shares.size !== keys.length) throw new Refusal('incomplete', ref)
      const result = (JSON.parse(take(e.payload)) as { result: (number | string)[][] }).result.map(r => r.map(Number))
      for (const [i, row] of tally.entries())
        for (const [j, c] of row.entries()) {
          let factor = 1n
          for (const share of shares.values()) factor = factor * element(share.decryption_factors[i]![j]!) % P
          if (element(c.beta) * inverse(factor) % P !== g(BigInt(result[i]?.[j] ?? -1))) throw new Refusal('result', ref)
        }
      verdict.result = result
      stage = 'result'
    } else throw new Refusal('chain', ref)
  }
  if (!election) throw new Refusal('chain')
  for (const ref of data.keys()) if (!used.has(ref)) throw new Refusal('reference', ref)
  return {
    ...verdict, uuid: election.uuid, name: election.name, questions: election.questions, cast: done, counted: last.size,
    trackers: [...last.values()].map(l => l.tracker).sort(), closed: stage !== 'ballots', shares: shares.size, trustees: keys.length, voters: voters.size
  }
}
