import { useLocation } from 'wouter'
import { useAppClient } from '../../session/session-context.ts'
import { channelPath } from './channel-path.ts'
import { chatChannel } from './chat-channel.ts'
import { directChannel } from './direct-channel.ts'

/** Opens the direct channel with another user, and creates it if there is none; null if there can be none. */
export function useDirectMessage(me: string | null, other: string): (() => void) | null {
  const client = useAppClient()
  const [, go] = useLocation()
  const name = me === null || me === other ? null : directChannel(me, other)
  if (name === null) return null
  return async () => {
    const channel = chatChannel(client, name)
    try {
      await channel.create({ visibility: 'private' })
      await channel.collection('members').create({ user: other, role: 'member' })
    } catch {
      // It exists already, perhaps created by the other user. If it can't be read, its page says so.
    }
    go(channelPath(name))
  }
}
