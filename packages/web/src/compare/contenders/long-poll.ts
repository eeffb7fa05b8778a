import { changesAddress } from './changes-address.ts'
import type { Contender } from './contender.ts'
import { laneLimits } from './lane-limits.ts'
import { runRounds } from './rounds.ts'

/** Asks, is answered when there is something, and asks again. */
export const longPoll: Contender = (course, meters) =>
  runRounds(course, meters, {
    addressOf: ({ cursor }) => changesAddress(course, { after: cursor, wait: '25', limit: laneLimits['long-poll'] }),
    intervalMs: 0,
    tagged: false,
  })
