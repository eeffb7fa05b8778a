import type { ChannelFacts } from '../../ports/store.ts'
import type { StoredRecord } from '../../ports/stored-record.ts'

/** A record as the scripts give it: `collection id pos rev order createdAt updatedAt deleted author data`. */
export function recordOf(text: string, data?: string): StoredRecord {
  const fields: string[] = []
  let from = 0
  while (fields.length < 9) {
    const to = text.indexOf(' ', from)
    fields.push(text.slice(from, to))
    from = to + 1
  }
  const [collection = '', id = '', pos, rev, , createdAt, updatedAt, deleted, author = ''] = fields
  return {
    collection,
    id,
    pos: Number(pos),
    rev: Number(rev),
    author,
    createdAt: Number(createdAt),
    updatedAt: Number(updatedAt),
    deleted: deleted === '1',
    data: data ?? text.slice(from),
  }
}

/** What scripts answer with, as the driver decodes it. */
export type Reply = string | number | null | readonly Reply[]

export function listOf(reply: Reply | undefined): readonly Reply[] {
  return Array.isArray(reply) ? reply : []
}

export function recordsOf(reply: Reply | undefined): readonly StoredRecord[] {
  return listOf(reply).map((row) => recordOf(String(row)))
}

/** Epoch, head, floor, membersRev, createdAt, visibility, title; `null`: there is no such channel. */
export function factsOf(name: string, reply: Reply | undefined): ChannelFacts | null {
  if (!Array.isArray(reply)) return null
  const [epoch, head, floor, membersRev, createdAt, visibility, title] = reply as readonly Reply[]
  return {
    name,
    epoch: String(epoch),
    head: Number(head),
    floor: Number(floor),
    membersRev: Number(membersRev),
    createdAt: Number(createdAt),
    visibility: visibility === 'private' ? 'private' : 'public',
    title: title === null || title === undefined ? null : String(title),
  }
}
