/** JSON lines: each is a record, `{"data":…, "id"?, "author"?, …}`, or the data alone. */
import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import type { ImportedRecord, Incoming } from './incoming.ts'
import { OwnKeys } from './own-keys.ts'

export interface ImportTarget {
  readonly channel: string
  readonly collection: string
}

const byteOrderMark = /^\ufeff/
const members: ReadonlySet<string> = new Set(['id', 'author', 'createdAt', 'updatedAt', 'deleted', 'data'])

export async function* readJsonLines(file: string, target: ImportTarget): AsyncGenerator<Incoming, void> {
  const keys = new OwnKeys()
  for await (const { line, text } of linesIn(file)) yield incomingOf(line, text, target, keys)
}

/** The lines of a file that are not empty, from 1, without a byte order mark and line ends. */
export async function* linesIn(file: string): AsyncGenerator<{ readonly line: number; readonly text: string }, void> {
  const input = createReadStream(file)
  let line = 0
  try {
    for await (const raw of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      line += 1
      const text = line === 1 ? raw.replace(byteOrderMark, '') : raw
      if (text.trim() !== '') yield { line, text }
    }
  } finally {
    input.destroy()
  }
}

function incomingOf(line: number, text: string, { channel, collection }: ImportTarget, keys: OwnKeys): Incoming {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { line, text, fault: { code: 'invalid_json', detail: 'The line is no JSON.' } }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { line, text, fault: { code: 'invalid_data', detail: 'The line is no JSON object.' } }
  const whole: ImportedRecord = isWhole(value) ? { collection, ...value } : { collection, data: value }
  return { line, channel, record: whole.id === undefined ? { ...whole, key: keys.of(whole) } : whole }
}

/** Whether the line is a record, and not the data alone: it has data or is deleted, and nothing that no record has. */
function isWhole(value: object): boolean {
  const names = Object.keys(value)
  return (names.includes('data') || names.includes('deleted')) && names.every((name) => members.has(name))
}
