import type { Store } from '../../ports/store.ts'

type Verb = 'changes' | 'channel' | 'lookup' | 'page' | 'snapshot' | 'commit'

interface Held {
  readonly verb: Verb
  readonly release: () => void
  readonly fail: (error: unknown) => void
}

/** A store whose answers the test holds back. An answer is made when it is asked for and arrives late, as over a slow line. */
export class HeldStore {
  readonly store: Store
  readonly #holding = new Set<Verb>()
  #held: Held[] = []
  readonly calls: Verb[] = []

  constructor(inner: Store) {
    this.store = new Proxy(inner, {
      get: (target, name: keyof Store) => {
        const method = target[name] as (...given: unknown[]) => Promise<unknown>
        return (...given: unknown[]) => this.#call(name as Verb, () => method.apply(target, given))
      },
    })
  }

  async #call(verb: Verb, run: () => Promise<unknown>): Promise<unknown> {
    this.calls.push(verb)
    const answer = run()
    if (!this.#holding.has(verb)) return answer
    // The answer is awaited below; until then its failure must not count as unhandled.
    answer.catch(() => {})
    await new Promise<void>((release, fail) => this.#held.push({ verb, release, fail }))
    return answer
  }

  /** Answers to these are held from now on. */
  hold(...verbs: readonly Verb[]): void {
    for (const verb of verbs) this.#holding.add(verb)
  }

  get held(): number {
    return this.#held.length
  }

  /** Gives every held answer, and holds nothing more. */
  release(): void {
    this.#holding.clear()
    for (const { release } of this.#held.splice(0)) release()
  }

  /** Gives the answer that is held the longest; later ones are still held. */
  releaseOne(): void {
    this.#held.shift()?.release()
  }

  fail(error: unknown): void {
    this.#holding.clear()
    for (const { fail } of this.#held.splice(0)) fail(error)
  }

  count(verb: Verb): number {
    return this.calls.filter((call) => call === verb).length
  }
}
