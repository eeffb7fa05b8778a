/** Messages posted over HTTP at a fixed rate to readers of one channel, on one server or on several nodes; all of them counted. */
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Deliveries, DeliveryLog } from '../load/delivery-log.ts'
import { openLoop } from '../load/open-loop.ts'
import { eachIndex, payloadText } from '../load/payload.ts'
import { PostPool } from '../load/post-pool.ts'
import { type Crowd, openCrowd } from '../load/reader-crowd.ts'
import type { BenchSettings } from './bench-settings.ts'
import { busyCores } from './busy-cores.ts'
import type { Contender } from './contender.ts'
import type { PourTarget } from './pour-target.ts'

export interface FanOutLoad {
  readonly readers: number
  readonly perSecond: number
  readonly seconds: number
  /** The door that a reader comes to. Default: in turn. */
  readonly readAt?: (reader: number) => number
  /** The door that a message is posted to. Default: in turn. */
  readonly postTo?: (index: number) => number
}

/** Of several nodes, latencies are those of deliveries on another node than the one that was posted to. */
export interface FanOutResult extends Deliveries, Counted {
  readonly name: string
  readonly perSecond: number
}

export interface Counted {
  /** Microseconds of CPU of all the server's processes per delivery that arrived. */
  readonly cpu: number
  /** Cores that the server used until the last message was answered. */
  readonly load: number
  /** Seconds that the last delivery came after the last message was meant to be sent. */
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
}

export const payloadBytes = 200
const postLines = 32
/** The load before the one that counts: by its end a new process runs at the cost of one that has run for hours. */
const warmUpLoad = { perSecond: 250, messages: 2500 }
/** At the rate that counts, before it counts. */
const leadInSeconds = 2
/** After the servers were asked for their figures: what that costs them is not a delivery's. */
const settleMs = 300
/** Posted before anybody reads, so that what is measured is not how code gets warm. */
const warmUpPosts = 30_000
const drainMs = 30_000

export async function measured(
  settings: BenchSettings,
  start: (settings: BenchSettings) => Promise<Contender>,
  perSecond: number,
): Promise<FanOutResult> {
  const contender = await start(settings)
  try {
    await warmUp(contender)
    return await measureFanOut(oneServer(contender), {
      readers: settings.readers,
      perSecond,
      seconds: settings.seconds,
    })
  } finally {
    await contender.stop()
  }
}

function oneServer(contender: Contender): PourTarget {
  const { server, flushes } = contender
  return {
    name: contender.name,
    doors: [contender],
    body: contender.body,
    status: contender.status,
    usage: () => server.usage(),
    collect: () => server.collect(),
    ...(flushes === undefined ? {} : { flushes }),
  }
}

export async function measureFanOut(target: PourTarget, load: FanOutLoad): Promise<FanOutResult> {
  const { doors } = target
  const { readers, perSecond, seconds } = load
  const inTurn = (number: number): number => number % doors.length
  const { readAt = inTurn, postTo = inTurn } = load
  let log = new DeliveryLog({ readers, messages: 0 })
  const crowd = await openCrowd({
    count: readers,
    open: (reader) =>
      at(doors, readAt(reader)).openReader((bytes, start, end) =>
        eachIndex(bytes, start, end, (index) => log.note(reader, index)),
      ),
  })
  const pools = doors.map(({ post }) => new PostPool({ ...post, lines: postLines }))
  const poolOf = (index: number): PostPool => at(pools, postTo(index))
  try {
    const pourUncounted = (rate: number, messages: number): Promise<void> => {
      log = new DeliveryLog({ readers, messages })
      return drained(log, poured(target, poolOf, rate, messages, log))
    }
    // Before and not behind the warm-up: a collection that is asked for throws away compiled code, too.
    await target.collect()
    await pourUncounted(warmUpLoad.perSecond, warmUpLoad.messages)
    await pourUncounted(perSecond, Math.round(perSecond * leadInSeconds))
    const messages = Math.round(perSecond * seconds)
    const isTimed = (reader: number, index: number): boolean => doors.length === 1 || readAt(reader) !== postTo(index)
    log = new DeliveryLog({ readers, messages, isTimed })
    const counted = await countedWhile(target, crowd, log, seconds, () =>
      poured(target, poolOf, perSecond, messages, log),
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

/** What a load takes until every reader has all of it. */
async function countedWhile(
  target: PourTarget,
  crowd: Crowd,
  log: DeliveryLog,
  seconds: number,
  pour: () => Promise<void>,
): Promise<Counted> {
  const flushed = await target.flushes?.()
  const asked = crowd.requests()
  const before = await target.usage()
  const partsBefore = target.parts?.() ?? {}
  await sleep(settleMs)
  const othersWork = watchOthers()
  const startedAt = performance.now()
  const idle = performance.eventLoopUtilization()
  const elapsed = (): number => (performance.now() - startedAt) / 1000
  const sent = pour().then(async () => ({
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
  }
}

/** Ends with the cores that neither these servers, which used so many microseconds, nor this process took. */
function watchOthers(): (servers: number) => number | null {
  const [startedAt, before, own] = [performance.now(), busyCores(), process.cpuUsage()]
  return (servers) => {
    const after = busyCores()
    if (before === null || after === null) return null
    const { user, system } = process.cpuUsage(own)
    return Math.max(0, after - before - servers - user - system) / 1000 / (performance.now() - startedAt)
  }
}

export async function warmUp({ post, body }: Pick<Contender, 'post' | 'body'>, posts = warmUpPosts): Promise<void> {
  const pool = new PostPool({ ...post, lines: postLines })
  const text = body(payloadText(0, payloadBytes))
  await Promise.all(Array.from({ length: posts }, () => pool.post(text)))
  pool.close()
}

/** Posts messages at a fixed rate; resolves when the last one was answered. */
async function poured(
  { body, status: wanted }: PourTarget,
  poolOf: (index: number) => PostPool,
  perSecond: number,
  count: number,
  log: DeliveryLog,
): Promise<void> {
  const answers: Promise<void>[] = []
  const loop = openLoop({
    perSecond,
    count,
    send: (index) => {
      const posted = poolOf(index).post(body(payloadText(index, payloadBytes)))
      answers.push(posted.then(({ status, body: answer }) => requireStatus(wanted, status, answer)))
    },
  })
  log.begin(loop.intended)
  await loop.sent
  await Promise.all(answers)
}

export function requireStatus(wanted: number, status: number, body: string): void {
  if (status !== wanted) throw new Error(`a post was answered ${status}: ${body}`)
}

/** Waits until all was received; what has not come after a while counts as lost. */
async function drained(log: DeliveryLog, sent: Promise<unknown>): Promise<void> {
  await sent
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, drainMs)
  })
  await Promise.race([log.complete, late])
  clearTimeout(timer)
}
