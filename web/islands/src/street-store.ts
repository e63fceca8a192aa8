// Reports that wait on this device, with their pictures, until there is a network. Used by pages and by the service worker. Each has
// the key under which the server files it once, so sending twice does no harm.
export interface Waiting {
  id: string                        // the idempotency key
  category: string
  name: string                      // of the category, for people
  fields: [string, string][]
  photos: { name: string, blob: Blob }[]
  state: 'draft' | 'waiting' | 'sent' | 'failed'
  at: number
  why?: string                      // failed: what the server said
  number?: string                   // sent
  code?: string
}

const channel = 'madang-street'

function open(): Promise<IDBDatabase> {
  return new Promise((done, failed) => {
    const asked = indexedDB.open(channel, 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore('reports', { keyPath: 'id' })
    asked.onsuccess = () => done(asked.result)
    asked.onerror = () => failed(asked.error)
  })
}

async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await open()
  try {
    return await new Promise<T>((done, failed) => {
      const tx = db.transaction('reports', mode)
      const asked = act(tx.objectStore('reports'))
      tx.oncomplete = () => done(asked.result)
      tx.onerror = tx.onabort = () => failed(tx.error)
    })
  } finally {
    db.close()
  }
}

export const all = async (): Promise<Waiting[]> =>
  (await run<Waiting[]>('readonly', store => store.getAll())).sort((a, b) => b.at - a.at)
export const find = (id: string): Promise<Waiting | undefined> => run('readonly', store => store.get(id))
export async function keep(one: Waiting): Promise<void> {
  await run('readwrite', store => store.put(one))
  tell()
}
export async function drop(id: string): Promise<void> {
  await run('readwrite', store => store.delete(id))
  tell()
}

function tell(): void {
  const said = new BroadcastChannel(channel)
  said.postMessage('changed')
  said.close()
}
export function hear(f: () => void): void {
  new BroadcastChannel(channel).addEventListener('message', f)
}

export type Outcome = 'sent' | 'refused' | 'later'

/** Sends one report. 'later': there is no network, or the server asked to wait; it stays as it is. */
export async function send(one: Waiting): Promise<Outcome> {
  const body = new FormData()
  for (const [name, value] of one.fields) if (name !== '_csrf' && name !== 'once') body.append(name, value)
  body.append('once', one.id)
  body.append('channel', 'phone')
  for (const photo of one.photos) body.append('photo', photo.blob, photo.name)
  let answer: Response
  try {
    const who = await fetch('/eungdapso/session', { headers: { accept: 'application/json' } })
    const { csrf } = await who.json() as { csrf: string | null }
    if (csrf) body.append('_csrf', csrf)
    answer = await fetch('/eungdapso/reports', { method: 'POST', body, headers: { accept: 'application/json' } })
  } catch {
    return 'later'
  }
  if (answer.status >= 500 || answer.status === 429) return 'later'
  const said = await answer.json().catch(() => ({})) as { number?: string, code?: string, detail?: string }
  if (!answer.ok) {
    await keep({ ...one, state: 'failed', why: said.detail ?? String(answer.status) })
    return 'refused'
  }
  // The code was given when it was filed first; what was sent again has none.
  await keep({ ...one, photos: [], state: 'sent', number: said.number, code: said.code || one.code })
  return 'sent'
}

/** Sends all that wait, one after the other, on one page or worker at a time. */
export async function send_all(): Promise<void> {
  await navigator.locks.request(channel, async () => {
    for (const one of await all()) if (one.state === 'waiting' && await send(one) === 'later') return
  })
}
