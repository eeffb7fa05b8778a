import type { AnyRecord } from '@dovetail/protocol'
import { backOffMs } from './back-off.ts'
import type { Connection } from './connection.ts'
import { DovetailError } from './errors.ts'
import type { Network } from './network.ts'
import { channelPath, errorFrom } from './rest.ts'
import { canRetry } from './retry.ts'
import type { Command } from './transports/transport.ts'

/** A write as it goes out, where a member that is undefined is none. The key makes it safe to send again. */
export interface Write {
  readonly op: 'create' | 'put' | 'patch' | 'delete'
  readonly channel: string
  readonly collection: string
  readonly recordId?: string | undefined
  readonly data?: unknown
  readonly ifRev?: number | undefined
  readonly key: string
}

export interface Written {
  /** Null after a delete by REST, which answers without a body. */
  readonly record: AnyRecord | null
  /** `<epoch>.<rev>`: where the answer stands in the log; null where the server did not say. */
  readonly at: string | null
}

/** Below a socket's message limit (128 KiB); what is larger goes by REST, which takes 1 MiB. */
const socketBytes = 100_000
const patientAttempts = 5
const methods = { create: 'POST', put: 'PUT', patch: 'PATCH', delete: 'DELETE' } as const

/** Sends a write: on the open socket, else by REST. */
export class Writer {
  readonly #network: Network
  readonly #connection: Connection

  constructor(network: Network, connection: Connection) {
    this.#network = network
    this.#connection = connection
  }

  /** One attempt. Rejects with a `DovetailError`; `canRetry` says whether the outcome is open. */
  async once(write: Write): Promise<Written> {
    const send = this.#connection.open?.send
    // Three bytes a character at most, so no text has to be encoded to know that it fits.
    if (send && JSON.stringify(write).length * 3 < socketBytes) return (await send(write as Command)) as Written
    return (write.ifRev ?? 0) > 0 ? this.#batch(write) : this.#plain(write)
  }

  /** Attempts again with the same key while the outcome is open, so that it is one write whatever happened. */
  async patiently(write: Write): Promise<Written> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(write)
      } catch (cause) {
        if (!(cause instanceof DovetailError) || !canRetry(cause) || attempt === patientAttempts) throw cause
        if (this.#connection.state.name === 'closed') throw cause
        await this.#pause(backOffMs(attempt, this.#network.random, (cause.retryAfter ?? 0) * 1000))
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#network.clock.after(ms, resolve))
  }

  async #plain({ op, channel, collection, recordId, data, ifRev, key }: Write): Promise<Written> {
    const path = `${channelPath(channel)}/${collection}`
    const answer = await this.#network.rest.ask(
      methods[op],
      recordId === undefined ? path : `${path}/${encodeURIComponent(recordId)}`,
      {
        body: data,
        headers: { 'idempotency-key': key, 'if-none-match': ifRev === 0 ? '*' : undefined },
      },
    )
    return { record: answer.body as AnyRecord | null, at: answer.headers.get('dovetail-at') }
  }

  /** `ifRev` without the epoch that an `If-Match` needs. */
  async #batch(write: Write): Promise<Written> {
    const { body } = await this.#network.rest.ask('POST', '/v1/batch', { body: { writes: [write] } })
    const [result] = (body as { results: { status: number; record?: AnyRecord; at?: string; error?: unknown }[] })
      .results
    if (result === undefined) throw new DovetailError('network', 'no answer')
    if (result.error !== undefined) throw errorFrom(result.error, result.status)
    return { record: result.record ?? null, at: result.at ?? null }
  }
}
