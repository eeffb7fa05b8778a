/** One line of the input of `dovetail publish`, as the write that it asks for. */
import { isRecordId, isUserName } from 'dovetail-protocol/names'

export interface PublishedLine {
  /** From 1. */
  readonly number: number
  readonly text: string
}

/** What a line says: the record's data, and with `--records` also its id and its author. */
export interface Draft {
  readonly data: unknown
  readonly id?: string
  readonly author?: string
}

/** A line that no server has to see to refuse it. */
export interface LineFault {
  readonly code: 'invalid_json' | 'invalid_data' | 'invalid_name'
  readonly detail: string
}

const byteOrderMark = /^\ufeff/
const members: ReadonlySet<string> = new Set(['data', 'id', 'author'])

/** `isWhole`: the line is a record, `{"data":…, "id"?, "author"?}`, and not the data alone. */
export function parseLine(text: string, isWhole: boolean): Draft | LineFault {
  let value: unknown
  try {
    value = JSON.parse(text.replace(byteOrderMark, ''))
  } catch {
    return { code: 'invalid_json', detail: 'The line is no JSON.' }
  }
  return isWhole ? draftOf(value) : { data: value }
}

function draftOf(value: unknown): Draft | LineFault {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'data'))
    return { code: 'invalid_data', detail: 'The line is no object with "data".' }
  const { data, id, author } = value as { data: unknown; id?: unknown; author?: unknown }
  const unknown = Object.keys(value).find((key) => !members.has(key))
  if (unknown !== undefined) return { code: 'invalid_data', detail: `A record has no "${unknown}" here.` }
  if (id !== undefined && !(typeof id === 'string' && isRecordId(id)))
    return { code: 'invalid_name', detail: 'The id is no name for a record.' }
  if (author !== undefined && !(typeof author === 'string' && isUserName(author)))
    return { code: 'invalid_name', detail: 'The author is no name for a user.' }
  return { data, ...(id === undefined ? {} : { id }), ...(author === undefined ? {} : { author }) }
}
