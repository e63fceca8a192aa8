// Keeps what is needed to check a paper document without a network, and touches nothing else: the
// page /verify/paper in both languages, its files, and the list of signing keys. Copies are fetched
// without cookies, so no page that names a person is ever stored.
const worker = self as unknown as ServiceWorkerGlobalScope
declare const __FILES__: string[]
declare const __VERSION__: string

const cacheName = `madang-paper-${__VERSION__}`
const languages = ['ko', 'en']
const page = '/verify/paper', keys = '/verify/keys.json'
const patience = 3000   // ms for the network before the kept copy is shown

const pages = languages.map(language => `${page}?lang=${language}`)

async function keep(urls: string[]): Promise<void> {
  const cache = await caches.open(cacheName)
  await Promise.all(urls.map(async url => {
    const response = await fetch(url, { credentials: 'omit', cache: 'no-cache' })
    if (response.ok) await cache.put(url, response)
  }))
}

worker.addEventListener('install', event => {
  event.waitUntil(keep([...pages, keys, ...__FILES__]).then(() => worker.skipWaiting()))
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
  if (url.pathname !== page) return cache.match(url.pathname)
  const asked = url.searchParams.get('lang') ?? ''
  const language = languages.includes(asked) ? asked
    : languages.find(tag => worker.navigator.language.startsWith(tag)) ?? 'ko'
  return cache.match(`${page}?lang=${language}`)
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
  if (url.pathname === page || url.pathname === keys) {
    event.respondWith(freshOrKept(event.request))
    if (url.pathname === keys) event.waitUntil(keep([keys]).catch(() => undefined))
  } else if (__FILES__.includes(url.pathname)) {
    event.respondWith(kept(event.request).then(copy => copy ?? fetch(event.request)))
  }
})
export {}
