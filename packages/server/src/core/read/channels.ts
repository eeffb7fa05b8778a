/** Channels themselves, described and listed. */
import { formatCursor } from 'dovetail-protocol'
import type { ChannelFacts, Store } from '../../ports/store.ts'
import { policyOf } from '../access/address.ts'
import type { Caller } from '../access/caller.ts'
import type { NamespacePolicy } from '../access/policy.ts'
import { readable } from '../access/readable.ts'
import { askedAtOnce, readableAmong } from '../access/readable-among.ts'
import type { ChannelContext } from './context.ts'

export interface Description {
  readonly name: string
  readonly namespace: string
  readonly epoch: string | null
  readonly head: number
  readonly cursor: string
  readonly collections: readonly string[]
  readonly readers: number
  readonly createdAt: string | null
  readonly visibility: 'public' | 'private'
  readonly title?: string
  readonly files?: { readonly types: readonly string[]; readonly bytes: number }
}

export async function describeChannel(core: ChannelContext, caller: Caller, channel: string): Promise<Description> {
  await readable(core, caller, channel)
  await core.readerCounts.ready(channel)
  return description(core, channel, await core.storeOf(channel).channel(channel))
}

export function description(core: ChannelContext, channel: string, facts: ChannelFacts | null): Description {
  const policy = policyOf(core, channel)
  return {
    name: channel,
    namespace: policy.name,
    epoch: facts?.epoch ?? null,
    head: facts?.head ?? 0,
    cursor: formatCursor(facts?.epoch ?? null, facts?.head ?? 0),
    collections: [...policy.collections.keys()],
    readers: core.readerCounts.readers(channel),
    createdAt: facts === null ? null : new Date(facts.createdAt).toISOString(),
    visibility: facts?.visibility ?? (policy.private ? 'private' : 'public'),
    ...(facts?.title == null ? {} : { title: facts.title }),
    ...takenFiles(core, policy),
  }
}

/** Whoever may write does not have to try in order to learn that nothing can be attached. */
function takenFiles({ files, limits }: ChannelContext, policy: NamespacePolicy): Pick<Description, 'files'> {
  if (policy.files === null || files.storage === null) return {}
  const { types, bytes } = policy.files
  return { files: { types, bytes: Math.min(bytes ?? limits.fileBytes, limits.fileBytes) } }
}

export interface ChannelListing {
  readonly channels: readonly Description[]
  readonly after: string | null
}

/** The most channels checked for one reply; a caller who may read few of many gets `next` to continue from. */
const scanLimit = 2000

export async function listChannels(
  core: ChannelContext,
  caller: Caller,
  query: { prefix: string; after: string; limit: number },
): Promise<ChannelListing> {
  const found: Description[] = []
  const batches = await Promise.all(
    storesOf(core).map((store) => store.channels({ prefix: query.prefix, after: query.after, limit: scanLimit })),
  )
  const rows = batches
    .flat()
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .slice(0, scanLimit)
  for (let at = 0; at < rows.length; at += askedAtOnce) {
    const some = rows.slice(at, at + askedAtOnce)
    const allowed = await readableAmong(
      core,
      caller,
      some.map(({ name }) => name),
    )
    for (const facts of some) {
      if (found.length === query.limit) return { channels: found, after: found.at(-1)?.name ?? null }
      if (allowed.has(facts.name)) found.push(description(core, facts.name, facts))
    }
  }
  return { channels: found, after: rows.length === scanLimit ? (rows.at(-1)?.name ?? null) : null }
}

/** Every store that keeps channels of the configuration, once. */
export function storesOf(core: Pick<ChannelContext, 'durable' | 'policies' | 'storeOf'>): Store[] {
  return [...new Set([core.durable, ...[...core.policies.namespaces.keys()].map((name) => core.storeOf(name))])]
}
