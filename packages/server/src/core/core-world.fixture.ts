import { defaultLimits, type Limits } from '@dovetail/protocol'
import { openMemoryBackbone } from '../backbones/memory.ts'
import type { Accounts } from '../ports/accounts.ts'
import type { Backbone } from '../ports/backbone.ts'
import type { Store } from '../ports/store.ts'
import { openMemoryStore } from '../stores/memory.ts'
import { anonymous, type Caller, type Role } from './caller.ts'
import { announceCommit } from './commit.ts'
import type { Core } from './core.ts'
import { tellDemand } from './demand.ts'
import { Flusher } from './flush.ts'
import { CommitGroup } from './group.ts'
import { HandClock } from './hand-clock.fixture.ts'
import { Hubs } from './hubs.ts'
import { RateLimit } from './limits.ts'
import { type Config, compilePolicies } from './policy.ts'
import { Presences } from './presence.ts'
import { rejudgeAll, rejudgeMember } from './rejudge.ts'
import { Revocations } from './revocations.ts'
import { Standings } from './standing.ts'

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
  readonly limits?: Partial<Limits>
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
  const clock = new HandClock()
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const policies = compilePolicies(options.config ?? openConfig)
  const store = options.store ?? openMemoryStore()
  const backbone = options.backbone ?? openMemoryBackbone()
  const reports: string[] = []
  const report: Core['report'] = (error, doing) => reports.push(`${doing}: ${String(error)}`)
  const storeOf = () => store
  const standings = new Standings(storeOf, clock)
  const flusher = new Flusher(clock)
  const hubs: Hubs = new Hubs({
    clock,
    flusher,
    backbone,
    storeOf,
    frameBytes: limits.replyBytes,
    catchUp: { limit: options.catchUp ?? limits.changes, bytes: limits.replyBytes },
    rejudge: (hub, record) => rejudgeMember({ policies, clock }, hub, record),
    rejudgeAll: (hub) => rejudgeAll({ policies, clock, standings }, hub),
    demandChanged: tellDemand,
    report,
  })
  const group = new CommitGroup({
    store,
    clock,
    maxUnits: 500,
    onCommitted: (unit, outcome) => announceCommit({ hubs, standings, backbone }, unit, outcome),
  })
  const accounts = {} as Accounts
  let ids = 0
  const core: Core = {
    clock,
    limits,
    policies,
    hubs,
    standings,
    backbone,
    presences: new Presences(clock, flusher, hubs),
    commands: new RateLimit(clock, limits.commands, limits.commandsBurst),
    authenticate: () => anonymous,
    revocations: new Revocations(accounts, clock),
    accounts,
    durable: store,
    storeOf,
    groupOf: () => group,
    groups: { durable: group, memory: group },
    newId: () => `id${++ids}`,
    report,
  }
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
