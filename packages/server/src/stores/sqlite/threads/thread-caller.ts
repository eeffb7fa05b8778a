import type { Worker } from 'node:worker_threads'
import { StoreUnavailable } from '../../../ports/store.ts'
import { sqliteError } from '../driver/sqlite-code.ts'
import { startThread } from './start-thread.ts'

/** The verbs of a thread; their arguments and results can be sent between threads. */
export type Verbs = { readonly [verb: string]: (...values: never[]) => unknown }

export type Call = readonly [verb: string, values: readonly unknown[]]
/** The answer to the oldest call without one. `code`: SQLite's code, `null` where the error is not SQLite's. */
export type Answer = readonly [result: unknown] | readonly [result: null, error: string, code: number | null]

/** What every thread is started with, besides its own data. */
export interface ThreadStart {
  /** Raised by one and notified after each message. */
  readonly notification: Int32Array<SharedArrayBuffer>
}

/** Sent without an answer: the thread stops waiting for calls, and exits when it has nothing left to do. */
export const endVerb = 'end'

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** A thread of this process, called by verb. Calls run one by one, in the order made. */
export class ThreadCaller<Of extends Verbs> {
  readonly #worker: Worker
  /**
   * In the order made. Not a Map: whenever a Map grows, its old table keeps young objects alive through
   * the next collections.
   */
  #waiting: Waiting[] = []
  readonly #gone: Promise<void>
  readonly #notification = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  #dead: StoreUnavailable | null = null

  constructor(file: string, workerData: object) {
    this.#worker = startThread(file, { ...workerData, notification: this.#notification } satisfies ThreadStart)
    this.#worker.on('message', (answer: Answer) => this.#settle(answer))
    this.#worker.on('error', (cause) => this.#die(`the ${file} failed: ${cause.message}`, cause))
    this.#gone = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        this.#die(`the ${file} is gone`)
        resolve()
      })
    })
  }

  /** @throws StoreUnavailable where the verb failed or the thread is gone. */
  call<Verb extends keyof Of & string>(verb: Verb, ...values: Parameters<Of[Verb]>): Promise<ReturnType<Of[Verb]>> {
    if (this.#dead !== null) return Promise.reject(this.#dead)
    return new Promise((resolve, reject) => {
      this.#send([verb, values])
      this.#waiting.push({ resolve: resolve as (result: unknown) => void, reject })
    })
  }

  /** Ends the thread after its pending calls. Terminating it within a native call would crash the process. */
  async end(): Promise<void> {
    this.#send([endVerb, []])
    await this.#gone
  }

  #send(call: Call): void {
    this.#worker.postMessage(call)
    Atomics.add(this.#notification, 0, 1)
    Atomics.notify(this.#notification, 0)
  }

  #settle([result, error, code = null]: Answer): void {
    const waiting = this.#waiting.shift()
    if (error === undefined) waiting?.resolve(result)
    else waiting?.reject(new StoreUnavailable(error, code === null ? {} : { cause: sqliteError(error, code) }))
  }

  #die(message: string, cause?: unknown): void {
    this.#dead ??= new StoreUnavailable(message, { cause })
    for (const { reject } of this.#waiting.splice(0)) reject(this.#dead)
  }
}
