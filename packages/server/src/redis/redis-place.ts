/**
 * A Redis that things are kept in: one connection, on which scripts are run, and another that hears
 * what they publish: Redis cuts a hearer sooner than it cuts others who take their time. A new connection first
 * finds out which run of Redis it speaks to. Another run than the last may have lost what was
 * acknowledged, so it begins new epochs before anything else is read or written.
 */
import { ErrorReply } from 'redis'
import type { Clock, Stop } from '../ports/clock.ts'
import { StoreUnavailable } from '../ports/store.ts'
import { beginRun } from './begin-run.ts'
import { type RedisClient, RedisLine } from './redis-line.ts'
import type { Script } from './script.ts'

export interface RedisPlaceOptions {
  /** `redis://user:password@host:port/database?prefix=name`. */
  readonly url: string
  readonly clock: Clock
  readonly report: (error: unknown, doing: string) => void
  /** 16 letters and digits or more, new each time. */
  readonly newId: () => string
  /** How long a script may take, in milliseconds. */
  readonly answerMs?: number
}

/** What may wait for an answer; more is refused, so that a Redis that hangs fills no memory. */
const maxWaiting = { scripts: 10_000, chars: 64 * 1024 * 1024 }

/** Errors of Redis that are about its state; what was asked is in order. */
const passing = /^(STALE|READONLY|LOADING|MASTERDOWN|OOM|BUSY|MISCONF|NOREPLICAS|CLUSTERDOWN|MOVED|NOAUTH|TRYAGAIN)\b/
/** Of these, those that another connection may not meet. */
const elsewhere = /^(STALE|READONLY|LOADING|MASTERDOWN|NOAUTH)\b/

export class RedisPlace {
  readonly #options: RedisPlaceOptions
  readonly #root: string
  #line: RedisLine | null = null
  #hearer: RedisLine | null = null
  #run = ''
  #incarnation = ''
  #waiting = { scripts: 0, chars: 0 }
  readonly #back = new Set<() => void>()
  readonly #begun = new Set<Promise<unknown>>()
  #isClosed = false

  /** Rejects, with one line for people, where it can't be reached or does not keep what it is given. */
  static async open(options: RedisPlaceOptions): Promise<RedisPlace> {
    const place = new RedisPlace(options)
    place.#line = await RedisLine.open({
      url: options.url,
      clock: options.clock,
      prepare: (client) => place.#begin(client),
      onUp: () => place.#tellUp(),
      onDown: () => {},
      report: (error) => options.report(error, 'keeping what is in Redis'),
    })
    return place
  }

  private constructor(options: RedisPlaceOptions) {
    this.#options = options
    this.#root = `{${new URL(options.url).searchParams.get('prefix') ?? 'dovetail'}}`
  }

  /** New where all that was kept may be lost or older than it was. */
  get incarnation(): string {
    return this.#incarnation
  }

  /** The run that scripts which write are told of. */
  get run(): string {
    return this.#run
  }

  get clock(): Clock {
    return this.#options.clock
  }

  /** Called with each connection made, for scripts or for hearing. Returns its stop. */
  onUp(told: () => void): Stop {
    this.#back.add(told)
    return () => this.#back.delete(told)
  }

  async #begin(client: RedisClient): Promise<void> {
    const { run, incarnation } = await beginRun(client, this.#root, this.#options.newId())
    this.#run = run
    this.#incarnation = incarnation
  }

  #tellUp(): void {
    for (const told of this.#back) told()
  }

  /** Hears what scripts publish from now on, but for what they publish while a connection is made anew: `onUp` tells of that. */
  async hear(part: string, hear: (message: string) => void): Promise<void> {
    const { url, clock, report } = this.#options
    this.#hearer = await RedisLine.open({
      url,
      clock,
      prepare: (client) => client.subscribe(`${this.#root}:${part}`, hear),
      onUp: () => this.#tellUp(),
      onDown: () => {},
      report: (error) => report(error, 'hearing of what moved in Redis'),
    })
  }

  /** Asks again which run this is; a connection that has outlived its run is made anew. */
  async checkRun(): Promise<void> {
    const client = this.#ready()
    const { run } = await this.#answered(beginRun(client, this.#root, this.#options.newId()), 0)
    if (run === this.#run) return
    this.#line?.giveUp(new Error('it is another run of Redis'))
    throw new StoreUnavailable('Redis: it is another run of Redis')
  }

  /** @throws StoreUnavailable where Redis is away, does not answer or takes nothing now. What was sent may have been done. */
  async call(script: Script, args: readonly string[]): Promise<unknown> {
    const client = this.#ready()
    let chars = 0
    for (const arg of args) chars += arg.length
    if (this.#waiting.scripts >= maxWaiting.scripts || this.#waiting.chars + chars > maxWaiting.chars)
      throw new StoreUnavailable('Redis: too much waits for it already')
    return await this.#answered(this.#evaluated(client, script, args), chars)
  }

  async #evaluated(client: RedisClient, { sha, text }: Script, args: readonly string[]): Promise<unknown> {
    try {
      return await client.sendCommand(['EVALSHA', sha, '1', this.#root, ...args])
    } catch (error) {
      if (!(error instanceof ErrorReply && error.message.startsWith('NOSCRIPT'))) throw error
      return await client.sendCommand(['EVAL', text, '1', this.#root, ...args])
    }
  }

  #ready(): RedisClient {
    const client = this.#line?.client ?? null
    if (this.#isClosed) throw new StoreUnavailable('Redis: it is closed')
    if (client === null) throw new StoreUnavailable('Redis: there is no connection to it')
    return client
  }

  async #answered<Value>(sent: Promise<Value>, chars: number): Promise<Value> {
    const { clock, answerMs = 4000 } = this.#options
    let stop: Stop = () => {}
    const late = new Promise<never>((_resolve, reject) => {
      stop = clock.after(answerMs, () => {
        const error = new StoreUnavailable(`Redis: it did not answer within ${answerMs} ms`)
        this.#line?.giveUp(error)
        reject(error)
      })
    })
    this.#waiting.scripts++
    this.#waiting.chars += chars
    const answer = Promise.race([sent, late])
    this.#begun.add(answer)
    // Whichever comes second is not waited for.
    sent.catch(() => {})
    try {
      return await answer
    } catch (error) {
      throw this.#told(error)
    } finally {
      stop()
      this.#begun.delete(answer)
      this.#waiting.scripts--
      this.#waiting.chars -= chars
    }
  }

  #told(error: unknown): unknown {
    if (error instanceof StoreUnavailable) return error
    const message = error instanceof Error ? error.message : String(error)
    if (!(error instanceof ErrorReply)) return new StoreUnavailable(`Redis: ${message}`, { cause: error })
    if (!passing.test(message)) return error
    if (elsewhere.test(message)) this.#line?.giveUp(error)
    return new StoreUnavailable(`Redis: ${message}`, { cause: error })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#begun)
    this.#line?.close()
    this.#hearer?.close()
  }
}
