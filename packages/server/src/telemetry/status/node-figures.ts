/** The load of this node in a few figures, over the time between two samples. */
import type { NodeReport } from '../../ports/backbone.ts'
import type { Watched } from '../watched.ts'

export interface FiguresOptions
  extends Pick<Watched, 'metrics' | 'groups' | 'connections' | 'readers' | 'hubs' | 'isDraining' | 'version'> {
  readonly clock: {
    /** Milliseconds since the Unix epoch. */
    now(): number
    monotonic(): number
    /** For how many ms the event loop has worked since its start. */
    busy(): number
  }
  /** The memory of the process, in bytes. */
  readonly memoryBytes: () => number
}

interface Totals {
  readonly at: number
  readonly busy: number
  readonly writes: number
  readonly frames: number
  readonly lagSeconds: number
  readonly lags: number
}

type Rates = Pick<NodeReport, 'writesPerSecond' | 'framesPerSecond' | 'lagMs' | 'busyShare'>

export class NodeFigures {
  readonly #options: FiguresOptions
  readonly #startedAt: number
  #name = ''
  #last: Totals
  #rates: Rates = { writesPerSecond: 0, framesPerSecond: 0, lagMs: null, busyShare: 0 }

  constructor(options: FiguresOptions) {
    this.#options = options
    this.#startedAt = options.clock.now()
    this.#last = this.#totals()
  }

  /** Called when the node serves, under this name. */
  begin(name: string): void {
    this.#name = name
  }

  get name(): string {
    return this.#name
  }

  /** Called about once a second: the rates are those since the call before. */
  sample(): void {
    const [before, now] = [this.#last, this.#totals()]
    const seconds = (now.at - before.at) / 1000
    if (seconds <= 0) return
    this.#last = now
    const lags = now.lags - before.lags
    this.#rates = {
      writesPerSecond: rounded((now.writes - before.writes) / seconds),
      framesPerSecond: rounded((now.frames - before.frames) / seconds),
      lagMs: lags === 0 ? null : rounded(((now.lagSeconds - before.lagSeconds) / lags) * 1000),
      busyShare: rounded(Math.min(1, Math.max(0, (now.busy - before.busy) / 1000 / seconds))),
    }
  }

  get report(): NodeReport {
    const { connections, hubs, isDraining, memoryBytes, readers, version } = this.#options
    let count = 0
    let behind = 0
    for (const { outlet } of readers) {
      count++
      if (outlet?.isBehind === true) behind++
    }
    return {
      ...{ name: this.#name, version, startedAt: this.#startedAt, isLeaving: isDraining() },
      ...{ connections: connections(), readers: count, readersBehind: behind, channels: hubs.size },
      ...this.#rates,
      memoryBytes: memoryBytes(),
    }
  }

  #totals(): Totals {
    const { clock, groups, hubs, metrics } = this.#options
    const { deliveryLag } = hubs.counts
    return {
      at: clock.monotonic(),
      busy: clock.busy(),
      writes: groups.durable.counts.units + groups.memory.counts.units,
      frames: Object.values(metrics.delivered).reduce((sum, { frames }) => sum + frames, 0),
      lagSeconds: deliveryLag.sum,
      lags: deliveryLag.counts.reduce((sum, each) => sum + each, 0),
    }
  }
}

/** Three decimals are enough for people. */
function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
