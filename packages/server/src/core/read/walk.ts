/**
 * A walk over the rows of all channels, in bounded steps: each tells where the next one goes on, so that a walk over
 * millions of rows is many short requests, shows how far it has come, and survives a restart.
 */
import { namespaceOf } from 'dovetail-protocol'
import type { ChannelFacts, StoredRecord } from '../../ports/store.ts'
import type { AccessContext } from '../access/context.ts'
import type { LogContext } from '../log/context.ts'
import { Failure } from '../rules/failure.ts'

export type WalkContext = Pick<AccessContext, 'policies'> & Pick<LogContext, 'storeOf'>

/** Rows that one step looks at. */
const rowsAStep = 5000
const rowsARead = 1000
const channelsARead = 100

/** Where a walk goes on: the namespace, the channel there (empty: the first one), its epoch and the revision reached. */
interface Position {
  readonly namespace: string
  readonly channel: string
  readonly epoch: string
  readonly rev: number
}

export interface Step {
  /** Rows that were looked at. */
  readonly looked: number
  /** Where the next step goes on; null: that was all. */
  readonly after: string | null
}

export interface Walking {
  /** The most bytes of rows of one read, encoded. */
  readonly bytes: number
  /** Is given rows of one channel, in rising revision. Resolves with whether this step has done enough. */
  readonly take: (channel: ChannelFacts, rows: readonly StoredRecord[]) => Promise<'enough' | 'more'>
}

export async function walkStep(core: WalkContext, after: string | null, { bytes, take }: Walking): Promise<Step> {
  let at: Position | null = after === null ? firstIn(core, '') : parsePosition(after)
  let looked = 0
  let isEnough = false
  while (at !== null && looked < rowsAStep && !isEnough) {
    const store = core.storeOf(at.namespace)
    const [facts] = await channelsFrom(core, at)
    if (facts === undefined) {
      at = firstIn(core, at.namespace)
      continue
    }
    // Another incarnation of the channel is walked from its beginning.
    const from = facts.name === at.channel && facts.epoch === at.epoch ? at.rev : 0
    const read = await store.changes({ channel: facts.name, after: from, limit: rowsARead, bytes })
    // A channel costs as much as some rows, so that a step over empty ones ends too.
    looked += (read?.changes.length ?? 0) + 10
    if (read !== null) isEnough = (await take(read.channel, read.changes)) === 'enough'
    at = { namespace: at.namespace, channel: facts.name, epoch: facts.epoch, rev: read?.more === true ? read.to : done }
  }
  return { looked, after: at === null ? null : formatPosition(at) }
}

/** The revision of a channel that was walked to its end. */
const done = Number.MAX_SAFE_INTEGER

/** The channel of the position where it is not done, else the next one of its namespace. */
async function channelsFrom(
  core: Pick<WalkContext, 'storeOf'>,
  { namespace, channel, rev }: Position,
): Promise<readonly ChannelFacts[]> {
  const store = core.storeOf(namespace)
  if (channel !== '' && rev !== done) {
    const facts = await store.channel(channel)
    if (facts !== null) return [facts]
  }
  for (let after = channel; ; ) {
    const page = await store.channels({ prefix: namespace, after, limit: channelsARead })
    const found = page.filter(({ name }) => namespaceOf(name) === namespace)
    if (found.length > 0 || page.length < channelsARead) return found
    after = page.at(-1)?.name ?? ''
  }
}

/** The beginning of the namespace that follows, by name; null: there is none. */
function firstIn({ policies }: Pick<WalkContext, 'policies'>, after: string): Position | null {
  const [namespace] = [...policies.namespaces.keys()].filter((name) => name > after).sort()
  return namespace === undefined ? null : { namespace, channel: '', epoch: '', rev: 0 }
}

function formatPosition({ namespace, channel, epoch, rev }: Position): string {
  return Buffer.from(JSON.stringify([namespace, channel, epoch, rev])).toString('base64url')
}

function parsePosition(text: string): Position {
  try {
    const [namespace, channel, epoch, rev] = JSON.parse(Buffer.from(text, 'base64url').toString()) as unknown[]
    if (
      typeof namespace === 'string' &&
      typeof channel === 'string' &&
      typeof epoch === 'string' &&
      typeof rev === 'number'
    )
      return { namespace, channel, epoch, rev }
  } catch {
    // As any other text that no reply gave.
  }
  throw new Failure('invalid_query', '"after" is what the reply before gave.')
}
