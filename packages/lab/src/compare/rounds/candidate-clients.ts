/** The clients of one candidate in one round: opened together, measured together. */
import type { Candidate, Reader, Write } from '../../candidates/candidate.ts'
import { ClientTraffic } from '../../traffic/client-traffic.ts'
import { type RadioUse, radioUse } from '../../traffic/radio.ts'
import { Traffic } from '../../traffic/traffic.ts'
import { Meter } from './meter.ts'
import { periodBetween, type Snapshot, takeSnapshot } from './period.ts'
import type { RoundOptions } from './round-options.ts'
import type { RoundResult } from './round-result.ts'
import type { Schedule } from './schedule.ts'

const openedAtATime = 50
const keptComplaints = 5

/** The moments between which a round is measured. */
export interface RoundSnapshots {
  /** All clients are open; `idle` begins. */
  readonly opened: Snapshot
  /** `idle` ends. */
  readonly idled: Snapshot
  /** `busy` begins, behind the warm-up. */
  readonly from: Snapshot
  /** `busy` ends. */
  readonly to: Snapshot
}

export class CandidateClients {
  readonly meter: Meter
  readonly #candidate: Candidate
  readonly #options: RoundOptions
  readonly #cursor: string
  readonly #events: number
  readonly #writers: ReadonlySet<number>
  readonly #traffic = new Traffic()
  readonly #clientTraffic: ClientTraffic[] = []
  readonly #readers: Reader[] = []
  readonly #complaints = new Set<string>()

  constructor(candidate: Candidate, plan: Schedule, options: RoundOptions, cursor: string) {
    const { clients, withinMs, workload, now } = options
    this.#candidate = candidate
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

  /** Opens a few at a time: what is compared is reading, not a burst of connections. */
  async open(): Promise<void> {
    const { clients } = this.#options
    for (let first = 0; first < clients; first += openedAtATime) {
      const count = Math.min(openedAtATime, clients - first)
      this.#readers.push(...(await Promise.all(Array.from({ length: count }, (_, i) => this.#openOne(first + i)))))
    }
  }

  #openOne(client: number): Promise<Reader> {
    const { target, channel, clients, workload } = this.#options
    const traffic = new ClientTraffic(this.#traffic, () => performance.now())
    this.#clientTraffic.push(traffic)
    return this.#candidate.open({
      endpoint: target.endpoint,
      channel,
      collection: workload.collection,
      cursor: this.#cursor,
      reading: workload.reading,
      token: this.#writers.has(client) ? target.token : null,
      traffic,
      phase: (client + 0.5) / clients,
      receive: (bytes, start, end) => this.meter.receive(client, bytes, start, end),
      reportProblem: (problem) => this.reportProblem(problem),
    })
  }

  reportProblem(problem: string): void {
    if (this.#complaints.size < keptComplaints) this.#complaints.add(problem)
  }

  write(client: number, write: Write): void {
    this.#readers[client]?.write(write)
  }

  snapshot(): Omit<Snapshot, 'server'> {
    return takeSnapshot(this.#traffic.figures(), this.meter.deliveries)
  }

  result({ opened, idled, from, to }: RoundSnapshots): Omit<RoundResult, 'cpuSlices' | 'labPauseMs'> {
    return {
      name: this.#candidate.name,
      clients: this.#options.clients,
      events: this.#events,
      opening: opened.traffic,
      idle: periodBetween(opened, idled),
      busy: periodBetween(from, to),
      radio: { idle: this.#radioUse(opened, idled), busy: this.#radioUse(from, to) },
      receipts: this.meter.result(),
      eventReceipts: this.meter.eventReceipts(),
      complaints: [...this.#complaints],
    }
  }

  /** Of all clients together. */
  #radioUse({ at: fromMs }: Snapshot, { at: toMs }: Snapshot): RadioUse {
    const uses = this.#clientTraffic.map(({ packetsAt }) => radioUse(packetsAt, fromMs, toMs))
    return {
      wakeUps: uses.reduce((sum, { wakeUps }) => sum + wakeUps, 0),
      onMs: uses.reduce((sum, { onMs }) => sum + onMs, 0),
    }
  }

  close(): void {
    for (const reader of this.#readers) reader.close()
  }
}
