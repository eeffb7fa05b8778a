import { channelPattern, collectionPattern, keyPattern, recordIdPattern, userPattern } from './names.ts'

/** The shapes of names as text, for documents that describe them. */
export const namePatterns = {
  channel: channelPattern.source,
  collection: collectionPattern.source,
  recordId: recordIdPattern.source,
  user: userPattern.source,
  idempotencyKey: keyPattern.source,
} as const
