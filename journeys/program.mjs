// The real program with fresh data on a port of its own, for journeys and for the tests of faults.
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
export const program = process.env.MADANG_PROGRAM ?? join(root, 'build-run', 'madang')
const postgres = process.env.MADANG_STORE === 'postgres' ? process.env.MADANG_TEST_POSTGRES : undefined

// On the server of the tests, a database of its own for every house. Its name is drawn: the number of a process comes back within one run.
export function fresh_database() {
  if (!postgres) return undefined
  const name = `house_${randomBytes(8).toString('hex')}`
  execFileSync('psql', ['-X', '-q', '-d', postgres, '-c', `create database ${name}`])
  return postgres.replace('///postgres?', `///${name}?`)
}

// A port that was free a moment ago, and below those that the kernel gives to whoever connects (from 32768 on Linux): a call of another
// test would take it before it is listened on.
export async function free_port() {
  for (;;) {
    const port = 10000 + Math.floor(Math.random() * 22000)
    const free = await new Promise(resolve => {
      const server = createServer().once('error', () => resolve(false)).listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (free) return port
  }
}

// A house and, as another program, the telephone company that it knows (`madang carrier`).
export async function with_carrier(options = {}) {
  const port = await free_port(), there = await free_port()
  const data = mkdtempSync(join(tmpdir(), 'madang-')), carrier_data = mkdtempSync(join(tmpdir(), 'madang-'))
  execFileSync(program, ['carrier', '--data', carrier_data, '--public-url', `http://localhost:${there}`,
    '--house', `http://localhost:${port}`, '--introduce', data], { cwd: root })
  if (options.carrier_clients) appendFileSync(join(carrier_data, 'clients.yaml'), options.carrier_clients)
  if (options.carriers) appendFileSync(join(data, 'carriers.yaml'), options.carriers)
  const carrier = await House.open({ command: 'carrier', port: there, data: carrier_data, pack: 'packs/carrier', database: fresh_database() })
  const house = await House.open({ ...options, port, data })
  house.keep = carrier.keep = false
  return { house, carrier }
}

export class House {
  static async open(options = {}) {
    const house = new House()
    house.data = options.data ?? mkdtempSync(join(tmpdir(), 'madang-'))
    house.keep = options.data !== undefined
    house.options = { ...options, database: options.database ?? fresh_database() }
    await house.start()
    return house
  }

  async start() {
    const args = [this.options.command ?? 'serve', '--data', this.data, '--port', String(this.options.port ?? 0), '--population',
      this.options.population ?? '1:20000', '--pack', resolve(root, this.options.pack ?? 'packs/korea'),
      '--web', join(root, 'web/dist')]
    // Others find the house by its address (sign-on, passkeys): it must know it before it listens.
    if (this.options.port) args.push('--public-url', `${this.options.scheme ?? 'http'}://localhost:${this.options.port}`)
    if (this.options.files) mkdirSync(this.data, { recursive: true, mode: 0o700 })
    for (const [name, text] of Object.entries(this.options.files ?? {})) writeFileSync(join(this.data, name), text)
    if (this.options.database) args.push('--database', this.options.database)
    args.push(...this.options.arguments ?? [])
    this.process = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    this.log = ''
    this.process.stderr.on('data', d => { this.log += d })
    let said = ''
    this.url = await new Promise((resolve, reject) => {
      this.process.stdout.on('data', d => {
        said += d
        const found = said.match(/https?:\/\/localhost:(\d+)/)
        if (found) resolve(`${this.options.scheme ?? 'http'}://localhost:${found[1]}`)
      })
      this.process.on('error', reject)
      this.process.on('exit', code => reject(new Error(`madang ended with ${code}: ${this.log.slice(-2000)}`)))
    })
  }

  // Ends at once, as a power cut would.
  async kill() {
    this.process.removeAllListeners('exit')
    await this.end('SIGKILL')
  }

  // Who has been killed or closed before is not waited for again, and who does not end is no success.
  async end(signal) {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return
    const gone = new Promise(resolve => this.process.once('exit', resolve))
    this.process.kill(signal)
    const late = setTimeout(() => this.process.kill('SIGKILL'), 60000)
    await gone
    clearTimeout(late)
    if (signal !== 'SIGKILL' && this.process.signalCode === 'SIGKILL')
      throw new Error(`madang does not end: ${this.log.slice(-2000)}`)
  }

  async close() {
    await this.end('SIGTERM')
    if (!this.keep) rmSync(this.data, { recursive: true, force: true })
  }
}
