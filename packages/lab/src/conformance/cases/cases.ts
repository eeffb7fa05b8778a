/** The cases of a client, each by what happens to it. */
import type { Case } from './case.ts'
import {
  cutAfterReply,
  cutBetweenCatchUpAndLive,
  cutDuringPage,
  cutOften,
  cutWithinEvent,
  deletedWhileAway,
} from './cuts.ts'
import {
  everyMessageTwice,
  join,
  largeRecord,
  retryAfter,
  slowServer,
  tokenExpires,
  tokenExpiresAway,
} from './deliveries.ts'
import { anotherEpoch, crash, drain, epochBetween, resetInStream } from './resets.ts'

export const cases = {
  'page and stream join': join,
  'cut during the first page': cutDuringPage,
  'cut in the middle of an event': cutWithinEvent,
  'cut between catch-up and live': cutBetweenCatchUpAndLive,
  "cut right after a write's reply": cutAfterReply,
  'cut again and again': cutOften,
  'records deleted and changed while away': deletedWhileAway,
  'reset in the middle of a stream': resetInStream,
  'another epoch': anotherEpoch,
  'another epoch between page and stream': epochBetween,
  'the server crashes and is started again': crash,
  'a node drains and another is there': drain,
  'slow server': slowServer,
  'every message twice': everyMessageTwice,
  'large records': largeRecord,
  'refused for a while': retryAfter,
  'token expires while connected': tokenExpires,
  'token expires while away': tokenExpiresAway,
} satisfies Readonly<Record<string, Case>>

export type CaseName = keyof typeof cases
export const caseNames = Object.keys(cases) as CaseName[]
