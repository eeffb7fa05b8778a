/** What a client holds by what it printed, and whether it printed a record again or out of order. */

/** A line of a client's output: a record or a tombstone of the collection, or that all it held is void. */
type Line =
  | { readonly reset: unknown }
  | {
      readonly id: string
      readonly pos: number
      readonly rev: number
      readonly deleted?: true
      readonly data?: unknown
    }

export class HeldRecords {
  readonly #records = new Map<string, { readonly rev: number; readonly text: string | null }>()
  #newestUnchanged = 0
  readonly complaints: string[] = []
  resets = 0

  /** @param text one line, without its end */
  take(text: string): void {
    const line = lineOf(text)
    if (line === null) {
      this.complaints.push(`a line is neither a record nor a reset: ${text.slice(0, 200)}`)
    } else if ('reset' in line) {
      this.resets += 1
      this.#records.clear()
      this.#newestUnchanged = 0
    } else {
      this.#order(line)
      this.#records.set(line.id, { rev: line.rev, text: line.deleted === true ? null : JSON.stringify(line.data) })
    }
  }

  #order({ id, pos, rev }: Extract<Line, { id: string }>): void {
    const before = this.#records.get(id)?.rev ?? 0
    if (rev === before) this.complaints.push(`revision ${rev} of record ${id} was printed twice`)
    if (rev < before) this.complaints.push(`record ${id} went back from revision ${before} to ${rev}`)
    // A page stands in the order of positions, and changes in that of revisions: a new record's are the same.
    if (pos !== rev || before !== 0) return
    if (rev < this.#newestUnchanged)
      this.complaints.push(`the new record of revision ${rev} came after that of ${this.#newestUnchanged}`)
    this.#newestUnchanged = Math.max(this.#newestUnchanged, rev)
  }

  has(text: string): boolean {
    return [...this.#records.values()].some((record) => record.text?.includes(text) === true)
  }

  /** How it differs from what a fresh read gives; `null`: not at all. */
  differenceFrom(
    records: readonly { readonly id: string; readonly rev: number; readonly data: unknown }[],
  ): string | null {
    const fresh = new Map(records.map(({ id, rev, data }) => [id, { rev, text: JSON.stringify(data) }]))
    for (const [id, { rev, text }] of fresh) {
      const held = this.#records.get(id)
      if (held === undefined) return `it lacks record ${id} of revision ${rev}`
      if (held.rev !== rev || held.text !== text)
        return `it has record ${id} as of revision ${held.rev}, and not of ${rev}`
    }
    for (const [id, { text }] of this.#records)
      if (text !== null && !fresh.has(id)) return `it has record ${id}, which is not there`
    return null
  }
}

function lineOf(text: string): Line | null {
  try {
    const line: unknown = JSON.parse(text)
    if (typeof line !== 'object' || line === null) return null
    if ('reset' in line) return { reset: line.reset }
    const { id, pos, rev } = line as Record<string, unknown>
    return typeof id === 'string' && typeof pos === 'number' && typeof rev === 'number' ? (line as Line) : null
  } catch {
    return null
  }
}
