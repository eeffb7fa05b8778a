import type { LiveEntry } from 'dovetail-client'
import type { ReactionData } from '../../session/data-types.ts'

/** One emoji under a message, and who reacted with it. */
export interface Tally {
  emoji: string
  users: readonly string[]
  /** The record of the reader's own reaction; null if there is none. */
  own: { id: string } | 'pending' | null
}

export type Tallies = ReadonlyMap<string, readonly Tally[]>

type Entry = LiveEntry<ReactionData>

/** The same for all spellings of one emoji: with and without a variation selector, and in NFC and NFD. */
export function emojiKey(emoji: string): string {
  return emoji.normalize('NFC').replaceAll(/[\ufe0e\ufe0f]/g, '')
}

function ownOf(entry: Entry): Tally['own'] {
  return entry.record === null ? 'pending' : { id: entry.record.id }
}

function tally(entries: readonly Entry[], me: string): Tally[] {
  const byEmoji = new Map<string, { emoji: string; users: string[]; own: Tally['own'] }>()
  for (const entry of entries) {
    const author = entry.record?.author ?? me
    const { emoji } = entry.data
    const key = emojiKey(emoji)
    const found = byEmoji.get(key) ?? { emoji, users: [], own: null }
    byEmoji.set(key, found)
    if (!found.users.includes(author)) found.users.push(author)
    if (author === me) found.own = ownOf(entry)
  }
  return [...byEmoji.values()]
}

/** Failed reactions and pending removals are not shown. */
function isShown(entry: Entry): boolean {
  return entry.status !== 'failed' && !(entry.status === 'pending' && entry.op === 'delete')
}

function byMessage(entries: readonly Entry[]): Map<string, Entry[]> {
  const groups = new Map<string, Entry[]>()
  for (const entry of entries) {
    const group = groups.get(entry.data.message)
    if (group === undefined) groups.set(entry.data.message, [entry])
    else group.push(entry)
  }
  return groups
}

/**
 * Converts reaction entries to tallies by message. A message whose reactions did not change keeps the same list, so
 * that its row is not rendered again.
 */
export function createTallyConverter() {
  let before = new Map<string, { entries: readonly Entry[]; me: string; tallies: readonly Tally[] }>()
  return (entries: readonly Entry[], me: string): Tallies => {
    const groups = byMessage(entries.filter(isShown))
    const after: typeof before = new Map()
    for (const [message, group] of groups) {
      const old = before.get(message)
      const same = old?.me === me && old.entries.length === group.length && group.every((e, i) => e === old.entries[i])
      after.set(message, same ? old : { entries: group, me, tallies: tally(group, me) })
    }
    before = after
    return new Map([...after].map(([message, { tallies }]) => [message, tallies]))
  }
}
