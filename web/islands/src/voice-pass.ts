// A pass of a quarter, as engines/voices/passes.hpp has it: made here, completed unseen by the house
// with a session, shown for each ask of the quarter without one. What is kept is text, so that it can be
// put into storage or a file at any step: a lost answer costs nothing.
import { complete, present, request, utf8_of } from './arc'
import { from_base64url, to_base64url } from './blind-rsa'

export interface Pass {
  quarter: string
  key: string                      // of the quarter; this and what follows in base64url
  request: string, secrets: string
  credential?: string              // nothing: it is asked for
}

export function begin_pass(quarter: string, key: string): Pass {
  const made = request(utf8_of(`madang-voice/2 ${quarter}`))
  return { quarter, key, request: to_base64url(made.request), secrets: to_base64url(made.secrets) }
}

// Throws when what came was not made by the key that all are shown.
export function finish_pass(pass: Pass, response: string): Pass {
  const [key, asked, secrets, got] = [pass.key, pass.request, pass.secrets, response].map(from_base64url)
  return { ...pass, credential: to_base64url(complete(key!, asked!, secrets!, got!)) }
}

// What a file or the storage holds; nothing when it is no pass of this quarter.
export function read_pass(text: string, quarter: string): Pass | undefined {
  try {
    const said = JSON.parse(text) as Pass
    const whole = ['key', 'request', 'secrets'].every(name => typeof said[name as keyof Pass] === 'string')
    return whole && said.quarter === quarter && ['string', 'undefined'].includes(typeof said.credential) ? said : undefined
  } catch {
    return undefined
  }
}

// The body of a voice, given (+) or taken back (-). `time` is what the house says, to whoever asks: the
// clock of a device goes wrong in a way of its own, and would join its voices.
export function voice_of_pass(pass: Pass, ask: string, saying: string, sign: '+' | '-', time: number): Record<string, string> {
  const message = utf8_of(`madang-voice/2 ${ask} ${saying} ${sign} ${time}`)
  const shown = present(from_base64url(pass.credential ?? ''), utf8_of(`madang-voice/2 ${ask}`), message)
  return { saying, time: String(time), presentation: to_base64url(shown) }
}
