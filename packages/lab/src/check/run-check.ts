/**
 * A run against a deployment: writers and readers at work while whatever happens to the servers
 * happens, then quiet, then the verdict. Everything that is left to chance follows from the seed.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { CheckFailure } from './check-failure.ts'
import { Dice } from './dice.ts'
import { History } from './history.ts'
import { type Complaint, judge } from './judge.ts'
import { Nodes, readLog, readPages } from './nodes.ts'
import type { Acknowledged, Unknown } from './observation.ts'
import { RawReader } from './raw-reader.ts'
import { type CheckTransport, type Reader, transports } from './reader.ts'
import { SdkReader } from './sdk-reader.ts'
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
  readonly tell?: (line: string) => void
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
const dropMs = 700
const pause = (ms: number): Promise<unknown> => wait(ms)
const now = (): number => performance.now()

export async function runCheck(options: CheckOptions): Promise<CheckResult> {
  const { seed, seconds, tell = () => {} } = options
  const dice = new Dice(seed)
  const nodes = new Nodes(options.urls)
  const channel = options.channel ?? `chat:check-${seed.toString(36)}-${Date.now().toString(36)}`
  const collection = options.collection ?? 'messages'
  const history = new History(now)
  const acknowledged: Acknowledged[] = []
  const tokens = await writerTokens(options, nodes)
  const readers = makeReaders(options, { nodes, channel, collection, token: options.token ?? null }, dice)
  const givenUp = new AbortController()
  history.note({ kind: 'phase', name: 'load' })
  const endAt = now() + seconds * 1000
  const isOver = (): boolean => now() >= endAt
  const opened = readers.map((reader, index) =>
    pause((seconds * 500 * index) / readers.length).then(() => reader.open()),
  )
  const dropping = dropReaders(readers, dice.fork(), history, isOver)
  const writing = tokens.map((token, index) =>
    runWriter({
      name: `writer-${index}`,
      nodes,
      channel,
      collection,
      token,
      dice: dice.fork(),
      pause,
      now,
      isOver,
      signal: givenUp.signal,
      acknowledged: (write) => {
        acknowledged.push(write)
        history.note({ kind: 'write', id: write.id, text: write.text, rev: write.rev })
      },
    }),
  )
  const giveUp = setTimeout(() => givenUp.abort(), seconds * 1000 + settleMs(options))
  const written = await Promise.all(writing)
  clearTimeout(giveUp)
  await dropping
  tell(`${acknowledged.length} writes acknowledged; readers arrive`)
  history.note({ kind: 'phase', name: 'settle' })
  return await settle({ options, nodes, channel, collection, readers, opened, written, acknowledged, history })
}

interface Settling {
  readonly options: CheckOptions
  readonly nodes: Nodes
  readonly channel: string
  readonly collection: string
  readonly readers: readonly Reader[]
  readonly opened: readonly Promise<void>[]
  readonly written: readonly Written[]
  readonly acknowledged: readonly Acknowledged[]
  readonly history: History
}

/** All is quiet: readers arrive, everything is read anew, and judged. */
async function settle(settling: Settling): Promise<CheckResult> {
  const { options, nodes, channel, collection, readers, opened, written, acknowledged, history } = settling
  const { token = null } = options
  const insist = (path: string) => nodes.insist(path, { token, pause, signal: AbortSignal.timeout(settleMs(options)) })
  const { epoch, head, log: whole } = await readLog(insist, channel)
  const arrived = readers.map((reader, index) => opened[index]?.then(() => reader.reached(epoch, head)))
  // Who does not arrive is the judge's business, who tells where it stands.
  await Promise.race([Promise.all(arrived), wait(settleMs(options), undefined, { ref: false })])
  history.note({ kind: 'phase', name: 'read' })
  const log = whole.filter((change) => change.collection === collection)
  const path = `/v1/channels/${channel}/${collection}`
  const pages = await Promise.all([7, 100, 500].map((limit) => readPages(insist, path, limit)))
  const fresh = pages[0] ?? []
  const seen = readers.map((reader) => reader.seen)
  for (const reader of readers) reader.close()
  const unknown: Unknown[] = written.flatMap((each) => each.unknown)
  const refused = written.flatMap((each) => each.refused)
  const differing = pages.some((each) => JSON.stringify(each) !== JSON.stringify(fresh))
  const complaints: Complaint[] = [
    ...refused.map((text) => ({ invariant: 'refused' as const, text })),
    ...(differing ? [{ invariant: 'divergence' as const, text: 'pages of 7, 100 and 500 records differ' }] : []),
    ...judge({ acknowledged, unknown, epoch, log, head, fresh, readers: seen }),
  ]
  for (const each of seen)
    history.add({ reader: each.name, rev: each.rev, resets: each.resets, segments: each.segments })
  for (const complaint of complaints) history.add({ complaint })
  return {
    seed: options.seed,
    channel,
    acknowledged: acknowledged.length,
    unknown: unknown.length,
    readers: readers.length,
    head,
    longestOutageMs: longestOutage(acknowledged),
    resets: seen.reduce((sum, each) => sum + each.resets.length, 0),
    complaints,
    history: history.text,
  }
}

function settleMs({ settleSeconds = settleSecondsDefault }: CheckOptions): number {
  return settleSeconds * 1000
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

interface Place {
  readonly nodes: Nodes
  readonly channel: string
  readonly collection: string
  readonly token: string | null
}

function makeReaders({ readersEach }: CheckOptions, place: Place, dice: Dice): Reader[] {
  const makers: readonly [string, new (options: ConstructorParameters<typeof RawReader>[0]) => Reader][] = [
    ['raw', RawReader],
    ['SDK', SdkReader],
  ]
  return Array.from({ length: readersEach }, (_, number) =>
    transports.flatMap((transport: CheckTransport) =>
      makers.map(
        ([kind, Maker]) =>
          new Maker({
            ...place,
            name: `${kind} reader ${number} by ${transport}`,
            transport,
            dice: dice.fork(),
            pause,
          }),
      ),
    ),
  ).flat()
}

async function dropReaders(
  readers: readonly Reader[],
  dice: Dice,
  history: History,
  isOver: () => boolean,
): Promise<void> {
  const names = new Map(readers.map((reader) => [reader, reader.seen.name]))
  while (!isOver()) {
    await pause(dropMs * dice.next() * 2)
    const reader = dice.pick(readers)
    if (reader === undefined) return
    history.note({ kind: 'drop', reader: names.get(reader) ?? '' })
    reader.drop()
  }
}

function longestOutage(acknowledged: readonly Acknowledged[]): number {
  const moments = acknowledged.map(({ repliedAt }) => repliedAt).sort((a, b) => a - b)
  return Math.round(moments.reduce((longest, at, i) => Math.max(longest, at - (moments[i - 1] ?? at)), 0))
}
