/**
 * Readiness: whether a load balancer should send traffic to this node. Each probe tries a service that the node depends
 * on. Its outcome is kept for 2 s, so that many checks cost one probe, and no second probe starts while one hangs.
 */
import type { Clock } from '../ports/clock.ts'

export interface Probe {
  /** Resolves where the service works. */
  run(): Promise<void>
}

export interface Check {
  readonly status: 'ok' | 'failed'
  /** The duration of the probe, in ms. */
  readonly tookMs: number
}

export interface ReadinessOptions<Name extends string> {
  readonly clock: Clock
  /** The probes by the name that the answer shows, such as `store`. */
  readonly probes: Readonly<Partial<Record<Name, Probe>>>
  readonly report: (error: unknown, doing: string) => void
}

/** How long an outcome is kept. */
const keptMs = 2000
/** A probe that takes longer has failed. */
const timeoutMs = 2000

export class Readiness<Name extends string> {
  readonly #watches: readonly (readonly [Name, Watch])[]

  constructor({ clock, probes, report }: ReadinessOptions<Name>) {
    const entries = Object.entries(probes) as [Name, Probe][]
    this.#watches = entries.map(([name, probe]) => [
      name,
      new Watch(clock, probe, (error) => report(error, `probing the ${name}`)),
    ])
  }

  /** The latest outcome of every probe, at most 2 s old. */
  async checkAll(): Promise<Readonly<Partial<Record<Name, Check>>>> {
    const checks = await Promise.all(this.#watches.map(async ([name, watch]) => [name, await watch.latest()] as const))
    return Object.fromEntries(checks) as Partial<Record<Name, Check>>
  }
}

class Watch {
  readonly #clock: Clock
  readonly #probe: Probe
  readonly #failed: (error: unknown) => void
  #underWay: Promise<void> | null = null
  #last: { readonly startedAt: number; readonly check: Promise<Check> } | null = null

  constructor(clock: Clock, probe: Probe, failed: (error: unknown) => void) {
    this.#clock = clock
    this.#probe = probe
    this.#failed = failed
  }

  /** The last outcome, or that of a new probe where the last one is too old. */
  latest(): Promise<Check> {
    const now = this.#clock.monotonic()
    if (this.#last === null || now - this.#last.startedAt >= keptMs)
      this.#last = { startedAt: now, check: this.#check(now) }
    return this.#last.check
  }

  async #check(startedAt: number): Promise<Check> {
    const status = await this.#outcome()
    return { status, tookMs: Math.round(this.#clock.monotonic() - startedAt) }
  }

  #outcome(): Promise<Check['status']> {
    this.#underWay ??= this.#run()
    const probed = this.#underWay
    return new Promise((resolve) => {
      const failed = (error: unknown): void => {
        this.#failed(error)
        resolve('failed')
      }
      const cancel = this.#clock.after(timeoutMs, () => failed(new Error(`no answer within ${timeoutMs} ms`)))
      probed.then(() => resolve('ok'), failed).finally(cancel)
    })
  }

  async #run(): Promise<void> {
    try {
      await this.#probe.run()
    } finally {
      this.#underWay = null
    }
  }
}
