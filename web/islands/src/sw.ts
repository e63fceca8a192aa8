// Keeps what is needed to check a paper document, to use the wallet and to report something in the street without a network, and touches nothing else:
// those pages in the country's languages, their files, the list of signing keys, tiles of the map that were looked at. Copies are
// fetched without cookies, so no page that names a person is ever stored. Reports that wait on this device are sent from here too.
import { send_all } from './street-store'

const worker = self as unknown as ServiceWorkerGlobalScope
declare const __FILES__: string[]
declare const __LARGE__: string[]
declare const __VERSION__: string

const cacheName = `madang-paper-${__VERSION__}`
const languages = ['ko', 'en']
const page = '/verify/paper', keys = '/verify/keys.json', street = '/eungdapso/kept.json'
const tiles = 'madang-tiles', most_tiles = 400
const patience = 3000   // ms for the network before the kept copy is shown

// The wallet holds everything on the device, so it works there without us; who checks its codes needs the keys of issuers and the
// lists of what was withdrawn, as they were fetched last.
const wallet_pages = ['/wallet', '/wallet/check'], issuers = '/.well-known/jwt-vc-issuer'
const is_wallet_data = (path: string): boolean => path === issuers || /^\/status\/\d+$/.test(path)

const pages = [page, ...wallet_pages].flatMap(path => languages.map(language => `${path}?lang=${language}`))

async function keep(urls: string[]): Promise<void> {
  const cache = await caches.open(cacheName)
  await Promise.all(urls.map(async url => {
    const response = await fetch(url, { credentials: 'omit', cache: 'no-cache' })
    if (response.ok) await cache.put(url, response)
  }))
}

// The pages of street reports; a country that has none keeps none.
async function keep_street(): Promise<void> {
  try {
    const answer = await fetch(street, { credentials: 'omit' })
    if (!answer.ok) return
    const { pages: list, languages: tags } = await answer.json() as { pages: string[], languages: string[] }
    await keep(tags.flatMap(tag => list.map(one => `${one}${one.includes('?') ? '&' : '?'}lang=${tag}`)))
  } catch {
    // without them the rest works as before
  }
}

worker.addEventListener('install', event => {
  event.waitUntil(keep([...pages, keys, issuers, ...__FILES__]).then(keep_street).then(() => worker.skipWaiting()))
})

worker.addEventListener('activate', event => {
  event.waitUntil((async () => {
    for (const name of await caches.keys())
      if (name.startsWith('madang-paper-') && name !== cacheName) await caches.delete(name)
    await worker.clients.claim()
  })())
})

async function kept(request: Request): Promise<Response | undefined> {
  const cache = await caches.open(cacheName)
  const url = new URL(request.url)
  if (url.pathname !== page && !is_street(url) && !wallet_pages.includes(url.pathname)) return cache.match(url.pathname)
  const asked = url.searchParams.get('lang') ?? ''
  const language = languages.includes(asked) ? asked
    : languages.find(tag => worker.navigator.language.startsWith(tag)) ?? 'ko'
  const category = url.searchParams.get('category')
  return cache.match(`${url.pathname}?${category && is_street(url) ? `category=${encodeURIComponent(category)}&` : ''}lang=${language}`)
}

const is_street = (url: URL): boolean => url.pathname === '/eungdapso' || url.pathname === '/eungdapso/new'

// A tile is shown as it was kept and fetched anew beside it; the oldest make room.
async function tile(request: Request): Promise<Response> {
  const cache = await caches.open(tiles)
  const copy = await cache.match(request.url)
  const fresh = fetch(request).then(async answer => {
    if (answer.status === 200) {
      await cache.put(request.url, answer.clone())
      const names = await cache.keys()
      for (const old of names.slice(0, Math.max(0, names.length - most_tiles))) await cache.delete(old)
    }
    return answer
  })
  if (!copy) return fresh.catch(() => new Response(null, { status: 204 }))
  void fresh.catch(() => undefined)
  return copy
}

async function large(request: Request): Promise<Response> {
  const cache = await caches.open(cacheName)
  const copy = await cache.match(request.url)
  if (copy) return copy
  const answer = await fetch(request)
  if (answer.ok) await cache.put(request.url, answer.clone())
  return answer
}

async function freshOrKept(request: Request): Promise<Response> {
  const late = new Promise<undefined>(done => setTimeout(done, patience))
  const fresh = fetch(request).catch(() => undefined)
  const first = await Promise.race([fresh, late])
  if (first?.ok) return first
  return await kept(request) ?? await fresh ?? Response.error()
}

worker.addEventListener('fetch', event => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== worker.location.origin) return
  if (url.pathname.startsWith('/tiles/')) return event.respondWith(tile(event.request))
  if (__LARGE__.includes(url.pathname)) return event.respondWith(large(event.request))
  if (url.pathname === page || url.pathname === keys || is_street(url) || wallet_pages.includes(url.pathname) || is_wallet_data(url.pathname)) {
    event.respondWith(freshOrKept(event.request))
    if (url.pathname === keys || is_wallet_data(url.pathname)) event.waitUntil(keep([url.pathname]).catch(() => undefined))
  } else if (__FILES__.includes(url.pathname)) {
    event.respondWith(kept(event.request).then(copy => copy ?? fetch(event.request)))
  }
})

worker.addEventListener('sync', event => {
  const sync = event as ExtendableEvent & { tag: string }
  if (sync.tag === 'madang-street') sync.waitUntil(send_all())
})
