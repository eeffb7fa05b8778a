import type { Store, UnitOutcome } from '../../ports/store.ts'
import type { StoreWatch, Touched } from '../../ports/watch.ts'

/** A store in memory that says what was touched, as one that several processes write to does. */
export class TouchedStore implements StoreWatch {
  readonly store: Store
  /** How often each was touched last, in the order of all touches. */
  readonly #touches = new Map<string, number>()
  #count = 0
  #revocations = 0
  /** While it is away, checks fail. */
  isAway = false
  checks = 0
  /** Every mark before this one is of the lost incarnation. */
  #lostAt = 0

  constructor(inner: Store) {
    const noted = <Verb extends keyof Store>(verb: Verb, note: (args: unknown[], answer: unknown) => void) => {
      const method = inner[verb] as (...args: unknown[]) => Promise<unknown>
      return async (...args: unknown[]) => {
        const answer = await method.apply(inner, args)
        note(args, answer)
        return answer
      }
    }
    const own: Partial<Record<keyof Store, unknown>> = {
      commit: noted('commit', ([group], outcomes) => {
        for (const [index, { kind }] of (outcomes as UnitOutcome[]).entries())
          if (kind === 'committed') this.#touch((group as { channel: string }[])[index]?.channel ?? '')
      }),
      open: noted('open', ([channel]) => this.#touch((channel as { name: string }).name)),
      drop: noted('drop', ([name]) => this.#touch(name as string)),
      renew: noted('renew', () => {
        for (const name of [...this.#touches.keys()]) this.#touch(name)
      }),
    }
    this.store = new Proxy(inner, {
      get: (target, name: keyof Store) => own[name] ?? (target[name] as () => unknown).bind(target),
    })
  }

  #touch(name: string): void {
    this.#touches.delete(name)
    this.#touches.set(name, ++this.#count)
  }

  /** As if another process had revoked something. */
  touchRevocations(): void {
    this.#revocations = ++this.#count
  }

  /** As if the store had lost everything and were another incarnation. */
  async lose(): Promise<void> {
    for (const name of [...this.#touches.keys()]) await this.store.drop(name)
    this.#touches.clear()
    this.#lostAt = ++this.#count
  }

  async touched(mark: string | null): Promise<Touched> {
    this.checks++
    if (this.isAway) throw new Error('the store is away')
    const after = mark === null ? this.#count : Number(mark)
    const names = [...this.#touches].filter(([, at]) => at > after).map(([name]) => name)
    const upTo = this.#count
    const revocationsChanged = this.#revocations > after
    const channels = []
    for (const name of names) {
      const facts = await this.store.channel(name)
      channels.push({ name, epoch: facts?.epoch ?? null, head: facts?.head ?? 0 })
    }
    const lost = mark !== null && after < this.#lostAt
    return { channels, revocationsChanged, mark: String(upTo), ...(lost ? { lost } : {}) }
  }
}
