/** All webhooks of one node: their deliveries, and what people ask about them. */
import type { WebhookNotes } from '../../ports/webhooks/webhook-notes.ts'
import type { Caller } from '../access/caller.ts'
import { openConsumer } from '../consuming/consumers.ts'
import type { WebhookContext } from './context.ts'
import type { WebhookCounts } from './counts.ts'
import { Delivery } from './delivery.ts'
import { Notebook } from './notebook.ts'
import { consumerOf, type WebhookDefinition } from './webhook.ts'

export interface WebhooksParts {
  readonly core: WebhookContext
  readonly notes: WebhookNotes
  readonly definitions: readonly WebhookDefinition[]
  /** As whom channels are read. */
  readonly caller: Caller
  readonly chance: () => number
  /** Gets one line for people. */
  readonly logLine: (line: string) => void
}

export interface KnownWebhook {
  readonly definition: WebhookDefinition
  readonly notebook: Notebook
  readonly counts: WebhookCounts
}

export class Webhooks {
  readonly #parts: WebhooksParts
  readonly #all: readonly (KnownWebhook & { readonly delivery: Delivery })[]

  constructor(parts: WebhooksParts) {
    this.#parts = parts
    const worker = parts.core.newId()
    this.#all = parts.definitions.map((definition) => this.#make(definition, worker))
  }

  /** In the order of the configuration. */
  get all(): readonly KnownWebhook[] {
    return this.#all
  }

  find(name: string): KnownWebhook | null {
    return this.#all.find(({ definition }) => definition.name === name) ?? null
  }

  /** Makes the consumers of new webhooks, and begins to deliver. Throws a `Failure` where one can't be made. */
  async begin(): Promise<void> {
    const { core, caller } = this.#parts
    for (const { definition } of this.#all) {
      const { pattern, from } = definition
      await openConsumer(core, caller, { name: consumerOf(definition), pattern, from })
    }
    for (const { delivery } of this.#all) delivery.start()
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map(({ delivery }) => delivery.close()))
    for (const { definition } of this.#all) definition.sender.close()
  }

  #make(definition: WebhookDefinition, worker: string): KnownWebhook & { readonly delivery: Delivery } {
    const { core, notes, caller, chance, logLine } = this.#parts
    const { clock, report } = core
    const notebook = new Notebook(notes, definition.name)
    const consumption = () => core.consumptions.of(consumerOf(definition))
    const parts = { webhook: definition, notebook, consumption, caller, worker, clock, chance, report, logLine }
    const delivery = new Delivery(parts)
    return { definition, notebook, counts: delivery.counts, delivery }
  }
}
