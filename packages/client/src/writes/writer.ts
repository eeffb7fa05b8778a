import type { AnyRecord } from 'dovetail-protocol'
import { backOffMs } from '../base/back-off.ts'
import { DovetailError } from '../base/errors.ts'
import type { Network } from '../base/network.ts'
import { channelPath, errorFrom } from '../base/rest.ts'
import type { Connection } from '../connection/connection.ts'
import type { Command } from '../transports/transport.ts'
import type { Write, Written } from './write.ts'

const patientAttempts = 5
const methods = { create: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const

interface PlainWrite extends Write {
  readonly op: keyof typeof methods
}

/** Sends a write: on the open socket, else by REST. Loaded with the first write. */
export class Writer {
  readonly #network: Network
  readonly #connection: Connection

  constructor(network: Network, connection: Connection) {
    this.#network = network
    this.#connection = connection
  }

  /** One attempt. Rejects with a `DovetailError`; `retryable` says whether the outcome is open. */
  async once(write: Write, over: 'any' | 'rest' = 'any'): Promise<Written> {
    const send = over === 'any' ? this.#connection.open?.send : null
    // A write that is too large for the socket goes by REST.
    if (send && this.#network.limits.fitsMessage(write))
      return { record: null, ...((await send(write as Command)) as Omit<Written, 'record'> & Partial<Written>) }
    const { op } = write
    return op === 'append' || (write.ifRev ?? 0) > 0 ? this.#batch(write) : this.#plain({ ...write, op })
  }

  /** Retries with the same key while the outcome is unknown, so that it stays one write. */
  async patiently(write: Write): Promise<Written> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(write)
      } catch (cause) {
        if (!(cause instanceof DovetailError) || !cause.retryable || attempt === patientAttempts) throw cause
        if (this.#connection.state.name === 'closed') throw cause
        await this.#pause(backOffMs(attempt, this.#network.random, (cause.retryAfter ?? 0) * 1000))
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#network.clock.after(ms, resolve))
  }

  async #plain({ op, channel, collection, recordId, data, ifRev, key, author }: PlainWrite): Promise<Written> {
    const path = `${channelPath(channel)}/${collection}`
    const answer = await this.#network.rest.ask(
      methods[op],
      recordId === undefined ? path : `${path}/${encodeURIComponent(recordId)}`,
      {
        body: data,
        headers: {
          'idempotency-key': key,
          'if-none-match': ifRev === 0 ? '*' : undefined,
          'dovetail-author': author,
        },
      },
    )
    return { record: answer.body as AnyRecord | null, at: answer.headers.get('dovetail-at') }
  }

  /** An `ifRev` has no epoch, which an `If-Match` needs; and a batch takes an append as it is. */
  async #batch(write: Write): Promise<Written> {
    const { body } = await this.#network.rest.ask('POST', '/v1/batch', { body: { writes: [write] } })
    const [result] = (body as { results: { status: number; record?: AnyRecord; at?: string; error?: unknown }[] })
      .results
    if (result === undefined) throw new DovetailError('network', 'no answer')
    if (result.error !== undefined) throw errorFrom(result.error, result.status)
    return { record: result.record ?? null, at: result.at ?? null }
  }
}
