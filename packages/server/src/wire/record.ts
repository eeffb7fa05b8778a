/**
 * Encodes records and changes, alike for every transport. It runs for each write, so it builds text without objects.
 */
import type { AnyRecord, Change, LiveRecord, Tombstone } from 'dovetail-protocol'
import type { Growth, StoredRecord } from '../ports/stored-record.ts'
import { encodeJson, type JsonText } from './json-text.ts'

/** Names are ASCII without quotes (docs/protocol.md, NAM1 to NAM5), so they need no escaping. */
export function encodeRecord(record: StoredRecord): JsonText<AnyRecord> {
  return record.deleted ? encodeTombstone(record) : encodeLiveRecord(record)
}

function encodeTombstone({ id, pos, rev }: StoredRecord): JsonText<Tombstone> {
  return `{"id":"${id}","pos":${pos},"rev":${rev},"deleted":true}` as JsonText<Tombstone>
}

function encodeLiveRecord(record: StoredRecord): JsonText<LiveRecord> {
  return `{"id":"${record.id}","pos":${record.pos},"rev":${record.rev},"author":"${record.author}","createdAt":"${isoTime(record.createdAt)}","updatedAt":"${isoTime(record.updatedAt)}","data":${record.data}}` as JsonText<LiveRecord>
}

export function encodeChange(record: StoredRecord): JsonText<Change> {
  return `{"collection":"${record.collection}","record":${encodeRecord(record)}}` as JsonText<Change>
}

/**
 * The change of a record that was appended to, for readers that hold it as it was. The type is that of the whole change,
 * as in the schemas.
 */
export function encodeAppend({ collection, id, rev, updatedAt }: StoredRecord, growth: Growth): JsonText<Change> {
  const { from, pieces } = growth
  return `{"collection":"${collection}","append":{"id":"${id}","from":${from},"rev":${rev},"updatedAt":"${isoTime(updatedAt)}","pieces":${encodeJson(pieces)}}}` as JsonText<Change>
}

/** The change with the place in a trace from which its reader goes on. It stands first: what is truncated keeps it. */
export function traceChange(text: JsonText<Change>, traceparent: string): JsonText<Change> {
  return `{"trace":"${traceparent}",${text.slice(1)}` as JsonText<Change>
}

/** The text that begins the data of a record; no member before it can hold these characters. */
const dataMember = ',"data":'

/**
 * The record without its data, for a reader that takes no message of its size. A tombstone has none. The type is that of
 * the whole record, as in the schemas.
 */
export function truncateRecord(text: JsonText<AnyRecord>): JsonText<AnyRecord> {
  const at = text.indexOf(dataMember)
  return (at < 0 ? text : `${text.slice(0, at)},"truncated":true}`) as JsonText<AnyRecord>
}

/** The change without the data of its record. */
export function truncateChange(text: JsonText<Change>): JsonText<Change> {
  const at = text.indexOf(dataMember)
  return (at < 0 ? text : `${text.slice(0, at)},"truncated":true}}`) as JsonText<Change>
}

/** The bytes of a message around the one record that it tells. */
const aroundRecord = 512

/** The record, without its data where a message with it would be larger than `maxBytes`; `null`: it never is. */
export function encodeRecordWithin(record: StoredRecord, maxBytes: number | null): JsonText<AnyRecord> {
  return recordWithin(encodeRecord(record), maxBytes)
}

/** The same for a record that is encoded already. */
export function recordWithin(text: JsonText<AnyRecord>, maxBytes: number | null): JsonText<AnyRecord> {
  return maxBytes !== null && Buffer.byteLength(text) + aroundRecord > maxBytes ? truncateRecord(text) : text
}

let lastMs = Number.NaN
let lastText = ''
/** Remembers the last result, because formatting a date costs more than the rest of a record. */
function isoTime(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString()
    lastMs = ms
  }
  return lastText
}
