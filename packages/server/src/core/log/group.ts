/**
 * Commits writes in groups: writes that arrive while a commit is under way form the next transaction, so that they share
 * one flush of the disk. `onCommitted` is called for each unit in commit order, before any writer gets its outcome.
 */
import type { Clock } from '../../ports/clock.ts'
import type { Store, Unit, UnitOutcome } from '../../ports/store.ts'
import type { Span, Tracing } from '../../ports/tracing/tracing.ts'
import { UnitTrace } from '../tracing/unit-trace.ts'
import { Distribution, secondBounds } from './counts/distribution.ts'
import type { Pace } from './pace.ts'

const sizeBounds = [1, 2, 5, 10, 20, 50, 100, 200, 500] as const

interface Waiting {
  readonly unit: Unit
  /** `null`: no request whose writes it has is traced. */
  readonly trace: UnitTrace | null
  readonly resolve: (outcome: UnitOutcome) => void
  readonly reject: (error: unknown) => void
}

export interface GroupOptions {
  readonly store: Pick<Store, 'commit'>
  readonly clock: Clock
  readonly pace: Pace
  /** `null`: nothing is traced. */
  readonly tracing: Tracing | null
  /** Called for each committed unit, in commit order. */
  readonly onCommitted: (unit: Unit, outcome: UnitOutcome & { kind: 'committed' }, trace: UnitTrace | null) => void
  /** The most units of one transaction. */
  readonly maxUnits: number
}

/** Since the start. Units over commits: how many writes shared one flush. */
export interface CommitCounts {
  commits: number
  units: number
  seconds: number
  /** Commits that the store could not do. */
  failed: number
  /** Seconds of each commit. */
  readonly durations: Distribution
  /** Units of each commit. */
  readonly sizes: Distribution
}

export class CommitGroup {
  readonly counts: CommitCounts = {
    ...{ commits: 0, units: 0, seconds: 0, failed: 0 },
    durations: new Distribution(secondBounds),
    sizes: new Distribution(sizeBounds),
  }
  readonly #options: GroupOptions
  #waiting: Waiting[] = []
  #busy = false
  #idle: (() => void)[] = []
  #endedAt = Number.NEGATIVE_INFINITY
  #restMs = 0

  constructor(options: GroupOptions) {
    this.#options = options
  }

  /** `requests`: the span of the request of each write; absent: none is traced. */
  add(unit: Unit, requests?: readonly (Span | undefined)[]): Promise<UnitOutcome> {
    const { tracing } = this.#options
    const trace = tracing === null || requests === undefined ? null : UnitTrace.begin(tracing, unit, requests)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ unit, trace, resolve, reject })
      this.#schedule()
    })
  }

  get size(): number {
    return this.#waiting.length
  }

  #schedule(): void {
    if (this.#busy) return
    this.#busy = true
    const { clock } = this.#options
    // As with the flush: a commit starts when the turn ends, but not before the last one's rest is over.
    const restMs = this.#endedAt + this.#restMs - clock.monotonic()
    if (restMs < 1) clock.soon(this.#start)
    else clock.after(restMs, this.#start)
  }

  readonly #start = (): void => {
    void this.#commit()
  }

  async #commit(): Promise<void> {
    const group = this.#waiting.slice(0, this.#options.maxUnits)
    this.#waiting = this.#waiting.slice(group.length)
    const startedAt = this.#options.clock.monotonic()
    if (this.#options.tracing !== null) tellTraces(group)
    try {
      const outcomes = await this.#options.store.commit(group.map((waiting) => waiting.unit))
      this.counts.commits++
      this.counts.units += group.length
      const seconds = (this.#options.clock.monotonic() - startedAt) / 1000
      this.counts.seconds += seconds
      this.counts.durations.count(seconds)
      this.counts.sizes.count(group.length)
      this.#settle(group, outcomes)
    } catch (error) {
      this.counts.failed++
      for (const waiting of group) fail(waiting, error)
    }
    this.#endedAt = this.#options.clock.monotonic()
    this.#restMs = this.#options.pace.restAfterCommit(this.#endedAt - startedAt, group.length)
    this.#busy = false
    if (this.#waiting.length > 0) this.#schedule()
    else for (const resolve of this.#idle.splice(0)) resolve()
  }

  #settle(group: readonly Waiting[], outcomes: readonly UnitOutcome[]): void {
    group.forEach((waiting, index) => {
      const outcome = outcomes[index]
      waiting.trace?.committed(failureOf(outcome))
      if (outcome?.kind === 'committed') this.#options.onCommitted(waiting.unit, outcome, waiting.trace)
    })
    group.forEach((waiting, index) => {
      const outcome = outcomes[index]
      if (outcome === undefined) waiting.reject(new Error('the store gave no outcome for a unit'))
      else if (outcome.kind === 'failed') waiting.reject(outcome.cause)
      else waiting.resolve(outcome)
    })
  }

  /** Resolves when nothing is waiting or under way. */
  drained(): Promise<void> {
    if (!this.#busy && this.#waiting.length === 0) return Promise.resolve()
    return new Promise((resolve) => this.#idle.push(resolve))
  }
}

/** Links what is traced in a group. */
function tellTraces(group: readonly Waiting[]): void {
  const traces = group.flatMap(({ trace }) => trace ?? [])
  for (const trace of traces) trace.committing(traces, group.length)
}

function fail({ trace, reject }: Waiting, error: unknown): void {
  trace?.committed('store_unavailable')
  reject(error)
}

/** Why a unit was not committed, in a word. */
function failureOf(outcome: UnitOutcome | undefined): string | undefined {
  if (outcome?.kind === 'committed') return undefined
  return outcome?.kind === 'refused' ? outcome.reason : 'failed'
}
