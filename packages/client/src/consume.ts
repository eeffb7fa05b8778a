/**
 * A worker of a named consumer, for a backend: the server keeps the position, and gives each channel to one worker at a
 * time. It goes by long-polls, as `follow` does.
 */
import type { ConsumedChannel, ConsumedEnd, ConsumedPage, ConsumerPut } from 'dovetail-protocol'
import { backOffMs } from './base/back-off.ts'
import { type Clock, systemClock } from './base/clock.ts'
import { DovetailError } from './base/errors.ts'
import { pause } from './base/pause.ts'
import type { RequestOptions, Rest } from './base/rest.ts'
import { type ConnectOptions, restOf, timeoutMs } from './follow-rest.ts'

export interface ConsumeOptions extends ConnectOptions {
  /** The name of the consumer: 1 to 64 letters, digits, `_`, `.` and `-`. */
  readonly consumer: string
  /** The name of a channel, or the beginning of names with a `*` at its end. */
  readonly pattern: string
  /** Where a consumer that is not there yet begins. Default: `now`. */
  readonly from?: 'beginning' | 'now'
  /** The name of this worker, for people. Default: a random one. */
  readonly worker?: string
  /** The most changes of one page. Default: the server's. */
  readonly limit?: number
}

export interface WorkerPage {
  /** What is new: the changes of a channel, or its end. Never empty. */
  readonly channels: readonly (ConsumedChannel | ConsumedEnd)[]
  /** Aborted when another worker may have these channels, since the server could not be reached for too long. */
  readonly signal: AbortSignal
}

/**
 * Gives page after page. A page is acknowledged when the loop asks for the next one; where the loop ends or throws, it is
 * given to another worker at once. While it is out, its lease is renewed. Cuts and restarts of the server are waited out;
 * what would be refused again is thrown as a `DovetailError`.
 */
export async function* consume(options: ConsumeOptions): AsyncGenerator<WorkerPage, void> {
  const { consumer, pattern, from = 'now', worker = randomName(options.random), limit } = options
  const { clock = systemClock, random = Math.random } = options
  const signal = options.signal ?? new AbortController().signal
  const calls = new Calls({ rest: restOf(options, clock), clock, random, path: `/v1/consumers/${consumer}` })
  const put: ConsumerPut = { pattern, from }
  try {
    await calls.ask('PUT', '', { body: put, signal }, signal)
    while (!signal.aborted) {
      const query = { limit, wait: '' }
      const request = { query, body: { worker }, signal, timeoutMs }
      const page = (await calls.ask('POST', '/next', request, signal)) as ConsumedPage
      if (page.lease !== null) yield* lent(calls, page, page.lease, signal)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

async function* lent(
  calls: Calls,
  { channels, leaseSeconds }: ConsumedPage,
  lease: string,
  signal: AbortSignal,
): AsyncGenerator<WorkerPage, void> {
  const lost = new AbortController()
  const stopRenewing = calls.renew(lease, leaseSeconds * 1000, () => lost.abort())
  let isDone = false
  try {
    yield { channels, signal: lost.signal }
    isDone = true
  } finally {
    stopRenewing()
    if (!isDone) await calls.giveBack(lease, channels)
  }
  await calls.acknowledge(lease, channels, signal)
}

interface CallOptions {
  readonly rest: Rest
  readonly clock: Clock
  readonly random: () => number
  /** The path of the consumer. */
  readonly path: string
}

type Parts = ConsumedPage['channels']

/** The requests of one worker. */
class Calls {
  readonly #options: CallOptions

  constructor(options: CallOptions) {
    this.#options = options
  }

  /** Repeats the request until it has an answer that stands, or `signal` is aborted. */
  async ask(method: string, verb: string, request: RequestOptions, signal: AbortSignal): Promise<unknown> {
    const { rest, clock, random, path } = this.#options
    for (let failures = 0; ; ) {
      try {
        return (await rest.ask(method, path + verb, request)).body
      } catch (cause) {
        if (signal.aborted || !(cause instanceof DovetailError) || !cause.retryable) throw cause
        await pause(clock, backOffMs(failures++, random, (cause.retryAfter ?? 0) * 1000), signal)
      }
    }
  }

  /** What another worker has by now, it is given again: nothing is to be done about it here. */
  async acknowledge(lease: string, channels: Parts, signal: AbortSignal): Promise<void> {
    const body = { lease, channels: channels.map(({ channel, cursor }) => ({ channel, cursor })) }
    try {
      await this.ask('POST', '/acknowledge', { body }, signal)
    } catch (error) {
      if (!(error instanceof DovetailError) || error.code !== 'lease_lost') throw error
    }
  }

  /** Tried once: where it fails, the lease ends by itself. */
  async giveBack(lease: string, channels: Parts): Promise<void> {
    const body = { lease, channels: channels.map(({ channel }) => ({ channel })) }
    const { rest, path } = this.#options
    await rest.ask('POST', `${path}/release`, { body, timeoutMs: 5000 }).catch(() => undefined)
  }

  /** Renews the lease three times in its length, until it is stopped or lost. Returns what stops it. */
  renew(lease: string, leaseMs: number, onLost: () => void): () => void {
    const { rest, clock, path } = this.#options
    let until = clock.now() + leaseMs
    let isOver = false
    const again = async (): Promise<void> => {
      const asked = clock.now()
      try {
        await rest.ask('POST', `${path}/renew`, { body: { lease }, timeoutMs: leaseMs / 3 })
        until = asked + leaseMs
      } catch (error) {
        isOver ||= (error instanceof DovetailError && !error.retryable) || clock.now() >= until
        if (isOver) onLost()
      }
      if (!isOver) stop = clock.after(leaseMs / 3, () => void again())
    }
    let stop = clock.after(leaseMs / 3, () => void again())
    return () => {
      isOver = true
      stop()
    }
  }
}

function randomName(random: () => number = Math.random): string {
  return `worker-${Math.floor(random() * 36 ** 8).toString(36)}`
}
