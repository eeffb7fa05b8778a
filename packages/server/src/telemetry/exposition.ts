/**
 * The metrics of `/metrics` in the Prometheus text format. Values are read at the scrape. Labels take their values from
 * closed lists, so that no user can create a time series.
 */
import type { Registry } from 'prom-client'
import { registerConsumerMetrics } from './consumer-metrics.ts'
import { Families, type Prom } from './families.ts'
import { registerFileMetrics } from './file-metrics.ts'
import { registerLogMetrics } from './log-metrics.ts'
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
    // Loaded at the first scrape, so that a server without scrapes does not pay for it.
    this.#registry ??= import('prom-client').then((prom) => this.#open(prom))
    const registry = await this.#registry
    return { contentType: registry.contentType, text: await registry.metrics() }
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
