import { changesAddress } from './changes-address.ts'
import type { Contender } from './contender.ts'
import { laneLimits } from './lane-limits.ts'
import { runRounds } from './rounds.ts'

/** The same, telling what it has: where nothing is new, the answer is 304 and has no body. */
export const pollWithTag: Contender = (course, meters) =>
  runRounds(course, meters, {
    addressOf: ({ cursor }) => changesAddress(course, { after: cursor, limit: laneLimits['poll-etag'] }),
    intervalMs: course.intervalMs,
    tagged: true,
  })
