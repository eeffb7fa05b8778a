import type { CheckTransport, Follow } from './follow.ts'
import { followLongPoll, followPoll } from './follow-poll.ts'
import { followSse } from './follow-sse.ts'
import { followWebSocket } from './follow-websocket.ts'

/** How a channel is followed by each transport. */
export const follows: Readonly<Record<CheckTransport, Follow>> = {
  websocket: followWebSocket,
  sse: followSse,
  'long-poll': followLongPoll,
  poll: followPoll,
}
