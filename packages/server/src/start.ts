/** Puts a node together and starts it. Returns its stop, which drains. */
import { mkdir } from 'node:fs/promises'
import type { Server } from 'node:http'
import { defaultLimits, type Limits } from '@dovetail/protocol'
import { uuidv7 } from 'uuidv7'
import type { GuestOffice } from './auth/guests.ts'
import { openKeySet } from './auth/key-set.ts'
import { loadOrMakeSecret, minSecretLength } from './auth/secret.ts'
import { Tickets } from './auth/tickets.ts'
import { Tokens } from './auth/tokens.ts'
import { announceCommit } from './core/commit.ts'
import type { Core } from './core/core.ts'
import { tellDemand } from './core/demand.ts'
import { Flusher } from './core/flush.ts'
import { CommitGroup } from './core/group.ts'
import { Hubs } from './core/hubs.ts'
import { RateLimit } from './core/limits.ts'
import { type Config, compilePolicies, type Policies, PolicyError } from './core/policy.ts'
import { Presences } from './core/presence.ts'
import { rejudgeAll, rejudgeMember } from './core/rejudge.ts'
import { Revocations } from './core/revocations.ts'
import { Standings } from './core/standing.ts'
import { drain } from './drain.ts'
import { listenOn } from './listen.ts'
import { openBackbone, openMemoryPlace, openStore, StartFailure } from './open.ts'
import type { Accounts } from './ports/accounts.ts'
import type { Backbone } from './ports/backbone.ts'
import type { Clock } from './ports/clock.ts'
import type { Store } from './ports/store.ts'
import { systemClock } from './system-clock.ts'
import { type LogLevel, openLog } from './telemetry/log.ts'
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

export interface ServerOptions {
  readonly config: Config
  /** 0: any free one. Default: 4600. */
  readonly port?: number
  /** Default: `127.0.0.1` and `::1`. */
  readonly host?: readonly string[]
  /** The folder of the SQLite file and the generated secret. Default: `./data`. */
  readonly data?: string
  readonly store?: string
  readonly backbone?: string
  readonly memory?: string
  /** The text that signs tokens, 32 characters or more. Default: generated in `data`. */
  readonly secret?: string
  /** A JWKS, a path or a URL: tokens of an outside issuer, RS256, ES256 or EdDSA. */
  readonly jwks?: string
  /** Where given, every token must name them. */
  readonly issuer?: string
  readonly audience?: string
  readonly limits?: Partial<Limits>
  /** How long tombstones are kept. Default: for ever. */
  readonly retainMs?: number | null
  /** The web origins that may talk to this server. Default: any. */
  readonly origins?: readonly string[] | null
  /** Whether a proxy stands in front whose X-Forwarded-For counts. */
  readonly trustProxy?: boolean
  /** How long `stop` may take. Default: 10. */
  readonly drainSeconds?: number
  /** The folder of the built web app; `null` or absent: none. */
  readonly webRoot?: string | null
  readonly log?: LogLevel
  /** For tests: adapters that stand in for the ones that the URLs name. */
  readonly adapters?: { readonly store?: (store: Store) => Store; readonly backbone?: Backbone; readonly clock?: Clock }
}

export interface Running {
  readonly url: string
  readonly port: number
  /** Drains and stops; resolves when nothing is left. */
  stop(): Promise<void>
}

const defaultPort = 4600
const defaultDrainSeconds = 10
const defaultHosts = ['127.0.0.1', '::1']

export async function start(options: ServerOptions): Promise<Running> {
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const policies = policiesOf(options.config)
  const data = options.data ?? 'data'
  const clock = options.adapters?.clock ?? systemClock
  const log = openLog(options.log ?? 'info')
  const secret = await secretOf(options, data)
  const backbone = options.adapters?.backbone ?? (await openBackbone(options.backbone))
  const { store, accounts } = await openStore(options.store, data)
  const durable = options.adapters?.store?.(store) ?? store
  const volatile = await openMemoryPlace(options.memory)
  const { issuer, audience } = options
  const tokens = new Tokens({
    secret,
    clock,
    leewaySeconds: limits.leewaySeconds,
    keySet: await keySetOf(options.jwks),
    issuer,
    audience,
  })
  const report: Core['report'] = (error, doing) =>
    log.error({ cause: String((error as Error)?.stack ?? error) }, `${doing} failed`)
  const core = assemble({ accounts, clock, limits, policies, durable, volatile, backbone, tokens, report })
  const pulse = new Pulse(clock, beatMs(limits))
  const node = new Node({ options, core, tokens, secret, log, pulse, stores: [durable, volatile] })
  try {
    return await node.start()
  } catch (error) {
    await node.close()
    throw error
  }
}

function policiesOf(config: Config): Policies {
  try {
    return compilePolicies(config)
  } catch (error) {
    if (error instanceof PolicyError) throw new StartFailure(error.message, { cause: error })
    throw error
  }
}

async function secretOf(options: ServerOptions, data: string): Promise<string> {
  const { secret } = options
  if (secret !== undefined) {
    if (secret.length < minSecretLength)
      throw new StartFailure(`secret: it has ${secret.length} characters; ${minSecretLength} are needed`)
    return secret
  }
  try {
    await mkdir(data, { recursive: true })
    return await loadOrMakeSecret(data)
  } catch (cause) {
    throw new StartFailure(`data: ${(cause as Error).message}`, { cause })
  }
}

async function keySetOf(source: string | undefined) {
  try {
    return source === undefined ? undefined : await openKeySet(source)
  } catch (cause) {
    throw new StartFailure(`jwks: ${(cause as Error).message}`, { cause })
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

interface Parts {
  readonly clock: Clock
  readonly limits: Limits
  readonly policies: Policies
  readonly durable: Store
  readonly volatile: Store
  readonly backbone: Backbone
  readonly accounts: Accounts
  readonly tokens: Tokens
  readonly report: Core['report']
}

const maxUnitsOfACommit = 500
const catchUpBytes = 262_144

function assemble(parts: Parts): Core {
  const { clock, limits, policies, durable, volatile, backbone, accounts, tokens, report } = parts
  const isVolatile = (channel: string) => policies.of(channel)?.storage === 'memory'
  const storeOf = (channel: string) => (isVolatile(channel) ? volatile : durable)
  const flusher = new Flusher(clock)
  const hubs: Hubs = new Hubs({
    clock,
    flusher,
    backbone,
    storeOf,
    frameBytes: limits.replyBytes,
    catchUp: { limit: limits.changes, bytes: Math.min(catchUpBytes, limits.replyBytes) },
    rejudge: (hub, record) => rejudgeMember({ policies, clock }, hub, record),
    rejudgeAll: (hub) => rejudgeAll({ policies, clock, standings }, hub),
    demandChanged: tellDemand,
    report,
  })
  const standings = new Standings(storeOf, clock)
  const revocations = new Revocations(accounts, clock)
  const onCommitted: ConstructorParameters<typeof CommitGroup>[0]['onCommitted'] = (unit, outcome) =>
    announceCommit({ hubs, standings, backbone }, unit, outcome)
  const group = (store: Store) => new CommitGroup({ store, clock, onCommitted, maxUnits: maxUnitsOfACommit })
  const durableGroup = group(durable)
  const volatileGroup = group(volatile)
  return {
    clock,
    limits,
    policies,
    hubs,
    standings,
    backbone,
    presences: new Presences(clock, flusher, hubs),
    commands: new RateLimit(clock, limits.commands, limits.commandsBurst),
    durable,
    storeOf,
    groupOf: (channel) => (isVolatile(channel) ? volatileGroup : durableGroup),
    groups: { durable: durableGroup, memory: volatileGroup },
    accounts,
    revocations,
    authenticate: (token) => {
      const caller = tokens.verify(token)
      return caller instanceof Promise
        ? caller.then((known) => revocations.checked(known))
        : revocations.checked(caller)
    },
    newId: uuidv7,
    report,
  }
}

interface NodeOptions {
  readonly options: ServerOptions
  readonly core: Core
  readonly tokens: Tokens
  readonly secret: string
  readonly log: Door['log']
  readonly pulse: Pulse
  readonly stores: readonly Store[]
}

class Node {
  readonly #parts: NodeOptions
  #servers: readonly Server[] = []
  readonly #readers = new Readers()
  readonly #requests = new Requests()
  #draining = false
  #stopped: Promise<void> = Promise.resolve()

  constructor(parts: NodeOptions) {
    this.#parts = parts
  }

  async start(): Promise<Running> {
    const { options, core, pulse, secret, tokens, log } = this.#parts
    const trustProxy = options.trustProxy ?? false
    const readers = this.#readers
    const guests: GuestOffice = { core, tokens, secret, issuer: options.issuer, audience: options.audience }
    const tickets = new Tickets({ secret, clock: core.clock, accounts: core.accounts })
    await core.revocations.load()
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
    })
    this.#servers = servers
    for (const server of servers) this.#requests.watch(server)
    const beat = beatMs(core.limits)
    pulse.each(beat, (now) => {
      for (const reader of readers) reader.beat(now)
    })
    pulse.each(1000, () => {
      core.hubs.sweep()
      core.presences.sweep()
    })
    pulse.start()
    this.#startPurging()
    const host = (options.host ?? defaultHosts)[0] ?? '127.0.0.1'
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`
    return { url, port, stop: () => this.#stop() }
  }

  #startPurging(): void {
    const { core, options, pulse } = this.#parts
    pulse.each(60_000, () => {
      const now = core.clock.now()
      const retainMs = options.retainMs ?? null
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
    const { core, pulse, stores } = this.#parts
    pulse.stop()
    core.hubs.stop()
    for (const server of this.#servers) server.closeAllConnections()
    for (const store of stores) await store.close()
    await core.backbone.close()
  }
}
