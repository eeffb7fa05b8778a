/**
 * A Redis that keeps data: one connection runs scripts, and another one subscribes to what scripts
 * publish, since Redis closes slow subscribers sooner than other clients. A new connection first reads
 * which run of Redis it has reached. A run other than the last one may have lost acknowledged commits,
 * so it gets new epochs before anything else is read or written.
 */
import { ErrorReply } from 'redis'
import type { Clock, Stop } from '../../ports/clock.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import { type RedisClient, RedisLine } from '../../redis/redis-line.ts'
import { beginRun } from './scripts/begin-run.ts'
import { type Script, scriptKey } from './scripts/script.ts'

export interface RedisDatabaseOptions {
  /** `redis://user:password@host:port/database?prefix=name`. */
  readonly url: string
  readonly clock: Clock
  readonly report: (error: unknown, doing: string) => void
  /** Gives 16 letters and digits or more, new with each call. */
  readonly newId: () => string
  /** How long a script may take, in milliseconds. */
  readonly answerMs?: number
}

/** The limit of calls that wait for an answer; more are refused, so that a Redis that hangs fills no memory. */
const maxWaiting = { scripts: 10_000, chars: 64 * 1024 * 1024 }

/** Errors that are about the state of Redis and not about the command. */
const passing = /^(STALE|READONLY|LOADING|MASTERDOWN|OOM|BUSY|MISCONF|NOREPLICAS|CLUSTERDOWN|MOVED|NOAUTH|TRYAGAIN)\b/
/** Those of the errors above that another connection may not get. */
const elsewhere = /^(STALE|READONLY|LOADING|MASTERDOWN|NOAUTH)\b/

export class RedisDatabase {
  readonly #options: RedisDatabaseOptions
  readonly #root: string
  #line: RedisLine | null = null
  #subscriber: RedisLine | null = null
  #run = ''
  #incarnation = ''
  #waiting = { scripts: 0, chars: 0 }
  readonly #back = new Set<() => void>()
  readonly #begun = new Set<Promise<unknown>>()
  #isClosed = false

  /** Rejects, with one line for people, where Redis can't be reached or does not keep its data. */
  static async open(options: RedisDatabaseOptions): Promise<RedisDatabase> {
    const database = new RedisDatabase(options)
    database.#line = await RedisLine.open({
      url: options.url,
      clock: options.clock,
      prepare: (client) => database.#begin(client),
      onUp: () => database.#notifyUp(),
      onDown: () => {},
      report: (error) => options.report(error, 'keeping what is in Redis'),
    })
    return database
  }

  private constructor(options: RedisDatabaseOptions) {
    this.#options = options
    this.#root = `{${new URL(options.url).searchParams.get('prefix') ?? 'dovetail'}}`
  }

  /** New whenever the data may be lost or older than before. */
  get incarnation(): string {
    return this.#incarnation
  }

  /** The id of the run of Redis, which every script that writes compares. */
  get run(): string {
    return this.#run
  }

  get clock(): Clock {
    return this.#options.clock
  }

  /** Calls `notify` with each new connection, of either kind. Returns the function that stops this. */
  onUp(notify: () => void): Stop {
    this.#back.add(notify)
    return () => this.#back.delete(notify)
  }

  async #begin(client: RedisClient): Promise<void> {
    const { run, incarnation } = await beginRun(client, this.#root, this.#options.newId())
    this.#run = run
    this.#incarnation = incarnation
  }

  #notifyUp(): void {
    for (const notify of this.#back) notify()
  }

  /**
   * Subscribes to what scripts publish from now on. Messages published during a reconnect are lost:
   * `onUp` reports the reconnect.
   */
  async subscribe(part: string, onMessage: (message: string) => void): Promise<void> {
    const { url, clock, report } = this.#options
    this.#subscriber = await RedisLine.open({
      url,
      clock,
      prepare: (client) => client.subscribe(`${this.#root}:${part}`, onMessage),
      onUp: () => this.#notifyUp(),
      onDown: () => {},
      report: (error) => report(error, 'subscribing to presence in Redis'),
    })
  }

  /** Reads again which run of Redis this is; a connection made in an earlier run is replaced. */
  async checkRun(): Promise<void> {
    const client = this.#ready()
    const { run } = await this.#answered(beginRun(client, this.#root, this.#options.newId()), 0)
    if (run === this.#run) return
    this.#line?.giveUp(new Error('it is another run of Redis'))
    throw new StoreUnavailable('Redis: it is another run of Redis')
  }

  /**
   * @throws StoreUnavailable where Redis can't be reached, does not answer or accepts no command now.
   * The command may have been carried out.
   */
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
      return await client.sendCommand(['EVALSHA', sha, '1', scriptKey(this.#root), ...args])
    } catch (error) {
      if (!(error instanceof ErrorReply && error.message.startsWith('NOSCRIPT'))) throw error
      return await client.sendCommand(['EVAL', text, '1', scriptKey(this.#root), ...args])
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
    // The promise that loses the race is not awaited.
    sent.catch(() => {})
    try {
      return await answer
    } catch (error) {
      throw this.#storeError(error)
    } finally {
      stop()
      this.#begun.delete(answer)
      this.#waiting.scripts--
      this.#waiting.chars -= chars
    }
  }

  #storeError(error: unknown): unknown {
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
    this.#subscriber?.close()
  }
}
