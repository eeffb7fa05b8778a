/** Search: words that all must match, the last one as a prefix, over what the caller may read. */
import type { SearchQuery, SearchRead, StoredRecord } from '../ports/store.ts'
import { encodeRecord } from '../ports/stored-record.ts'
import { collectionOf, namedChannel, namedCollection, policyOf } from './address.ts'
import { memberRecordId } from './authorize.ts'
import { type Caller, grantedRights } from './caller.ts'
import type { Core } from './core.ts'
import type { NamespacePolicy } from './policy.ts'
import { readable } from './read.ts'
import { readableAmong } from './readable-among.ts'
import { type Snippet, snippetOf } from './snippet.ts'
import { queryWords } from './words.ts'

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
}

/** The most channels that are not the caller's own of one search over all. */
const scannedChannels = 5000

export async function search(core: Core, caller: Caller, request: SearchRequest): Promise<SearchReply> {
  const { collection, limit, after } = request
  if (request.channel !== null) namedChannel(request.channel)
  if (collection !== null) namedCollection(collection)
  if (request.channel !== null && collection !== null) collectionOf(policyOf(core, request.channel), collection)
  if (request.channel !== null) await readable(core, caller, request.channel)
  else if (caller.refusal !== null) throw caller.refusal
  const query = queryWords(request.q)
  if (query === null) return { hits: [], after: null }
  const channels = request.channel === null ? await readableChannels(core, caller, collection) : [request.channel]
  if (channels.length === 0) return { hits: [], after: null }
  const found = await searchWithin(core, request.channel, { channels, collection, ...query, limit, after })
  // A membership may end while the store searches, and what is written after that is not for who lost it.
  if (request.channel !== null) await readable(core, caller, request.channel)
  const allowed = await readableAmong(core, caller, new Set(found.hits.map(({ channel }) => channel)))
  const hits = found.hits
    .filter(({ channel }) => allowed.has(channel))
    .map(({ channel, record }) => ({ channel, record, snippet: snippetOf(fieldsOf(core, channel, record), query) }))
  return { hits, after: found.after }
}

/** No reply is over the limit: where the hits would be, fewer are asked for, and `after` is that of the last of them. */
async function searchWithin(core: Core, channel: string | null, query: SearchQuery): Promise<SearchRead> {
  const store = channel === null ? core.durable : core.storeOf(channel)
  const found = await store.search(query)
  const room = core.limits.replyBytes - envelopeBytes
  const sizes = found.hits.map((hit) => Buffer.byteLength(encodeRecord(hit.record)) + hit.channel.length)
  if (sum(sizes) + sizes.length * snippetBytes <= room) return found
  let used = 0
  const over = found.hits.findIndex(({ channel, record }, index) => {
    const snippet = JSON.stringify(snippetOf(fieldsOf(core, channel, record), query))
    used += (sizes[index] ?? 0) + Buffer.byteLength(snippet) + namesBytes
    return used > room
  })
  return over < 0 ? found : store.search({ ...query, limit: Math.max(1, over) })
}

/** What stands around the hits, and around one; and the most that a hit's snippet and names take. */
const envelopeBytes = 1024
const namesBytes = 128
const snippetBytes = 4096

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function fieldsOf(core: Core, channel: string, record: StoredRecord): string[] {
  const data = JSON.parse(record.data) as Record<string, unknown>
  const fields = core.policies.of(channel)?.collections.get(record.collection)?.search ?? []
  return fields.flatMap((field) => (typeof data[field] === 'string' ? [data[field] as string] : []))
}

/** The caller's own channels, all of them; then those that others may read too, as many as are looked at. */
async function readableChannels(core: Core, caller: Caller, collection: string | null): Promise<string[]> {
  const found = new Set(await readableAmong(core, caller, await ownChannels(core, caller)))
  let after = ''
  for (let scanned = 0; scanned < scannedChannels; ) {
    const page = await core.durable.channels({ prefix: '', after, limit: 1000 })
    const open: string[] = []
    for (const facts of page) {
      const policy = core.policies.of(facts.name)
      if (policy === null || !isSearched(policy, collection)) continue
      const isGranted = grantedRights(caller, facts.name) !== null
      const isPrivate = policy.private || facts.visibility === 'private'
      if (isGranted || !(isPrivate || policy.read === 'anyone')) open.push(facts.name)
      else if (!isPrivate) found.add(facts.name)
    }
    for (const name of await readableAmong(core, caller, open)) found.add(name)
    scanned += page.length
    if (page.length < 1000) break
    after = page.at(-1)?.name ?? after
  }
  return [...found]
}

function isSearched(policy: NamespacePolicy, collection: string | null): boolean {
  return [...policy.collections.values()].some(
    ({ name, search }) => search.length > 0 && (collection === null || collection === name),
  )
}

/** Where the caller is a member: only they may be found in private channels, which are not looked through. */
async function ownChannels(core: Core, caller: Caller): Promise<string[]> {
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
