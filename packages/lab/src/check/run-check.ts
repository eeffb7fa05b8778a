/**
 * A run against a deployment: writers and readers work, possibly while something breaks the servers; then the writers
 * stop, the readers arrive, and the judge compares what all of them observed. All chance follows from the seed.
 */
import { CheckFailure } from '../failures/check-failure.ts'
import { SeededRandom } from '../random/seeded-random.ts'
import { Nodes } from './client/nodes.ts'
import type { Complaint } from './judge/evidence.ts'
import { RunHistory } from './judge/history.ts'
import type { Acknowledged } from './judge/observation.ts'
import { load } from './load.ts'
import { makeReaders } from './readers/reader-group.ts'
import type { RecoveryWatch } from './recovery-watch.ts'
import { settle } from './settle.ts'

export interface CheckOptions {
  /** The URL of every server, or of the balancer in front of them; the SDK's readers use the first. */
  readonly urls: readonly string[]
  /** The token of a user who may write to `channel`; absent: each writer is a guest. */
  readonly token?: string
  /** The channel's name; default: a new one in the namespace `chat`. */
  readonly channel?: string
  /** The collection's name; its records have a `text`. Default: `messages`. */
  readonly collection?: string
  readonly seed: number
  /** For how long writers write; up to four times as long where the machine is too slow for writes enough to judge. */
  readonly seconds: number
  readonly writers: number
  /** Readers by each transport without the SDK, and as many with it. */
  readonly readersEach: number
  /** Mean ms between two writes of one writer. Default: as many as `seconds`, from 8 to 40. */
  readonly restMs?: number
  /** For how long readers may take to arrive when all is quiet. Default: 30. */
  readonly settleSeconds?: number
  /** Whether the store is put back to an earlier moment during the run, so that acknowledged writes may be gone. Default: no. */
  readonly restored?: boolean
  readonly onProgress?: (line: string) => void
  /**
   * What happens to the servers: begins once every reader has its page and follows. Writers write until it has
   * resolved, and for `seconds` at least; where it rejects, so does the run.
   */
  readonly disturb?: (watch: RecoveryWatch) => Promise<void>
}

export interface CheckResult {
  readonly seed: number
  readonly channel: string
  readonly acknowledged: number
  /** The number of writes without a reply, which may have been committed or not. */
  readonly unknown: number
  readonly readers: number
  readonly head: number
  /** The longest time without any acknowledged write, in ms. */
  readonly longestOutageMs: number
  readonly resets: number
  readonly complaints: readonly Complaint[]
  /** JSON lines. */
  readonly history: string
}

const settleSecondsDefault = 30
/**
 * Writers and readers rest for as many ms as the run has seconds, within these bounds: a fault that shows once in
 * hundreds of frames has to show in a short run too, and a long one need not hold more than memory can.
 */
const restMsBounds = { least: 8, most: 40 }

export async function runCheck(options: CheckOptions): Promise<CheckResult> {
  const { seed, onProgress = () => {}, settleSeconds = settleSecondsDefault } = options
  const random = new SeededRandom(seed)
  const nodes = new Nodes(options.urls)
  const channel = options.channel ?? `chat:check-${seed.toString(36)}-${Date.now().toString(36)}`
  const { token = null, collection = 'messages' } = options
  const location = { nodes, channel, collection, token }
  const tokens = await writerTokens(options, nodes)
  const readers = makeReaders(options.readersEach, location, random)
  const history = new RunHistory(() => performance.now())
  const withinMs = settleSeconds * 1000
  const { seconds, restMs = clamp(seconds, restMsBounds), disturb } = options
  const shared = { ...location, readers, history, withinMs }
  const loaded = await load({ ...shared, tokens, random, seconds, restMs, disturb })
  const { acknowledged } = loaded
  onProgress(`${acknowledged.length} writes acknowledged; readers arrive`)
  const { unknown, ...settled } = await settle({ ...shared, ...loaded, restored: options.restored ?? false })
  return {
    seed,
    channel,
    acknowledged: acknowledged.length,
    unknown: unknown.length,
    readers: readers.length,
    longestOutageMs: longestOutage(acknowledged),
    history: history.text,
    ...settled,
  }
}

function clamp(value: number, { least, most }: { readonly least: number; readonly most: number }): number {
  return Math.min(most, Math.max(least, value))
}

/** A guest for each writer where no token was given: limits count by user. */
async function writerTokens(options: CheckOptions, nodes: Nodes): Promise<string[]> {
  const { token, writers } = options
  if (token !== undefined) return Array.from({ length: writers }, () => token)
  return await Promise.all(Array.from({ length: writers }, (_, i) => guestToken(nodes, `checker ${i}`)))
}

async function guestToken(nodes: Nodes, name: string): Promise<string> {
  const answer = await nodes.request('/v1/guests', { method: 'POST', body: { name } }).catch((error: unknown) => {
    throw new CheckFailure(`${nodes.first} is not reached: ${reasonOf(error)}`, { cause: error })
  })
  if (answer.status !== 201)
    throw new CheckFailure(`guests are not admitted here (${answer.status}): give a token that may write`)
  return (answer.body as { token: string }).token
}

/** `fetch` says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error
  return (cause as Error | undefined)?.message ?? message
}

function longestOutage(acknowledged: readonly Acknowledged[]): number {
  const moments = acknowledged.map(({ repliedAt }) => repliedAt).sort((a, b) => a - b)
  return Math.round(moments.reduce((longest, at, i) => Math.max(longest, at - (moments[i - 1] ?? at)), 0))
}
