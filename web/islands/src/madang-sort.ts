import { fill } from './text'

// Sorts the rows that are shown by a column, up and down, in place (APG, "Sortable Table").
class MadangSort extends HTMLElement {
  connectedCallback(): void {
    const table = this.querySelector('table'), body = table?.tBodies[0]
    if (!table || !body || body.rows.length < 2) return
    const order = new Intl.Collator(document.documentElement.lang, { numeric: true })
    const heads = [...table.querySelectorAll<HTMLElement>('thead th')]
    heads.forEach((head, column) => {
      if (!head.textContent?.trim()) return
      const button = document.createElement('button')
      button.type = 'button'
      button.append(...head.childNodes)
      button.title = fill(this.dataset.sort ?? '', { name: button.textContent ?? '' })
      head.replaceChildren(button)
      button.addEventListener('click', () => {
        const up = head.getAttribute('aria-sort') !== 'ascending'
        for (const each of heads) each.removeAttribute('aria-sort')
        head.setAttribute('aria-sort', up ? 'ascending' : 'descending')
        const key = (row: HTMLTableRowElement): string => {
          const cell = row.cells[column]
          return cell?.querySelector('time')?.dateTime ?? (cell?.textContent ?? '').replace(/,(?=\d{3})/g, '').trim()
        }
        const rows = [...body.rows].sort((a, b) => order.compare(key(a), key(b)))
        body.append(...(up ? rows : rows.reverse()))
      })
    })
  }
}
customElements.define('madang-sort', MadangSort)
