// See run. Each scanner gets a house; what it says is read from its own report, not judged here.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { House } from '../../journeys/program.mjs'
import { Client } from '../../tests/client.mjs'

const out = mkdtempSync(join(tmpdir(), 'madang-scan-'))
const installed = name => !spawnSync('sh', ['-c', `command -v ${name}`]).status
const minutes = Number(process.env.SCAN_MINUTES ?? 10)
let house_now
function call(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: out, encoding: 'utf8', maxBuffer: 1 << 28, timeout: minutes * 60_000, env: { ...process.env, HOME: out }, ...options })
  writeFileSync(join(out, `${command}.log`), `${done.stdout}\n${done.stderr}`, { flag: 'a' })
  return done
}
const open = async options => {
  house_now = await House.open({ population: '1:20000', ...options, arguments: ['--nightly', 'false', ...options?.arguments ?? []] })
  return house_now
}
process.on('exit', () => house_now?.process.kill('SIGKILL'))
const port = house => new URL(house.url).port

async function testssl() {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '90', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost',
    '-keyout', join(out, 'key.pem'), '-out', join(out, 'cert.pem')], { stdio: 'ignore' })
  writeFileSync(join(out, 'tls.yaml'), `tls_certificate: ${out}/cert.pem\ntls_key: ${out}/key.pem\n`)
  const house = await open({ scheme: 'https', arguments: ['--config', join(out, 'tls.yaml')] })
  call('testssl', ['--quiet', '--color', '0', '--warnings', 'off', '--ip', '127.0.0.1', '--nodns', 'min', '--fast', '--protocols', '--std', '--fs', '--server-preference', '--server-defaults', '--headers', '--vulnerable', '--csvfile', join(out, 'testssl.csv'), `https://localhost:${port(house)}/`])
  await house.close()
  // "id","fqdn/ip","port","severity","finding",...
  const found = !existsSync(join(out, 'testssl.csv')) ? [] : readFileSync(join(out, 'testssl.csv'), 'utf8').split('\n').slice(1).filter(Boolean)
    .map(l => l.slice(1).split('","')).map(([id, , , severity, finding]) => ({ id, severity, finding }))
  const weight = s => found.filter(f => f.severity === s)
  for (const s of ['FATAL', 'CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'WARN']) for (const f of weight(s)) console.log(`  ${s} ${f.id}: ${f.finding}`)
  return `${found.length} statements, ${['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'].map(s => `${weight(s).length} ${s.toLowerCase()}`).join(', ')}`
}

// Without a session, as it would sign itself out by the first form; -x of version 3.0.4 breaks with Python 3.11.
// Not: ssrf and xxe (they want a server of Wapiti's on the internet), wapp and nikto (they load lists).
async function wapiti() {
  const house = await open()
  const nobody = new Client(house)
  call('wapiti', ['-u', `${house.url}/`, '--scope', 'domain', '-d', '4', '--max-links-per-page', '40', '--max-files-per-dir', '40',
    '--max-scan-time', String(minutes - 2), '--max-parameters', '12', '-t', '5', '-m', 'backup,blindsql,cookieflags,crlf,csp,exec,file,http_headers,htaccess,methods,permanentxss,redirect,shellshock,sql,xss',
    '-f', 'json', '-o', join(out, 'wapiti.json'), '--flush-session', '--no-bugreport', '-v', '1'])
  const alive = (await nobody.get('/health')).json().state
  const errors = house.log.split('\n').filter(l => /"level":"error"/.test(l))
  for (const e of [...new Set(errors)].slice(0, 10)) console.log(`  the house: ${e}`)
  await house.close()
  if (!existsSync(join(out, 'wapiti.json'))) return 'no report'
  const report = JSON.parse(readFileSync(join(out, 'wapiti.json'), 'utf8'))
  let found = 0
  for (const part of ['vulnerabilities', 'anomalies'])
    for (const [kind, all] of Object.entries(report[part] ?? {}))
      for (const one of all) { ++found; if (found <= 60) console.log(`  ${kind}: ${one.method} ${one.path} ${one.parameter ?? ''}: ${String(one.info).slice(0, 200)}`) }
  return `${report.infos?.crawled_pages_nbr ?? report.infos?.crawled_pages?.length ?? '?'} pages, ${found} findings; the house is ${alive}, ${errors.length} errors`
}

async function sqlmap() {
  const house = await open()
  const kim = await new Client(house).sign_in('Kim Hayun'), lee = await new Client(house).sign_in('Lee Dohyun'), jung = await new Client(house).sign_in('Jung Subin')
  const targets = [
    ['the search', ['-u', `${house.url}/search?q=move&category=housing&page=1`]],
    ['suggestions', ['-u', `${house.url}/search/suggest?q=mo`]],
    ['sign-in', ['-u', `${house.url}/sign-in`, '--data', 'login=kim&password=x&next=/']],
    ['a number on paper', ['-u', `${house.url}/verify/number`, '--data', 'number=2026112800000001']],
    ['the inbox', ['-u', `${house.url}/desk?state=open&q=kim&order=due`, '--cookie', `session=${lee.session}`]],
    ['the trail', ['-u', `${house.url}/desk/audit?who=kim&action=read&from=2026-01-01`, '--cookie', `session=${jung.session}`]],
    ['one\'s own trail', ['-u', `${house.url}/my/data?by=all`, '--cookie', `session=${kim.session}`]],
    ['petitions', ['-u', `${house.url}/epeople/answers?q=road`]],
    ['the street', ['-u', `${house.url}/eungdapso?q=hole&district=11010`]]
  ]
  const hits = []
  for (const [name, args] of targets) {
    const done = call('sqlmap', [...args, '--batch', '--level', '2', '--risk', '1', '--threads', '4', '--time-sec', '2', '--timeout', '10', '--retries', '1', '--output-dir', join(out, 'sqlmap'), '--flush-session', '--disable-coloring'])
    const injectable = /is vulnerable|sqlmap identified the following injection/.test(done.stdout)
    console.log(`  ${name}: ${injectable ? 'INJECTABLE' : /do not appear to be injectable/.test(done.stdout) ? 'not injectable' : `no verdict (${done.stdout.trim().split('\n').findLast(l => /\[(ERROR|CRITICAL|WARNING)\]/.test(l))?.slice(0, 160) ?? done.status})`}`)
    if (injectable) hits.push(name)
  }
  const errors = house.log.split('\n').filter(l => /"level":"error"/.test(l))
  for (const e of [...new Set(errors)].slice(0, 10)) console.log(`  the house: ${e}`)
  await house.close()
  return `${targets.length} addresses, ${hits.length} injectable, ${errors.length} errors of the house`
}

// Names that are often left behind; what is no page of ours must not be there.
async function ffuf() {
  const house = await open()
  const nobody = new Client(house)
  const known = new Set(Object.keys((await nobody.get('/openapi.json')).json().paths).map(p => p.split('/')[1]))
  const stems = ['admin', 'administrator', 'api', 'backup', 'bak', 'cgi-bin', 'config', 'console', 'data', 'db', 'debug', 'dev', 'docs', 'dump', 'env', 'error', 'export', 'graphql', 'health', 'info', 'internal', 'keys', 'log', 'login', 'logs', 'manage', 'metrics', 'old', 'passphrase',
    'phpmyadmin', 'private', 'robots', 'secret', 'server-status', 'setup', 'shell', 'sql', 'staging', 'status', 'swagger', 'system', 'temp', 'test', 'tmp', 'trace', 'upload', 'uploads', 'user', 'users', 'web', 'wp-admin', 'identity', 'nation', 'gov24', 'residents', 'government', 'national', 'clients', 'house']
  const endings = ['', '/', '.bak', '.old', '.db', '.db-wal', '.sql', '.yaml', '.yml', '.json', '.xml', '.txt', '.zip', '.tar.gz', '.log', '.pem', '.key', '.key.pem', '.env', '~', '.swp', '.php', '.git/HEAD', '.cpp']
  const words = stems.flatMap(s => endings.map(e => s + e)).concat(['.git/HEAD', '.git/config', '.env', '.htaccess', '.DS_Store', '.ssh/id_rsa', '..%2fpassphrase', '..;/data', '%2e%2e/data/passphrase', '.well-known/security.txt', 'assets/../data', 'assets/..%2f..%2fdata/passphrase', 'assets/', 'assets/manifest.json', 'assets/.vite/manifest.json'])
  writeFileSync(join(out, 'words.txt'), words.join('\n') + '\n')
  call('ffuf', ['-u', `${house.url}/FUZZ`, '-w', join(out, 'words.txt'), '-mc', '200,204,301,302,303,307,401,403,500,502', '-t', '10', '-o', join(out, 'ffuf.json'), '-of', 'json', '-s'])
  await house.close()
  const found = existsSync(join(out, 'ffuf.json')) ? JSON.parse(readFileSync(join(out, 'ffuf.json'), 'utf8')).results : []
  const strange = found.filter(f => !known.has(f.input.FUZZ.replace(/\/$/, '')))
  for (const f of strange) console.log(`  ${f.status} /${f.input.FUZZ} (${f.length} octets)`)
  return `${words.length} names, ${found.length} answered, ${strange.length} that are no page of ours`
}

const all = { testssl, wapiti, sqlmap, ffuf }
for (const name of process.argv.slice(2)) {
  if (!all[name]) { console.error(`no scanner is called ${name}: ${Object.keys(all).join(', ')}`); process.exit(2) }
  if (!installed(name)) { console.log(`${name}: not installed, skipped`); continue }
  console.log(`${name}:`)
  console.log(`${name}: ${await all[name]()}`)
}
console.log(`reports in ${out}: ${readdirSync(out).filter(f => statSync(join(out, f)).isFile()).join(' ')}`)
