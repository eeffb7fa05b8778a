/**
 * Whether traffic should come here. Each probe does what the node lives by; its outcome counts for
 * a while, so that any number of askers cost one probe, and one that hangs is never joined by more.
 */
import type { Clock } from '../ports/clock.ts'

export interface Probe {
  /** Resolves where all is well. */
  run(): Promise<void>
}

export interface Check {
  readonly status: 'ok' | 'failed'
  /** How long it took, in ms. */
  readonly tookMs: number
}

export interface ReadinessOptions<Name extends string> {
  readonly clock: Clock
  /** By the name that the answer shows. A bell that is rung and heard again would be one more. */
  readonly probes: Readonly<Partial<Record<Name, Probe>>>
  readonly report: (error: unknown, doing: string) => void
}

/** An answer counts for this long. */
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

  /** What every probe found within the last seconds. */
  async look(): Promise<Readonly<Partial<Record<Name, Check>>>> {
    const checks = await Promise.all(this.#watches.map(async ([name, watch]) => [name, await watch.look()] as const))
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

  look(): Promise<Check> {
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
