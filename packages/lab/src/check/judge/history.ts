/** Records the events of a run in order, to find out why it failed: one JSON object a line. */

export type HistoryEvent =
  | { readonly kind: 'write'; readonly id: string; readonly text: string | null; readonly rev: number | null }
  | { readonly kind: 'drop'; readonly reader: string }
  | { readonly kind: 'phase'; readonly name: 'load' | 'settle' | 'read' }

export class RunHistory {
  readonly #now: () => number
  readonly #lines: string[] = []

  /** `now`: monotonic ms. */
  constructor(now: () => number) {
    this.#now = now
  }

  note(event: HistoryEvent): void {
    this.#lines.push(JSON.stringify({ at: Math.round(this.#now()), ...event }))
  }

  add(what: Readonly<Record<string, unknown>>): void {
    this.#lines.push(JSON.stringify(what))
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`
  }
}
