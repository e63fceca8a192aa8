import { Speaker } from './text'

interface Help { remarks: string[], completions: string[], mistake: boolean }

// A decision table that answers while it is written: what is wrong with a cell stands below it and
// is said, and what could come next is offered by the browser's own list.
class MadangGrid extends HTMLElement {
  private timer = 0
  private asked = 0

  connectedCallback(): void {
    const speaker = new Speaker(this)
    this.addEventListener('input', event => {
      const cell = event.target as HTMLInputElement | HTMLTextAreaElement
      const at = this.place(cell.name)
      if (!at) return
      clearTimeout(this.timer)
      this.timer = setTimeout(() => void this.ask(cell, at, speaker), 250)
    })
  }

  // "t0.3.c1" is the second condition of a table, in whichever rule; "l2" an expression.
  private place(name: string): string | undefined {
    const cell = /^(t\d+)\.\d+\.([co]\d+)$/.exec(name)
    return cell ? `${cell[1]}.${cell[2]}` : /^l\d+$/.test(name) ? name : undefined
  }

  private async ask(cell: HTMLInputElement | HTMLTextAreaElement, at: string, speaker: Speaker): Promise<void> {
    const number = ++this.asked
    const before = cell.value.slice(0, cell.selectionStart ?? cell.value.length)
    const query = new URLSearchParams({ at, text: cell.value, position: String(new TextEncoder().encode(before).length) })
    try {
      const answer = await fetch(`${this.dataset.help}?${query}`, { headers: { accept: 'application/json' } })
      if (!answer.ok || number !== this.asked) return
      this.show(cell, await answer.json() as Help, speaker)
    } catch { /* without a network the server looks when it is saved */ }
  }

  private show(cell: HTMLInputElement | HTMLTextAreaElement, help: Help, speaker: Speaker): void {
    const list = cell instanceof HTMLInputElement ? cell.list : null
    list?.replaceChildren(...help.completions.map(text => new Option(text, text)))
    let remark = cell.parentElement?.querySelector<HTMLElement>('.cell-remark')
    if (!remark) {
      remark = document.createElement('p')
      remark.className = 'cell-remark'
      remark.id = `${cell.name}-remark`
      cell.after(remark)
      cell.setAttribute('aria-describedby', remark.id)
    }
    remark.textContent = help.remarks.join(' ')
    remark.classList.toggle('error', help.mistake)
    if (help.mistake) cell.setAttribute('aria-invalid', 'true')
    else cell.removeAttribute('aria-invalid')
    if (help.remarks.length) speaker.say(help.remarks.join(' '))
  }
}
customElements.define('madang-grid', MadangGrid)
