/**
 * Decides whether the database still has the history of its epochs, by what the server reports and what
 * this node saw.
 */

/** The row in the database: the identity of the server when the epochs were given. */
export interface RecordedHistory {
  /** Rises with each new history. */
  readonly number: number
  readonly id: string
  /** The system identifier that `initdb` gave the server's data; `''`: it was not known. */
  readonly system: string
  /** The timeline, which rises with each promotion and each recovery to an earlier time; `''`: it was not known. */
  readonly timeline: string
  /** False: the row was copied here, as by `pg_restore`, and not written by the transaction that it names. */
  readonly isOriginal: boolean
}

/** What the server reports now. `''`: this user may not ask, or the service has no such function. */
export interface ServerIdentity {
  readonly system: string
  readonly timeline: string
  /** The last committed transaction that changed a channel; `null`: there is no channel. */
  readonly lastTouch: bigint | null
}

/** What this node saw at its last check. */
export interface SeenHistory {
  readonly number: number
  readonly id: string
  readonly lastTouch: bigint | null
}

export type Verdict =
  | { readonly kind: 'same' }
  /** The row is written or completed; no epoch changes. */
  | { readonly kind: 'record' }
  | { readonly kind: 'new'; readonly reason: string }

export function judgeHistory(row: RecordedHistory | null, now: ServerIdentity, seen: SeenHistory | null): Verdict {
  if (row === null) return seen === null ? { kind: 'record' } : another('its record of the history is gone')
  const { system, timeline } = row
  if (!row.isOriginal) return another('its rows were copied from another database')
  if (differ(system, now.system)) return another(`system ${now.system}, it was ${system}`)
  if (differ(timeline, now.timeline)) return another(`timeline ${now.timeline}, it was ${timeline}`)
  if (seen !== null && isBehind(row, now, seen)) return another('it lacks commits that this node saw')
  const isComplete = (system !== '' || now.system === '') && (timeline !== '' || now.timeline === '')
  return { kind: isComplete ? 'same' : 'record' }
}

function another(reason: string): Verdict {
  return { kind: 'new', reason }
}

function differ(before: string, now: string): boolean {
  return before !== '' && now !== '' && before !== now
}

/** A row with a higher number was written by another node, which has renewed the epochs already. */
function isBehind(row: RecordedHistory, now: ServerIdentity, seen: SeenHistory): boolean {
  if (row.id !== seen.id) return row.number <= seen.number
  return seen.lastTouch !== null && (now.lastTouch ?? 0n) < seen.lastTouch
}
