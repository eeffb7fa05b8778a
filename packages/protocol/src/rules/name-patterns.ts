/** The patterns of names as text, for the OpenAPI document. */
import {
  channelPattern,
  clientPattern,
  collectionPattern,
  consumerPattern,
  fileIdPattern,
  keyPattern,
  nameBeginningPattern,
  recordIdPattern,
  signalTypePattern,
  userPattern,
} from './names.ts'

export const namePatterns = {
  channel: channelPattern.source,
  collection: collectionPattern.source,
  recordId: recordIdPattern.source,
  user: userPattern.source,
  idempotencyKey: keyPattern.source,
  fileId: fileIdPattern.source,
  client: clientPattern.source,
  consumer: consumerPattern.source,
  signalType: signalTypePattern.source,
  nameBeginning: nameBeginningPattern.source,
} as const
