import type { FileReference } from 'dovetail-client/files'

export type MessageFile = FileReference

/** The files to which a message's data refers. Data that an older page or another program wrote may be anything. */
export function messageFilesIn(files: unknown): readonly MessageFile[] {
  return Array.isArray(files) ? files.filter(isFile) : []
}

function isFile(value: unknown): value is MessageFile {
  if (typeof value !== 'object' || value === null) return false
  const { id, name, type, size } = value as Partial<Record<keyof MessageFile, unknown>>
  return typeof id === 'string' && typeof name === 'string' && typeof type === 'string' && typeof size === 'number'
}

/** What a message says in one line: its text, or the names of its files. */
export function summaryOf({ text, files }: { readonly text: string; readonly files: readonly MessageFile[] }): string {
  return text === '' ? files.map(({ name, alt }) => alt ?? name).join(', ') : text
}
