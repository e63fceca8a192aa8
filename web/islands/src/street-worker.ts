// What pages do so that reports are sent when there is a network: Background Sync where the browser has it, else the page itself.
import { send_all } from './street-store'

interface Sync { register(tag: string): Promise<void> }

export async function ready(): Promise<ServiceWorkerRegistration | undefined> {
  if (!('serviceWorker' in navigator)) return undefined
  try {
    return await navigator.serviceWorker.register('/sw.js')
  } catch {
    return undefined
  }
}

export async function later(): Promise<void> {
  const worker = await ready()
  const sync = (worker as unknown as { sync?: Sync } | undefined)?.sync
  try {
    await sync?.register('madang-street')
  } catch {
    // not allowed: 'online' does it
  }
}

addEventListener('online', () => void send_all())
