import { Speaker } from './text'

// A file input that also takes a dropped file, and refuses one that is too large before it is sent.
class MadangUpload extends HTMLElement {
  connectedCallback(): void {
    const input = this.querySelector<HTMLInputElement>('input[type=file]')
    if (!input || this.dataset.ready) return
    this.dataset.ready = 'yes'
    const hint = document.createElement('p')
    hint.className = 'hint'
    hint.textContent = this.dataset.drop ?? ''
    const error = document.createElement('p')
    error.className = 'error'
    error.id = `${input.id}-size`
    error.hidden = true
    const remove = document.createElement('button')
    remove.type = 'button'
    remove.className = 'button quiet small'
    remove.textContent = this.dataset.remove ?? ''
    remove.hidden = true
    this.append(hint, error, remove)
    const speaker = new Speaker(this)
    const most = Number(this.dataset.most)

    const look = (): void => {
      const file = input.files?.[0]
      const large = !!file && file.size > most
      error.hidden = !large
      error.textContent = large ? this.dataset.large ?? '' : ''
      if (large) {
        input.value = ''
        input.setAttribute('aria-invalid', 'true')
        speaker.say(error.textContent)
      } else {
        input.removeAttribute('aria-invalid')
        if (file) speaker.say(file.name)
      }
      remove.hidden = !input.files?.length
    }
    input.addEventListener('change', look)
    remove.addEventListener('click', () => {
      input.value = ''
      look()
      input.focus()
    })
    this.addEventListener('dragover', event => {
      event.preventDefault()
      this.classList.add('over')
    })
    this.addEventListener('dragleave', () => this.classList.remove('over'))
    this.addEventListener('drop', event => {
      event.preventDefault()
      this.classList.remove('over')
      if (!event.dataTransfer?.files.length) return
      input.files = event.dataTransfer.files
      look()
    })
  }
}
customElements.define('madang-upload', MadangUpload)
