/**
 * One connection to Redis that is replaced when it is cut, or when it no longer answers: a half-open
 * connection looks open for ever. Nothing is queued while there is no connection.
 */
import { createClient } from 'redis'
import type { Clock, Stop } from '../ports/clock.ts'

export type RedisClient = ReturnType<typeof connectionTo>

export interface RedisLineOptions {
  readonly url: string
  readonly clock: Clock
  /**
   * Called with each new connection before it is used. Where it rejects, the connection is closed and
   * another one is made.
   */
  readonly prepare: (client: RedisClient) => Promise<void>
  readonly onUp: () => void
  readonly onDown: () => void
  readonly report: (error: unknown) => void
}

/** The delay before a new connection is tried: `first`, doubled up to `last`. */
const retryMs = { first: 50, last: 1000 }
/** A connection attempt or a ping that takes longer than this has failed. */
const answerMs = 4000
/** The interval of pings on an idle connection. */
const pingMs = 3000

export class RedisLine {
  readonly #options: RedisLineOptions
  #client: RedisClient | null = null
  #isClosed = false
  #break: (error: Error) => void = () => {}

  /** Rejects where the first connection can't be made. */
  static async open(options: RedisLineOptions): Promise<RedisLine> {
    const line = new RedisLine(options)
    const client = await line.#connect()
    void line.#keepUp(client)
    return line
  }

  private constructor(options: RedisLineOptions) {
    this.#options = options
  }

  /** `null` while there is none. */
  get client(): RedisClient | null {
    return this.#client
  }

  /** Closes a connection that can't be used in its present state; another one is made. */
  giveUp(error: Error): void {
    this.#break(error)
  }

  async #keepUp(first: RedisClient): Promise<void> {
    for (let client: RedisClient | null = first; client !== null; client = await this.#connectAgain()) {
      this.#client = client
      this.#options.onUp()
      const error = await this.#untilBroken(client)
      this.#client = null
      client.destroy()
      this.#options.onDown()
      if (!this.#isClosed) this.#options.report(error)
    }
  }

  async #connectAgain(): Promise<RedisClient | null> {
    for (let ms = retryMs.first; !this.#isClosed; ms = Math.min(ms * 2, retryMs.last)) {
      await new Promise<void>((resolve) => this.#options.clock.after(ms / 2 + (Math.random() * ms) / 2, resolve))
      if (this.#isClosed) return null
      // The failure was reported when the connection was lost.
      const client = await this.#connect().catch(() => null)
      if (client !== null) return client
    }
    return null
  }

  async #connect(): Promise<RedisClient> {
    const client = connectionTo(this.#options.url)
    let failed: unknown
    client.on('error', (error: unknown) => {
      failed ??= error
    })
    try {
      await this.#within(client.connect(), 'connect')
      await this.#within(this.#options.prepare(client), 'answer')
      if (!client.isReady) throw failed ?? new Error('the connection was cut')
      return client
    } catch (error) {
      if (client.isOpen) client.destroy()
      throw failed ?? error
    }
  }

  async #within<Value>(promise: Promise<Value>, verb: string): Promise<Value> {
    let stop: Stop = () => {}
    const late = new Promise<never>((_resolve, reject) => {
      stop = this.#options.clock.after(answerMs, () => reject(new Error(`it did not ${verb} within ${answerMs} ms`)))
    })
    // The promise that loses the race is not awaited.
    promise.catch(() => {})
    return await Promise.race([promise, late]).finally(stop)
  }

  #untilBroken(client: RedisClient): Promise<Error> {
    return new Promise((resolve) => {
      let stopPings: Stop = () => {}
      this.#break = (error) => {
        stopPings()
        resolve(error)
      }
      const gone = () => this.#break(new Error('the connection was cut'))
      client.once('end', gone)
      client.once('terminated', gone)
      client.on('error', this.#break)
      const ping = () => {
        stopPings = this.#options.clock.after(pingMs, () => {
          this.#within(client.ping(), 'answer').then(ping, this.#break)
        })
      }
      if (!client.isReady) gone()
      else if (this.#isClosed) this.#break(new Error('closed'))
      else ping()
    })
  }

  close(): void {
    this.#isClosed = true
    this.#break(new Error('closed'))
  }
}

function connectionTo(url: string) {
  return createClient({
    url,
    RESP: 3,
    disableOfflineQueue: true,
    maintNotifications: 'disabled',
    socket: { reconnectStrategy: false, connectTimeout: answerMs },
  })
}
