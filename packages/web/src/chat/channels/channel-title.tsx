import { UserName } from '../../profiles/user-name.tsx'
import { useMe } from '../../session/use-me.ts'
import { findOtherUser } from './direct-channel.ts'
import { formatChannelName } from './format-channel-name.ts'

/** The name of a channel for people: its own, or in a direct channel the other user's. */
export function ChannelTitle({ channel }: { channel: string }) {
  const me = useMe()
  const other = channel.startsWith('dm:') ? findOtherUser(channel, me) : null
  return other === null ? <bdi>{formatChannelName(channel)}</bdi> : <UserName user={other} />
}
