// Loads the code of those custom elements that the page really has. A page without islands pays for
// this file only. Everything works without it: islands add to plain HTML, they never replace it.
const islands: Record<string, () => Promise<unknown>> = {
  'madang-suggest': () => import('./madang-suggest'),
  'madang-address': () => import('./madang-address'),
  'madang-upload': () => import('./madang-upload'),
  'madang-count': () => import('./madang-count'),
  'madang-copy': () => import('./madang-copy'),
  'madang-print': () => import('./madang-copy'),
  'madang-grid': () => import('./madang-grid'),
  'madang-desk': () => import('./madang-desk'),
  'madang-sort': () => import('./madang-sort'),
  'madang-scan': () => import('./madang-scan'),
  'madang-map': () => import('./madang-map'),
  'madang-report': () => import('./madang-report'),
  'madang-outbox': () => import('./madang-outbox'),
  'madang-near': () => import('./madang-near'),
  'madang-crew': () => import('./madang-crew'),
  'madang-bpmn': () => import('./madang-bpmn'),
  'madang-modeler': () => import('./madang-modeler'),
  'madang-redact': () => import('./madang-redact'),
  'madang-proof': () => import('./madang-proof'),
  'madang-recount': () => import('./madang-recount'),
  'madang-voice': () => import('./madang-voice'),
  'madang-election': () => import('./madang-election'),
  'madang-hall': () => import('./madang-hall'),
  'madang-here': () => import('./madang-here'),
  'madang-passkey': () => import('./madang-passkey'),
  'madang-vault': () => import('./madang-vault'),
  'madang-wallet': () => import('./madang-wallet'),
  'madang-wallet-check': () => import('./madang-wallet-check'),
}

for (const [name, load] of Object.entries(islands)) if (document.querySelector(name)) void load()

// autofocus does not act when the browser restores a page or has a fragment; errors are to be heard.
document.getElementById('error-summary')?.focus()

// A form sent twice by an impatient second press is sent once.
document.addEventListener('submit', event => {
  const form = event.target as HTMLFormElement
  if (form.method !== 'post' || event.defaultPrevented) return
  if (form.dataset.sent) event.preventDefault()
  else form.dataset.sent = 'yes'
})
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-sent]')) delete form.dataset.sent
})
