import type { ErrorBody } from 'dovetail-protocol'
import { DovetailError } from '../base/errors.ts'
import { errorFrom } from '../base/rest.ts'

/** What happens when a command's reply arrives. Called synchronously. */
export interface Pending {
  resolve(ok: unknown): void
  reject(error: DovetailError): void
}

/** The commands of one socket that are not answered yet, by the `id` that their reply will have. */
export class PendingReplies {
  readonly #pending = new Map<number, Pending>()
  #nextId = 1
  /** The last error that may explain why the server closes the socket soon. */
  lastError: DovetailError | null = null

  /** Whether a command was ever sent. */
  get hasBegun(): boolean {
    return this.#nextId > 1
  }

  /** Sends a command under a new id. Returns whether `send` sent it; only then is a reply awaited. */
  add(pending: Pending, send: (id: number) => boolean): boolean {
    const id = this.#nextId
    if (!send(id)) return false
    this.#nextId += 1
    this.#pending.set(id, pending)
    return true
  }

  reply(id: number, frame: { ok: unknown } | { error: ErrorBody }): void {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    if ('ok' in frame) {
      pending?.resolve(frame.ok)
      return
    }
    const error = errorFrom(frame.error, 0)
    if (error.code === 'rate_limited' || error.status === 401) this.lastError = error
    pending?.reject(error)
  }

  /** The socket ended: no reply comes any more. */
  end(cause: DovetailError): void {
    for (const { reject } of this.#pending.values()) reject(new DovetailError('network', cause.detail, { cause }))
    this.#pending.clear()
  }
}
