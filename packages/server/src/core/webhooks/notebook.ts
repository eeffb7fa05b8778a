/** What is kept of one webhook beside its positions, in the words of delivery. */
import Type, { type Static } from 'typebox'
import { Value } from 'typebox/value'
import type { WebhookNote, WebhookNotes } from '../../ports/webhooks/webhook-notes.ts'
import type { WebhookMessage } from './events.ts'

/** A channel whose next event was not accepted yet. */
const Failing = Type.Object({ attempts: Type.Integer(), reason: Type.String() })
export interface Failing extends Static<typeof Failing> {
  /** When it failed first. */
  readonly since: number
}

const Given = Type.Object({
  type: Type.String(),
  channel: Type.String(),
  attempts: Type.Integer(),
  since: Type.Integer(),
  reason: Type.String(),
  body: Type.String(),
})
/** An event that was given up. */
export interface GivenUp extends Readonly<Static<typeof Given>> {
  readonly id: string
  readonly at: number
}

/** More events that were given up than this are not kept: the oldest leave. */
export const mostGivenUp = 1000

export class Notebook {
  readonly #notes: WebhookNotes
  readonly #webhook: string

  constructor(notes: WebhookNotes, webhook: string) {
    this.#notes = notes
    this.#webhook = webhook
  }

  async failing(channel: string): Promise<Failing | null> {
    const note = await this.#notes.find(this.#webhook, 'failing', channel)
    return note === null ? null : { ...Value.Parse(Failing, JSON.parse(note.text)), since: note.at }
  }

  async noteFailing(channel: string, { since, attempts, reason }: Failing): Promise<void> {
    await this.#save('failing', channel, since, { attempts, reason })
  }

  async forgetFailing(channel: string): Promise<void> {
    await this.#notes.drop(this.#webhook, 'failing', channel)
  }

  failingCount() {
    return this.#notes.count(this.#webhook, 'failing')
  }

  /** Returns how many others had to leave. */
  async giveUp({ id, type, channel, body }: WebhookMessage, failing: Failing, at: number): Promise<number> {
    const { since, attempts, reason } = failing
    await this.#save('dead', id, at, { type, channel, attempts, since, reason, body })
    return await this.#notes.trim(this.#webhook, 'dead', mostGivenUp)
  }

  async givenUp(id: string): Promise<GivenUp | null> {
    const note = await this.#notes.find(this.#webhook, 'dead', id)
    return note === null ? null : givenUpOf(note)
  }

  /** The oldest first. `after`: the id of one. */
  async listGivenUp(after: string | null, limit: number): Promise<readonly GivenUp[]> {
    const last = after === null ? null : await this.#notes.find(this.#webhook, 'dead', after)
    return (await this.#notes.list(this.#webhook, 'dead', { after: last, limit })).map(givenUpOf)
  }

  async forgetGivenUp(id: string): Promise<void> {
    await this.#notes.drop(this.#webhook, 'dead', id)
  }

  givenUpCount() {
    return this.#notes.count(this.#webhook, 'dead')
  }

  /** When the receiver ended the webhook; `null`: it did not. */
  async endedAt(): Promise<number | null> {
    return (await this.#notes.find(this.#webhook, 'ended', ''))?.at ?? null
  }

  async end(at: number, reason: string): Promise<void> {
    await this.#save('ended', '', at, { reason })
  }

  async resume(): Promise<void> {
    await this.#notes.drop(this.#webhook, 'ended', '')
  }

  async #save(kind: WebhookNote['kind'], key: string, at: number, content: object): Promise<void> {
    await this.#notes.save({ webhook: this.#webhook, kind, key, at, text: JSON.stringify(content) })
  }
}

function givenUpOf({ key, at, text }: WebhookNote): GivenUp {
  return { ...Value.Parse(Given, JSON.parse(text)), id: key, at }
}
