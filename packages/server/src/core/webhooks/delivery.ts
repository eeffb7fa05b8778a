/**
 * Delivers one webhook's events from this node. Some workers each claim a channel of the webhook's consumer, send its
 * events one after the other, and store the position behind each that was accepted. An event that fails frees its channel
 * for a time, which is in the store: the other channels go on, and whichever node claims the channel then goes on with
 * this event. The log is the queue.
 */
import type { Clock } from '../../ports/clock.ts'
import type { Caller } from '../access/caller.ts'
import type { Consumption } from '../consuming/consumption.ts'
import type { ConsumedPart } from '../consuming/read-parts.ts'
import { Failure } from '../rules/failure.ts'
import { WebhookCounts } from './counts.ts'
import { messagesOf, type WebhookMessage } from './events.ts'
import { Gate } from './gate.ts'
import type { Failing, Notebook } from './notebook.ts'
import { decide } from './retry.ts'
import type { WebhookDefinition } from './webhook.ts'

export interface DeliveryParts {
  readonly webhook: WebhookDefinition
  readonly notebook: Notebook
  /** To be asked for each use. */
  readonly consumption: () => Pick<Consumption, 'next' | 'touched' | 'acknowledge' | 'release' | 'renew' | 'leaseMs'>
  readonly caller: Caller
  readonly worker: string
  readonly clock: Clock
  readonly chance: () => number
  readonly report: (error: unknown, doing: string) => void
  /** Gets one line for people. */
  readonly logLine: (line: string) => void
}

/** The most changes that are read at once: each of them is a request. */
const changesAtOnce = 50
/** After an error of the store, and while the receiver wants nothing. */
const restMs = 1000

export class Delivery {
  readonly counts = new WebhookCounts()
  readonly #parts: DeliveryParts
  readonly #gate: Gate
  readonly #stop = new AbortController()
  #workers: Promise<unknown> = Promise.resolve()

  constructor(parts: DeliveryParts) {
    this.#parts = parts
    this.#gate = new Gate(parts.webhook.concurrency)
  }

  start(): void {
    const indexes = Array.from({ length: this.#parts.webhook.concurrency }, (_, index) => index)
    this.#workers = Promise.all(indexes.map((index) => this.#work(index)))
  }

  /** Ends requests under way: their events are sent again by whoever comes next. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#workers
  }

  async #work(index: number): Promise<void> {
    const { report, webhook } = this.#parts
    let isFailing = false
    while (!this.#isStopped) {
      try {
        if (this.#gate.isOpen(index) && (await this.#parts.notebook.endedAt()) === null) await this.#deliverNext()
        else await this.#rest(restMs)
        isFailing = false
      } catch (error) {
        if (isLeaseLost(error)) continue
        // Only the first failure in a row is reported.
        if (!isFailing && !this.#isStopped) report(error, `delivering the webhook ${webhook.name}`)
        isFailing = true
        await this.#rest(restMs)
      }
    }
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted
  }

  async #deliverNext(): Promise<void> {
    const { consumption, caller, worker } = this.#parts
    const { lease, channels } = await consumption().next(caller, { worker, changes: changesAtOnce, channels: 1 })
    if (channels.length === 0) return await this.#wait(consumption().touched())
    const renewing = this.#renew(lease)
    try {
      for (const part of channels) await this.#deliver(lease, part)
    } finally {
      renewing.end()
    }
  }

  async #deliver(lease: string, part: ConsumedPart): Promise<void> {
    const { notebook, consumption, clock } = this.#parts
    const { channel } = part
    let failing = await notebook.failing(channel)
    for (const message of messagesOf(part, clock.now())) {
      const next = await this.#attempt(message, failing)
      if (next.kind === 'held') {
        await consumption().release(lease, [{ channel, delayMs: next.delayMs }])
        return
      }
      if (failing !== null) await notebook.forgetFailing(channel)
      failing = null
      await consumption().acknowledge(lease, [{ channel, cursor: message.cursor, keep: !message.isLast }])
    }
  }

  /** Sends one event, and notes what came of it. `held`: the channel does not go on now. */
  async #attempt(message: WebhookMessage, before: Failing | null): Promise<Attempt> {
    const { webhook, clock, chance, notebook } = this.#parts
    const at = clock.now()
    const outcome = await webhook.sender.send({ ...message, at, signal: this.#stop.signal })
    if (outcome.kind === 'stopped') return { kind: 'held', delayMs: 0 }
    const attempts = (before?.attempts ?? 0) + 1
    const since = before?.since ?? at
    const failingMs = Math.max(0, at - since)
    const decision = decide({ outcome, attempts, failingMs, retryForMs: webhook.retryForMs, chance: chance() })
    this.#gate.note(decision.kind === 'accepted')
    switch (decision.kind) {
      case 'accepted':
        this.counts.accepted++
        return { kind: 'done' }
      case 'wait':
        this.counts.failed++
        await notebook.noteFailing(message.channel, { since, attempts, reason: decision.reason })
        return { kind: 'held', delayMs: decision.ms }
      case 'give up':
        this.counts.failed++
        await this.#giveUp(message, { since, attempts, reason: decision.reason })
        return { kind: 'done' }
      case 'end':
        await this.#end(decision.reason)
        return { kind: 'held', delayMs: 0 }
    }
  }

  async #giveUp(message: WebhookMessage, failing: Failing): Promise<void> {
    const { webhook, notebook, clock, logLine } = this.#parts
    this.counts.lost += await notebook.giveUp(message, failing, clock.now())
    this.counts.givenUp++
    const { id, channel } = message
    logLine(
      `webhook ${webhook.name}: gave up ${id} of ${channel} after ${failing.attempts} attempts: ${failing.reason}`,
    )
  }

  async #end(reason: string): Promise<void> {
    const { webhook, notebook, clock, logLine } = this.#parts
    await notebook.end(clock.now(), reason)
    logLine(`webhook ${webhook.name}: its receiver wants no more (${reason}); dovetail webhooks resume ${webhook.name}`)
  }

  /** Prolongs the lease until it is ended. Where that fails, another node may have the channel: what is stored next is refused. */
  #renew(lease: string): { end(): void } {
    const { consumption, clock } = this.#parts
    const everyMs = consumption().leaseMs / 3
    let isOver = false
    const renewLater = () =>
      clock.after(everyMs, () => {
        void consumption()
          .renew(lease)
          .catch(() => undefined)
        if (!isOver) cancel = renewLater()
      })
    let cancel = renewLater()
    return {
      end: () => {
        isOver = true
        cancel()
      },
    }
  }

  #rest(ms: number): Promise<void> {
    return this.#wait(new Promise((resolve) => this.#parts.clock.after(ms, resolve)))
  }

  /** Waits for this, and no longer than until the delivery is closed. */
  async #wait(event: Promise<void>): Promise<void> {
    const { signal } = this.#stop
    if (signal.aborted) return
    await new Promise<void>((resolve) => {
      const end = (): void => {
        signal.removeEventListener('abort', end)
        resolve()
      }
      signal.addEventListener('abort', end)
      void event.then(end, end)
    })
  }
}

type Attempt = { readonly kind: 'done' } | { readonly kind: 'held'; readonly delayMs: number }

function isLeaseLost(error: unknown): boolean {
  return error instanceof Failure && error.code === 'lease_lost'
}
