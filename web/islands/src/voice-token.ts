// A token of one voice, as engines/voices/tokens.hpp has it: made here, signed unseen by the house
// with a session, shown without one. What is kept is text, so that it can be put into storage or a
// file at any step: a lost answer costs nothing.
import { blind, finalize, from_base64url, hex, joined, prepare, read_key, to_base64url, type Octets } from './blind-rsa'

export interface Token {
  ask: string, bucket: string
  key: string                      // SubjectPublicKeyInfo; this and what follows in base64url
  message: string, inverse: string, blinded: string
  secret: string                   // takes the voice back
  signature?: string
  chosen?: string                  // of a choice, as the log writes it: what was sent last
  state: 'asked' | 'held' | 'given' | 'taken'
}

const ascii = (text: string): Octets => joined(new TextEncoder().encode(text))

export async function begin(ask: string, bucket: string, key: string): Promise<Token> {
  const secret = crypto.getRandomValues(new Uint8Array(32))
  const lock = hex(new Uint8Array(await crypto.subtle.digest('SHA-256', secret)))
  const message = prepare(ascii(`madang-voice/1 ${ask} ${bucket} ${lock}`))
  const made = await blind(await read_key(from_base64url(key)), message)
  return {
    ask, bucket, key, message: to_base64url(message), inverse: to_base64url(made.inverse), blinded: to_base64url(made.blinded),
    secret: to_base64url(secret), state: 'asked'
  }
}

// Throws when what came is no signature of it.
export async function finish(token: Token, blind_signature: string): Promise<Token> {
  const key = await read_key(from_base64url(token.key))
  const signature = await finalize(key, from_base64url(token.message), from_base64url(blind_signature), from_base64url(token.inverse))
  return { ...token, signature: to_base64url(signature), state: 'held' }
}

// What a file or the storage holds; nothing when it is no token of this ask.
export function read_token(text: string, ask: string): Token | undefined {
  try {
    const said = JSON.parse(text) as Token
    const whole = ['bucket', 'key', 'message', 'inverse', 'blinded', 'secret'].every(name => typeof said[name as keyof Token] === 'string')
    const known = said.state === 'asked' || (['held', 'given', 'taken'].includes(said.state) && typeof said.signature === 'string')
    return whole && known && ['string', 'undefined'].includes(typeof said.chosen) && said.ask === ask ? said : undefined
  } catch {
    return undefined
  }
}

// The body of a voice, given or taken back. Given for the first time it holds no secret.
export function voice_of(token: Token, saying: string, with_secret: boolean, chosen?: string): Record<string, string> {
  return {
    saying, message: token.message, signature: token.signature ?? '', ...with_secret ? { secret: token.secret } : {},
    ...chosen === undefined ? {} : { chosen }
  }
}
