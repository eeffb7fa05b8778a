import { useLive } from 'dovetail-client/react'
import { useMemo } from 'react'
import type { MemberData, Role } from '../../session/data-types.ts'
import type { ChatChannel } from '../channels/chat-channel.ts'

export interface Member {
  /** The record's id; null until the invitation is acknowledged, and for users without a member record. */
  id: string | null
  user: string
  role: Role
  /** May not write before then, in ms since 1970; null if never muted. */
  mutedUntil: number | null
}

/** For users without a member record (`id` is null), `setRole` and `mute` create one. */
export interface Members {
  list: readonly Member[]
  invite: (user: string) => Promise<unknown>
  setRole: (member: Member, role: Role) => Promise<unknown>
  /** Until then (ms since 1970) the server refuses their writes; null unmutes. */
  mute: (member: Member, until: number | null) => Promise<unknown>
  remove: (member: Member) => Promise<unknown>
}

const most = 500 // one page; a larger private channel shows its first 500

/**
 * chat/membership/: who belongs to a channel, and who may write in it?
 *
 * The members are records in the same log as the messages, so a removal takes effect in log order.
 */
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
