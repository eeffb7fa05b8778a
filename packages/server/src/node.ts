/** One running node: its doors, its pulse, and how it leaves. */
import type { Server } from 'node:http'
import type { Limits } from '@dovetail/protocol'
import type { GuestOffice } from './auth/guests.ts'
import { Tickets } from './auth/tickets.ts'
import type { Tokens } from './auth/tokens.ts'
import type { Core } from './core/core.ts'
import { drain } from './drain.ts'
import { listenOn } from './listen.ts'
import type { Store } from './ports/store.ts'
import type { Running, ServerOptions } from './server-options.ts'
import { Metrics } from './telemetry/metrics.ts'
import { Callers } from './transports/callers.ts'
import { Connections } from './transports/connections.ts'
import type { Door } from './transports/door.ts'
import { Origins } from './transports/origins.ts'
import { Pulse } from './transports/pulse.ts'
import { Readers } from './transports/readers.ts'
import { Requests } from './transports/requests.ts'
import { buildApp } from './transports/rest/app.ts'
import { WebSocketDoor } from './transports/websocket/upgrade.ts'

const defaultPort = 4600
const defaultDrainSeconds = 10
const defaultHosts = ['127.0.0.1', '::1']

export interface NodeParts {
  readonly options: ServerOptions
  readonly core: Core
  readonly tokens: Tokens
  readonly secret: string
  readonly log: Door['log']
  readonly stores: readonly Store[]
}

export class Node {
  readonly #parts: NodeParts
  readonly #pulse: Pulse
  #servers: readonly Server[] = []
  readonly #readers = new Readers()
  readonly #requests = new Requests()
  #draining = false
  #stopped: Promise<void> = Promise.resolve()

  constructor(parts: NodeParts) {
    this.#parts = parts
    this.#pulse = new Pulse(parts.core.clock, beatMs(parts.core.limits))
  }

  async start(): Promise<Running> {
    const { options, core, secret, tokens, log } = this.#parts
    const pulse = this.#pulse
    const trustProxy = options.trustProxy ?? false
    const readers = this.#readers
    const guests: GuestOffice = { core, tokens, secret, issuer: options.issuer, audience: options.audience }
    const tickets = new Tickets({ secret, clock: core.clock, accounts: core.accounts })
    await core.neighbours.begin(() => readers.cutRevoked((caller) => core.revocations.isRevoked(caller)))
    const door: Door = {
      core,
      tickets,
      callers: new Callers(core, tickets, trustProxy),
      connections: new Connections(core.limits.connections),
      origins: new Origins(options.origins ?? null),
      guests,
      readers,
      log,
      metrics: new Metrics(),
      trustProxy,
      isDraining: () => this.#draining,
    }
    const sockets = new WebSocketDoor(door)
    const { servers, port } = await listenOn({
      hosts: options.host ?? defaultHosts,
      port: options.port ?? defaultPort,
      build: (makeServer) => buildApp({ door, webRoot: options.webRoot ?? null, makeServer }),
      upgrade: sockets.upgrade,
      requests: this.#requests,
    })
    this.#servers = servers
    this.#watchOver(door)
    pulse.start()
    this.#startPurging()
    const host = (options.host ?? defaultHosts)[0] ?? '127.0.0.1'
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
    return { url, port, stop: () => this.#stop() }
  }

  /** What is looked at now and then, all by the one pulse. */
  #watchOver({ core, readers, log, metrics }: Door): void {
    const pulse = this.#pulse
    const beat = beatMs(core.limits)
    pulse.each(beat, (now) => {
      for (const reader of readers) reader.beat(now)
    })
    pulse.each(1000, (now) => {
      this.#requests.endStalled(now, core.limits.stallSeconds * 1000, (queued) => {
        log.warn({ code: 4408, queued }, 'ended a connection: the peer did not take its reply')
        metrics.closed(4408)
      })
    })
    pulse.each(core.limits.pongSeconds * 1000, () => {
      readers.missVanished().catch((error: unknown) => core.report(error, 'looking for vanished peers'))
    })
    pulse.each(1000, () => {
      core.neighbours.look()
      core.hubs.sweep()
      core.presences.sweep()
      core.audience.sweep()
      core.presenceLink?.beat()
    })
  }

  #startPurging(): void {
    const { core, options } = this.#parts
    const retainMs = options.retainMs ?? null
    // What is kept for less than a minute is looked for sooner.
    const everyMs = Math.max(1_000, Math.min(60_000, retainMs ?? 60_000))
    this.#pulse.each(everyMs, () => {
      const now = core.clock.now()
      const before = {
        keys: now - core.limits.idempotencyHours * 3_600_000,
        tombstones: retainMs === null ? null : now - retainMs,
      }
      for (const store of this.#parts.stores)
        store.purge(before).catch((error: unknown) => core.report(error, 'purging'))
    })
  }

  async #stop(): Promise<void> {
    if (this.#draining) return this.#stopped
    this.#draining = true
    const { core, options } = this.#parts
    const withinMs = (options.drainSeconds ?? defaultDrainSeconds) * 1000
    const stop = async (): Promise<void> => {
      await drain({ core, readers: this.#readers, requests: this.#requests, withinMs })
      for (const server of this.#servers) server.close()
      for (const server of this.#servers) server.closeIdleConnections()
      await this.close()
    }
    this.#stopped = stop()
    return this.#stopped
  }

  async close(): Promise<void> {
    const { core, stores } = this.#parts
    this.#pulse.stop()
    core.hubs.stop()
    await core.presenceLink?.close()
    for (const server of this.#servers) server.closeAllConnections()
    for (const store of stores) await store.close()
    await core.backbone.close()
  }
}

/** Often enough for the shortest limit that the pulse looks after. */
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
