/** One run: the clients of one contender, or of several at once, hear of the same events while all is counted. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Dice } from '../check/dice.ts'
import type { Contender, Reader } from '../contenders/contender.ts'
import { Traffic, type TrafficFigures } from '../contenders/traffic.ts'
import { HttpLine } from '../contenders/wire/http-line.ts'
import type { Workload } from '../workloads/workload.ts'
import { CompareFailure } from './compare-failure.ts'
import { cpuSlices } from './cpu-slices.ts'
import { type Heard, Meter, type Sighting } from './meter.ts'
import { play } from './play.ts'
import type { Publisher } from './publisher.ts'
import { eventData, type Schedule, schedule } from './schedule.ts'
import { type Mark, markNow, type Stretch, stretchBetween } from './stretch.ts'
import type { ServerUsage, Target } from './target.ts'

export interface RaceOptions {
  readonly target: Target
  readonly publisher: Publisher
  readonly workload: Workload
  /** Of several at once, what the server uses is of all of them together. */
  readonly contenders: readonly Contender[]
  readonly channel: string
  /** Of each contender. */
  readonly clients: number
  readonly durationMs: number
  /** How long clients are watched before anything happens. */
  readonly idleMs: number
  /** The least time that events come before those that count. */
  readonly warmUpMs: number
  readonly withinMs: number
  /** The same for every run that is to have the same events. */
  readonly dice: Dice
  /** Monotonic milliseconds. */
  readonly now: () => number
}

export interface Lap {
  readonly name: string
  readonly clients: number
  /** Counted events. */
  readonly events: number
  /** What it took until every client was there. */
  readonly opening: TrafficFigures
  readonly idle: Stretch
  readonly busy: Stretch
  /** Seconds of the server's CPU in equal slices of what is measured: of idling where events are rare, else of `busy`. */
  readonly cpuSlices: readonly number[]
  readonly heard: Heard
  readonly sightings: readonly Sighting[]
  /** What clients complained of, the first few. */
  readonly complaints: readonly string[]
}

/** What has not come so long after it must have is lost. */
const drainMs = 10_000
const atATime = 50
const keptComplaints = 5

export async function race(options: RaceOptions): Promise<Lap[]> {
  const { target, workload, contenders, clients, durationMs, dice } = options
  const staleMs = Math.max(0, ...contenders.map((contender) => contender.staleMs))
  const warmUpMs = Math.max(options.warmUpMs, workload.rarely === null ? staleMs : 0)
  const plan = schedule(workload, dice, { clients, warmUpMs, durationMs })
  const cursor = await fill(options)
  const crowds = contenders.map((contender) => new Crowd(contender, plan, options, cursor))
  try {
    for (const crowd of crowds) await crowd.open()
    const before = await marks(target, crowds)
    const idleSlices = await cpuSlices(target, waitFrom(performance.now()), 0, options.idleMs)
    const idle = await marks(target, crowds)
    const { from, to, slices } = await measured(options, plan, crowds, staleMs)
    // Where events are rare, what is measured is idling.
    const cpu = workload.rarely === null ? slices : idleSlices
    return crowds.map((crowd, index) => ({
      ...crowd.lap(at(before, index), at(idle, index), at(from, index), at(to, index)),
      cpuSlices: cpu,
    }))
  } finally {
    for (const crowd of crowds) crowd.close()
  }
}

async function measured(options: RaceOptions, plan: Schedule, crowds: readonly Crowd[], staleMs: number) {
  const { target, workload, now } = options
  const startAt = performance.now()
  for (const crowd of crowds) crowd.meter.begin(now())
  const complaints: string[] = []
  const playing = play({
    atMs: plan.events.map(({ atMs }) => atMs),
    startAt,
    send: (index) => sendEvent(options, plan, crowds, index, (words) => complaints.push(words)),
  })
  const until = waitFrom(startAt)
  await until(plan.fromMs)
  const from = await marks(target, crowds)
  const slices = await cpuSlices(target, until, plan.fromMs, plan.toMs)
  await until(plan.toMs)
  const atEnd = await marks(target, crowds)
  await playing
  await drained(crowds, staleMs + drainMs)
  // What is rare is measured to the end of its delivery: the end of the time says nothing of it.
  const to = workload.rarely === null ? atEnd : await marks(target, crowds)
  for (const crowd of crowds) for (const words of complaints) crowd.complain(words)
  return { from, to, slices }
}

function waitFrom(startAt: number): (ms: number) => Promise<void> {
  return (ms) => pause(Math.max(0, startAt + ms - performance.now()))
}

/** Clients write by their own transport where they race alone; several contenders share what a backend writes. */
function sendEvent(
  { workload, channel, publisher }: RaceOptions,
  plan: Schedule,
  crowds: readonly Crowd[],
  index: number,
  complain: (words: string) => void,
): void {
  const event = plan.events[index]
  if (event === undefined) return
  const write = { key: event.key, data: eventData(workload, index, event) }
  const [alone] = crowds
  if (event.writer !== null && alone !== undefined && crowds.length === 1) {
    alone.write(event.writer, write)
    return
  }
  void publisher.write({ channel, collection: workload.collection }, write).then((words) => {
    if (words !== null) complain(words)
  })
}

async function drained(crowds: readonly Crowd[], withinMs: number): Promise<void> {
  const late = new AbortController()
  const timer = pause(withinMs, undefined, { signal: late.signal }).catch(() => {})
  await Promise.race([timer, Promise.all(crowds.map(({ meter }) => meter.complete))])
  late.abort()
}

/** Fills the channel as the workload wants it; returns the cursor that readers begin at. */
async function fill({ target, publisher, workload, channel }: RaceOptions): Promise<string> {
  const { collection, filled } = workload
  const write = { key: null, data: workload.data('x'.repeat(filled.bytes), null) }
  for (let record = 0; record < filled.records; record++) {
    const words = await publisher.write({ channel, collection }, write)
    if (words !== null) throw new CompareFailure(words)
  }
  const line = new HttpLine(target.endpoint, new Traffic())
  const { status, body } = await line.ask({ path: `/v1/channels/${channel}` })
  line.close()
  if (status !== 200) throw new CompareFailure(`the channel ${channel} was answered ${status}: ${body.toString()}`)
  return (JSON.parse(body.toString()) as { cursor: string }).cursor
}

async function marks(target: Target, crowds: readonly Crowd[]): Promise<Mark[]> {
  const usage = await target.usage()
  return crowds.map((crowd) => crowd.mark(usage))
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index]
  if (item === undefined) throw new Error(`there is no item ${index}`)
  return item
}

/** The clients of one contender. */
class Crowd {
  readonly meter: Meter
  readonly #contender: Contender
  readonly #options: RaceOptions
  readonly #cursor: string
  readonly #events: number
  readonly #writers: ReadonlySet<number>
  readonly #traffic = new Traffic()
  readonly #readers: Reader[] = []
  readonly #complaints = new Set<string>()

  constructor(contender: Contender, plan: Schedule, options: RaceOptions, cursor: string) {
    const { clients, withinMs, workload, now } = options
    this.#contender = contender
    this.#options = options
    this.#cursor = cursor
    this.#events = plan.events.length - plan.countedFrom
    this.#writers = new Set(plan.events.flatMap(({ writer }) => (writer === null ? [] : [writer])))
    this.meter = new Meter({
      clients,
      events: plan.events,
      countedFrom: plan.countedFrom,
      withinMs,
      isPage: workload.reading === 'page',
      now,
    })
  }

  /** Opened a few at a time, so that a server is not met by a storm. */
  async open(): Promise<void> {
    const { clients } = this.#options
    for (let first = 0; first < clients; first += atATime) {
      const count = Math.min(atATime, clients - first)
      this.#readers.push(...(await Promise.all(Array.from({ length: count }, (_, i) => this.#openOne(first + i)))))
    }
  }

  #openOne(client: number): Promise<Reader> {
    const { target, channel, clients, workload } = this.#options
    return this.#contender.open({
      endpoint: target.endpoint,
      channel,
      collection: workload.collection,
      cursor: this.#cursor,
      reading: workload.reading,
      token: this.#writers.has(client) ? target.token : null,
      traffic: this.#traffic,
      phase: (client + 0.5) / clients,
      hear: (bytes, start, end) => this.meter.hear(client, bytes, start, end),
      complain: (words) => this.complain(words),
    })
  }

  complain(words: string): void {
    if (this.#complaints.size < keptComplaints) this.#complaints.add(words)
  }

  write(client: number, write: Parameters<Reader['write']>[0]): void {
    this.#readers[client]?.write(write)
  }

  mark(server: ServerUsage | null): Mark {
    return markNow(this.#traffic.figures(), this.meter.deliveries, server)
  }

  lap(before: Mark, idle: Mark, from: Mark, to: Mark): Omit<Lap, 'cpuSlices'> {
    return {
      name: this.#contender.name,
      clients: this.#options.clients,
      events: this.#events,
      opening: before.traffic,
      idle: stretchBetween(before, idle),
      busy: stretchBetween(from, to),
      heard: this.meter.result(),
      sightings: this.meter.sightings(),
      complaints: [...this.#complaints],
    }
  }

  close(): void {
    for (const reader of this.#readers) reader.close()
  }
}
