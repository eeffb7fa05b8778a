import { defaultLimits, type Limits } from 'dovetail-protocol'
import { openMemoryBackbone } from '../../backbones/memory/memory-backbone.ts'
import type { Accounts } from '../../ports/accounts.ts'
import type { Backbone } from '../../ports/backbone.ts'
import type { Consumers } from '../../ports/consumers/consumers.ts'
import type { FileStorage } from '../../ports/files/file-storage.ts'
import type { FileTable } from '../../ports/files/file-table.ts'
import type { Store } from '../../ports/store.ts'
import type { Tracing } from '../../ports/tracing/tracing.ts'
import type { StoreWatch } from '../../ports/watch.ts'
import { MemoryConsumers } from '../../stores/memory/memory-consumers.ts'
import { MemoryFiles } from '../../stores/memory/memory-files.ts'
import { openMemoryStore } from '../../stores/memory/memory-store.ts'
import { anonymous, type Caller, type Role } from '../access/caller.ts'
import { type Config, compilePolicies } from '../access/policy.ts'
import { assemble } from '../assemble.ts'
import type { Core } from '../core.ts'
import { HandClock } from './hand-clock.fixture.ts'

/** Everybody may do everything with `messages` of `chat`; `team` is private; `tags` name their records themselves. */
export const openConfig: Config = {
  channels: {
    chat: {
      presence: true,
      write: 'guest',
      create: 'guest',
      collections: {
        messages: { edit: 'guest' },
        notes: { schema: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] }, edit: 'author' },
        tags: { id: (data) => String(data.tag), edit: 'guest' },
        members: { id: (data) => String(data.user), write: 'moderator' },
      },
    },
    team: {
      visibility: 'private',
      create: 'guest',
      collections: {
        messages: { write: 'member', edit: 'member' },
        members: { id: (data) => String(data.user), write: 'moderator' },
      },
    },
  },
}

export interface CoreWorldOptions {
  readonly config?: Config
  readonly store?: Store
  readonly backbone?: Backbone
  readonly watch?: StoreWatch
  readonly clock?: HandClock
  readonly accounts?: Accounts
  readonly consumers?: Consumers
  readonly files?: FileTable
  readonly storage?: FileStorage
  /** What made ids begin with: nodes that share a store must not make the same ones. */
  readonly idPrefix?: string
  readonly limits?: Partial<Limits>
  readonly tracing?: Tracing
  /** Changes of one read of the store. */
  readonly catchUp?: number
}

export interface CoreWorld {
  readonly core: Core
  readonly clock: HandClock
  readonly store: Store
  readonly reports: string[]
  /** Turns the loop until the promise has settled. */
  done<Result>(promise: Promise<Result>): Promise<Result>
}

/** One node's core on one store, with time in the test's hands. */
export function coreWorld(options: CoreWorldOptions = {}): CoreWorld {
  const clock = options.clock ?? new HandClock()
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const policies = compilePolicies(options.config ?? openConfig)
  const store = options.store ?? openMemoryStore()
  const reports: string[] = []
  const accounts = options.accounts ?? ({} as Accounts)
  let ids = 0
  const core = assemble({
    clock,
    limits,
    policies,
    durable: store,
    volatile: store,
    accounts,
    consumers: options.consumers ?? new MemoryConsumers(clock.monotonic),
    files: { table: options.files ?? new MemoryFiles(), storage: options.storage ?? null },
    backbone: options.backbone ?? openMemoryBackbone(),
    watches: { durable: options.watch ?? null, volatile: null },
    reindexing: null,
    shared: null,
    verify: () => anonymous,
    tracing: options.tracing ?? null,
    newId: () => `${options.idPrefix ?? 'id'}${++ids}`,
    logLine: () => undefined,
    report: (error, doing) => reports.push(`${doing}: ${String(error)}`),
    catchUp: { limit: options.catchUp ?? limits.changes, bytes: limits.replyBytes },
  })
  return { core, clock, store, reports, done: (promise) => done(clock, promise) }
}

async function done<Result>(clock: HandClock, promise: Promise<Result>): Promise<Result> {
  let isDone = false
  const settled = promise.then(
    () => {
      isDone = true
    },
    () => {
      isDone = true
    },
  )
  // What a thread answers takes real time; what rests by the clock takes the clock's.
  while (!isDone) {
    clock.turn()
    await Promise.race([settled, new Promise((resolve) => setImmediate(resolve))])
    if (!isDone) await clock.pass(1)
  }
  return promise
}

export function callerOf(user: string, role: Role = 'user', more: Partial<Caller> = {}): Caller {
  return { ...anonymous, user, role, ...more }
}
