/** Search: words that all must match, the last one as a prefix, over what the caller may read. */
import { memberRecordId, namespaceOf } from 'dovetail-protocol'
import type { SearchRead, StoredRecord } from '../../ports/store.ts'
import { encodeRecord } from '../../wire/record.ts'
import { collectionOf, namedChannel, namedCollection, policyOf } from '../access/address.ts'
import { type Caller, grantedRights } from '../access/caller.ts'
import type { NamespacePolicy } from '../access/policy.ts'
import { readable } from '../access/readable.ts'
import { readableAmong } from '../access/readable-among.ts'
import { queryWords } from '../rules/query-words.ts'
import type { SearchContext } from './context.ts'
import { findHits, type Sought } from './find-hits.ts'
import { type Snippet, snippetOf } from './snippet.ts'

export interface SearchRequest {
  readonly q: string
  readonly channel: string | null
  readonly collection: string | null
  readonly limit: number
  /** As an earlier answer gave it. */
  readonly after: string | null
}

export interface Hit {
  readonly channel: string
  readonly record: StoredRecord
  readonly snippet: Snippet
}

export interface SearchReply {
  readonly hits: readonly Hit[]
  readonly after: string | null
  /** Whether every channel was searched that the caller may read, by an index that follows the configuration. */
  readonly complete: boolean
}

/** The most channels that are not the caller's own of one search over all. */
const scannedChannels = 5000

export async function search(core: SearchContext, caller: Caller, request: SearchRequest): Promise<SearchReply> {
  const { collection, limit, after } = request
  if (request.channel !== null) namedChannel(request.channel)
  if (collection !== null) namedCollection(collection)
  if (request.channel !== null && collection !== null) collectionOf(policyOf(core, request.channel), collection)
  if (request.channel !== null) await readable(core, caller, request.channel)
  else if (caller.refusal !== null) throw caller.refusal
  const query = queryWords(request.q)
  if (query === null) return { hits: [], after: null, complete: true }
  const places =
    request.channel === null
      ? await readableChannels(core, caller, collection)
      : { channels: [request.channel], complete: true }
  const { channels } = places
  const isBehind = core.reindexer.isBehind(request.channel === null ? null : namespaceOf(request.channel), collection)
  const complete = places.complete && !isBehind
  if (channels.length === 0) return { hits: [], after: null, complete }
  const found = await searchWithin(core, request.channel, { channels, collection, ...query, limit, after })
  // A membership may end while the store searches, and what is written after that is not for who lost it.
  if (request.channel !== null) await readable(core, caller, request.channel)
  const allowed = await readableAmong(core, caller, new Set(found.hits.map(({ channel }) => channel)))
  const hits = found.hits
    .filter(({ channel, record }) => allowed.has(channel) && isDeclared(core, channel, record.collection))
    .map(({ channel, record }) => ({ channel, record, snippet: snippetOf(fieldsOf(core, channel, record), query) }))
  return { hits, after: found.after, complete }
}

/** No reply is over the limit: where the hits would be, fewer are asked for, and `after` is that of the last of them. */
async function searchWithin(core: SearchContext, channel: string | null, query: Sought): Promise<SearchRead> {
  const store = channel === null ? core.durable : core.storeOf(channel)
  const textsOf = (name: string, record: StoredRecord) => fieldsOf(core, name, record)
  const found = await findHits(store, query, textsOf)
  const budget = core.limits.replyBytes - envelopeBytes
  const sizes = found.hits.map((hit) => Buffer.byteLength(encodeRecord(hit.record)) + hit.channel.length)
  if (sum(sizes) + sizes.length * snippetBytes <= budget) return found
  let used = 0
  const over = found.hits.findIndex(({ channel, record }, index) => {
    const snippet = JSON.stringify(snippetOf(fieldsOf(core, channel, record), query))
    used += (sizes[index] ?? 0) + Buffer.byteLength(snippet) + namesBytes
    return used > budget
  })
  return over < 0 ? found : findHits(store, { ...query, limit: Math.max(1, over) }, textsOf)
}

/** What stands around the hits, and around one; and the most that a hit's snippet and names take. */
const envelopeBytes = 1024
const namesBytes = 128
const snippetBytes = 4096

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function fieldsOf(core: SearchContext, channel: string, record: StoredRecord): string[] {
  const data = JSON.parse(record.data) as Record<string, unknown>
  const fields = core.policies.of(channel)?.collections.get(record.collection)?.search ?? []
  return fields.flatMap((field) => (typeof data[field] === 'string' ? [data[field] as string] : []))
}

/** Where to search over all: the caller's own channels, and those that others may read too and that were written last. */
async function readableChannels(core: SearchContext, caller: Caller, collection: string | null): Promise<Places> {
  const found = new Set(await readableAmong(core, caller, await ownChannels(core, caller)))
  const recent = await core.durable.recentChannels(scannedChannels + 1)
  const open: string[] = []
  for (const facts of recent.slice(0, scannedChannels)) {
    const policy = core.policies.of(facts.name)
    if (policy === null || !isSearched(policy, collection)) continue
    const isGranted = grantedRights(caller, facts.name) !== null
    const isPrivate = policy.private || facts.visibility === 'private'
    if (isGranted || !(isPrivate || policy.read === 'anyone')) open.push(facts.name)
    else if (!isPrivate) found.add(facts.name)
  }
  for (const name of await readableAmong(core, caller, open)) found.add(name)
  return { channels: [...found], complete: recent.length <= scannedChannels }
}

interface Places {
  readonly channels: readonly string[]
  /** Whether no channel was left out. */
  readonly complete: boolean
}

/** A collection that has left the configuration may have records. */
function isDeclared(core: SearchContext, channel: string, collection: string): boolean {
  return core.policies.of(channel)?.collections.has(collection) ?? false
}

function isSearched(policy: NamespacePolicy, collection: string | null): boolean {
  return [...policy.collections.values()].some(
    ({ name, search }) => search.length > 0 && (collection === null || collection === name),
  )
}

/** The channels of which the caller is a member. The scan above skips private channels that no grant covers. */
async function ownChannels(core: SearchContext, caller: Caller): Promise<string[]> {
  const { user } = caller
  const names: string[] = []
  if (user === null) return names
  for (let after = ''; ; ) {
    const rows = await core.accounts.channelsOf({ user, memberId: memberRecordId(user), after, limit: 1000 })
    names.push(...rows.map(({ channel }) => channel.name))
    if (rows.length < 1000) return names
    after = names.at(-1) ?? after
  }
}
