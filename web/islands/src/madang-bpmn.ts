import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer'
import { colours, fill_frame, mark_elements, panel, type Mark, type Words } from './bpmn-parts'

// A procedure as a drawing, beside the list that says the same. One finger scrolls the page up and
// down and the drawing sideways; the wheel zooms with the control key only; arrows move it.
class MadangBpmn extends HTMLElement {
  private viewer?: NavigatedViewer

  connectedCallback(): void {
    void this.open()
  }
  disconnectedCallback(): void {
    this.viewer?.destroy()
  }

  private async open(): Promise<void> {
    const words = JSON.parse(this.dataset.words ?? '{}') as Words
    const marks = JSON.parse(this.dataset.marks ?? '[]') as Mark[]
    const frame = fill_frame(this, words)
    try {
      const answer = await fetch(this.dataset.source ?? '', { headers: { accept: 'application/xml' } })
      if (!answer.ok) throw new Error(String(answer.status))
      const viewer = new NavigatedViewer({
        container: frame, bpmnRenderer: colours, zoomScroll: { enabled: false }
      } as never)
      this.viewer = viewer
      await viewer.importXML(await answer.text())
      mark_elements(viewer, marks, words)
      panel(viewer, frame, words, marks)
      this.dataset.ready = 'yes'
    } catch (error) {
      frame.replaceChildren(Object.assign(document.createElement('p'), { className: 'note', textContent: words.failed }))
      frame.classList.add('failed')
      console.warn('the drawing cannot be shown', error)
    }
  }
}
customElements.define('madang-bpmn', MadangBpmn)
