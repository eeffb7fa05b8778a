import type { KnownFile } from '../../ports/files/file-table.ts'

/** A file as a row of SQL has it: the columns in this order, with `until`, when a file without a reference is over. */
export function fileOf(row: readonly unknown[]): KnownFile {
  const [id, channel, author, name, type, size, width, height, createdAt, state, until] = row as [
    string,
    string,
    string,
    string,
    string,
    number,
    number | null,
    number | null,
    number,
    KnownFile['state'],
    number | null,
  ]
  return { id, channel, author, name, type, size, width, height, createdAt, state, isReferred: until === null }
}
