/** The application's own Prometheus registry, in which this server's metrics stand beside those of the application. */

/** A registry of prom-client, whatever copy of it the application has. */
export interface MetricRegistry {
  registerMetric(metric: never): void
  removeSingleMetric(name: string): void
}

/** What has metrics to register, and returns their names. */
export interface HasMetrics {
  registerIn(registry: MetricRegistry): Promise<readonly string[]>
}

export class ApplicationRegistry {
  readonly #registry: MetricRegistry
  #names: Promise<readonly string[]> = Promise.resolve([])

  constructor(registry: MetricRegistry) {
    this.#registry = registry
  }

  join(metrics: HasMetrics): void {
    this.#names = metrics.registerIn(this.#registry)
    // `refusal` is who tells it.
    this.#names.catch(() => {})
  }

  /** Why the metrics are not there, such as a name that another server of this process has taken; `null`: they are. */
  refusal(): Promise<string | null> {
    return this.#names.then(
      () => null,
      (error: unknown) => (error as Error).message,
    )
  }

  /** So that another server of this process may take the names. */
  async leave(): Promise<void> {
    for (const name of await this.#names.catch(() => [])) this.#registry.removeSingleMetric(name)
    this.#names = Promise.resolve([])
  }
}
