import { followLongPoll } from './long-poll.ts'
import { followPoll } from './poll.ts'
import type { Follow } from './round.ts'
import { sharedFollow } from './shared-round.ts'
import { followSse } from './sse.ts'
import { tabsOf } from './tabs.ts'
import type { TransportName } from './transport.ts'

export type HttpName = Exclude<TransportName, 'websocket'>

const follows: Record<HttpName, Follow> = { sse: followSse, 'long-poll': followLongPoll, poll: followPoll }

/** How a round of this transport is run. Tabs share streams and long-polls; a poll ends at once, so each tab sends its own. */
export function followerOf(name: HttpName, url: string, user: string | null): Follow {
  const tabs = name === 'poll' ? null : tabsOf()
  return tabs === null ? follows[name] : sharedFollow(follows[name], `dovetail.${name} ${url} ${user}`, tabs)
}
