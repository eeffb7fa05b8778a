/** What a delivery costs: readers of one channel, messages posted over HTTP at a fixed rate, all of them counted. */
import { performance } from 'node:perf_hooks'
import { type Deliveries, DeliveryLog } from '../load/delivery-log.ts'
import { openLoop } from '../load/open-loop.ts'
import { eachIndex, payloadText } from '../load/payload.ts'
import { PostPool } from '../load/post-pool.ts'
import { openCrowd } from '../load/reader-crowd.ts'
import type { BenchSettings } from './bench-settings.ts'
import { type Contender, startDovetail, startPlainWs } from './contender.ts'
import type { Row } from './report.ts'

export interface FanOutResult extends Deliveries {
  readonly name: string
  readonly perSecond: number
  /** Microseconds of CPU of the whole server process per delivery that arrived. */
  readonly cpu: number
  /** The part of one core that the server used until the last message was sent. */
  readonly load: number
  /** Seconds that the last delivery came after the last message was meant to be sent. */
  readonly late: number
}

export const payloadBytes = 200
const postLines = 32
/** The load before the one that counts: by its end a new process runs at the cost of one that has run for hours. */
const warmUpLoad = { perSecond: 250, messages: 2500 }
/** Posted before anybody reads, so that what is measured is not how code gets warm. */
const warmUpPosts = 5000
const drainMs = 30_000

/** The limits: by rate, as a ratio to the plain server's CPU per delivery; and for the slowest delivery of 100, in ms. */
const allowed = new Map([
  [100, 0.8],
  [300, 0.5],
])
const allowedP99 = 30

export async function fanOut(settings: BenchSettings, tell: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = []
  for (const perSecond of settings.fanOutRates) {
    const plain: FanOutResult[] = []
    const dovetail: FanOutResult[] = []
    // In turn, so that what else the machine does meets both alike.
    for (let round = 0; round < settings.rounds; round++) {
      const ofPlain = await measured(settings, startPlainWs, perSecond)
      tell(lineOf(ofPlain))
      const ofDovetail = await measured(settings, startDovetail, perSecond)
      tell(lineOf(ofDovetail))
      plain.push(ofPlain)
      dovetail.push(ofDovetail)
    }
    rows.push(...rowsOf(settings, perSecond, middle(dovetail), middle(plain)))
  }
  return rows
}

/** The round with the median cost. No round's faults are lost over it. */
export function middle(rounds: readonly FanOutResult[]): FanOutResult {
  const sorted = [...rounds].sort((a, b) => a.cpu - b.cpu)
  const chosen = sorted[sorted.length >> 1]
  if (chosen === undefined) throw new Error('there are no rounds')
  const sum = (fault: 'received' | 'lost' | 'repeated' | 'reordered'): number =>
    rounds.reduce((all, each) => all + each[fault], 0)
  return {
    ...chosen,
    received: sum('received'),
    lost: sum('lost'),
    repeated: sum('repeated'),
    reordered: sum('reordered'),
  }
}

export async function measured(
  settings: BenchSettings,
  start: (settings: BenchSettings) => Promise<Contender>,
  perSecond: number,
): Promise<FanOutResult> {
  const contender = await start(settings)
  try {
    return await measureFanOut(contender, { readers: settings.readers, perSecond, seconds: settings.seconds })
  } finally {
    await contender.stop()
  }
}

export interface FanOutLoad {
  readonly readers: number
  readonly perSecond: number
  readonly seconds: number
}

export async function measureFanOut(contender: Contender, load: FanOutLoad): Promise<FanOutResult> {
  const { server } = contender
  const { readers, perSecond, seconds } = load
  await warmUp(contender)
  let log = new DeliveryLog({ readers, messages: warmUpLoad.messages })
  const crowd = await openCrowd({
    count: readers,
    open: (reader) =>
      contender.openReader((bytes, start, end) => eachIndex(bytes, start, end, (index) => log.note(reader, index))),
  })
  const pool = new PostPool({ ...contender.post, lines: postLines })
  try {
    await drained(log, pourInto(contender, pool, warmUpLoad.perSecond, warmUpLoad.messages, log))
    await server.collect()
    const before = await server.usage()
    log = new DeliveryLog({ readers, messages: Math.round(perSecond * seconds) })
    const startedAt = performance.now()
    const sent = pourInto(contender, pool, perSecond, Math.round(perSecond * seconds), log).then(() => server.usage())
    await drained(log, sent)
    const after = await server.usage()
    const result = log.result()
    return {
      ...result,
      name: contender.name,
      perSecond,
      cpu: (after.cpu - before.cpu) / Math.max(1, result.received),
      load: ((await sent).cpu - before.cpu) / 1e6 / seconds,
      late: Math.max(0, (performance.now() - startedAt) / 1000 - seconds),
    }
  } finally {
    pool.close()
    crowd.close()
  }
}

export async function warmUp(contender: Contender): Promise<void> {
  const pool = new PostPool({ ...contender.post, lines: postLines })
  const body = contender.body(payloadText(0, payloadBytes))
  await Promise.all(Array.from({ length: warmUpPosts }, () => pool.post(body)))
  pool.close()
}

/** Posts messages at a fixed rate; resolves when the last one was answered. */
async function pourInto(
  { body, status: wanted }: Contender,
  pool: PostPool,
  perSecond: number,
  count: number,
  log: DeliveryLog,
): Promise<void> {
  const answers: Promise<void>[] = []
  const loop = openLoop({
    perSecond,
    count,
    send: (index) => {
      const posted = pool.post(body(payloadText(index, payloadBytes)))
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

function rowsOf(settings: BenchSettings, perSecond: number, dovetail: FanOutResult, plain: FanOutResult): Row[] {
  const title = `${settings.readers} readers, ${perSecond} msg/s`
  const faults = (result: FanOutResult): number => result.lost + result.repeated + result.reordered
  return [
    {
      title: `${title}: CPU per delivery, to plain ws`,
      value: dovetail.cpu / plain.cpu,
      unit: 'times',
      limit: allowed.get(perSecond) ?? null,
      detail: `${dovetail.cpu.toFixed(2)} µs to ${plain.cpu.toFixed(2)} µs`,
    },
    {
      title: `${title}: delivery p99`,
      value: dovetail.p99,
      unit: 'ms',
      limit: allowed.has(perSecond) ? allowedP99 : null,
      detail: `p50 ${dovetail.p50.toFixed(1)} ms; plain ws p50 ${plain.p50.toFixed(1)}, p99 ${plain.p99.toFixed(1)} ms`,
    },
    {
      title: `${title}: lost, repeated or reordered`,
      value: faults(dovetail),
      unit: 'deliveries',
      limit: 0,
      detail: `of ${dovetail.received}; plain ws ${faults(plain)} of ${plain.received}`,
    },
  ]
}

export function lineOf(result: FanOutResult): string {
  const { name, perSecond, cpu, load, late, p50, p99, lost, repeated, reordered } = result
  const latency = `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
  const faults = `lost ${lost}, repeated ${repeated}, reordered ${reordered}`
  return `${name}, ${perSecond} msg/s: ${cpu.toFixed(2)} µs per delivery, ${(load * 100).toFixed(0)} % of a core, ${latency}, ${late.toFixed(1)} s late, ${faults}`
}
