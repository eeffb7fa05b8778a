/** Builds the replies of imports and exports. */
import type { ExportedRecord, ExportReply, ImportReply, PersonData, Profile, UserAccount } from 'dovetail-protocol'
import type { StoredProfile } from '../ports/accounts.ts'
import type { ChannelFacts, StoredRecord } from '../ports/store.ts'
import { encodeJson, encodeList, type JsonText, storedJson } from './json-text.ts'
import { encodeProblem, type ProblemSource, type Refusal } from './problem.ts'

type Result = ImportReply['results'][number]

export function encodeImportDone(status: 'created' | 'kept', id: string): JsonText<Result> {
  return encodeJson<Result>({ status, id })
}

export function encodeImportRefused(refusal: Refusal, source: ProblemSource): JsonText<Result> {
  return `{"status":"refused","error":${encodeProblem(refusal, source)}}` as JsonText<Result>
}

export function encodeImportReply(results: readonly JsonText<Result>[], at: string): JsonText<ImportReply> {
  return `{"results":${encodeList(results)},"at":"${at}"}` as JsonText<ImportReply>
}

export interface ExportMembers {
  readonly channel: ChannelFacts
  readonly records: readonly StoredRecord[]
  readonly cursor: string
  readonly more: boolean
}

export function encodeExportReply({ channel, records, cursor, more }: ExportMembers): JsonText<ExportReply> {
  const { name, visibility, title, createdAt, head } = channel
  const facts = `"channel":"${name}","visibility":"${visibility}","title":${encodeJson(title)},"createdAt":"${isoTime(createdAt)}"`
  const texts = records.map(encodeExported)
  return `{${facts},"cursor":"${cursor}","head":${head},"records":${encodeList(texts)},"more":${more}}` as JsonText<ExportReply>
}

export interface PersonMembers {
  readonly profile: StoredProfile | null
  readonly channels: readonly PersonData['channels'][number][]
  readonly records: readonly { readonly channel: string; readonly record: StoredRecord }[]
  readonly looked: number
  readonly after: string | null
}

export function encodeAccount({
  profile,
  channels,
}: Pick<PersonMembers, 'profile' | 'channels'>): JsonText<UserAccount> {
  return encodeJson<UserAccount>({
    ...(profile === null ? {} : { profile: profileMembers(profile) }),
    channels: [...channels],
  })
}

export function encodePersonData(user: string, members: PersonMembers): JsonText<PersonData> {
  const { profile, channels, records, looked, after } = members
  const profileMember = profile === null ? '' : `,"profile":${encodeJson(profileMembers(profile))}`
  const texts = records.map(
    ({ channel, record }) =>
      `{"channel":"${channel}","record":${encodeExported(record)}}` as JsonText<PersonData['records'][number]>,
  )
  const rest = `"channels":${encodeJson(channels)},"records":${encodeList(texts)},"looked":${looked},"after":${encodeJson(after)}`
  return `{"user":"${user}"${profileMember},${rest}}` as JsonText<PersonData>
}

function profileMembers({ user, name, avatar, about, guest }: StoredProfile): Profile {
  return { user, name, ...(avatar === null ? {} : { avatar }), ...(about === null ? {} : { about }), guest }
}

/** Names are ASCII without quotes (docs/protocol.md, NAM1 to NAM5), so they need no escaping. */
function encodeExported(record: StoredRecord): JsonText<ExportedRecord> {
  const { collection, id, pos, rev, author, createdAt, updatedAt, deleted, deletedBy } = record
  const dates = `"createdAt":"${isoTime(createdAt)}","updatedAt":"${isoTime(updatedAt)}"`
  const by = deletedBy === undefined ? '' : `,"deletedBy":"${deletedBy}"`
  const content = deleted ? `"deleted":true${by}` : `"data":${storedJson(record.data)}`
  return `{"collection":"${collection}","id":"${id}","pos":${pos},"rev":${rev},"author":"${author}",${dates},${content}}` as JsonText<ExportedRecord>
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString()
}
