/**
 * The users of one room as JSON, in parts that fit a frame. The list is kept in small groups, each encoded once and again
 * only when one of its users changed: so the list of a large room costs a subscriber next to nothing, also while others
 * come and go. A reader is sent the list part by part, each part as it is when the reader's outlet can take it.
 */
import type { Presence, PresentUser } from 'dovetail-protocol'
import { type EventFrame, encodePresent, presenceListFrame, presenceMovesFrame } from '../../wire/frames.ts'
import { encodeList, type JsonText } from '../../wire/json-text.ts'
import type { Present } from './present.ts'

const usersOfGroup = 32
const mostFrames = 256

interface Group {
  readonly users: Set<Present>
  /** `null`: to be encoded. */
  encoded: { readonly texts: readonly JsonText<PresentUser>[]; readonly bytes: number } | null
}

/** Some users, and the order at which the list goes on; `null`: it is complete. */
export interface ListPart {
  readonly users: readonly JsonText<PresentUser>[]
  readonly next: number | null
}

interface PartFrame {
  readonly frame: EventFrame<Presence>
  readonly next: number | null
}

export class PresenceList {
  readonly #channel: string
  readonly #maxBytes: number
  /** In rising order, since groups are added at the end only. */
  readonly #groups = new Map<number, Group>()
  /** Frames of the list as it is now, by where they begin: shared by all who ask before a user in them changes. */
  readonly #frames = new Map<number, PartFrame>()

  /** `maxBytes`: of the users of one part, unless one user alone takes more. */
  constructor(channel: string, maxBytes: number) {
    this.#channel = channel
    this.#maxBytes = maxBytes
  }

  add(present: Present): void {
    const group = this.#groups.get(groupOf(present))
    if (group === undefined) this.#groups.set(groupOf(present), { users: new Set([present]), encoded: null })
    else group.users.add(present)
    this.changed(present)
  }

  delete(present: Present): void {
    this.changed(present)
    const group = this.#groups.get(groupOf(present))
    group?.users.delete(present)
    if (group?.users.size === 0) this.#groups.delete(groupOf(present))
  }

  /** What is shown of the user has changed. */
  changed(present: Present): void {
    const group = this.#groups.get(groupOf(present))
    if (group !== undefined) group.encoded = null
    // A frame has the users from its beginning to that of the next. The others are as they were: those who subscribe to a
    // large room come to the end of its list.
    for (const [from, { next }] of this.#frames)
      if (from <= present.order && (next === null || present.order < next)) this.#frames.delete(from)
  }

  /** Users whose order is `from` or above, as many as fit. */
  part(from: number): ListPart {
    const users: JsonText<PresentUser>[] = []
    let bytes = 0
    for (const [index, group] of this.#groups) {
      const start = index * usersOfGroup
      if (start + usersOfGroup <= from) continue
      const encoded = encodedOf(group)
      if (start >= from && bytes + encoded.bytes <= this.#maxBytes) {
        users.push(...encoded.texts)
        bytes += encoded.bytes
        continue
      }
      let at = 0
      for (const present of group.users) {
        const text = encoded.texts[at++]
        if (text === undefined || present.order < from) continue
        const size = Buffer.byteLength(text) + 1
        if (users.length > 0 && bytes + size > this.#maxBytes) return { users, next: present.order }
        users.push(text)
        bytes += size
      }
    }
    return { users, next: null }
  }

  /** A part as a frame: the first one replaces what the reader knew, the others add to it. */
  frame(from: number): PartFrame {
    const made = this.#frames.get(from)
    if (made !== undefined) return made
    const { users, next } = this.part(from)
    const frame =
      from === 0
        ? presenceListFrame(this.#channel, encodeList(users))
        : presenceMovesFrame({ channel: this.#channel, join: users, leave: [], state: [] })
    const part = { frame, next }
    // Where users left, later parts begin elsewhere, and nobody asks for some of these any more.
    if (this.#frames.size >= mostFrames) this.#frames.clear()
    this.#frames.set(from, part)
    return part
  }
}

function groupOf({ order }: Present): number {
  return Math.floor(order / usersOfGroup)
}

function encodedOf(group: Group): NonNullable<Group['encoded']> {
  if (group.encoded === null) {
    const texts = [...group.users].map((present) => encodePresent(present))
    group.encoded = { texts, bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 1, 0) }
  }
  return group.encoded
}
