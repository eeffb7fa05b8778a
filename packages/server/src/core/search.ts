/** Search: words that all must match, the last one as a prefix, over what the caller may read. */
import type { StoredRecord } from '../ports/store.ts'
import { collectionOf, namedChannel, namedCollection, policyOf } from './address.ts'
import { mayRead } from './authorize.ts'
import type { Caller } from './caller.ts'
import type { Core } from './core.ts'
import { readable } from './read.ts'
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

/** The most channels of one search over all. */
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
  const channels = request.channel === null ? await readableChannels(core, caller) : [request.channel]
  if (channels.length === 0) return { hits: [], after: null }
  const store = request.channel === null ? core.durable : core.storeOf(request.channel)
  const found = await store.search({ channels, collection, ...query, limit, after })
  const hits = found.hits.map(({ channel, record }) => ({
    channel,
    record,
    snippet: snippetOf(fieldsOf(core, channel, record), query),
  }))
  return { hits, after: found.after }
}

function fieldsOf(core: Core, channel: string, record: StoredRecord): string[] {
  const data = JSON.parse(record.data) as Record<string, unknown>
  const fields = core.policies.of(channel)?.collections.get(record.collection)?.search ?? []
  return fields.flatMap((field) => (typeof data[field] === 'string' ? [data[field] as string] : []))
}

async function readableChannels(core: Core, caller: Caller): Promise<string[]> {
  const readableOnes: string[] = []
  let after = ''
  for (let scanned = 0; scanned < scannedChannels; ) {
    const page = await core.durable.channels({ prefix: '', after, limit: 1000 })
    for (const facts of page) {
      const policy = core.policies.of(facts.name)
      if (policy === null) continue
      const standing = await core.standings.of(facts.name, caller.user)
      if (mayRead({ caller, channel: facts.name, policy, standing, now: core.clock.now() }))
        readableOnes.push(facts.name)
    }
    scanned += page.length
    if (page.length < 1000) break
    after = page.at(-1)?.name ?? after
  }
  return readableOnes
}
