// A browser without a screen: keeps the cookie and the token of one person, follows nothing by
// itself, and can send what no browser would (another address, broken bytes).
import { Agent, request as plain } from 'node:http'
import { request as secured } from 'node:https'

export const form_type = 'application/x-www-form-urlencoded'

export class Client {
  // `kept`: one connection for all requests, for who asks tens of thousands of times; a new one costs as much as a refusal.
  constructor(house, { from = '127.0.0.1', language = 'en', kept = false } = {}) {
    this.house = house
    this.agent = kept && new Agent({ keepAlive: true, maxSockets: 1 })
    this.from = from
    this.language = language
    this.session = ''
    this.csrf = ''
    this.token_page = '/verify'     // any with a form
    this.cookie = 'session'     // over TLS it has the name that this host alone can set
  }

  // Everything is given; nothing but the cookie is added.
  send(method, path, { headers = {}, body, seconds = 20 } = {}) {
    const url = new URL(this.house.url)
    const begun = performance.now()
    return new Promise((resolve, reject) => {
      const all = { host: url.host, 'accept-language': this.language, ...headers }
      if (this.session && all.cookie === undefined) all.cookie = `${this.cookie}=${this.session}`
      if (body !== undefined) all['content-length'] = Buffer.byteLength(body)
      const make = url.protocol === 'https:' ? secured : plain
      const asked = make({
        host: '127.0.0.1', port: url.port, localAddress: this.from, method, path, headers: all,
        agent: this.agent, rejectUnauthorized: false, timeout: seconds * 1000
      }, answer => {
        const parts = []
        answer.on('data', d => parts.push(d))
        answer.on('error', reject)
        answer.on('end', () => {
          const bytes = Buffer.concat(parts)
          resolve({
            status: answer.statusCode, headers: answer.headers, bytes, text: bytes.toString('utf8'),
            ms: performance.now() - begun,
            json() { return JSON.parse(this.text) }
          })
        })
      })
      asked.on('timeout', () => asked.destroy(new Error(`no answer in ${seconds} s: ${method} ${path}`)))
      asked.on('error', reject)
      asked.end(body)
    })
  }

  get(path, headers = {}) {
    return this.send('GET', path, { headers: { accept: 'application/json', ...headers } })
  }
  page(path) {
    return this.send('GET', path, { headers: { accept: 'text/html' } })
  }
  // As one of our own pages sends it.
  post(path, fields = {}, headers = {}) {
    const body = new URLSearchParams(fields instanceof Array ? fields : Object.entries(fields))
    if (this.csrf) body.append('_csrf', this.csrf)
    return this.send('POST', path, {
      headers: {
        accept: 'application/json', 'content-type': form_type, 'sec-fetch-site': 'same-origin',
        origin: this.house.url, ...headers
      },
      body: body.toString()
    })
  }

  // `name` as the sign-in page shows it to this language.
  async sign_in(name) {
    const shown = (await this.get('/sign-in')).json()
    const who = shown.personas.find(p => p.name === name)
    if (!who) throw new Error(`nobody of the demonstration is called ${name}`)
    this.person = who.person
    const answer = await this.post('/sign-in/persona', { person: who.person })
    if (answer.status !== 303) throw new Error(`sign-in as ${name}: ${answer.status} ${answer.text}`)
    await this.keep(answer)
    return this
  }
  keep(answer) {
    const cookie = answer.headers['set-cookie']?.find(c => /^(__Host-)?session=/.test(c))
    if (cookie) [, this.cookie, this.session] = cookie.match(/^([^=]*)=([^;]*)/)
    return this.learn_token()
  }
  async learn_token() {
    const page = await this.page(this.token_page)
    this.csrf = page.text.match(/name="_csrf" value="([^"]+)"/)?.[1] ?? ''
    if (this.session && !this.csrf) throw new Error('no token on the page of somebody signed in')
    return this
  }

  // Begins a service and gives the draft's key.
  async begin(service) {
    const answer = await this.post(`/services/${service}/start`)
    const draft = answer.headers.location?.match(/^\/apply\/(\w+)$/)?.[1]
    if (!draft) throw new Error(`start of ${service}: ${answer.status} ${answer.text}`)
    return draft
  }
  async answer(draft, question, fields) {
    const answer = await this.post(`/apply/${draft}/${question}`, fields)
    if (answer.status !== 303) throw new Error(`${question}: ${answer.status} ${answer.text}`)
  }
  async options(draft, question) {
    return (await this.get(`/apply/${draft}/${question}`)).json().options
  }
  async submit(draft) {
    return this.post(`/apply/${draft}/submit`)
  }
}

// The same sequence every time: mulberry32.
export function seeded(seed) {
  return () => {
    seed = (seed + 0x6D2B79F5) | 0
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

// How many times as long as on a quiet machine something may take here: two other tests share its cores, and the house's
// nights give way to both.
const patience = 6

// Waits until `holds` gives something true; the last answer is returned. `seconds` are those of a quiet machine.
export async function until(holds, { seconds = 10, what = 'it' } = {}) {
  const end = Date.now() + patience * seconds * 1000
  for (;;) {
    const found = await holds()
    if (found) return found
    if (Date.now() > end) throw new Error(`${what} did not happen within ${patience * seconds} s`)
    await pause(50)
  }
}
