import type { Candidate } from './candidate.ts'
import { changesUrl } from './changes-url.ts'
import { laneLimits } from './lane-limits.ts'
import { runPollLoop } from './poll-loop.ts'

/** Sends a request at an interval. */
export const poll: Candidate = (task, observer) =>
  runPollLoop(task, observer, {
    urlOf: ({ cursor }) => changesUrl(task, { after: cursor, limit: laneLimits.poll }),
    intervalMs: task.intervalMs,
    sendEtag: false,
  })
