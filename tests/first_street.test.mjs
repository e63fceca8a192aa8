// Gwanghwamoon 1st Street beyond proposals: a forum from its planning to what came of what was promised, one board over our places and
// the feeds of others (good, broken, hostile, huge ones), activities with pictures, the calendar as another program reads it, and what
// ministries made of it. The feeds are served by this process.
import { test, before, after } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:http'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, free_port, root } from '../journeys/program.mjs'
import { Client, until } from './client.mjs'
import { box, upload } from './uploads.mjs'
import { small_pack } from './small_pack.mjs'
import { missing, rows } from './stores.mjs'

const skip = missing
const atom = entries => `<feed xmlns="http://www.w3.org/2005/Atom"><title>Ideas</title><id>urn:f</id><updated>2026-03-02T00:00:00Z</updated>${entries}</feed>`
const entry = (n, link) => `<entry><id>urn:f:${n}</id><title type="html">Idea &lt;b&gt;${n}&lt;/b&gt;</title><link href="${link}"/><updated>2026-03-0${n}T00:00:00Z</updated><summary>Why ${n}</summary></entry>`
let house, folder, server, feeds, asked = []
const people = new Map()
const answers = {
  '/good': r => {
    if (r.headers['if-none-match'] === '"v1"') return [304, '']
    return [200, atom(entry(1, 'https://ideas.example.org/1') + entry(2, 'javascript:alert(1)') + entry(3, 'https://ideas.example.org/3'))]
  },
  '/broken': () => [200, '<feed xmlns="http://www.w3.org/2005/Atom"><title>half'],
  '/hostile': () => [200, '<!DOCTYPE f [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><feed xmlns="http://www.w3.org/2005/Atom"><title>&b;&c;</title></feed>'],
  '/huge': () => [200, atom('<!--' + 'x'.repeat(3 << 20) + '-->')],
  '/gone': () => [500, 'no']
}

before(async () => {
  if (skip) return
  server = createServer((request, response) => {
    asked.push(request.url)
    const [status, body] = answers[request.url](request)
    response.writeHead(status, { etag: '"v1"', 'content-type': 'application/atom+xml' })
    response.end(body)
  })
  await new Promise(done => server.listen(0, '127.0.0.1', done))
  feeds = `http://127.0.0.1:${server.address().port}`
  folder = mkdtempSync(join(tmpdir(), 'madang-street-'))
  small_pack(folder)
  mkdirSync(join(folder, 'participation'))
  const channel = readFileSync(join(root, 'packs/korea/participation/channel.yaml'), 'utf8')
  writeFileSync(join(folder, 'participation/channel.yaml'), channel.replace('every_seconds: 900', 'every_seconds: 1')
    .replace(/ {2}- \{id: briefing.*\n/, Object.keys(answers).map(p => `  - {id: ${p.slice(1)}, feed: "${feeds}${p}", topic: other, name: {ko: "${p.slice(1)}", en: "${p.slice(1)}"}}\n`).join('')))
  house = await House.open({ port: await free_port(), pack: folder, files: { 'guard.yaml': 'limits: false\noutgoing: [loopback]\nframes: ["https://video.example.org"]\n' } })
})
after(async () => {
  await house?.close()
  server?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

async function person(name) {
  if (!people.has(name)) people.set(name, await new Client(house).sign_in(name))
  return people.get(name)
}
const ask = async (at, who = new Client(house)) => (await who.get(at)).json()
const goes = async (who, at, fields) => {
  const answer = await who.post(at, fields)
  assert.equal(answer.status, 303, `${at}: ${answer.text}`)
  return answer.headers.location
}
const refused = async (who, at, fields, status, field) => {
  const answer = await who.post(at, fields)
  assert.deepEqual([answer.status, answer.json().field ?? ''], [status, field], answer.text)
}
const day = (name, date) => ({ [`${name}_year`]: String(date.getFullYear()), [`${name}_month`]: String(date.getMonth() + 1), [`${name}_day`]: String(date.getDate()) })
const soon = new Date(Date.now() + 7 * 86400000)

let proposal
test('the board has what our places say and what feeds say, and tells which feed fails', { skip }, async () => {
  const kim = await person('Kim Hayun')
  proposal = await goes(kim, '/talk/file', { title: 'Ramps at every stop', body: 'For wheels.', category: 'transport' })
  const board = await until(async () => {
    const all = await ask('/first-street/channel')
    return all.posts.some(p => p.site === 'talk') && all.posts.some(p => p.site === 'good') && all.failing.length === 4 && all
  }, { what: 'the board' })
  const [one] = board.posts.filter(p => p.href === 'https://ideas.example.org/1')
  assert.deepEqual([one.title, one.summary, one.at], ['Idea 1', 'Why 1', '2026-03-01T00:00:00.000Z'])
  assert.equal(board.posts.filter(p => p.site === 'good').length, 2, 'an address that is none of the web is no post')
  const problems = Object.fromEntries(board.failing.map(f => [f.site, f.problem]))
  assert.deepEqual([problems.broken, problems.hostile, problems.gone], ['feed.broken', 'feed.broken', 'status 500'])
  assert.ok(problems.huge)
  const since = board.failing.find(f => f.site === 'gone').since
  // Asked again with what was answered, and told that it is the same; a failure keeps its beginning.
  await until(() => asked.filter(u => u === '/good').length > 1 && asked.filter(u => u === '/gone').length > 1, { what: 'a second look' })
  const again = await ask('/first-street/channel')
  assert.equal(again.failing.find(f => f.site === 'gone').since, since)
  assert.equal(again.posts.filter(p => p.site === 'good').length, 2)
  assert.match((await new Client(house).page('/first-street/channel')).text, /gone cannot be read since/)
  assert.deepEqual((await ask('/first-street/channel?site=good')).posts.map(p => p.site), ['good', 'good'])
  assert.equal((await ask('/first-street/channel?topic=transport')).posts[0].title, 'Ramps at every stop')
  assert.deepEqual((await ask('/first-street/channel?q=ramps')).posts.map(p => p.title), ['Ramps at every stop'])
  const feed = join(folder, 'board.atom')
  writeFileSync(feed, (await new Client(house).get('/first-street/channel.atom')).text)
  assert.equal(execFileSync('xmllint', ['--xpath', 'count(//*[local-name()="entry"])', feed], { encoding: 'utf8' }).trim(), String(again.total))
})

let plan, forum
test('a planning group that was invited says what a forum is about, and it is announced', { skip }, async () => {
  const [kim, park, cho] = [await person('Kim Hayun'), await person('Park Seojun'), await person('Cho Eunwoo')]
  assert.equal((await kim.get('/forums/planning')).status, 403)
  const { link } = (await cho.post('/desk/forum-plans/invite', { kind: 'citizen' })).json()
  const at = new URL(link).pathname
  assert.equal((await kim.get('/desk/forum-plans')).status, 403)
  assert.equal(await goes(kim, at, {}), '/forums/planning')
  assert.equal((await park.post(at, {})).status, 404, 'it works once')
  await refused(kim, '/forums/planning', { href: '/elsewhere', on: 'yes' }, 404, 'href')
  await goes(kim, '/forums/planning', { href: proposal, on: 'yes' })
  assert.deepEqual((await ask('/forums/planning', kim)).candidates.map(c => [c.href, c.wishes, c.mine]), [[proposal, 1, true]])
  const fields = { title: 'How we ride', body: 'Getting on and off.', category: 'transport', ...day('begins', soon), begins_time: '19:00', place: 'Hall 2', 'topics[]': proposal }
  await refused(cho, '/desk/forum-plans/new', { ...fields, begins_time: 'evening' }, 422, 'begins')
  for (const stream of ['https://elsewhere.example.org/1', 'javascript:alert(1)', 'https://video.example.org.evil.test/'])
    await refused(cho, '/desk/forum-plans/new', { ...fields, stream }, 422, 'stream')
  plan = await goes(cho, '/desk/forum-plans/new', { ...fields, stream: 'https://video.example.org/embed/7' })
  assert.equal((await ask('/forums')).total, 0, 'a draft is nobody else\'s')
  await goes(cho, `${plan}/announce`, {})
  await goes(cho, `${plan}/announce`, {})
  const all = await ask('/forums')
  assert.equal(all.total, 1, 'announced twice is announced once')
  forum = all.asks[0].href
  const page = await new Client(house).page(forum)
  assert.match(page.headers['content-security-policy'], /; frame-src https:\/\/video\.example\.org$/)
  assert.match(page.text, /<iframe [^>]*sandbox="[^"]*"[^>]*src="https:\/\/video\.example\.org\/embed\/7"/)
  assert.ok(page.text.includes(`href="${proposal}"`))
  assert.doesNotMatch((await new Client(house).page('/talk')).headers['content-security-policy'], /frame-src/)
})

test('it is discussed, a comment is hidden with a reason, the record and the promises are public', { skip }, async () => {
  const [kim, ahn, cho, han] = [await person('Kim Hayun'), await person('Ahn Somin'), await person('Cho Eunwoo'), await person('Han Yerin')]
  await goes(kim, `${forum}/comment`, { body: 'At my stop too' })
  await goes(han, `${forum}/comment`, { body: 'Call 010-0000-0000' })
  const desk = forum.replace('/forums', '/desk/forums')
  const [, mark] = (await ahn.page(desk)).text.match(/name="reason-(\w+)"/)
  await refused(ahn, `${desk}/remarks/${mark}`, { [`reason-${mark}`]: '' }, 422, 'reason')
  assert.equal((await cho.post(`${desk}/remarks/${mark}`, { [`reason-${mark}`]: 'x' })).status, 403)
  await goes(ahn, `${desk}/remarks/${mark}`, { [`reason-${mark}`]: 'A number of somebody' })
  assert.deepEqual((await ask(forum)).remarks.map(r => [r.body, r.hidden]), [['A number of somebody', true], ['At my stop too', false]])
  // A recording with captions, by ranges; what is neither is refused.
  assert.equal((await upload(cho, `${plan}/recording`, {}, 'recording', Buffer.from('<html>'))).json().field, 'recording')
  assert.equal((await upload(cho, `${plan}/recording`, {}, 'recording', Buffer.alloc(0))).json().field, 'recording', 'nothing is no recording')
  const mp4 = Buffer.concat([box('ftyp', Buffer.from('isom0000')), box('moov', Buffer.alloc(0)), box('mdat', Buffer.alloc(100, 7))])
  assert.equal((await upload(cho, `${plan}/recording`, {}, 'recording', mp4)).status, 303)
  assert.equal((await upload(cho, `${plan}/recording`, {}, 'captions_ko', Buffer.from('WEBVTT\n\n00:00.000 --> 00:01.000\nHello\n'))).status, 303)
  const part = await new Client(house).send('GET', `${forum}/recording`, { headers: { range: 'bytes=4-7' } })
  assert.deepEqual([part.status, part.text, part.headers['content-range'], part.headers['content-type']], [206, 'ftyp', `bytes 4-7/${mp4.length}`, 'video/mp4'])
  assert.equal((await new Client(house).send('GET', `${forum}/recording`, { headers: { range: 'bytes=9999-' } })).status, 416)
  const captions = await new Client(house).get(`${forum}/captions/ko`)
  assert.deepEqual([captions.status, captions.headers['content-type'], captions.text.startsWith('WEBVTT')], [200, 'text/vtt; charset=utf-8', true])
  assert.equal((await new Client(house).get(`${forum}/captions/en`)).status, 404)
  const page = await new Client(house).page(forum)
  assert.match(page.text, /What is said in the video[\s\S]*0:00[\s\S]*Hello/)
  assert.match(page.headers['content-security-policy'], /; media-src 'self'$/)
  assert.match(page.text, /<video [^>]*controls[\s\S]*<track [^>]*kind="captions"/)
  await goes(cho, `${desk}/answer`, { body: 'Minutes: we talked about ramps.' })
  assert.deepEqual((await ask(forum)).ask.stage, 'recorded')
  await refused(cho, `${plan}/promises`, { what: 'Ramps', category: 'transport' }, 422, 'until')
  await goes(cho, `${plan}/promises`, { what: 'Ramps at ten stops', category: 'transport', ...day('until', soon) })
  const [promise] = (await ask(plan, cho)).promises
  await refused(cho, `${plan}/promises/${promise.key}`, { [`state-${promise.key}`]: 'done', [`note-${promise.key}`]: '' }, 422, 'note')
  await goes(cho, `${plan}/promises/${promise.key}`, { [`state-${promise.key}`]: 'done', [`note-${promise.key}`]: 'Ten are built.' })
  const text = (await new Client(house).page(forum)).text
  assert.ok(text.includes('Ramps at ten stops') && text.includes('Ten are built.'))
})

test('a promise goes to the ministry of its field once, whose verdict is shown and counted', { skip }, async () => {
  const [cho, hong] = [await person('Cho Eunwoo'), await person('Hong Yuna')]
  const [promise] = (await ask(plan, cho)).promises
  for (let i = 0; i < 2; i++) await goes(cho, `${plan}/promises/${promise.key}/hand`, {})
  const [handed] = (await ask('/handed')).asks
  assert.equal((await ask('/handed')).total, 1)
  const desk = handed.href.replace('/handed', '/desk/handed')
  assert.equal((await hong.post(`${desk}/answer`, { body: 'x', verdict: 'adopted' })).status, 403)
  await refused(cho, `${desk}/answer`, { body: 'Yes' }, 422, 'verdict')
  await refused(cho, `${desk}/answer`, { body: 'Yes', verdict: 'perhaps' }, 422, 'verdict')
  const before = (await new Client(house).get('/first-street/adoption.csv')).text
  assert.equal(before, 'agency,received,under_review,adopted,partly,not_adopted,adopted_in_whole_or_part\r\nmolit,1,1,0,0,0,0\r\n')
  await goes(cho, `${desk}/answer`, { body: 'Ten this year, ten the next.', verdict: 'partly' })
  assert.equal((await ask(handed.href)).replies[0].verdict, 'partly')
  assert.match((await new Client(house).page(forum)).text, /With the ministry<\/a>: Partly adopted/)
  assert.equal((await new Client(house).get('/first-street/adoption.csv')).text.split('\r\n')[1], 'molit,1,0,0,1,0,1')
  const page = (await new Client(house).page('/first-street/adoption')).text
  assert.ok(page.includes('Ten this year, ten the next.') && page.includes('100.0%'))
})

let shared
test('a group shares what it did: a draft first, pictures with words, hidden with its pictures', { skip }, async () => {
  const [kim, park, ahn] = [await person('Kim Hayun'), await person('Park Seojun'), await person('Ahn Somin')]
  const fields = { title: 'We painted the stop', body: 'In one day.', category: 'transport', team: 'Riders', place: 'Jahamun-ro', ...day('held', new Date()) }
  await refused(kim, '/activities/start', { ...fields, team: '' }, 422, 'team')
  const draft = await goes(kim, '/activities/start', fields)
  assert.equal((await park.get(draft)).status, 404, 'another\'s draft is not there')
  const png = readFileSync(join(root, 'engines/pictures/fuzz/corpus/picture/small.png'))
  assert.equal((await upload(kim, `${draft}/pictures`, { alt: '' }, 'photo', png)).json().field, 'alt')
  assert.equal((await upload(kim, `${draft}/pictures`, { alt: 'A stop' }, 'photo', Buffer.from('GIF89a'))).json().field, 'photo')
  assert.equal((await upload(kim, `${draft}/pictures`, { alt: 'A stop painted blue' }, 'photo', png)).status, 303)
  const picture = `/activities/pictures/${(await ask(draft, kim)).pictures[0].key}`
  assert.equal((await new Client(house).get(picture)).status, 404)
  shared = await goes(kim, `${draft}/publish`, {})
  assert.match((await new Client(house).page(shared)).text, /alt="A stop painted blue"/)
  assert.equal((await new Client(house).get(picture)).headers['content-type'], 'image/png')
  await goes(ahn, `${shared.replace('/activities', '/desk/activities')}/hide`, { reason: 'A child can be recognised.' })
  assert.equal((await new Client(house).get(picture)).status, 404)
})

test('the calendar has the month, and a foreign program reads the file', { skip }, async t => {
  const month = `${soon.getFullYear()}-${String(soon.getMonth() + 1).padStart(2, '0')}`
  const listed = await ask(`/first-street/calendar?month=${month}`)
  assert.ok(listed.happenings.some(h => h.what === 'forum' && h.title === 'How we ride' && h.place === 'Hall 2'))
  assert.equal((await new Client(house).get('/first-street/calendar?month=2026-99')).status, 200)
  const file = join(folder, 'calendar.ics')
  const answer = await new Client(house).get(`${forum}/event.ics`)
  assert.match(answer.headers['content-type'], /^text\/calendar/)
  writeFileSync(file, answer.bytes)
  try { execFileSync('/usr/bin/python3', ['-c', 'import icalendar']) } catch { return t.skip('python3-icalendar is not installed') }
  const read = execFileSync('/usr/bin/python3', ['-c', 'import icalendar,sys\nc=icalendar.Calendar.from_ical(open(sys.argv[1],"rb").read())\nfor e in c.walk("VEVENT"): print(e["SUMMARY"], e["LOCATION"], e.decoded("DTSTART").isoformat(), e["UID"])', file], { encoding: 'utf8' })
  // 19:00 in Seoul is 10:00 in UTC.
  assert.match(read, new RegExp(`^How we ride Hall 2 ${month}-\\d\\dT10:00:00\\+00:00 forum-`))
})

test('recordings of a house from before captions had a language are there after it', { skip }, async () => {
  const before = await new Client(house).send('GET', `${forum}/recording`), number = sql => Number(rows(house, 'forums', sql)[0][0])
  await house.end('SIGTERM')
  // Its tables as they were then: one file of captions, beside the pictures.
  rows(house, 'forums', `insert into upload (key, owner, part, type, alt, width, height, octets) select key, owner, part, type, '', 0, 0, octets from recording;
    drop table recording;
    delete from schema_migration where name like '0002%' and room in ('assembly', 'first_street')`)
  assert.equal(number("select count(*) from upload where part <> 'picture'"), 2)
  await house.start()
  const after = await new Client(house).send('GET', `${forum}/recording`)
  assert.deepEqual([before.status, after.status, after.headers['content-type'], after.bytes.equals(before.bytes)], [200, 200, 'video/mp4', true])
  assert.match((await new Client(house).get(`${forum}/captions/ko`)).text, /^WEBVTT[\s\S]*Hello/)
  assert.deepEqual([number("select count(*) from upload where part <> 'picture'"), number("select count(*) from upload where part = 'picture'")], [0, 1])
})
