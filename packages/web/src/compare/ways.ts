import type { Contender } from './contenders/contender.ts'
import { eventStream } from './contenders/event-stream.ts'
import { longPoll } from './contenders/long-poll.ts'
import { poll } from './contenders/poll.ts'
import { pollWithTag } from './contenders/poll-with-tag.ts'
import { webSocket } from './contenders/web-socket.ts'
import type { WayName } from './way-names.ts'

/** How each way is called, and how it reads. */
export const ways: Readonly<Record<WayName, { title: string; run: Contender }>> = {
  poll: { title: 'Poll', run: poll },
  'poll-etag': { title: 'Poll with ETag', run: pollWithTag },
  'long-poll': { title: 'Long-poll', run: longPoll },
  sse: { title: 'Server-Sent Events', run: eventStream },
  websocket: { title: 'WebSocket', run: webSocket },
}
