/** Appends text to the strings of a record's data. Keys are never special: `__proto__` is one like any other. */
import type { Appends, FieldError } from 'dovetail-protocol'
import type { Piece } from '../../ports/stored-record.ts'

export interface Appended {
  readonly data: unknown
  readonly pieces: readonly Piece[]
  /** Operations whose path leads to no string; they changed nothing. */
  readonly errors: readonly FieldError[]
}

/** The data, which is changed itself, with what is appended. */
export function appended(data: unknown, operations: Appends): Appended {
  // The data in a list of its own, so that a record which is one string has one too.
  const root = [data]
  const errors: FieldError[] = []
  const pieces: Piece[] = []
  for (const { path, value } of operations) {
    const slot = slotOf(root, path)
    if (slot === null) errors.push({ pointer: path, message: 'There is no text here to append to.' })
    else {
      slot.holder[slot.key] = `${slot.text}${value}`
      pieces.push({ path, at: slot.text.length, value })
    }
  }
  return { data: root[0], errors, pieces }
}

/** The data of a record with what was appended, as JSON text; `null`: it is not the data that was appended to. */
export function grownText(data: string, pieces: readonly Piece[]): string | null {
  const root: unknown[] = [JSON.parse(data)]
  for (const { path, at, value } of pieces) {
    const slot = slotOf(root, path)
    if (slot === null || slot.text.length !== at) return null
    slot.holder[slot.key] = `${slot.text}${value}`
  }
  return JSON.stringify(root[0])
}

interface Slot {
  readonly holder: { [key: string]: unknown }
  readonly key: string
  readonly text: string
}

/** Where the string stands to which a JSON pointer leads; `null`: it leads to none. */
function slotOf(root: unknown[], path: string): Slot | null {
  const keys = keysOf(path)
  if (keys === null) return null
  let holder: unknown = root
  let key = '0'
  for (const next of keys) {
    holder = valueIn(holder, key)
    key = next
  }
  const text = valueIn(holder, key)
  return typeof text === 'string' ? { holder: holder as Slot['holder'], key, text } : null
}

/** RFC 6901, sections 3 and 4; `null`: the text is no pointer. */
function keysOf(path: string): string[] | null {
  if (path === '') return []
  if (!path.startsWith('/') || /~(?![01])/.test(path)) return null
  return path
    .slice(1)
    .split('/')
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** The own member of an object, or the item of a list; `undefined`: there is none. */
function valueIn(holder: unknown, key: string): unknown {
  if (typeof holder !== 'object' || holder === null) return undefined
  if (Array.isArray(holder) && !/^(0|[1-9]\d*)$/.test(key)) return undefined
  return Object.hasOwn(holder, key) ? (holder as Slot['holder'])[key] : undefined
}
