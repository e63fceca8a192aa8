// What a wallet keeps on this device: documents with their copies and keys, and what was shown to
// whom. Keys are made here and cannot be taken out; the database holds them as they are.
import type { Claims, Json } from './sd-jwt'

export type Copy = { text: string, key: CryptoKey }
export type Held = {
  id: string, type: string, issuer: string, claims: Claims, expires: number, added: number,
  copies: Copy[], used: number, revoked?: boolean, checked?: number
}
export type Shown = { at: number, to: string, how: 'verifier' | 'code', type: string, what: { label: string, value: Json }[] }

const name = 'madang-wallet'
let opened: Promise<IDBDatabase> | undefined
function database(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(name, 1)
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore('held', { keyPath: 'id' })
      asked.result.createObjectStore('shown', { autoIncrement: true })
    }
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error)
  })
  return opened
}
async function within<T>(store: string, mode: IDBTransactionMode, f: (s: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const db = await database()
  return new Promise((resolve, reject) => {
    const tx = db.transaction(store, mode, { durability: 'strict' })
    const asked = f(tx.objectStore(store))
    tx.oncomplete = () => resolve(asked.result)
    tx.onabort = tx.onerror = () => reject(tx.error)
  })
}
export const all_held = (): Promise<Held[]> => within('held', 'readonly', s => s.getAll() as IDBRequest<Held[]>)
export const keep = (h: Held): Promise<unknown> => within('held', 'readwrite', s => s.put(h))
export const drop = (id: string): Promise<unknown> => within('held', 'readwrite', s => s.delete(id))
export const all_shown = async (): Promise<Shown[]> =>
  (await within('shown', 'readonly', s => s.getAll() as IDBRequest<Shown[]>)).reverse()

// What its issuer said of it, and nothing else: while that was asked for, a copy may have been shown
// or the document removed, and neither comes back.
export async function note_status(id: string, revoked: boolean, checked: number): Promise<void> {
  const db = await database()
  return new Promise((resolve, reject) => {
    const tx = db.transaction('held', 'readwrite', { durability: 'strict' })
    const store = tx.objectStore('held')
    const asked = store.get(id) as IDBRequest<Held | undefined>
    asked.onsuccess = () => { if (asked.result) store.put({ ...asked.result, revoked, checked }) }
    tx.oncomplete = () => resolve()
    tx.onabort = tx.onerror = () => reject(tx.error)
  })
}

// Takes a copy out before it is shown: whatever happens then, none is shown twice.
export async function take_copy(id: string, entry: Shown): Promise<Copy | undefined> {
  const db = await database()
  return new Promise((resolve, reject) => {
    const tx = db.transaction(['held', 'shown'], 'readwrite', { durability: 'strict' })
    let copy: Copy | undefined
    const asked = tx.objectStore('held').get(id) as IDBRequest<Held | undefined>
    asked.onsuccess = () => {
      const held = asked.result
      copy = held?.copies.shift()
      if (!held || !copy) return
      held.used++
      tx.objectStore('held').put(held)
      tx.objectStore('shown').add(entry)
    }
    tx.oncomplete = () => resolve(copy)
    tx.onabort = tx.onerror = () => reject(tx.error)
  })
}
