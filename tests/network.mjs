// A network of houses as the commands make it, each behind a relay of the test that can cut, swallow and slow what passes.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House, free_port, fresh_database, program, root } from '../journeys/program.mjs'
import { rows } from './stores.mjs'

export const members = {
  interior: ['KR/GOV/1741000', '행정안전부'], tax: ['KR/GOV/1210000', '국세청'],
  land: ['KR/GOV/1613000', '국토교통부'], province: ['KR/GOV/6110000', '서울특별시'],
  stray: ['KR/GOV/9999999', '다른 기관']
}
export const client = name => `${members[name][0]}/registers`

// A relay before a node's exchange: what the network between two agencies may do.
export class Relay {
  constructor(to) { this.to = to; this.sockets = new Set(); this.stalled = false; this.delay = 0 }
  async open() {
    // The port of OCSP answers stands 77 above.
    for (;;) {
      const port = await free_port()
      this.servers = []
      try {
        for (const above of [0, 77]) this.servers.push(await this.listen(port + above, this.to + above))
        this.port = port
        return this
      } catch { this.close() /* one of the two is taken: the other may not stay open for ever */ }
    }
  }
  listen(port, to) {
    return new Promise((resolve, reject) => {
      const server = createServer(near => {
        const far = connect(to, '127.0.0.1')
        for (const [a, b] of [[near, far], [far, near]]) {
          this.sockets.add(a)
          a.on('data', d => {
            if (this.stalled) return                       // what is swallowed is lost
            if (this.delay) setTimeout(() => b.writable && b.write(d), this.delay)
            else b.write(d)
          })
          a.on('close', () => { this.sockets.delete(a); b.destroy() })
          a.on('error', () => b.destroy())
        }
      }).once('error', reject).listen(port, '127.0.0.1', () => resolve(server))
    })
  }
  cut() { for (const s of this.sockets) s.destroy() }
  close() { this.cut(); for (const s of this.servers) s.close() }
}

async function pair_of_ports() {
  for (;;) {
    const port = await free_port()
    const above = await new Promise(resolve => {
      const s = createServer().once('error', () => resolve(false)).listen(port + 77, '127.0.0.1', () => s.close(() => resolve(true)))
    })
    if (above && port < 65000) return port
  }
}

export class Node {
  static async make(name) {
    const n = new Node()
    Object.assign(n, { name, data: mkdtempSync(join(tmpdir(), 'madang-')), database: fresh_database(), port: await free_port(), exchange: await pair_of_ports() })
    n.relay = await new Relay(n.exchange).open()
    n.options = ['--data', n.data, '--public-url', `http://localhost:${n.port}`, ...n.database ? ['--database', n.database] : []]
    return n
  }
  get server() { return `${members[this.name][0]}/${this.name}` }
  // What it does at other nodes passes the relays in this process, which must not wait for it.
  run(...args) {
    return new Promise(resolve => execFile(program, ['node', ...args, ...this.options], { cwd: root, timeout: 90000 },
      (error, out, said) => resolve({ status: error ? error.code : 0, out, said })))
  }
  async make(...args) {
    const done = await this.run(...args)
    assert.equal(done.status, 0, `node ${args[0]} of ${this.name}: ${done.said}`)
    return done.out
  }
  as_server() {
    return ['--server', this.server, '--name', members[this.name][1], '--at', `127.0.0.1:${this.relay.port}`, '--client', client(this.name)]
  }
  async join(anchor) {
    return (await this.make('join', '--anchor', anchor, ...this.as_server())).match(/Request (\w+) /)[1]
  }
  // What an operator adds to node.yaml.
  configure({ offers = '', elsewhere = '' }) {
    const file = join(this.data, 'exchange/node.yaml')
    this.head ??= readFileSync(file, 'utf8')
    writeFileSync(file, `${this.head}listen: "127.0.0.1:${this.exchange}"\nrefresh: 1\nstamp: 1\narchive: 2\nwatch: 1\ndeadline: 3\n` +
      `${this.systems ? `information_systems: ${this.systems}\n` : ''}${offers && `offers:\n${offers}`}${elsewhere && `elsewhere:\n${elsewhere}`}`)
  }
  async open() {
    this.house = await House.open({ data: this.data, port: this.port, database: this.database })
    this.url = this.house.url
    return this
  }
  rows(system, sql) { return rows(this.house, system, sql) }
  async kill() { await this.house.kill(); this.relay.cut() }
  async close() {
    await this.house?.close()
    this.relay.close()
    rmSync(this.data, { recursive: true, force: true })
  }
}
