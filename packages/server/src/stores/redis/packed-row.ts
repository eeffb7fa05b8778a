import type { ChannelFacts } from '../../ports/store.ts'
import type { StoredRecord } from '../../ports/stored-record.ts'

/**
 * Parses a record as the scripts return it: `collection id pos rev order createdAt updatedAt deleted author data`. A
 * tombstone has no data; who deleted it stands in that place.
 */
export function recordOf(text: string, rest?: string): StoredRecord {
  const fields: string[] = []
  let from = 0
  while (fields.length < 9) {
    const to = text.indexOf(' ', from)
    fields.push(text.slice(from, to))
    from = to + 1
  }
  const [collection = '', id = '', pos, rev, , createdAt, updatedAt, deleted, author = ''] = fields
  const last = rest ?? text.slice(from)
  const isTombstone = deleted === '1'
  return {
    collection,
    id,
    pos: Number(pos),
    rev: Number(rev),
    author,
    createdAt: Number(createdAt),
    updatedAt: Number(updatedAt),
    deleted: isTombstone,
    data: isTombstone ? '' : last,
    ...(isTombstone ? { deletedBy: last } : {}),
  }
}

/** A script's answer, as the driver decodes it. */
export type Reply = string | number | null | readonly Reply[]

export function listOf(reply: Reply | undefined): readonly Reply[] {
  return Array.isArray(reply) ? reply : []
}

export function recordsOf(reply: Reply | undefined): readonly StoredRecord[] {
  return listOf(reply).map((row) => recordOf(String(row)))
}

/** Parses epoch, head, floor, membersRev, createdAt, visibility and title; `null`: there is no such channel. */
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

/** The channels in a reply of names and facts. */
export function channelsIn(found: Reply): ChannelFacts[] {
  return listOf(found).flatMap((reply) => {
    const [name, facts] = listOf(reply)
    return factsOf(String(name), facts) ?? []
  })
}
