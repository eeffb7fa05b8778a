/**
 * Builds the REST replies with records or presence states, which are JSON text already. All others use `encodeJson`.
 */
import {
  type AnyRecord,
  type BatchReply,
  type ChangesReply,
  type ConsumedChannel,
  type ConsumedEnd,
  type ConsumedPage,
  codes,
  type FollowedChannel,
  type FollowedEnd,
  type Page,
  type PatternReply,
  type PresencePage,
  type Problem,
  type SearchReply,
  type SeveralChangesReply,
  type Signal,
} from 'dovetail-protocol'
import type { StoredRecord } from '../ports/stored-record.ts'
import { encodePresent, type PresentMembers } from './frames.ts'
import { encodeJson, encodeList, type JsonText, type WithTexts } from './json-text.ts'
import { encodeProblem, type ProblemSource, type Refusal } from './problem.ts'
import { encodeRecord } from './record.ts'

export type PageMembers = Omit<Page, 'records'> & { readonly records: readonly StoredRecord[] }

export function encodePage({ records, cursor, before, after }: PageMembers): JsonText<Page> {
  const texts: readonly JsonText<AnyRecord>[] = records.map(encodeRecord)
  return `{"records":${encodeList(texts)},"cursor":${encodeJson(cursor)},"before":${before},"after":${after}}` as JsonText<Page>
}

export type ChangesReplyMembers = WithTexts<ChangesReply, 'changes' | 'signals'>

/** `epoch` and `signals` are optional. */
export function encodeChangesReply(members: ChangesReplyMembers): JsonText<ChangesReply> {
  const { channel, from, to, cursor, changes, more, epoch, signals } = members
  const range = `"channel":"${channel}","from":${from},"to":${to},"cursor":"${cursor}"`
  const epochMember = epoch === undefined ? '' : `,"epoch":${encodeJson(epoch)}`
  const text = `{${range}${epochMember},"changes":${encodeList(changes)},"more":${more}${signalsMember(signals)}}`
  return text as JsonText<ChangesReply>
}

export function encodeSeveralChanges(
  members: WithTexts<SeveralChangesReply, 'channels' | 'signals'>,
): JsonText<SeveralChangesReply> {
  const { channels, signals } = members
  return `{"channels":${encodeList(channels)}${signalsMember(signals)}}` as JsonText<SeveralChangesReply>
}

function signalsMember(signals: readonly JsonText<Signal>[] | undefined): string {
  return signals === undefined ? '' : `,"signals":${encodeList(signals)}`
}

export type FollowedMembers = WithTexts<FollowedChannel, 'changes'>

/** `reset` is optional. */
export function encodeFollowedChannel(members: FollowedMembers): JsonText<FollowedChannel> {
  const { channel, epoch, from, to, changes, reset } = members
  const resetMember = reset === undefined ? '' : `,"reset":"${reset}"`
  const text = `{"channel":"${channel}","epoch":"${epoch}","from":${from},"to":${to},"changes":${encodeList(changes)}${resetMember}}`
  return text as JsonText<FollowedChannel>
}

export type ConsumedMembers = WithTexts<ConsumedChannel, 'changes'>

/** `floor` is optional. */
export function encodeConsumedChannel({ cursor, floor, ...members }: ConsumedMembers): JsonText<ConsumedChannel> {
  const channel = encodeFollowedChannel(members)
  const floorMember = floor === undefined ? '' : `,"floor":${floor}`
  return `${channel.slice(0, -1)},"cursor":"${cursor}"${floorMember}}` as JsonText<ConsumedChannel>
}

export function encodeConsumedPage(members: {
  readonly lease: string | null
  readonly leaseSeconds: number
  readonly channels: readonly JsonText<ConsumedChannel | ConsumedEnd>[]
  readonly more: boolean
}): JsonText<ConsumedPage> {
  const { lease, leaseSeconds, channels, more } = members
  const held = `"lease":${encodeJson(lease)},"leaseSeconds":${leaseSeconds}`
  return `{${held},"channels":${encodeList(channels)},"more":${more}}` as JsonText<ConsumedPage>
}

export function encodePatternReply(members: {
  readonly channels: readonly JsonText<FollowedChannel | FollowedEnd>[]
  readonly cursor: string
  readonly more: boolean
}): JsonText<PatternReply> {
  const { channels, cursor, more } = members
  return `{"channels":${encodeList(channels)},"cursor":"${cursor}","more":${more}}` as JsonText<PatternReply>
}

type Hit = SearchReply['hits'][number]
export type HitMembers = Pick<Hit, 'channel'> & {
  readonly record: StoredRecord
  readonly snippet: { readonly text: string; readonly marks: readonly (readonly number[])[] }
}

export function encodeSearchReply(
  hits: readonly HitMembers[],
  { after, complete }: Pick<SearchReply, 'after' | 'complete'>,
): JsonText<SearchReply> {
  const incomplete = complete === false ? ',"complete":false' : ''
  return `{"hits":${encodeList(hits.map(encodeHit))},"after":${encodeJson(after)}${incomplete}}` as JsonText<SearchReply>
}

function encodeHit({ channel, record, snippet }: HitMembers): JsonText<Hit> {
  return `{"channel":"${channel}","collection":"${record.collection}","record":${encodeRecord(record)},"snippet":${encodeJson(snippet)}}` as JsonText<Hit>
}

type PresentOnPage = PresencePage['users'][number]
export type PresencePageMembers = Omit<PresencePage, 'users'> & {
  readonly users: readonly (PresentMembers & Pick<PresentOnPage, 'connections'>)[]
}

export function encodePresencePage({ users, next }: PresencePageMembers): JsonText<PresencePage> {
  return `{"users":${encodeList(users.map(encodePresentOnPage))},"next":${encodeJson(next)}}` as JsonText<PresencePage>
}

function encodePresentOnPage({ connections, ...present }: PresencePageMembers['users'][number]) {
  return encodePresent(present, connections) as JsonText<PresentOnPage>
}

export type BatchResult = BatchReply['results'][number] & { error?: Problem }

export function encodeBatchReply(results: readonly JsonText<BatchResult>[]): JsonText<BatchReply> {
  return `{"results":${encodeList(results)}}` as JsonText<BatchReply>
}

/** The result of one committed write; `record` is `null` where the reply has no room for it. */
export function encodeBatchDone(status: number, record: StoredRecord | null, at: string): JsonText<BatchResult> {
  const recordMember = record === null ? '' : `,"record":${encodeRecord(record)}`
  return `{"status":${status}${recordMember},"at":"${at}"}` as JsonText<BatchResult>
}

export function encodeBatchRefused(refusal: Refusal, source: ProblemSource): JsonText<BatchResult> {
  return `{"status":${codes[refusal.code].http},"error":${encodeProblem(refusal, source)}}` as JsonText<BatchResult>
}
