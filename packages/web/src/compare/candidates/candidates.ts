import type { Candidate } from './candidate.ts'
import type { CandidateName } from './candidate-names.ts'
import { eventStream } from './event-stream.ts'
import { longPoll } from './long-poll.ts'
import { poll } from './poll.ts'
import { pollWithEtag } from './poll-with-etag.ts'
import { webSocket } from './web-socket.ts'

/** The title of each candidate, and how it reads. */
export const candidates: Readonly<Record<CandidateName, { title: string; run: Candidate }>> = {
  poll: { title: 'Poll', run: poll },
  'poll-etag': { title: 'Poll with ETag', run: pollWithEtag },
  'long-poll': { title: 'Long-poll', run: longPoll },
  sse: { title: 'Server-Sent Events', run: eventStream },
  websocket: { title: 'WebSocket', run: webSocket },
}
