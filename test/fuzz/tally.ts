/** Counts what was sent, and what was accepted of it. */
import type { Answer } from '../support/clients/rest.ts'

export class Tally {
  sent = 0
  accepted = 0
  readonly #kinds = new Map<string, [sent: number, accepted: number]>()
  /** How often each kind was refused with each code. */
  readonly #refused = new Map<string, number>()

  count(kind: string, wasAccepted: boolean, code?: string): void {
    const [sent, accepted] = this.#kinds.get(kind) ?? [0, 0]
    this.#kinds.set(kind, [sent + 1, accepted + (wasAccepted ? 1 : 0)])
    this.sent += 1
    this.accepted += wasAccepted ? 1 : 0
    if (code === undefined) return
    this.#refused.set(`${kind} ${code}`, (this.#refused.get(`${kind} ${code}`) ?? 0) + 1)
  }

  /** What was sent, of which kind, and with which outcome. */
  table(): string {
    const rows = [...this.#kinds].sort().map(([kind, [sent, accepted]]) => {
      const codes = [...this.#refused].filter(([name]) => name.startsWith(`${kind} `))
      return `${kind}: ${accepted} of ${sent}, ${codes.map(([name, count]) => `${name.slice(kind.length + 1)} ${count}`)}`
    })
    return rows.join('\n')
  }
}

/** A batch is, where one of its writes was done. */
export function isAccepted({ status, body }: Answer): boolean {
  const { results } = (body ?? {}) as { results?: readonly { status?: unknown }[] }
  if (status >= 400 || !Array.isArray(results)) return status < 400
  return results.some((each) => typeof each.status !== 'number' || each.status < 400)
}
