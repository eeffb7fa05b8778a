/** Records as complaints describe them. */
import type { AnyRecord } from 'dovetail-protocol'

export function inOrder(records: readonly AnyRecord[]): AnyRecord[] {
  return [...records].sort((a, b) => a.pos - b.pos)
}

/** Where two lists of records differ first, in words; `null`: nowhere. */
export function firstDifference(shown: readonly AnyRecord[], fresh: readonly AnyRecord[]): string | null {
  for (let i = 0; i < Math.max(shown.length, fresh.length); i++) {
    const [held, wanted] = [shown[i], fresh[i]]
    if (JSON.stringify(held) === JSON.stringify(wanted)) continue
    return `at place ${i} it has ${describeRecord(held)}, the fresh read ${describeRecord(wanted)}`
  }
  return null
}

function describeRecord(record: AnyRecord | undefined): string {
  return record === undefined ? 'nothing' : `${quoteText(textOf(record))} (pos ${record.pos}, rev ${record.rev})`
}

export function quoteText(text: string | null): string {
  return text === null ? 'a deletion' : `"${text}"`
}

/** `null` of a tombstone. */
export function textOf(record: AnyRecord): string | null {
  return record.deleted === true ? null : String((record.data as { text?: unknown }).text)
}
