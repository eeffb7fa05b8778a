import type { Candidate } from './candidate.ts'
import { changesUrl } from './changes-url.ts'
import { laneLimits } from './lane-limits.ts'
import { runPollLoop } from './poll-loop.ts'

/** Sends a request, which is answered once there is a change, then the next. */
export const longPoll: Candidate = (task, observer) =>
  runPollLoop(task, observer, {
    urlOf: ({ cursor }) => changesUrl(task, { after: cursor, wait: '25', limit: laneLimits['long-poll'] }),
    intervalMs: 0,
    sendEtag: false,
  })
