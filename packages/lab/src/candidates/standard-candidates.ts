import type { Candidate } from './candidate.ts'
import { longPoll } from './long-poll.ts'
import { poll } from './poll.ts'
import { pollEtag } from './poll-etag.ts'
import { sse } from './sse.ts'
import { websocket } from './websocket.ts'

/** The seven standard candidates, which always run. */
export const standardCandidates: readonly Candidate[] = [
  poll('poll-5s', 5000),
  poll('poll-1s', 1000),
  poll('poll-100ms', 100),
  pollEtag('poll-etag', 1000),
  longPoll,
  sse,
  websocket,
]
