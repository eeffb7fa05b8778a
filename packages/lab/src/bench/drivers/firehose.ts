/** The firehose: posts messages over HTTP at a fixed rate to the readers of one channel, on one server or several nodes, and counts every delivery. */
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Deliveries, DeliveryLog } from '../../load/delivery-log.ts'
import { eachIndex, payloadText } from '../../load/payload.ts'
import { PostPool } from '../../load/post-pool.ts'
import { openCrowd, type ReaderCrowd } from '../../load/reader-crowd.ts'
import { machineCpuMicroseconds } from '../../processes/machine-usage.ts'
import { isSettledWithin } from '../../time/is-settled-within.ts'
import type { BenchCandidate } from '../candidates/candidate.ts'
import type { FirehoseTarget } from '../candidates/firehose-target.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'
import { payloadBytes, runFirehose } from './run-firehose.ts'

export interface FanOutLoad {
  readonly readers: number
  readonly perSecond: number
  readonly seconds: number
  /** The number of the endpoint that a reader connects to. Default: in turn. */
  readonly readAt?: (reader: number) => number
  /** The number of the endpoint that a message is posted to. Default: in turn. */
  readonly postTo?: (index: number) => number
}

/** With several nodes, latencies are those of deliveries on another node than the one to which the message was posted. */
export interface FanOutResult extends Deliveries, FanOutCost {
  readonly name: string
  readonly perSecond: number
}

export interface FanOutCost {
  /** Microseconds of CPU of all the server's processes per delivery that arrived. */
  readonly cpu: number
  /** Cores that the server used until the last message was answered. */
  readonly load: number
  /** Seconds from the moment the last message was meant to be sent to the last delivery. */
  readonly late: number
  /** The part of the time, until the last message was answered, that the load generator was busy. */
  readonly generator: number
  /** Cores that other work on the machine took meanwhile; `null`: not known here. */
  readonly others: number | null
  /** `cpu` by kind of process; empty where there is one. */
  readonly parts: Readonly<Record<string, number>>
  readonly flushes: number | null
  /** Requests of all readers; `null` where they stream. */
  readonly requests: number | null
  /** Milliseconds from the moment a message was meant to be sent to the reply that acknowledges it. */
  readonly writeP99: number
}

const postConnections = 32
/** The load before the measured one: at its end, a new process runs as fast as one that has run for hours. */
const warmUpLoad = { perSecond: 250, messages: 2500 }
/** Seconds at the measured rate before the measurement begins. */
const leadInSeconds = 2
/** The pause after the servers were asked for their figures, so that the cost of that is not counted as deliveries. */
const settleMs = 300
/** Messages posted before anybody reads, so that code that is not compiled yet is not measured. */
const warmUpPosts = 30_000
const drainMs = 30_000

export async function measureServer(
  settings: BenchSettings,
  start: (settings: BenchSettings) => Promise<BenchCandidate>,
  perSecond: number,
): Promise<FanOutResult> {
  const candidate = await start(settings)
  try {
    await warmUp(candidate)
    return await measureFanOut(oneServer(candidate), {
      readers: settings.readers,
      perSecond,
      seconds: settings.seconds,
    })
  } finally {
    await candidate.stop()
  }
}

export function oneServer(candidate: BenchCandidate): FirehoseTarget {
  const { server, flushes } = candidate
  return {
    name: candidate.name,
    endpoints: [candidate],
    body: candidate.body,
    status: candidate.status,
    usage: () => server.usage(),
    collect: () => server.collect(),
    ...(flushes === undefined ? {} : { flushes }),
  }
}

export async function measureFanOut(target: FirehoseTarget, load: FanOutLoad): Promise<FanOutResult> {
  const { endpoints } = target
  const { readers, perSecond, seconds } = load
  const inTurn = (number: number): number => number % endpoints.length
  const { readAt = inTurn, postTo = inTurn } = load
  let log = new DeliveryLog({ readers, messages: 0 })
  const crowd = await openCrowd({
    count: readers,
    open: (reader) =>
      at(endpoints, readAt(reader)).openReader((bytes, start, end) =>
        eachIndex(bytes, start, end, (index) => log.note(reader, index)),
      ),
  })
  const pools = endpoints.map(({ post }) => new PostPool({ ...post, connections: postConnections }))
  const poolOf = (index: number): PostPool => at(pools, postTo(index))
  try {
    const runUncounted = (rate: number, messages: number): Promise<void> => {
      log = new DeliveryLog({ readers, messages })
      return drained(log, runFirehose(target, poolOf, rate, messages, log))
    }
    // Before and not behind the warm-up: a collection that is asked for throws away compiled code, too.
    await target.collect()
    await runUncounted(warmUpLoad.perSecond, warmUpLoad.messages)
    await runUncounted(perSecond, Math.round(perSecond * leadInSeconds))
    const messages = Math.round(perSecond * seconds)
    const isTimed = (reader: number, index: number): boolean =>
      endpoints.length === 1 || readAt(reader) !== postTo(index)
    log = new DeliveryLog({ readers, messages, isTimed })
    const counted = await measureWhile(target, crowd, log, seconds, () =>
      runFirehose(target, poolOf, perSecond, messages, log),
    )
    return { ...log.result(), name: target.name, perSecond, ...counted }
  } finally {
    for (const pool of pools) pool.close()
    crowd.close()
  }
}

function at<Each>(all: readonly Each[], index: number): Each {
  const each = all[index]
  if (each === undefined) throw new Error(`there is no node ${index}`)
  return each
}

/** Measures a load, from its first message until every reader has all messages. */
async function measureWhile(
  target: FirehoseTarget,
  crowd: ReaderCrowd,
  log: DeliveryLog,
  seconds: number,
  send: () => Promise<number>,
): Promise<FanOutCost> {
  const flushed = await target.flushes?.()
  const asked = crowd.requests()
  const before = await target.usage()
  const partsBefore = target.parts?.() ?? {}
  await sleep(settleMs)
  const othersWork = watchOthers()
  const startedAt = performance.now()
  const idle = performance.eventLoopUtilization()
  const elapsed = (): number => (performance.now() - startedAt) / 1000
  const sent = send().then(async (writeP99) => ({
    writeP99,
    generator: performance.eventLoopUtilization(idle).utilization,
    seconds: elapsed(),
    usage: await target.usage(),
  }))
  await drained(log, sent)
  const late = Math.max(0, elapsed() - seconds)
  const after = await target.usage()
  const partsAfter = Object.entries(target.parts?.() ?? {})
  const others = othersWork(after.cpu - before.cpu)
  const answered = await sent
  const received = Math.max(1, log.result().received)
  return {
    cpu: (after.cpu - before.cpu) / received,
    parts: Object.fromEntries(partsAfter.map(([name, cpu]) => [name, (cpu - (partsBefore[name] ?? 0)) / received])),
    load: (answered.usage.cpu - before.cpu) / 1e6 / answered.seconds,
    late,
    generator: answered.generator,
    others,
    flushes: flushed === undefined ? null : ((await target.flushes?.()) ?? 0) - flushed,
    requests: asked === null ? null : (crowd.requests() ?? 0) - asked,
    writeP99: answered.writeP99,
  }
}

/** Ends with the cores that neither these servers, which used so many microseconds, nor this process took. */
function watchOthers(): (servers: number) => number | null {
  const [startedAt, before, own] = [performance.now(), machineCpuMicroseconds(), process.cpuUsage()]
  return (servers) => {
    const after = machineCpuMicroseconds()
    if (before === null || after === null) return null
    const { user, system } = process.cpuUsage(own)
    return Math.max(0, after - before - servers - user - system) / 1000 / (performance.now() - startedAt)
  }
}

export async function warmUp(
  { post, body }: Pick<BenchCandidate, 'post' | 'body'>,
  posts = warmUpPosts,
): Promise<void> {
  const pool = new PostPool({ ...post, connections: postConnections })
  const text = body(payloadText(0, payloadBytes))
  await Promise.all(Array.from({ length: posts }, () => pool.post(text)))
  pool.close()
}

/** Waits until all was received; what has not come after a while counts as lost. */
async function drained(log: DeliveryLog, sent: Promise<unknown>): Promise<void> {
  await sent
  await isSettledWithin(log.complete, drainMs)
}
