import { Combobox, type Option } from './combobox'

// Address finder over a plain text field: choosing writes the address and, in the hidden field, its
// key in the register; typing on afterwards makes it free text again.
class MadangAddress extends Combobox {
  override connectedCallback(): void {
    super.connectedCallback()
    this.input.addEventListener('input', () => { this.keyField().value = '' })
  }
  private keyField(): HTMLInputElement {
    return this.querySelector<HTMLInputElement>('input[type=hidden]')!
  }
  protected choose(option: Option): void {
    this.input.value = option.label
    this.keyField().value = option.value ?? ''
    this.input.dispatchEvent(new Event('change', { bubbles: true }))
  }
}
customElements.define('madang-address', MadangAddress)
