import type { Candidate } from './candidate.ts'
import { changesUrl } from './changes-url.ts'
import { laneLimits } from './lane-limits.ts'
import { runPollLoop } from './poll-loop.ts'

/** Polls with `If-None-Match`: if nothing is new, the reply is 304 without a body. */
export const pollWithEtag: Candidate = (task, observer) =>
  runPollLoop(task, observer, {
    urlOf: ({ cursor }) => changesUrl(task, { after: cursor, limit: laneLimits['poll-etag'] }),
    intervalMs: task.intervalMs,
    sendEtag: true,
  })
