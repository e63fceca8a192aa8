import Modeler from 'bpmn-js/lib/Modeler'
import { BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule } from 'bpmn-js-properties-panel'
import behaviors from 'camunda-bpmn-js-behaviors/lib/camunda-cloud'
import zeebe from 'zeebe-bpmn-moddle/resources/zeebe.json'
import { clear_marks, colours, fill_frame, mark_elements, panel, type Mark, type Words } from './bpmn-parts'
import { in_korean } from './bpmn-korean'

interface Finding { element: string, name?: string, sentence: string }
interface Saved { saved: string, findings: Finding[] }
interface Group { id: string, tooltip?: unknown }

// What our engine does not execute is not offered: it would be refused at deployment.
const refused = new Set(['Zeebe__ExecutionListeners', 'Zeebe__TaskListeners', 'Zeebe__ExtensionProperties', 'headers', 'versionTag',
  'jobPriority', 'businessId', 'adHocSubProcessImplementation'])

const fill = (text: string, facts: Record<string, string> = {}): string =>
  text.replace(/\{(\w+)\}/g, (all, name: string) => facts[name] ?? all)

// Procedures are edited where they are seen: what is drawn is kept by itself, and what would keep it
// from running is shown at its element and said in words.
class MadangModeler extends HTMLElement {
  private modeler?: Modeler
  private words: Words = {}
  private seen = ''
  private timer = 0
  private saving = false
  private again = false
  private status = document.createElement('p')

  connectedCallback(): void { void this.open() }
  disconnectedCallback(): void { this.modeler?.destroy() }

  private async open(): Promise<void> {
    this.words = JSON.parse(this.dataset.words ?? '{}') as Words
    this.seen = this.dataset.seen ?? ''
    this.status.className = 'diagram-status note'
    this.status.setAttribute('role', 'status')
    const frame = fill_frame(this, { ...this.words, label: this.words.editor ?? '' })
    frame.classList.add('editor')
    const side = this.side()
    const language = document.documentElement.lang
    if (language === 'ko') Object.assign(globalThis, { madang_panel_words: in_korean })
    const modeler = new Modeler({
      container: frame, bpmnRenderer: colours,
      propertiesPanel: { parent: side, feelPopupContainer: side },
      moddleExtensions: { zeebe },
      additionalModules: [BpmnPropertiesPanelModule, BpmnPropertiesProviderModule, ZeebePropertiesProviderModule, behaviors, {
        translate: ['value', (text: string, facts?: Record<string, string>) => fill(language === 'ko' ? in_korean(text) : text, facts)],
        // Its icons are written with inline styles, which our pages do not allow.
        alignElementsContextPadProvider: ['value', null], alignElementsMenuProvider: ['value', null],
        distributeElementsMenuProvider: ['value', null],
        __init__: ['executedOnly'], executedOnly: ['type', ExecutedOnly]
      }]
    } as never)
    this.modeler = modeler
    try {
      const answer = await fetch(this.dataset.source ?? '', { headers: { accept: 'application/xml' } })
      if (!answer.ok) throw new Error(String(answer.status))
      await modeler.importXML(await answer.text())
    } catch (error) {
      frame.replaceChildren(Object.assign(document.createElement('p'), { className: 'note', textContent: this.words.failed }))
      console.warn('the procedure cannot be edited', error)
      return
    }
    const marks = JSON.parse(this.dataset.marks ?? '[]') as Mark[]
    panel(modeler, frame, this.words, marks)
    frame.before(this.status)
    this.show(JSON.parse(this.dataset.findings ?? '[]') as Finding[], false)
    mark_elements(modeler, marks, this.words)
    modeler.on('commandStack.changed', () => {
      this.say('unsaved')
      clearTimeout(this.timer)
      this.timer = setTimeout(() => void this.keep(), 800)
    })
    this.dataset.ready = 'yes'
  }

  // In a shadow tree, since its text fields bring styles of their own, which only there may stand.
  private side(): HTMLElement {
    const host = document.createElement('div')
    host.className = 'diagram-side'
    host.setAttribute('role', 'group')
    host.setAttribute('aria-label', this.words.properties ?? '')
    const root = host.attachShadow({ mode: 'open' })
    root.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: this.dataset.panelStyles ?? '' }))
    const inside = document.createElement('div')
    inside.className = 'panel'
    root.append(inside)
    this.append(host)
    return inside
  }

  private say(state: string): void {
    this.status.textContent = this.words[state] ?? state
    this.dataset.state = state
  }

  private async keep(): Promise<void> {
    if (this.saving) { this.again = true; return }
    this.saving = true
    this.say('saving')
    try {
      const { xml } = await this.modeler!.saveXML({ format: true })
      const form = new FormData()
      form.set('_csrf', this.dataset.csrf ?? '')
      form.set('seen', this.seen)
      form.set('bpmn', new File([xml ?? ''], 'draft.bpmn', { type: 'application/xml' }))
      const answer = await fetch(this.dataset.save ?? '', { method: 'POST', body: form, headers: { accept: 'application/json' } })
      if (answer.status === 409) { this.say('changed'); return }
      if (!answer.ok) { this.say('refused'); return }
      const saved = await answer.json() as Saved
      this.seen = saved.saved
      for (const field of document.querySelectorAll<HTMLInputElement>('input[name=seen]')) field.value = saved.saved
      this.say('saved')
      this.show(saved.findings, true)
    } catch {
      this.say('offline')
    } finally {
      this.saving = false
      if (this.again) { this.again = false; void this.keep() }
    }
  }

  private show(findings: Finding[], in_words: boolean): void {
    // What a trial went through holds no more once something is changed.
    clear_marks(this.modeler, ['mistake', 'done', 'here', 'waits', 'trouble', 'left', 'skipped', 'taken'])
    mark_elements(this.modeler, findings.filter(f => f.element).map(f => ({ id: f.element, is: 'mistake' })), this.words)
    if (!in_words) return
    const list = document.createElement('ul')
    list.id = 'findings'
    for (const f of findings) {
      const item = document.createElement('li')
      const name = Object.assign(document.createElement('strong'), { textContent: f.name ?? '' })
      const id = Object.assign(document.createElement('code'), { textContent: f.element })
      item.append(...(f.name ? [name, ' '] : []), ...(f.element ? [id, ' '] : []), f.sentence)
      list.append(item)
    }
    const none = Object.assign(document.createElement('p'), { textContent: this.words.no_findings ?? '' })
    document.getElementById('checks')?.replaceChildren(findings.length ? list : none)
  }
}

class ExecutedOnly {
  static $inject = ['propertiesPanel']
  constructor(propertiesPanel: { registerProvider(priority: number, provider: object): void }) {
    propertiesPanel.registerProvider(200, this)
  }
  getGroups(): (groups: Group[]) => Group[] {
    return groups => groups.filter(g => !refused.has(g.id)).map(g => ({ ...g, tooltip: undefined }))
  }
}
customElements.define('madang-modeler', MadangModeler)
