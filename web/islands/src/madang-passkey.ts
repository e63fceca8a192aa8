// Signs in by a passkey (data-use), or adds one (data-add): the browser asks the authenticator, the
// house checks. What the house sends is WebAuthn's JSON with octets as base64url; what goes back is a
// form of texts, as all our forms are.
type Json = Record<string, any>

const octets = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), c => c.charCodeAt(0))
const text_of = (buffer: ArrayBuffer | null): string =>
  btoa(String.fromCharCode(...new Uint8Array(buffer ?? new ArrayBuffer(0)))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')

class MadangPasskey extends HTMLElement {
  connectedCallback(): void {
    if (!window.PublicKeyCredential || !navigator.credentials) return
    this.hidden = false
    for (const note of this.querySelectorAll<HTMLElement>('[data-without]')) note.hidden = true
    const form = this.querySelector('form')
    if (form) {
      form.hidden = false
      form.addEventListener('submit', event => {
        event.preventDefault()
        void this.attempt(() => this.add(form))
      })
    } else {
      this.querySelector('button')?.addEventListener('click', () => void this.attempt(() => this.use()))
    }
  }

  private async attempt(what: () => Promise<string>): Promise<void> {
    const error = this.querySelector<HTMLElement>('.error')
    const button = this.querySelector('button')
    if (error) error.hidden = true
    if (button) button.disabled = true
    try {
      location.assign(await what())
    } catch (wrong) {
      // What the browser says itself (no key, closed by hand) is not for people.
      if (error) {
        error.textContent = wrong instanceof Refusal ? wrong.message : this.dataset.failed ?? ''
        error.hidden = false
      }
      if (button) button.disabled = false
    }
  }

  private async ask(path: string, fields: Json): Promise<Json> {
    const csrf = this.querySelector<HTMLInputElement>('input[name=_csrf]')?.value
    const answer = await fetch(path, {
      method: 'POST', body: JSON.stringify(fields),
      headers: { 'content-type': 'application/json', accept: 'application/json', ...(csrf ? { 'x-csrf': csrf } : {}) }
    })
    const said = await answer.json() as Json
    if (!answer.ok) throw new Refusal(said.detail ?? '')
    return said
  }

  private async use(): Promise<string> {
    const path = this.dataset.use ?? ''
    const options = await this.ask(`${path}/options`, {})
    const key = await navigator.credentials.get({ publicKey: { ...options, challenge: octets(options.challenge) } }) as PublicKeyCredential
    const response = key.response as AuthenticatorAssertionResponse
    const done = await this.ask(path, {
      credential: key.id, client_data: text_of(response.clientDataJSON), authenticator_data: text_of(response.authenticatorData),
      signature: text_of(response.signature), user_handle: text_of(response.userHandle), next: this.dataset.next ?? '/'
    })
    return done.location as string
  }

  private async add(form: HTMLFormElement): Promise<string> {
    const path = this.dataset.add ?? ''
    const options = await this.ask(`${path}/options`, {})
    const key = await navigator.credentials.create({
      publicKey: {
        ...options, challenge: octets(options.challenge), rp: options.rp, pubKeyCredParams: options.pubKeyCredParams,
        user: { ...options.user, id: octets(options.user.id) },
        excludeCredentials: options.excludeCredentials.map((known: Json) => ({ ...known, id: octets(known.id) }))
      }
    }) as PublicKeyCredential
    const response = key.response as AuthenticatorAttestationResponse
    const done = await this.ask(path, {
      client_data: text_of(response.clientDataJSON), attestation: text_of(response.attestationObject),
      label: new FormData(form).get('label')
    })
    return this.dataset.next ?? done.location as string
  }
}

export class Refusal extends Error {}

customElements.define('madang-passkey', MadangPasskey)
