/**
 * Which log the rows of a view belong to. A reset begins another log: records of the former one are void, and so are
 * acknowledgements of writes that were sent before, unless a later read shows that their records still exist.
 */
export class LogEpochs {
  /** The epoch of the log that is read now; null: no log was read yet. */
  current: string | null = null
  /** The epoch of the shown rows: still the former one while the records are read again. */
  shown: string | null = null
  /** The epoch before the last reset: acknowledgements in it are void. */
  #former: string | null = null
  /** Keys of writes that were sent before the last reset: their acknowledgements may belong to the former log. */
  readonly #sentBefore = new Set<string>()

  /** Reading begins, or begins again; `sent`: the keys of the writes that are under way. */
  begin(epoch: string | null, sent: readonly string[]): void {
    if (this.current !== null && this.current !== epoch) this.#former = this.current
    // Of a channel that nobody had written to there is no former log.
    if (this.current !== null) for (const key of sent) this.#sentBefore.add(key)
    this.current = epoch
  }

  /** Whether an acknowledgement, in this epoch, may belong to another log than the held rows. Called once for each key. */
  isOther(key: string, epoch: string | null): boolean {
    return this.#sentBefore.delete(key) || epoch !== (this.current ?? epoch) || epoch === this.#former
  }
}
