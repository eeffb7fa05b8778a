/** Gauges and counters whose values are read at the scrape. */
import type {
  Counter,
  CounterConfiguration,
  Gauge,
  GaugeConfiguration,
  MetricObjectWithValues,
  MetricValueWithName,
  Registry,
} from 'prom-client'
import type { Distribution } from '../core/log/counts/distribution.ts'

export type Prom = typeof import('prom-client')

/** Reads the current values, each with its labels. */
export type Read = () => Values | Promise<Values>
type Values = Iterable<readonly [labels: Readonly<Record<string, string>>, value: number]>

/** Reads the current distributions, each with its labels. */
export type ReadDistributions = () => Iterable<readonly [labels: Readonly<Record<string, string>>, Distribution]>

export class Families {
  readonly #prom: Prom
  readonly #registry: Registry

  constructor(prom: Prom, registry: Registry) {
    this.#prom = prom
    this.#registry = registry
  }

  gauge(name: string, help: string, labelNames: string[], read: Read): void {
    const options: GaugeConfiguration<string> = {
      ...{ name, help, labelNames, registers: [this.#registry] },
      async collect(this: Gauge<string>) {
        const values = await read()
        this.reset()
        for (const [labels, value] of values) this.set(labels, value)
      },
    }
    new this.#prom.Gauge(options)
  }

  counter(name: string, help: string, labelNames: string[], read: Read): void {
    const options: CounterConfiguration<string> = {
      ...{ name, help, labelNames, registers: [this.#registry] },
      async collect(this: Counter<string>) {
        const values = await read()
        this.reset()
        for (const [labels, value] of values) this.inc(labels, value)
      },
    }
    new this.#prom.Counter(options)
  }

  /** A histogram of distributions that are counted elsewhere. */
  histogram(name: string, help: string, labelNames: string[], read: ReadDistributions): void {
    const { Histogram } = this.#prom
    /** Has the shape of a histogram, and no values. */
    const empty = new Histogram<string>({ name, help, labelNames, registers: [] })
    class CountedElsewhere extends Histogram<string> {
      override async get(): Promise<MetricObjectWithValues<MetricValueWithName<string>>> {
        const values = [...read()].flatMap(([labels, distribution]) => samplesOf(name, labels, distribution))
        return { ...(await empty.get()), values }
      }

      /** What the registry asks for where there is such a method, as the base class has. */
      getForPromString() {
        return this.get()
      }
    }
    new CountedElsewhere({ name, help, labelNames, registers: [this.#registry] })
  }
}

/** The samples of one distribution, by the conventions of Prometheus: each bucket counts all that is at most its bound. */
function samplesOf(
  name: string,
  labels: Readonly<Record<string, string>>,
  { bounds, counts, sum }: Distribution,
): MetricValueWithName<string>[] {
  let count = 0
  const buckets = counts.map((each, slot) => {
    count += each
    const le = slot < bounds.length ? String(bounds[slot]) : '+Inf'
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count }
  })
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: count },
  ]
}
