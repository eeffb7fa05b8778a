/** The patterns that one connection follows. */
import type { Caller } from '../../../core/access/caller.ts'

/** What follows one pattern. */
interface Following {
  /** Goes on with the rights of a fresh token, or ends. */
  become(caller: Caller): void
  close(): void
}

export class FollowedPatterns {
  /** `null`: none, which saves memory on most connections. */
  #held: Map<string, Following> | null = null

  get size(): number {
    return this.#held?.size ?? 0
  }

  has(pattern: string): boolean {
    return this.#held?.has(pattern) ?? false
  }

  /** Keeps what follows a pattern; it replaces an earlier one of the same pattern. */
  hold(pattern: string, followed: Following): void {
    this.release(pattern)
    this.#held ??= new Map()
    this.#held.set(pattern, followed)
  }

  release(pattern: string): void {
    this.#held?.get(pattern)?.close()
    this.#held?.delete(pattern)
  }

  /** Takes over the rights of a fresh token, and ends what they no longer allow. */
  become(caller: Caller): void {
    for (const followed of [...(this.#held?.values() ?? [])]) followed.become(caller)
  }

  close(): void {
    for (const followed of this.#held?.values() ?? []) followed.close()
    this.#held = null
  }
}
