/** Builds the one reply to each WebSocket command, and the results in it. */
import type {
  AppendOk,
  HelloOk,
  PingOk,
  PresentUser,
  Reply,
  SnapshotPage,
  SubscribeOk,
  WriteOk,
} from 'dovetail-protocol'
import type { StoredRecord } from '../ports/stored-record.ts'
import { encodeJson, encodeList, type JsonText, type WithTexts } from './json-text.ts'
import { encodeErrorBody, type Refusal } from './problem.ts'
import { encodeRecordWithin } from './record.ts'

/** `id` is the one that the client chose for its command. */
export function okReply<Ok>(id: Reply['id'], ok: JsonText<Ok>): JsonText<Reply<Ok>> {
  return `{"id":${encodeJson(id)},"ok":${ok}}` as JsonText<Reply<Ok>>
}

/** `maxBytes`: of the messages that the client takes. */
export function errorReply(id: Reply['id'], refusal: Refusal, maxBytes: number | null): JsonText<Reply> {
  return `{"id":${encodeJson(id)},"error":${encodeErrorBody(refusal, maxBytes)}}` as JsonText<Reply>
}

/** The result of the commands without one: `unsubscribe`, `signal`, `state`. */
export const emptyOk = encodeJson({})

export function helloOk(members: Readonly<HelloOk>): JsonText<HelloOk> {
  return encodeJson(members)
}

export function pingOk(members: PingOk): JsonText<PingOk> {
  return encodeJson(members)
}

export function appendOk(members: AppendOk): JsonText<AppendOk> {
  return encodeJson(members)
}

export type WriteMembers = Omit<WriteOk, 'record'> & { readonly record: StoredRecord }

/** `maxBytes`: of the messages that the client takes. */
export function writeOk({ record, at }: WriteMembers, maxBytes: number | null): JsonText<WriteOk> {
  return `{"record":${encodeRecordWithin(record, maxBytes)},"at":"${at}"}` as JsonText<WriteOk>
}

/** One page of a snapshot, with its records as JSON text. */
export type SnapshotMembers = WithTexts<SnapshotPage, 'records'>

export type SubscribeMembers = Omit<WithTexts<SubscribeOk, never>, 'reason' | 'snapshot' | 'presence'> & {
  readonly reason: NonNullable<SubscribeOk['reason']> | null
  /** The pages by collection; `null`: the client did not ask for a snapshot. */
  readonly snapshot: ReadonlyMap<string, SnapshotMembers> | null
  /** The presence list; `null`: the client did not ask for it. */
  readonly presence: JsonText<PresentUser[]> | null
}

/** Snapshots are the largest replies, so the data of their records is never parsed. */
export function subscribeOk(members: SubscribeMembers): JsonText<SubscribeOk> {
  const { channel, resume, reason, epoch, cursor, snapshot, presence } = members
  const parts = [
    `"channel":"${channel}"`,
    `"resume":"${resume}"`,
    ...(reason === null ? [] : [`"reason":"${reason}"`]),
    `"epoch":${encodeJson(epoch)}`,
    `"cursor":"${cursor}"`,
    ...(snapshot === null ? [] : [`"snapshot":${encodeSnapshot(snapshot)}`]),
    ...(presence === null ? [] : [`"presence":${presence}`]),
  ]
  return `{${parts.join(',')}}` as JsonText<SubscribeOk>
}

function encodeSnapshot(snapshot: ReadonlyMap<string, SnapshotMembers>): string {
  const pages = [...snapshot].map(([collection, page]) => `"${collection}":${encodeSnapshotPage(page)}`)
  return `{${pages.join(',')}}`
}

function encodeSnapshotPage({ records, before }: SnapshotMembers): JsonText<SnapshotPage> {
  return `{"records":${encodeList(records)},"before":${before}}` as JsonText<SnapshotPage>
}
