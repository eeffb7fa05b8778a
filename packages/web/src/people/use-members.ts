import { useMemo } from 'react'
import type { ChatChannel } from '../chat/chat-channel.ts'
import type { MemberData, Role } from '../session/data-types.ts'
import { useLive } from '../session/use-live.ts'

export interface Member {
  /** The record's id; null until the invitation was acknowledged. */
  id: string | null
  user: string
  role: Role
}

export interface Members {
  list: readonly Member[]
  invite: (user: string) => Promise<unknown>
  setRole: (member: Member, role: Role) => Promise<unknown>
  remove: (member: Member) => Promise<unknown>
}

const most = 500 // one page; a private channel of more is shown by its first 500

/** A private channel's members: records of the same log as its messages, so a kick takes effect in log order. */
export function useMembers(channel: ChatChannel): Members {
  const collection = useMemo(() => channel.collection('members'), [channel])
  const { snapshot } = useLive<MemberData>(collection, { limit: most })
  return useMemo(() => {
    const list = snapshot.records.map(({ record, data }) => ({
      id: record?.id ?? null,
      user: data.user,
      role: data.role,
    }))
    return {
      list,
      invite: (user) => collection.create({ user, role: 'member' }),
      setRole: async ({ id }, role) => id !== null && collection.update(id, { role }),
      remove: async ({ id }) => id !== null && collection.delete(id),
    }
  }, [snapshot.records, collection])
}
