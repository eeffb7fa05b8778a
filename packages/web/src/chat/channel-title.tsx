import { otherIn } from '../people/direct-channel.ts'
import { UserName } from '../people/user-name.tsx'
import { useMe } from '../session/use-me.ts'
import { channelWords } from './channel-words.ts'

/** A channel as people call it: its own name, or who the other one is. */
export function ChannelTitle({ channel }: { channel: string }) {
  const me = useMe()
  const other = channel.startsWith('dm:') ? otherIn(channel, me) : null
  return other === null ? <bdi>{channelWords(channel)}</bdi> : <UserName user={other} />
}
