import { useLocation } from 'wouter'
import { channelPath } from '../chat/channel-path.ts'
import { chatChannel } from '../chat/chat-channel.ts'
import { useAppClient } from '../session/session-context.ts'
import { directChannel } from './direct-channel.ts'

/** Opens the channel of two people, making it where they never had one; null where that can't be. */
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
      // It was made before, perhaps by the other one; the page says so where it can't be read.
    }
    go(channelPath(name))
  }
}
