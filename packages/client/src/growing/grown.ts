import type { AppendChange, LiveRecord } from 'dovetail-protocol'

type Append = AppendChange['append']

/** The record with what was appended, where it has not got it yet: a new object, and so is each one that holds the text. */
export function grown(record: LiveRecord, { rev, updatedAt, pieces }: Append): LiveRecord {
  if (record.rev >= rev) return record
  const data = pieces.reduce((held, piece) => withPiece(held, keysOf(piece.path), piece), record.data)
  return { ...record, rev, updatedAt, data }
}

function withPiece(value: unknown, [key, ...rest]: readonly string[], piece: Append['pieces'][number]): unknown {
  if (key === undefined) return `${String(value).slice(0, piece.at)}${piece.value}`
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === key ? withPiece(item, rest, piece) : item))
  const object = value as Readonly<Record<string, unknown>>
  // Entries, and no assignment: `__proto__` is a key like any other.
  const entries = Object.entries(object).map(([name, item]) => [
    name,
    name === key ? withPiece(item, rest, piece) : item,
  ])
  return Object.fromEntries(entries)
}

/** The keys of a JSON pointer (RFC 6901). */
export function keysOf(path: string): string[] {
  const keys = path.split('/').slice(1)
  return keys.map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}
