// Papers of the running house before foreign judges; the same octets again years later; and a new
// certificate by a pack alone.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, root } from '../journeys/program.mjs'
import { Client } from './client.mjs'

let house, place, pack, folder
before(async () => {
  place = mkdtempSync(join(tmpdir(), 'madang-papers-'))
  cpSync(join(root, 'packs'), join(place, 'packs'), { recursive: true })
  pack = join(place, 'packs', 'korea')
  folder = join(place, 'papers')
  mkdirSync(folder)
  house = await House.open({ pack, arguments: ['--nightly', 'false'] })
})
after(async () => {
  await house?.close()
  rmSync(place, { recursive: true, force: true })
})

// Answers each question with its first choice, and what is wanted besides.
async function issue(client, service, wanted = {}) {
  const draft = await client.begin(service)
  for (let step = 0; step < 10; ++step) {
    const at = await client.get(`/apply/${draft}`)
    const question = at.headers.location.split('/').at(-1)
    if (question === 'check') break
    await client.answer(draft, question, wanted[question] ?? { [question]: (await client.options(draft, question))[0] })
  }
  const done = await client.submit(draft)
  assert.equal(done.status, 201, `${service}: ${done.text}`)
  const path = done.json().location.split('?')[0]
  return { path, ...(await client.get(path)).json(), pdf: (await client.send('GET', `${path}/file`)).bytes }
}

const kinds = [['resident-certificate', 'Kim Hayun', { kind: { kind: 'whole' }, show: {} }],
  ['resident-certificate', 'Kim Hayun', { kind: { kind: 'abstract' }, show_self: {} }],
  ['family-certificate', 'Kim Hayun', { show: { show: 'numbers' } }], ['land-register', 'Kim Hayun', {}],
  ['vehicle-register', 'Kim Hayun', {}], ['business-certificate', 'Han Yerin', {}]]

test('every certificate that the house issues, in both languages, passes the judges of PDF/A and of signatures', async t => {
  const papers = []
  for (const [language, names] of [['en', n => n], ['ko', n => ({ 'Kim Hayun': '김하윤', 'Han Yerin': '한예린' })[n]]])
    for (const [service, name, wanted] of kinds) {
      const client = await new Client(house, { language }).sign_in(names(name))
      const paper = await issue(client, service, wanted)
      paper.file = join(folder, `${papers.length}-${service}-${language}.pdf`)
      writeFileSync(paper.file, paper.pdf)
      papers.push(paper)
    }
  for (const judge of ['preflight', 'mutool']) {
    const done = spawnSync(join(root, 'tools/judges/documents.sh'), [judge, folder, root], { encoding: 'utf8' })
    if (done.status === 77) t.diagnostic(done.stdout.trim())
    else assert.equal(done.status, 0, `${judge}: ${done.stdout}${done.stderr}`)
  }
  const anyone = new Client(house)
  for (const paper of papers) {
    assert.match(execFileSync('pdfsig', [paper.file], { encoding: 'utf8' }), /Total document signed[\s\S]*Signature is Valid/)
    assert.match(execFileSync('pdftotext', [paper.file, '-'], { encoding: 'utf8' }), new RegExp(paper.number))
    const picture = paper.file.replace(/\.pdf$/, '')
    const pages = execFileSync('pdfinfo', [paper.file], { encoding: 'utf8' }).match(/^Pages: +(\d+)/m)[1]
    execFileSync('pdftoppm', ['-r', '150', '-f', pages, '-l', pages, '-png', '-singlefile', paper.file, picture])
    const code = execFileSync('zbarimg', ['-q', '--raw', '-Sdisable', '-Sqrcode.enable', `${picture}.png`], { encoding: 'utf8' }).trim()
    const said = (await anyone.post('/verify/code', { code })).json()
    assert.deepEqual([said.verdict, said.number], ['genuine', paper.number], paper.file)
  }
  for (const file of readdirSync(folder)) rmSync(join(folder, file))
})

test('years later, with other layouts and another program, a paper is the same to the octet and still genuine', async () => {
  const kim = await new Client(house).sign_in('Kim Hayun')
  const old = await issue(kim, 'land-register')
  // The register of documents keeps what the paper is made of, not the paper.
  const layout = join(pack, 'documents/land-register.yaml')
  const was = readFileSync(layout, 'utf8')
  writeFileSync(layout, was.replace('en: "Changes of the parcel"', 'en: "What has become of it"').replace('- space: 10', '- space: 40'))
  assert.notEqual(readFileSync(layout, 'utf8'), was)
  await house.kill()
  await house.start()
  const again = (await kim.send('GET', `${old.path}/file`)).bytes
  assert.ok(again.equals(old.pdf), 'octet for octet')
  const fresh = await issue(kim, 'land-register')
  const text = pdf => {
    writeFileSync(join(folder, 'one.pdf'), pdf)
    return execFileSync('pdftotext', [join(folder, 'one.pdf'), '-'], { encoding: 'utf8' })
  }
  assert.match(text(old.pdf), /Changes of the parcel/)
  assert.match(text(fresh.pdf), /What has become of it/)
  const anyone = new Client(house)
  const boundary = 'paper'
  for (const pdf of [old.pdf, fresh.pdf]) {
    const body = Buffer.concat([Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n`),
      pdf, Buffer.from(`\r\n--${boundary}--\r\n`)])
    const said = await anyone.send('POST', '/verify/file', { body, headers: { accept: 'application/json', origin: house.url,
      'sec-fetch-site': 'same-origin', 'content-type': `multipart/form-data; boundary=${boundary}` } })
    assert.equal(said.json().verdict, 'genuine', said.text)
  }
})

test('a certificate that no program knows comes by a pack: register, questions, layout, catalogue', async () => {
  writeFileSync(join(pack, 'services/household-certificate.yaml'), `
id: household-certificate
minutes: 1
start: {ko: 발급 시작, en: Start}
purpose: {ko: 세대 확인서 발급, en: Confirmation of a household}
law: {ko: 주민등록법 제29조, en: Resident Registration Act art. 29}
sees: {ko: "주민등록부에서 세대를 봅니다.", en: "Your household in the resident register."}
questions:
  - id: tone
    ask: radio
    title: {ko: "어디에 쓰나요?", en: "What for?"}
    options:
      - {value: work, label: {ko: 직장, en: Work}}
      - {value: other, label: {ko: 기타, en: Other}}
evidence:
  - {as: me, get: persons, key: $actor, required: true}
  - {as: home, get: households, key: $me.household, required: true}
issue:
  kind: {ko: 세대 확인서, en: Confirmation of a household}
  layout: household
  seal: {district: $home.town}
  holder: $me.name
  data:
    home: {address: $home.address, since: $me.since}
`)
  writeFileSync(join(pack, 'documents/household.yaml'), `
name: household
title: {ko: 세대 확인서, en: Confirmation of a household}
page: {margins: [52, 57, 50, 57]}
body:
  - heading: {ko: "세대 확인서", en: "Confirmation of a household"}
    size: 22
  - space: 20
  - facts:
      columns: 1
      rows:
        - {label: {ko: "주소", en: "Address"}, value: "{home.address}"}
        - {label: {ko: "전입일", en: "Since"}, value: "{home.since|date}"}
  - seal: {ko: "위와 같음을 확인합니다.", en: "It is so confirmed."}
    at: bottom
  - code: {ko: "코드", en: "Code"}
    at: bottom
footer:
  ko: "{issue.agency} · 발급번호 {issue.number}"
  en: "{issue.agency} · no. {issue.number}"
`)
  appendFileSync(join(pack, 'services/catalogue/administration.yaml'), `- id: household-certificate
  agency: mois
  name: {ko: "세대 확인서 발급", en: "Confirmation of a household"}
  summary: {ko: "지금 사는 세대를 확인합니다.", en: "Confirms the household you live in."}
  who: {ko: "본인", en: "The person registered"}
  needed: {ko: "없음", en: "Nothing"}
  fee: {ko: "무료", en: "Free"}
  time: {ko: "즉시", en: "At once"}
  law: [{ko: "주민등록법 제29조", en: "Resident Registration Act art. 29"}]
  words: [세대확인]
  events: []
`)
  await house.kill()
  await house.start()
  const kim = await new Client(house).sign_in('Kim Hayun')
  const found = (await kim.get('/search?q=%EC%84%B8%EB%8C%80%ED%99%95%EC%9D%B8')).text
  assert.match(found, /household-certificate/)
  const paper = await issue(kim, 'household-certificate')
  assert.equal((await new Client(house).post('/verify/number', { number: paper.number })).json().verdict, 'genuine')
  writeFileSync(join(folder, 'household.pdf'), paper.pdf)
  const home = (await kim.get('/my/data/records')).json().households[0]
  assert.match(execFileSync('pdftotext', ['-raw', join(folder, 'household.pdf'), '-'], { encoding: 'utf8' }).replace(/\s+/g, ' '),
    new RegExp(home.address.slice(0, 20)))
  // And whoever looks finds the look, with the purpose that the pack says.
  assert.ok((await kim.get('/my/data?by=all')).json().entries.some(e => e.purpose === 'Confirmation of a household'))
})
