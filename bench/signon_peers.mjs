// The tokens of bench/signon_bench.cpp, made and verified by npm's jose; CPU time of all its threads.
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const require = createRequire(new URL('../web/package.json', import.meta.url))
const { SignJWT, jwtVerify, generateKeyPair } = await import(pathToFileURL(require.resolve('jose')))
const { privateKey, publicKey } = await generateKeyPair('ES256')

async function measure(what, times, f) {
  const cpu = process.cpuUsage(), begun = performance.now()
  for (let i = 0; i < times; i++) await f(i)
  const used = process.cpuUsage(cpu)
  console.log(`${what.padEnd(8)} ${Math.round(times / ((used.user + used.system) / 1e6))} per core-second ${Math.round(times / ((performance.now() - begun) / 1e3))} per second`)
}

let made
const mint = i => new SignJWT({
  iss: 'https://gov.example', sub: '0123456789abcdef01234567', aud: 'https://gov.example', client_id: 'library', scope: 'openid profile',
  iat: 1800000000 + i, exp: 4000000000, jti: randomBytes(12).toString('base64url'), connection: '0123456789abc'
}).setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'k' }).sign(privateKey)
for (let i = 0; i < 500; i++) made = await mint(i)
await measure('mint', 5000, async i => { made = await mint(i) })
await measure('verify', 5000, () => jwtVerify(made, publicKey))
