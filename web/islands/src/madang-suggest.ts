import { Combobox, type Option } from './combobox'

// Completion over a plain GET search form: an option with an address is gone to, any other is
// searched for.
class MadangSuggest extends Combobox {
  protected choose(option: Option): void {
    const url = option.href ? new URL(option.href, location.href) : undefined
    if (url && url.origin === location.origin) {
      location.assign(url)
      return
    }
    this.input.value = option.label
    this.input.form?.requestSubmit()
  }
}
customElements.define('madang-suggest', MadangSuggest)
