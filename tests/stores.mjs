// The two stores behind a house, seen from outside the program: rows by the stores' own tools.
import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, chmodSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, until } from './client.mjs'

export const on_postgres = process.env.MADANG_STORE === 'postgres'
const bin = '/usr/lib/postgresql/15/bin'
export const missing = on_postgres && !existsSync(bin) ? 'postgresql-15 is not installed'
  : !on_postgres && spawnSync('sqlite3', ['--version']).error ? 'sqlite3 is not installed' : false

// A PostgreSQL of the test's own: it is to be killed.
export class Postgres {
  static async open() {
    const server = new Postgres()
    server.home = mkdtempSync(join(tmpdir(), 'madang-pg-'))
    chmodSync(server.home, 0o755)
    server.as = []
    if (process.getuid() === 0) {
      const [, , user, group] = readFileSync('/etc/passwd', 'utf8').split('\n')
        .find(line => line.startsWith('postgres:')).split(':')
      chownSync(server.home, Number(user), Number(group))
      server.as = ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', 'env', `HOME=${server.home}`]
    }
    server.run('initdb', '-D', `${server.home}/data`, '-U', 'madang', '-A', 'trust', '--locale=C.UTF-8', '-E', 'UTF8')
    server.start()
    server.url = `postgresql:///postgres?host=${server.home}&user=madang`
    return server
  }
  run(tool, ...args) {
    const [command, ...rest] = [...this.as, join(bin, tool), ...args]
    // pg_ctl leaves a server behind that would hold a pipe open.
    try {
      return execFileSync(command, rest, { cwd: this.home, stdio: 'ignore' })
    } catch (error) {
      const log = join(this.home, 'log')
      throw new Error(`${error.message}\n${existsSync(log) ? readFileSync(log, 'utf8').slice(-2000) : ''}`)
    }
  }
  start() {
    this.run('pg_ctl', '-D', `${this.home}/data`, '-w', '-t', '300', '-l', `${this.home}/log`, '-o',
      `-c listen_addresses='' -c unix_socket_directories='${this.home}' -c max_connections=100`, 'start')
  }
  // The server and all that serve, at once, as a power cut would.
  async kill() {
    const postmaster = Number(readFileSync(`${this.home}/data/postmaster.pid`, 'utf8').split('\n')[0])
    const children = execFileSync('ps', ['--ppid', String(postmaster), '-o', 'pid='], { encoding: 'utf8' })
      .split('\n').map(Number).filter(Boolean)
    for (const pid of [postmaster, ...children]) try { process.kill(pid, 'SIGKILL') } catch { /* gone */ }
    await until(() => [postmaster, ...children].every(pid => !alive(pid)), { what: 'the end of PostgreSQL' })
    // Nobody may be there to bury the dead, and their locks would look alive.
    for (const lock of ['data/postmaster.pid', '.s.PGSQL.5432.lock', '.s.PGSQL.5432']) rmSync(join(this.home, lock), { force: true })
  }
  close() {
    try { this.run('pg_ctl', '-D', `${this.home}/data`, '-m', 'immediate', 'stop') } catch { /* is down */ }
    rmSync(this.home, { recursive: true, force: true })
  }
}

function alive(pid) {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch { return false }
}

// Rows of `sql` in a system's database as arrays of text.
export function rows(house, system, sql) {
  const separator = '\x1f', line = '\x1e'
  const out = house.options.database
    ? execFileSync('psql', ['-X', '-q', '-A', '-t', '-F', separator, '-R', line, '-v', 'ON_ERROR_STOP=1', '-d',
        house.options.database, '-c', `set search_path to ${system}`, '-c', sql],
      { encoding: 'utf8', maxBuffer: 1 << 28 })
    : execFileSync('sqlite3', ['-batch', '-separator', separator, '-newline', line,
        '-cmd', '.timeout 5000', join(house.data, `${system}.db`), sql], { encoding: 'utf8', maxBuffer: 1 << 28 })
  return out.replace(/\n$/, '').split(line).filter(r => r !== '').map(r => r.split(separator))
}

export function systems(house) {
  return house.options.database
    ? rows(house, 'public', `select nspname from pg_namespace
        where nspname !~ '^pg_' and nspname not in ('information_schema', 'public') order by 1`).map(r => r[0])
    // The house does not hold nation.db open, and opening it anew takes room on the disk.
    : readdirSync(house.data).filter(f => f.endsWith('.db') && f !== 'nation.db').map(f => f.slice(0, -3)).sort()
}

function tables(house, system) {
  return rows(house, system, "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by 1").map(r => r[0])
}

// What looking and being refused may write: who looked, who is signed in, who failed to.
// And what seals it, in its own time: audit_seal and the logs' tables.
const names_of_looking = new Set(['audit_entry', 'audit_seal', 'session', 'session_method', 'sign_in_failure',
  'outbox_cursor', 'challenge', 'shown_proof', 'user_handle', 'refusal', 'known_device', 'held_form'])
const of_looking = { has: table => names_of_looking.has(table) || table.startsWith('tlog_') }

// All rows of everybody's business, table by table, to compare before and after; once every event
// has come to its readers.
export async function business(house) {
  await until(() => delivered(house), { what: 'delivery of all events' })
  const out = {}
  if (house.options.database) {
    const found = rows(house, 'public', `select schemaname || '.' || tablename, query_to_xml(format(
        'select count(*), sum(hashtextextended(t::text, 0)) from %I.%I t', schemaname, tablename), true, true, '')
      from pg_tables where schemaname !~ '^pg_' and schemaname <> 'information_schema' order by 1`)
    for (const [table, sum] of found) if (!of_looking.has(table.split('.')[1])) out[table] = sum
    return out
  }
  for (const system of systems(house))
    for (const [table, all] of contents(house, system, tables(house, system).filter(t => !of_looking.has(t))))
      out[`${system}.${table}`] = all
  return out
}

// What stands in tables of a SQLite file, in the order of the text: [table, rows], by one process for all of them.
function contents(house, system, names) {
  // Rows hold octets of every kind.
  const table_mark = 'a table of another name: ', name_end = ' begins here;', line = '\x1e'
  const out = execFileSync('sqlite3', ['-batch', '-separator', '|', '-newline', line, '-cmd', '.timeout 5000', join(house.data, `${system}.db`)], {
    encoding: 'utf8', maxBuffer: 1 << 29,
    input: names.map(name => `select '${table_mark}${name}${name_end}';\nselect * from ${name};\n`).join('')
  })
  return out.split(table_mark).slice(1).map(part => {
    const [name, all] = part.split(name_end)
    return [name, all.split(line).filter(Boolean).sort().join('\n')]
  })
}

// Every reader of events (exchange::hub::listen) has come to the end of every outbox, and the people of a new demonstration have
// spoken.
export async function delivered(house) {
  const metrics = await new Client(house).page('/metrics')
  return /^madang_events_waiting 0$/m.test(metrics.text) && !/_demonstration_waiting 1$/m.test(metrics.text)
}

export function changed(before, after) {
  return Object.keys({ ...before, ...after }).filter(t => before[t] !== after[t])
}

// What the store itself says about its files.
export function integrity(house) {
  return systems(house).map(system =>
    `${system}: ${rows(house, system, 'pragma integrity_check')} ${rows(house, system, 'pragma foreign_key_check')}`.trim())
}
