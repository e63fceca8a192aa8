// The whole program beside its bars: how long a nation takes to load and with how much memory, how
// long the house takes to open, what a certificate costs the server, and memory while many work.
//
//   node bench/nation.mjs PROGRAM [1:1000|1:100|1:10]
//
// Limits measured in the same run: the disk writes the nation's octets once, in order, and syncs; a
// process that only says its help starts.
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Client } from '../tests/client.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const program = resolve(process.argv[2] ?? join(root, 'build-run', 'madang'))
const population = process.argv[3] ?? '1:1000'
const bars = { '1:1000': { seconds: 10, megabytes: 300 }, '1:100': { seconds: 100, megabytes: 512 }, '1:10': { seconds: 600, megabytes: 512 } }[population]
const data = mkdtempSync(join(process.env.MADANG_BENCH ?? tmpdir(), 'madang-bench-'))
const common = ['--data', data, '--pack', join(root, 'packs/korea'), '--web', join(root, 'web/dist'), '--population', population, '--log', 'warn']
const megabytes = bytes => (bytes / 1e6).toFixed(0)
const median = list => list.toSorted((a, b) => a - b)[list.length >> 1]
const memory_of = (pid, what) => Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(new RegExp(`^${what}:\\s+(\\d+) kB`, 'm'))?.[1] ?? 0) * 1024

// Processor time so far, in seconds (proc(5): utime and stime in ticks of 1/100 s), so that other jobs
// on the machine count for little.
const processor_of = pid => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function run(args) {
  const begun = performance.now()
  const child = spawn(program, [...args, ...common], { cwd: root, stdio: ['ignore', 'ignore', 'ignore'] })
  let most = 0, processor = 0
  const watch = setInterval(() => {
    try {
      most = Math.max(most, memory_of(child.pid, 'VmHWM'))
      processor = processor_of(child.pid)
    } catch { /* it has ended */ }
  }, 20)
  const code = await new Promise(done => child.once('exit', done))
  clearInterval(watch)
  if (code !== 0) throw new Error(`${args} ended with ${code}`)
  return { seconds: (performance.now() - begun) / 1000, processor, most }
}

// Of more than a gigabyte a gigabyte is written, and the rest reckoned.
function disk_limit(bytes) {
  if (bytes > 1e9) return disk_limit(1e9) * bytes / 1e9
  const file = join(data, 'limit'), chunk = Buffer.alloc(1 << 20, 7)
  const begun = performance.now(), fd = openSync(file, 'w')
  for (let written = 0; written < bytes; written += chunk.length) writeSync(fd, chunk)
  fsyncSync(fd)
  closeSync(fd)
  unlinkSync(file)
  return (performance.now() - begun) / 1000
}

async function open_house() {
  const begun = performance.now()
  const child = spawn(program, ['serve', '--port', '0', ...common], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] })
  let said = ''
  const url = await new Promise(done => child.stdout.on('data', d => {
    const found = (said += d).match(/http:\/\/localhost:\d+/)
    if (found) done(found[0])
  }))
  return { url, process: child, ms: performance.now() - begun, processor: processor_of(child.pid) * 1000 }
}
async function close_house(house) {
  const gone = new Promise(done => house.process.once('exit', done))
  house.process.kill('SIGTERM')
  await gone
}

async function certificate(client) {
  const draft = await client.begin('resident-certificate')
  await client.answer(draft, 'kind', { kind: 'whole' })
  await client.answer(draft, 'show', { show: 'numbers' })
  await client.answer(draft, 'use', { use: (await client.options(draft, 'use'))[0] })
  const done = await client.submit(draft)
  if (done.status !== 201) throw new Error(done.text)
  return Number(done.headers['server-timing'].match(/dur=([\d.]+)/)[1])
}

// Everybody works for some seconds; what the house holds at most.
async function under_load(house, seconds) {
  const people = ['Kim Hayun', 'Park Seojun', 'Choi Jiwoo', 'Han Yerin']
  const end = performance.now() + seconds * 1000
  const paths = ['/', '/services', '/services?page=3', '/search?q=%EB%93%B1%EB%B3%B8', '/my', '/my/data', '/my/data/records', '/agencies', '/regions', '/verify']
  let requests = 0, failed = 0, certificates = 0, most = 0
  const watch = setInterval(() => { most = Math.max(most, memory_of(house.process.pid, 'VmRSS')) }, 100)
  await Promise.all(Array.from({ length: 32 }, async (_, i) => {
    const client = await new Client(house).sign_in(people[i % people.length])
    for (let n = i; performance.now() < end; ++n) {
      if (i >= 28) { await certificate(client).then(() => { ++certificates }, () => { ++failed }); continue }
      const answer = await client.page(paths[n % paths.length])
      ++requests
      if (answer.status !== 200) ++failed
    }
  }))
  clearInterval(watch)
  return { requests: requests / seconds, certificates, failed, most }
}

try {
  const made = await run(['load'])
  const bytes = readdirSync(data).filter(f => /\.db/.test(f)).reduce((sum, f) => sum + statSync(join(data, f)).size, 0)
  const limit = disk_limit(bytes)
  console.log(`load ${population.padEnd(7)} ${made.seconds.toFixed(1)} s (bar ${bars.seconds}), ${made.processor.toFixed(1)} s of processor, ${megabytes(made.most)} MB at most; ` +
    `${megabytes(bytes)} MB on disk, which the disk alone writes in ${limit.toFixed(1)} s: ${(100 * limit / made.seconds).toFixed(0)} % of the limit`)

  const bare = median(Array.from({ length: 5 }, () => {
    const begun = performance.now()
    spawnSync(program, ['--help'])
    return performance.now() - begun
  }))
  const opened = [], processor = []
  for (let i = 0; i < 5; ++i) {
    const house = await open_house()
    opened.push(house.ms)
    processor.push(house.processor)
    await close_house(house)
  }
  console.log(`open            ${median(opened).toFixed(0)} ms (bar 2,000), ${median(processor).toFixed(0)} ms of processor; the process alone ${bare.toFixed(0)} ms`)

  const house = await open_house()
  const kim = await new Client(house).sign_in('Kim Hayun')
  const times = []
  for (let i = 0; i < 40; ++i) times.push(await certificate(kim))
  times.sort((a, b) => a - b)
  console.log(`certificate     ${times[20].toFixed(1)} ms of server time, ${times[38].toFixed(1)} ms at the 95th percentile (bar 1,000)`)
  console.log(`memory at rest  ${megabytes(memory_of(house.process.pid, 'VmRSS'))} MB`)
  const load = await under_load(house, 15)
  console.log(`memory in work  ${megabytes(load.most)} MB (bar ${bars.megabytes}); 32 people, ${load.requests.toFixed(0)} pages/s and ${load.certificates} certificates, ${load.failed} failed`)
  await close_house(house)
} finally {
  rmSync(data, { recursive: true, force: true })
}
