/**
 * Runs many short reads beside the permanent readers, since a fault in one of hundreds of frames needs hundreds of
 * frames to show. A catch-up reads from an earlier position until it has all writes that were acknowledged when it
 * began. Listeners only follow, so many at once that every flush sends many frames.
 */
import type { SeededRandom } from '../../random/seeded-random.ts'
import { startTimeLimit } from '../../time/time-limit.ts'
import { type CheckTransport, transports } from '../client/follow.ts'
import { follows } from '../client/follows.ts'
import type { Nodes } from '../client/nodes.ts'
import type { Acknowledged, Range, Segment, Stream } from '../judge/observation.ts'

export interface StreamOptions {
  readonly nodes: Nodes
  readonly channel: string
  readonly token: string | null
  readonly random: SeededRandom
  /** The acknowledged writes so far, in the order of their replies. */
  readonly acknowledged: readonly Acknowledged[]
  readonly restMs: number
  readonly pause: (ms: number) => Promise<unknown>
  /** Aborted when the writers are done. */
  readonly signal: AbortSignal
}

const pushed: readonly CheckTransport[] = ['websocket', 'sse']

/** A catch-up that takes longer is given up: whether a server can be reached is not checked here. */
const catchUpMs = 5000
/** The time between two catch-ups, as a multiple of the time between two writes: most of the load is the writers'. */
const restTimes = 2
/** One catch-up in this many reads from the beginning of the log. */
const wholeLogOneIn = 20

/** A stream catches up by other code than a poll, which reads the store each time: twice as many of those that push. */
const caughtUpBy = [...transports, ...pushed]

/** Runs catch-ups one after another, on all transports at the same time. */
export async function runCatchUps(options: StreamOptions): Promise<Stream[]> {
  const repeated = caughtUpBy.map((transport) =>
    repeatCatchUp({ ...options, random: options.random.fork() }, transport),
  )
  return (await Promise.all(repeated)).flat()
}

async function repeatCatchUp(options: StreamOptions, transport: CheckTransport): Promise<Stream[]> {
  const { random, acknowledged, restMs, pause, signal } = options
  const found: Stream[] = []
  while (!signal.aborted) {
    await pause(restMs * restTimes)
    // The reply to a delete has no revision.
    const last = acknowledged.findLast(({ rev }) => rev !== null)
    const from = random.pick(acknowledged)
    if (from === undefined || from.epoch === null || last?.epoch !== from.epoch) continue
    const start = random.between(0, wholeLogOneIn) === 0 ? 0 : (from.rev ?? 0)
    const goal = last.rev ?? 0
    if (goal <= start) continue
    const segment: Segment = { epoch: from.epoch, start, ranges: [] }
    const late = startTimeLimit(catchUpMs)
    await read(options, transport, segment, goal, late.signal).finally(late.stop)
    found.push({ name: `catch-up ${found.length} by ${transport} from ${start}`, segments: [segment] })
  }
  return found
}

const listenersEach = 8

/** Opens listeners on each transport that pushes, from the first write on. */
export async function runListeners(options: StreamOptions): Promise<Stream[]> {
  const names = pushed.flatMap((transport) =>
    Array.from({ length: listenersEach }, (_, number) => ({ transport, name: `listener ${number} by ${transport}` })),
  )
  return await Promise.all(
    names.map(async ({ transport, name }) => ({ name, segments: await listen(options, transport) })),
  )
}

/** Reads one segment for each connection, each from where the last one ended. */
async function listen(options: StreamOptions, transport: CheckTransport): Promise<Segment[]> {
  const { acknowledged, restMs, pause, signal } = options
  const segments: Segment[] = []
  while (!signal.aborted) {
    const newest = acknowledged.findLast(({ rev }) => rev !== null)
    if (newest !== undefined) {
      const former = segments.at(-1)
      const rev = former?.epoch === newest.epoch ? (former?.ranges.at(-1)?.to ?? former?.start) : undefined
      const segment: Segment = { epoch: newest.epoch, start: rev ?? newest.rev ?? 0, ranges: [] }
      await read(options, transport, segment, Number.POSITIVE_INFINITY, signal)
      if (segment.ranges.length > 0) segments.push(segment)
    }
    await pause(restMs)
  }
  return segments
}

/** Reads until the revision `goal`, an abort, or the end of the connection. */
async function read(
  { nodes, channel, token, pause }: StreamOptions,
  transport: CheckTransport,
  { epoch, start, ranges }: Segment,
  goal: number,
  signal: AbortSignal,
): Promise<void> {
  const done = new AbortController()
  await follows[transport]({
    url: nodes.next(),
    channel,
    token,
    after: `${epoch}.${start}`,
    signal: AbortSignal.any([done.signal, signal]),
    onOpen: () => {},
    onRange: (range: Range) => {
      if (done.signal.aborted) return
      ranges.push({ from: range.from, to: range.to, changes: range.changes, receivedAt: performance.now() })
      if (range.to >= goal) done.abort()
    },
    pause,
    // Done, reset, or cut by what happens to the servers: what was received until then is judged.
  }).catch(() => undefined)
}
