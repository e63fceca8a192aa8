// The screen of a hall: the code is fetched anew as it changes, and the result as soon as there is another one.
interface Line { option: number, count: number, share: number }
interface Results { version: number, voters: number, shown: boolean, lines: Line[] }

const fill = (text: string, n: number) => text.replace('{n}', n.toLocaleString()).replace(/\{n\|([^/}]*)\/([^}]*)\}/, n === 1 ? '$1' : '$2')

class MadangHall extends HTMLElement {
  private version = '0'
  private here = false
  connectedCallback(): void {
    this.here = true
    this.version = this.dataset.version ?? '0'
    this.show_code()
    void this.follow()
  }
  disconnectedCallback(): void {
    this.here = false
  }
  // Codes change when the half minute does, by the clock of the house, which may not be ours.
  private show_code(): void {
    if (!this.here) return
    void fetch(this.dataset.code ?? '', { headers: { accept: 'application/json' } }).then(async answer => {
      const { until } = await answer.json() as { until: string }
      const date = Date.parse(answer.headers.get('date') ?? '') || Date.now()
      const code = this.querySelector<HTMLImageElement>('.venue-code')
      if (code) code.src = `${this.dataset.code}?until=${Date.parse(until)}`
      setTimeout(() => this.show_code(), Math.max(1000, Date.parse(until) - date + 200))
    }).catch(() => setTimeout(() => this.show_code(), 3000))
  }
  private async follow(): Promise<void> {
    while (this.here) {
      try {
        const held = await fetch(`${this.dataset.news}?known=${this.version}`)
        if (!held.ok) throw new Error(String(held.status))
        const answer = await fetch(this.dataset.results ?? '')
        if (!answer.ok) throw new Error(String(answer.status))
        this.show(await answer.json() as Results)
      } catch {
        await new Promise(later => setTimeout(later, 3000))
      }
    }
  }
  private show(r: Results): void {
    if (String(r.version) === this.version) return
    this.version = String(r.version)
    const count = this.querySelector('.screen-count')
    if (count) count.textContent = fill(this.dataset.joined ?? '', r.voters)
    const most = Math.max(1, ...r.lines.map(l => l.count))
    for (const line of r.lines) {
      const row = this.querySelector(`[data-option="${line.option}"]`)
      const bar = row?.querySelector('meter'), said = row?.querySelector('.note:last-child')
      const words = `${fill(this.dataset.each ?? '', line.count)} (${line.share.toFixed(1)} %)`
      if (bar) {
        bar.max = most
        bar.value = line.count
        bar.setAttribute('aria-label', `${row?.firstElementChild?.textContent ?? ''}: ${words}`)
      }
      if (said) said.textContent = words
    }
    this.dataset.shown = this.version
  }
}
customElements.define('madang-hall', MadangHall)
export {}
