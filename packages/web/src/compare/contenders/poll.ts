import { changesAddress } from './changes-address.ts'
import type { Contender } from './contender.ts'
import { laneLimits } from './lane-limits.ts'
import { runRounds } from './rounds.ts'

/** Asks once an interval what is new. */
export const poll: Contender = (course, meters) =>
  runRounds(course, meters, {
    addressOf: ({ cursor }) => changesAddress(course, { after: cursor, limit: laneLimits.poll }),
    intervalMs: course.intervalMs,
    tagged: false,
  })
