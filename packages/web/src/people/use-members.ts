import { useLive } from '@dovetail/client/react'
import { useMemo } from 'react'
import type { ChatChannel } from '../chat/chat-channel.ts'
import type { MemberData, Role } from '../session/data-types.ts'

export interface Member {
  /** The record's id; null until the invitation was acknowledged. */
  id: string | null
  user: string
  role: Role
  /** May not write before then, ms since 1970; null where nothing was said of it. */
  mutedUntil: number | null
}

/** A record's id is null where the person never was a member of a public channel: one is made then. */
export interface Members {
  list: readonly Member[]
  invite: (user: string) => Promise<unknown>
  setRole: (member: Member, role: Role) => Promise<unknown>
  /** Until then (ms since 1970) nothing that they write is taken; null takes that back. */
  mute: (member: Member, until: number | null) => Promise<unknown>
  remove: (member: Member) => Promise<unknown>
}

const most = 500 // one page; a private channel of more is shown by its first 500

/** A private channel's members: records of the same log as its messages, so a kick takes effect in log order. */
export function useMembers(channel: ChatChannel): Members {
  const collection = useMemo(() => channel.collection('members'), [channel])
  const { records } = useLive<MemberData>(channel.name, 'members', { limit: most })
  return useMemo(() => {
    const list = records.map(({ record, data }) => ({
      id: record?.id ?? null,
      user: data.user,
      role: data.role,
      mutedUntil: data.mutedUntil === undefined ? null : Date.parse(data.mutedUntil),
    }))
    const change = ({ id, user, role }: Member, patch: { role?: Role; mutedUntil?: string | null }) => {
      if (id !== null) return collection.update(id, patch)
      const { mutedUntil = null } = patch
      return collection.create({ user, role: patch.role ?? role, ...(mutedUntil !== null && { mutedUntil }) })
    }
    return {
      list,
      invite: (user) => collection.create({ user, role: 'member' }),
      setRole: (member, role) => change(member, { role }),
      mute: (member, until) => change(member, { mutedUntil: until === null ? null : new Date(until).toISOString() }),
      remove: async ({ id }) => id !== null && collection.delete(id),
    }
  }, [records, collection])
}
