import type { StoredRecord } from '../../../ports/store.ts'

/** A message with this text. */
export function storedMessage(rev: number, id = `r${rev}`, text = ''): StoredRecord {
  return {
    collection: 'messages',
    id,
    pos: rev,
    rev,
    author: 'ana',
    createdAt: 0,
    updatedAt: 0,
    deleted: false,
    data: JSON.stringify({ text }),
  }
}
