/** One running node: its transports, its ticker, and its graceful shutdown. */
import { hostname } from 'node:os'
import type { Limits } from 'dovetail-protocol'
import { FileAddresses } from '../auth/file-addresses.ts'
import type { GuestOffice } from '../auth/guests.ts'
import type { KeySet } from '../auth/key-set.ts'
import { Tickets } from '../auth/tickets.ts'
import type { Tokens } from '../auth/tokens.ts'
import { reportMs } from '../core/cluster/known-nodes.ts'
import type { Core } from '../core/core.ts'
import type { OutboxRelay } from '../core/outbox/relay.ts'
import { Retention } from '../core/retention/retention.ts'
import { UnusedChannels } from '../core/retention/unused-channels.ts'
import type { Webhooks } from '../core/webhooks/webhooks.ts'
import { StartFailure } from '../open.ts'
import type { ApiKeys } from '../ports/api-keys/api-keys.ts'
import type { Store } from '../ports/store.ts'
import { logEvent } from '../telemetry/log-events.ts'
import { ApplicationRegistry } from '../telemetry/metric-registry.ts'
import { Metrics } from '../telemetry/metrics.ts'
import { NodeFigures } from '../telemetry/status/node-figures.ts'
import { RecentEvents } from '../telemetry/status/recent-events.ts'
import { Connections } from '../transports/connections/connections.ts'
import { KernelQueues } from '../transports/connections/kernel-gauge.ts'
import { Readers } from '../transports/connections/readers.ts'
import { Ticker } from '../transports/connections/ticker.ts'
import { ApplicationUsers } from '../transports/http/application-users.ts'
import { Callers } from '../transports/http/callers.ts'
import { type AllowedOrigins, allowedOrigins, Origins } from '../transports/http/origins.ts'
import { addressReader } from '../transports/http/peer-address.ts'
import { Requests } from '../transports/http/requests.ts'
import { buildApp } from '../transports/rest/app.ts'
import type { TransportContext } from '../transports/transport-context.ts'
import { WebSocketTransport } from '../transports/websocket/upgrade.ts'
import { version } from '../version.ts'
import { drain } from './drain.ts'
import { type Listener, listenOn, type Served } from './listen.ts'
import { type Mount, mountApp } from './mount.ts'
import { beginWebhooks } from './open-webhooks.ts'
import type { Running, ServerOptions } from './server-options.ts'

const defaultPort = 4600
/** How long the body of a request may take; that of an upload has a limit of its own. */
const bodyMs = 30_000
/** How often files are looked for to which no record refers. */
const filesMs = 10_000
const defaultDrainSeconds = 10
const defaultHosts = ['127.0.0.1', '::1']

export interface NodeParts {
  readonly options: ServerOptions
  readonly core: Core
  readonly tokens: Tokens
  /** The keys of an outside issuer; `null`: there is none. */
  readonly keySet: KeySet | null
  readonly secret: string
  readonly log: TransportContext['log']
  /** `null`: the store has no outbox. */
  readonly relay: OutboxRelay | null
  readonly webhooks: Webhooks
  readonly stores: readonly Store[]
  readonly apiKeys: ApiKeys
  /** The path of the API in front of `/v1`, on a server that has other addresses too. */
  readonly basePath?: string
}

export class Node {
  readonly #parts: NodeParts
  readonly #ticker: Ticker
  #listener: Listener | null = null
  #mount: Mount | null = null
  readonly #readers = new Readers()
  readonly #retention: Retention
  readonly #unusedChannels: UnusedChannels
  readonly #requests = new Requests()
  readonly #registry: ApplicationRegistry | null
  #draining = false
  #stopped: Promise<void> = Promise.resolve()

  constructor(parts: NodeParts) {
    this.#parts = parts
    this.#ticker = new Ticker(parts.core.clock, beatMs(parts.core.limits))
    this.#retention = new Retention(parts.core)
    this.#unusedChannels = new UnusedChannels(parts.core)
    const { registry } = parts.options
    this.#registry = registry === undefined ? null : new ApplicationRegistry(registry)
  }

  /** Listens on its own port. */
  async start(): Promise<Running> {
    const { options } = this.#parts
    const context = await this.#begin(allowedOrigins(options))
    const listener = await listenOn({
      ...this.#served(context),
      hosts: options.host ?? defaultHosts,
      port: options.port ?? defaultPort,
    })
    this.#listener = listener
    await this.#joinRegistry()
    const { port } = listener
    context.nodeFigures.begin(`${hostname()}:${port}`)
    this.#watchOver(context)
    const host = (options.host ?? defaultHosts)[0] ?? '127.0.0.1'
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
    return { url, port, stop: () => this.stop() }
  }

  /** Serves as a part of the application's own server. */
  async mount(): Promise<Mount> {
    const context = await this.#begin(this.#parts.options.origins ?? 'any')
    const mount = await mountApp({ ...this.#served(context), basePath: context.basePath })
    this.#mount = mount
    await this.#joinRegistry()
    context.nodeFigures.begin(`${hostname()}/${process.pid}${context.basePath}`)
    this.#watchOver(context)
    return mount
  }

  async #joinRegistry(): Promise<void> {
    const because = await this.#registry?.refusal()
    if (typeof because === 'string') throw new StartFailure(`registry: ${because}`)
  }

  #served(context: TransportContext): Served {
    const { webRoot = null } = this.#parts.options
    return {
      hasPages: webRoot !== null,
      build: (makeServer) => buildApp({ context, webRoot, makeServer }),
      upgrade: new WebSocketTransport(context).upgrade,
      requests: this.#requests,
    }
  }

  async #begin(allowed: AllowedOrigins): Promise<TransportContext> {
    const { options, core, secret, tokens, keySet, log, apiKeys, webhooks, basePath = '' } = this.#parts
    const addressOf = addressReader(options.trustProxy ?? false)
    const readers = this.#readers
    const guests: GuestOffice = { core, tokens, secret, issuer: options.issuer, audience: options.audience }
    const tickets = new Tickets({ secret, clock: core.clock, accounts: core.accounts })
    const cutRevoked = () => readers.cutRevoked((caller) => core.revocations.isRevoked(caller))
    await core.reindexer.begin()
    await core.peers.begin(cutRevoked)
    await beginWebhooks(webhooks)
    keySet?.onWithdrawal(cutRevoked)
    const origins = new Origins(allowed)
    const { authenticate } = options
    const application = authenticate === undefined ? null : new ApplicationUsers(authenticate, origins, core.clock)
    const metrics = new Metrics()
    const connections = new Connections(core.limits.connections)
    const isDraining = () => this.#draining
    return {
      core,
      basePath,
      tickets,
      apiKeys: { core, keys: apiKeys },
      webhooks: { core, webhooks },
      fileAddresses: new FileAddresses(secret, core.clock),
      guarded: new Set(options.guard),
      callers: new Callers({ core, tickets, addressOf, application }),
      connections,
      origins,
      guests,
      readers,
      kernelQueues: new KernelQueues(core.clock),
      log,
      metrics,
      registry: this.#registry,
      events: new RecentEvents(() => core.clock.now(), log),
      nodeFigures: new NodeFigures({
        ...{ metrics, readers, isDraining, version, clock: core.clock, groups: core.groups, hubs: core.hubs },
        connections: () => connections.open,
        memoryBytes: () => process.memoryUsage.rss(),
      }),
      outbox: this.#parts.relay?.counts ?? null,
      version,
      addressOf,
      isDraining,
    }
  }

  /** Everything that is checked periodically, by the one ticker. */
  #watchOver({ core, events, nodeFigures, readers, log, metrics }: TransportContext): void {
    const node = nodeFigures.name
    logEvent(log, 'node_serving', { node, version }, `${node} serves`)
    core.hubs.counts.onReset = ({ channel, reason, user }) =>
      logEvent(log, 'reader_reset', { channel, reason, user }, `a reader of ${channel} starts over`)
    const ticker = this.#ticker
    const beat = beatMs(core.limits)
    ticker.each(beat, (now) => {
      for (const reader of readers) reader.beat(now)
    })
    ticker.each(1000, (now) => {
      this.#requests.endSlowBodies(now, bodyMs)
      this.#requests.endStalled(now, core.limits.stallSeconds * 1000, (queued) => {
        metrics.closed(4408)
        const reason = 'the peer did not take its reply'
        events.ended({ transport: 'http', code: 4408, reason, user: null }, queued)
      })
    })
    ticker.each(core.limits.pongSeconds * 1000, () => {
      readers.missVanished().catch((error: unknown) => core.report(error, 'looking for vanished peers'))
    })
    ticker.each(1000, () => {
      core.peers.check()
      core.hubs.sweep()
      core.presences.sweep()
      core.readerCounts.sweep()
      core.consumptions.sweep()
      core.presenceSync?.beat()
      this.#parts.relay?.relayWaiting()
      nodeFigures.sample()
    })
    ticker.each(reportMs, () => core.backbone.publish({ kind: 'node', report: nodeFigures.report }))
    ticker.start()
    this.#startPurging()
  }

  #startPurging(): void {
    const { core, options } = this.#parts
    const retainMs = options.retainMs ?? null
    // What is kept for less than a minute is swept sooner.
    const everyMs = Math.max(1_000, Math.min(60_000, retainMs ?? 60_000))
    this.#ticker.each(everyMs, () => {
      const now = core.clock.now()
      const before = {
        keys: now - core.limits.idempotencyHours * 3_600_000,
        tombstones: retainMs === null ? null : now - retainMs,
      }
      for (const store of this.#parts.stores)
        store.purge(before).catch((error: unknown) => core.report(error, 'purging'))
    })
    this.#ticker.each(filesMs, () => core.files.keeper.sweep())
    this.#ticker.each(this.#retention.everyMs, () => {
      this.#retention.run().catch((error: unknown) => core.report(error, 'deleting what is over'))
    })
    this.#ticker.each(this.#unusedChannels.everyMs, () => {
      this.#unusedChannels.run().catch((error: unknown) => core.report(error, 'deleting unused channels'))
    })
  }

  /** Shuts down gracefully; resolves when all connections and stores are closed. */
  async stop(): Promise<void> {
    if (this.#draining) return this.#stopped
    this.#draining = true
    const { core, log, options } = this.#parts
    logEvent(log, 'node_leaving', {}, 'the node leaves')
    const withinMs = (options.drainSeconds ?? defaultDrainSeconds) * 1000
    const stop = async (): Promise<void> => {
      await Promise.all([this.#parts.relay?.close(), this.#parts.webhooks.close()])
      await drain({
        clock: core.clock,
        groups: Object.values(core.groups),
        readers: this.#readers,
        requests: this.#requests,
        stopListening: () => this.#listener?.stop(),
        withinMs,
      })
      await this.close()
    }
    this.#stopped = stop()
    return this.#stopped
  }

  async close(): Promise<void> {
    const { core, stores } = this.#parts
    this.#ticker.stop()
    this.#parts.keySet?.stop()
    await this.#retention.stop()
    await this.#unusedChannels.stop()
    core.consumptions.close()
    await core.files.keeper.stop()
    core.hubs.stop()
    await this.#parts.relay?.close()
    await this.#parts.webhooks.close()
    await core.presenceSync?.close()
    await core.reindexer.stop()
    this.#listener?.cutAll()
    this.#mount?.cutAll()
    await this.#mount?.close()
    await this.#registry?.leave()
    for (const store of stores) await store.close()
    await core.backbone.close()
    await core.tracing?.close()
  }
}

/** The ticker's period: short enough for the shortest limit that it checks. */
function beatMs(limits: Limits): number {
  const shortest = Math.min(
    limits.pingSeconds,
    limits.pongSeconds,
    limits.stallSeconds,
    limits.helloSeconds,
    limits.presenceSeconds,
    limits.commentSeconds,
  )
  return Math.max(20, Math.min(250, (shortest * 1000) / 4))
}
