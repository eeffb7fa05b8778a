import type { Unit, Write } from '../store.ts'

export const general = 'chat:general'
export const noon = 1_764_072_000_000

/** A write that creates a record under an id that the caller generated. */
export function create(recordId: string, text = recordId): Write {
  return write({ recordId, data: JSON.stringify({ text }) })
}

export function write(part: Partial<Write> = {}): Write {
  return { collection: 'messages', recordId: 'a', effect: 'put', data: '{}', author: 'ana', expectRev: 0, ...part }
}

export function unit(writes: readonly Write[], part: Partial<Unit> = {}): Unit {
  return { channel: general, at: noon, writes, make: true, membersRev: null, ...part }
}
