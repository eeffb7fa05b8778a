/**
 * The metrics of `/metrics` in the Prometheus text format. Values are read at the scrape. Labels take their values from
 * closed lists, so that no user can create a time series.
 */
import type { Registry } from 'prom-client'
import { registerConsumerMetrics } from './consumer-metrics.ts'
import { Families, type Prom } from './families.ts'
import { registerFileMetrics } from './file-metrics.ts'
import { registerLogMetrics } from './log-metrics.ts'
import type { MetricRegistry } from './metric-registry.ts'
import { registerNodeMetrics } from './node-metrics.ts'
import { processRegistry } from './process-metrics.ts'
import { registerReaderMetrics } from './reader-metrics.ts'
import type { Watched } from './watched.ts'
import { registerWebhookMetrics } from './webhook-metrics.ts'

export interface Scrape {
  readonly contentType: string
  readonly text: string
}

export class Exposition {
  readonly #watched: Watched
  #registry: Promise<Registry> | null = null

  constructor(watched: Watched) {
    this.#watched = watched
  }

  async scrape(): Promise<Scrape> {
    const registry = await this.#opened()
    return { contentType: registry.contentType, text: await registry.metrics() }
  }

  /** All but those of the process, which an application has of its own. Registers all or none. */
  async registerIn(registry: MetricRegistry): Promise<readonly string[]> {
    const registered: string[] = []
    for (const metric of (await this.#opened()).getMetricsAsArray()) {
      if (!metric.name.startsWith('dovetail_')) continue
      try {
        registry.registerMetric(metric as never)
      } catch (error) {
        for (const name of registered) registry.removeSingleMetric(name)
        throw error
      }
      registered.push(metric.name)
    }
    return registered
  }

  /** Loaded at the first scrape, so that a server without scrapes does not pay for it. */
  #opened(): Promise<Registry> {
    this.#registry ??= import('prom-client').then((prom) => this.#open(prom))
    return this.#registry
  }

  #open(prom: Prom): Registry {
    const registry = prom.Registry.merge([processRegistry(prom)])
    const family = new Families(prom, registry)
    registerReaderMetrics(family, this.#watched)
    registerLogMetrics(family, this.#watched)
    registerNodeMetrics(family, this.#watched)
    registerConsumerMetrics(family, this.#watched)
    registerWebhookMetrics(family, this.#watched)
    registerFileMetrics(family, this.#watched)
    return registry
  }
}
