import { changesAddress } from './changes-address.ts'
import type { Contender } from './contender.ts'
import { runRounds } from './rounds.ts'

/** The same, telling what it has: where nothing is new, the answer is 304 and has no body. */
export const pollWithTag: Contender = (course, meters) =>
  runRounds(course, meters, {
    // Another limit than `poll`: Resource Timing tells two requests apart by nothing but their address.
    addressOf: ({ cursor }) => changesAddress(course, { after: cursor, limit: '499' }),
    intervalMs: course.intervalMs,
    tagged: true,
  })
