/**
 * A hook's handle on a view. The hook has the handle from its first render on; only an effect may open the view.
 * Each channel has a handle of its own, so that no render shows the rows of a former channel.
 *
 *   unopened ── effect ──▶ open ── cleanup ──▶ closing ── end of the task ──▶ closed
 *                           ▲                     │                             │
 *                           └─────── effect (StrictMode, Suspense) ─────────────┘
 *
 * Calls that are made while it is unopened or closing run when it opens, since effects of child components run first.
 */
import type { Stop } from '../base/clock.ts'
import { DovetailError } from '../base/errors.ts'
import { Listeners } from '../base/listeners.ts'

interface View<Snapshot> {
  getSnapshot(): Snapshot
  subscribe(listener: () => void): Stop
  close(): void
}

export class ViewHandle<Snapshot, Opened extends View<Snapshot>> {
  readonly #create: () => Opened
  readonly #unopened: Snapshot
  readonly #listeners = new Listeners()
  #waiting: ((view: Opened) => void)[] = []
  #view: Opened | null = null
  #closed = false

  /** `unopened` is the snapshot while the view is not open. */
  constructor(create: () => Opened, unopened: Snapshot) {
    this.#create = create
    this.#unopened = unopened
  }

  // Arrow functions, since React calls them without their object.
  readonly getSnapshot = (): Snapshot => this.#view?.getSnapshot() ?? this.#unopened

  readonly subscribe = (listener: () => void): Stop => this.#listeners.add(listener)

  /** The effect that opens the view; returns its cleanup. */
  readonly open = (): Stop => {
    const view = this.#create()
    this.#view = view
    this.#closed = false
    const stop = view.subscribe(() => this.#listeners.notify())
    for (const task of this.#waiting.splice(0)) task(view)
    this.#listeners.notify()
    return () => {
      stop()
      view.close()
      this.#view = null
      queueMicrotask(() => {
        if (this.#view !== null) return
        this.#closed = true
        this.#waiting = []
      })
    }
  }

  get view(): Opened | null {
    return this.#view
  }

  /** Runs a task on the view: now, or when the view opens. Throws `closed` once the component is unmounted or shows another channel. */
  run(task: (view: Opened) => void): void {
    if (this.#closed) throw new DovetailError('closed', 'the component that opened this view is gone')
    if (this.#view === null) this.#waiting.push(task)
    else task(this.#view)
  }
}
