import { Webhook } from 'standardwebhooks'

/** Gives the header `webhook-signature`. `at`: ms since the Unix epoch. */
export type Sign = (id: string, at: number, body: string) => string

/** Each secret signs, so that a receiver can change from one to the next. */
export function signer(secrets: readonly string[]): Sign {
  const all = secrets.map((secret) => new Webhook(secret))
  return (id, at, body) => all.map((each) => each.sign(id, new Date(at), body)).join(' ')
}
