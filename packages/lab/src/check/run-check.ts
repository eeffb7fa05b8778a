/**
 * A run against a deployment: writers and readers at work while whatever happens to the servers
 * happens, then quiet, then the verdict. Everything that is left to chance follows from the seed.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { CheckFailure } from './check-failure.ts'
import { Dice } from './dice.ts'
import { History } from './history.ts'
import type { Complaint } from './judge.ts'
import { Nodes } from './nodes.ts'
import type { Acknowledged } from './observation.ts'
import type { Reader } from './reader.ts'
import { dropReaders, makeReaders } from './readers.ts'
import { settle } from './settle.ts'
import { Watch } from './watch.ts'
import { runWriter, type Written } from './writer.ts'

export interface CheckOptions {
  /** Of every server, or of the balancer in front of them; the SDK's readers use the first. */
  readonly urls: readonly string[]
  /** Of who may write to `channel`; absent: guests are asked for. */
  readonly token?: string
  /** Default: a new one under `chat:`. */
  readonly channel?: string
  /** Its records have a `text`. Default: `messages`. */
  readonly collection?: string
  readonly seed: number
  /** For how long writers write. */
  readonly seconds: number
  readonly writers: number
  /** Readers by each transport without the SDK, and as many with it. */
  readonly readersEach: number
  /** For how long readers may take to arrive when all is quiet. Default: 30. */
  readonly settleSeconds?: number
  /** The store is put back to an earlier moment meanwhile: what was acknowledged before may be gone. Default: no. */
  readonly restored?: boolean
  readonly tell?: (line: string) => void
  /**
   * What happens to the servers: begins once every reader has its page and follows. Writers write until it has
   * resolved, and for `seconds` at least; where it rejects, so does the run.
   */
  readonly meanwhile?: (watch: Watch) => Promise<void>
}

export interface CheckResult {
  readonly seed: number
  readonly channel: string
  readonly acknowledged: number
  /** Writes without a reply: they may be there or not. */
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
const pause = (ms: number): Promise<unknown> => wait(ms)
const now = (): number => performance.now()

export async function runCheck(options: CheckOptions): Promise<CheckResult> {
  const { seed, tell = () => {}, settleSeconds = settleSecondsDefault } = options
  const dice = new Dice(seed)
  const nodes = new Nodes(options.urls)
  const channel = options.channel ?? `chat:check-${seed.toString(36)}-${Date.now().toString(36)}`
  const place = { nodes, channel, collection: options.collection ?? 'messages' }
  const tokens = await writerTokens(options, nodes)
  const readers = makeReaders(options.readersEach, { ...place, token: options.token ?? null }, dice)
  const history = new History(now)
  const withinMs = settleSeconds * 1000
  const { acknowledged, ...loaded } = await load({ ...options, ...place, tokens, readers, dice, history, withinMs })
  tell(`${acknowledged.length} writes acknowledged; readers arrive`)
  const settling = { ...place, token: options.token ?? null, readers, acknowledged, history, withinMs, ...loaded }
  const { unknown, ...settled } = await settle({ ...settling, restored: options.restored ?? false })
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

interface Loading {
  readonly nodes: Nodes
  readonly channel: string
  readonly collection: string
  /** Of each writer. */
  readonly tokens: readonly string[]
  readonly readers: readonly Reader[]
  readonly dice: Dice
  readonly history: History
  readonly seconds: number
  readonly withinMs: number
  readonly meanwhile?: CheckOptions['meanwhile']
}

interface Loaded {
  readonly opened: readonly Promise<void>[]
  readonly written: readonly Written[]
  readonly acknowledged: readonly Acknowledged[]
}

/** Writers write, readers open one after another in the first half of the time and lose their lines at random. */
async function load(loading: Loading): Promise<Loaded> {
  const { readers, dice, history, seconds, withinMs, meanwhile } = loading
  const acknowledged: Acknowledged[] = []
  const watch = new Watch(readers, now)
  let isOver = false
  const givenUp = new AbortController()
  history.note({ kind: 'phase', name: 'load' })
  const opened = readers.map((reader, index) =>
    pause((seconds * 500 * index) / readers.length).then(() => reader.open()),
  )
  const dropping = dropReaders(readers, dice.fork(), history, () => isOver)
  const writing = write(loading, {
    isOver: () => isOver,
    signal: givenUp.signal,
    acknowledged: (each) => {
      acknowledged.push(each)
      watch.acknowledged(each)
      history.note({ kind: 'write', id: each.id, text: each.text, rev: each.rev })
    },
  })
  try {
    await Promise.all([
      pause(seconds * 1000),
      meanwhile && allOpen(readers, opened, withinMs).then(() => meanwhile(watch)),
    ])
  } catch (error) {
    for (const reader of readers) reader.close()
    givenUp.abort()
    throw error
  } finally {
    isOver = true
  }
  const giveUp = setTimeout(() => givenUp.abort(), withinMs)
  const written = await Promise.all(writing)
  clearTimeout(giveUp)
  await dropping
  return { opened, written, acknowledged }
}

type WritingOptions = Pick<Parameters<typeof runWriter>[0], 'isOver' | 'signal' | 'acknowledged'>

function write({ tokens, nodes, channel, collection, dice }: Loading, options: WritingOptions): Promise<Written>[] {
  return tokens.map((token, index) =>
    runWriter({
      ...options,
      name: `writer-${index}`,
      nodes,
      channel,
      collection,
      token,
      dice: dice.fork(),
      pause,
      now,
    }),
  )
}

async function allOpen(readers: readonly Reader[], opened: readonly Promise<void>[], withinMs: number): Promise<void> {
  const late = new AbortController()
  const missing = new Set(readers)
  const opening = opened.map((each, index) => each.then(() => missing.delete(readers[index] as Reader)))
  const isOpen = await Promise.race([Promise.all(opening), wait(withinMs, null, late)])
  late.abort()
  if (isOpen !== null) return
  const names = [...missing].map((reader) => reader.seen.name)
  throw new CheckFailure(`not open within ${withinMs} ms: ${names.join(', ')}`)
}

/** A guest for each writer where no token was given: limits count by user. */
async function writerTokens(options: CheckOptions, nodes: Nodes): Promise<string[]> {
  const { token, writers } = options
  if (token !== undefined) return Array.from({ length: writers }, () => token)
  return await Promise.all(Array.from({ length: writers }, (_, i) => guestToken(nodes, `checker ${i}`)))
}

async function guestToken(nodes: Nodes, name: string): Promise<string> {
  const answer = await nodes.ask('/v1/guests', { method: 'POST', body: { name } }).catch((error: unknown) => {
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
