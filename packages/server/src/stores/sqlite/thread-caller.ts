import type { Worker } from 'node:worker_threads'
import { StoreUnavailable } from '../../ports/store.ts'
import { sqliteError } from './sqlite-code.ts'
import { startThread } from './start-thread.ts'

/** What a thread does: verbs whose arguments and results can cross. */
export type Verbs = { readonly [verb: string]: (...values: never[]) => unknown }

export type Call = readonly [verb: string, values: readonly unknown[]]
/** Of the first call that has none yet. `code`: SQLite's, `null` where the error is another's. */
export type Answer = readonly [result: unknown] | readonly [result: null, error: string, code: number | null]

/** What every thread is started with, besides its own. */
export interface ThreadStart {
  /** Rung after each message, one more each time. */
  readonly bell: Int32Array<SharedArrayBuffer>
}

/** Not called but sent: the thread stops waiting for calls, and with nothing left to do it ends. */
export const endVerb = 'end'

interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

/** A thread of our own, called by verb. Calls are carried out one by one, in the order made. */
export class ThreadCaller<Of extends Verbs> {
  readonly #worker: Worker
  /** In the order made. No map: each time one grows anew, its old table keeps what the new one held from young collections. */
  #waiting: Waiting[] = []
  readonly #gone: Promise<void>
  readonly #bell = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  #dead: StoreUnavailable | null = null

  constructor(file: string, workerData: object) {
    this.#worker = startThread(file, { ...workerData, bell: this.#bell } satisfies ThreadStart)
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

  /** Ends the thread once it has done what it was called for. Terminating it within a native call would take the process along. */
  async end(): Promise<void> {
    this.#send([endVerb, []])
    await this.#gone
  }

  #send(call: Call): void {
    this.#worker.postMessage(call)
    Atomics.add(this.#bell, 0, 1)
    Atomics.notify(this.#bell, 0)
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
