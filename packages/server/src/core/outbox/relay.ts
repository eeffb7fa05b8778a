/**
 * Relays the outbox: each entry is written as every other write is, with an idempotency key made of its id, and deleted
 * afterwards. Where a node dies between the two, the next one writes the entry again under the same key, which changes
 * nothing. Entries of one channel are written one after the other, so that their order stays; channels do not wait for
 * each other.
 */
import { codes } from 'dovetail-protocol'
import type { Stop } from '../../ports/clock.ts'
import type { Outbox, OutboxEntry, OutboxRefusal } from '../../ports/outbox/outbox.ts'
import type { Caller } from '../access/caller.ts'
import { Failure } from '../rules/failure.ts'
import type { WriteContext } from '../write/context.ts'
import type { WriteOp } from '../write/decide.ts'
import { write } from '../write/write.ts'

export interface OutboxRelayOptions {
  readonly outbox: Outbox
  readonly core: WriteContext
  /** As whom entries are written; it may write for every author. */
  readonly caller: Caller
}

const batch = 200
/** An entry that could not be written now is tried again after this time, in ms. */
const retryMs = 1000

/** Counts since the start. */
export interface OutboxCounts {
  readonly relayed: number
  readonly refused: number
}

export class OutboxRelay {
  readonly #options: OutboxRelayOptions
  #relaying: Promise<void> | null = null
  #isAskedAgain = false
  #isClosed = false
  #retry: Stop | null = null
  /** Whether the last round failed: only the first failure in a row is reported. */
  #isFailing = false
  readonly #counts = { relayed: 0, refused: 0 }

  constructor(options: OutboxRelayOptions) {
    this.#options = options
    options.outbox.onWaiting(() => this.relayWaiting(), options.core.clock)
  }

  get counts(): OutboxCounts {
    return this.#counts
  }

  /**
   * Relays what waits; after a failure not before its time. To be called about once a second too: a notification may be
   * lost.
   */
  relayWaiting(): void {
    if (this.#isClosed || this.#retry !== null) return
    this.#isAskedAgain = true
    this.#relaying ??= this.#run().finally(() => {
      this.#relaying = null
    })
  }

  /** Ends after the round that is under way, and closes the outbox. */
  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#retry?.()
    await this.#relaying
    await this.#options.outbox.close()
  }

  async #run(): Promise<void> {
    while (this.#isAskedAgain && !this.#isClosed) {
      this.#isAskedAgain = false
      try {
        await this.#round()
        this.#isFailing = false
      } catch (error) {
        if (!this.#isFailing && !this.#isClosed) this.#options.core.report(error, 'relaying the outbox')
        this.#isFailing = true
        this.#isAskedAgain = false
        this.#tryLater()
      }
    }
  }

  async #round(): Promise<void> {
    const { outbox } = this.#options
    const entries = await outbox.waiting(batch)
    if (entries.length === 0) return
    const rounds = await Promise.all(byChannel(entries).map((each) => this.#relayChannel(each)))
    const written = rounds.flatMap((round) => round.written)
    const refused = rounds.flatMap((round) => round.refused)
    await outbox.settle(written, refused)
    this.#counts.relayed += written.length
    this.#counts.refused += refused.length
    const failure = rounds.find((round) => round.failure !== null)?.failure
    if (failure !== undefined) throw failure
    this.#isAskedAgain ||= entries.length === batch
  }

  #tryLater(): void {
    this.#retry = this.#options.core.clock.after(retryMs, () => {
      this.#retry = null
      this.relayWaiting()
    })
  }

  async #relayChannel(entries: readonly OutboxEntry[]): Promise<ChannelRound> {
    const written: string[] = []
    const refused: OutboxRefusal[] = []
    for (const entry of entries) {
      if (this.#isClosed) break
      try {
        await this.#write(entry)
        written.push(entry.id)
      } catch (error) {
        const failure = Failure.from(error)
        // What may pass is tried again, and whatever follows in the channel waits for it.
        if (codes[failure.code].retry) return { written, refused, failure }
        refused.push({ id: entry.id, code: failure.code, detail: detailOf(failure) })
      }
    }
    return { written, refused, failure: null }
  }

  async #write({ id, channel, collection, op, recordId, data, author, key }: OutboxEntry): Promise<void> {
    const { core, caller } = this.#options
    await write(core, caller, {
      op: opOf(op),
      channel,
      collection,
      ...(recordId === null ? {} : { recordId }),
      ...(data === null ? {} : { data: JSON.parse(data) as unknown }),
      ...(author === null ? {} : { author }),
      key: key ?? `outbox-${id}`,
    })
  }
}

interface ChannelRound {
  readonly written: readonly string[]
  readonly refused: readonly OutboxRefusal[]
  /** What ended the round before its last entry; `null`: nothing did. */
  readonly failure: Failure | null
}

/** With what is wrong in which field: whoever reads it has the table alone. */
function detailOf({ message, extras: { errors = [] } }: Failure): string {
  return [message, ...errors.map((each) => `${each.pointer} ${each.message}`)].join('\n')
}

const ops: ReadonlySet<string> = new Set<WriteOp>(['create', 'put', 'patch', 'append', 'delete'])

function opOf(op: string): WriteOp {
  if (!isOp(op)) throw new Failure('invalid_data', `op: "${op}" is none of ${[...ops].join(', ')}.`)
  return op
}

function isOp(op: string): op is WriteOp {
  return ops.has(op)
}

function byChannel(entries: readonly OutboxEntry[]): OutboxEntry[][] {
  const channels = new Map<string, OutboxEntry[]>()
  for (const entry of entries) {
    const others = channels.get(entry.channel)
    if (others === undefined) channels.set(entry.channel, [entry])
    else others.push(entry)
  }
  return [...channels.values()]
}
