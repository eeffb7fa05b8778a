/** A page of a follower as JSON, alike for every transport. */
import type { PatternReply } from 'dovetail-protocol'
import type { StoredRecord } from '../../ports/store.ts'
import { encodeJson, type JsonText } from '../../wire/json-text.ts'
import { encodeChange, truncateChange } from '../../wire/record.ts'
import { encodeFollowedChannel, encodePatternReply } from '../../wire/rest.ts'
import type { FollowedPage } from './follower.ts'
import { envelopeBytes, type Part } from './read-part.ts'

/** `maxBytes`: of the messages that the client takes; what would not fit beside the cursor stands without its data. */
export function encodePage(
  { channels, cursor, more }: FollowedPage,
  maxBytes: number | null = null,
): JsonText<PatternReply> {
  const mostBytes = maxBytes === null ? null : maxBytes - cursor.length - envelopeBytes
  const parts = channels.map((part) => encodePart(part, (record) => encodeWithin(record, mostBytes)))
  return encodePatternReply({ channels: parts, cursor, more })
}

function encodePart(part: Part, encode: typeof encodeChange) {
  if ('ended' in part) return encodeJson(part)
  const { reset, changes, ...range } = part
  const members = { ...range, changes: changes.map(encode) }
  return encodeFollowedChannel(reset === null ? members : { ...members, reset })
}

function encodeWithin(record: StoredRecord, mostBytes: number | null): ReturnType<typeof encodeChange> {
  const text = encodeChange(record)
  return mostBytes !== null && Buffer.byteLength(text) > mostBytes ? truncateChange(text) : text
}

/**
 * How long changes gather before the next page, in ms: a page has the cursor of all channels, so that with many channels
 * a page for each change would be mostly cursors. It bounds them to 256 KB a second.
 */
export function gatherMs({ cursor }: FollowedPage): number {
  return cursor.length >> 8
}
