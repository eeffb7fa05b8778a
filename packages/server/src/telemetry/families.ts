/** Metrics whose values are read at the scrape. */
import type { Counter, CounterConfiguration, Gauge, GaugeConfiguration, Registry } from 'prom-client'

export type Prom = typeof import('prom-client')

/** What there is now, by labels. */
export type Read = () => Iterable<readonly [labels: Readonly<Record<string, string>>, value: number]>

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
      collect(this: Gauge<string>) {
        this.reset()
        for (const [labels, value] of read()) this.set(labels, value)
      },
    }
    new this.#prom.Gauge(options)
  }

  counter(name: string, help: string, labelNames: string[], read: Read): void {
    const options: CounterConfiguration<string> = {
      ...{ name, help, labelNames, registers: [this.#registry] },
      collect(this: Counter<string>) {
        this.reset()
        for (const [labels, value] of read()) this.inc(labels, value)
      },
    }
    new this.#prom.Counter(options)
  }
}
