// Small helpers that several islands share.

/** Fills "{name}" and "{name|one/many}" as the server's texts do. */
export function fill(pattern: string, facts: Record<string, string>): string {
  return pattern.replace(/\{(\w+)(?:\|([^/}]*)\/([^}]*))?\}/g, (all, name: string, one?: string, many?: string) => {
    const value = facts[name]
    if (value === undefined) return all
    return one === undefined ? value : value === '1' ? one : many ?? ''
  })
}

/** A live region that says what changed, after typing has paused. */
export class Speaker {
  private readonly region = document.createElement('p')
  private timer = 0
  constructor(host: HTMLElement) {
    this.region.className = 'hidden'
    this.region.setAttribute('role', 'status')
    host.append(this.region)
  }
  say(text: string): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => { this.region.textContent = text }, 500)
  }
}

let count = 0
export const freshId = (prefix: string): string => `${prefix}-${++count}`
