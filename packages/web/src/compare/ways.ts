import type { Contender } from './contenders/contender.ts'
import { eventStream } from './contenders/event-stream.ts'
import { longPoll } from './contenders/long-poll.ts'
import { poll } from './contenders/poll.ts'
import { pollWithTag } from './contenders/poll-with-tag.ts'
import { webSocket } from './contenders/web-socket.ts'

export const wayNames = ['poll', 'poll-etag', 'long-poll', 'sse', 'websocket'] as const
export type WayName = (typeof wayNames)[number]

/** The ways of reading that race, in the order of the lanes. */
export const ways: Readonly<Record<WayName, { title: string; run: Contender }>> = {
  poll: { title: 'Poll', run: poll },
  'poll-etag': { title: 'Poll with ETag', run: pollWithTag },
  'long-poll': { title: 'Long-poll', run: longPoll },
  sse: { title: 'Server-Sent Events', run: eventStream },
  websocket: { title: 'WebSocket', run: webSocket },
}
