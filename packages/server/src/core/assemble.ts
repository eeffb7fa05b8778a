/** Puts one node's core together from what it stands on: the only place that knows how its parts hang together. */
import type { Limits } from '@dovetail/protocol'
import type { Accounts } from '../ports/accounts.ts'
import type { Backbone } from '../ports/backbone.ts'
import type { SharedBuckets } from '../ports/buckets.ts'
import type { Clock } from '../ports/clock.ts'
import type { PresencePlace } from '../ports/presence.ts'
import type { Store } from '../ports/store.ts'
import type { StoreWatch } from '../ports/watch.ts'
import { Audience } from './audience.ts'
import type { Caller } from './caller.ts'
import { announceCommit } from './commit.ts'
import type { Core } from './core.ts'
import { Flusher } from './flush.ts'
import { CommitGroup } from './group.ts'
import { Hubs } from './hubs.ts'
import { RateLimit } from './limits.ts'
import { Neighbours, type NeighboursOptions } from './neighbours.ts'
import type { Policies } from './policy.ts'
import { Presences } from './presence.ts'
import { PresenceLink } from './presence-link.ts'
import { rejudgeAll, rejudgeMember } from './rejudge.ts'
import { Revocations } from './revocations.ts'
import { SharedRate } from './shared-rate.ts'
import { Standings } from './standing.ts'

export interface CoreParts {
  readonly clock: Clock
  readonly limits: Limits
  readonly policies: Policies
  /** Keeps the log of durable namespaces. */
  readonly durable: Store
  /** Keeps the log of namespaces with `storage: 'memory'`. */
  readonly volatile: Store
  readonly accounts: Accounts
  readonly backbone: Backbone
  /** What other processes write to these stores; `null`: none does. */
  readonly watches: { readonly durable: StoreWatch | null; readonly volatile: StoreWatch | null }
  /** What joins this node with others besides its stores; `null`: there are none. */
  readonly shared: { readonly presence: PresencePlace; readonly buckets: SharedBuckets } | null
  /** Who a token says that it speaks for, whether revoked or not. */
  readonly verify: Core['authenticate']
  readonly newId: Core['newId']
  readonly report: Core['report']
  /** The bounds of one read of the store that catches readers up. */
  readonly catchUp: { readonly limit: number; readonly bytes: number }
}

const maxUnitsOfACommit = 500

export function assemble(parts: CoreParts): Core {
  const { clock, limits, policies, durable, volatile, backbone, accounts, report } = parts
  const isVolatile = (channel: string) => policies.of(channel)?.storage === 'memory'
  const storeOf = (channel: string) => (isVolatile(channel) ? volatile : durable)
  const flusher = new Flusher(clock)
  const standings = new Standings(storeOf, clock)
  const revocations = new Revocations(accounts, clock, () => backbone.ring({ kind: 'revoked' }))
  const hubs: Hubs = new Hubs({
    clock,
    flusher,
    backbone,
    storeOf,
    frameBytes: limits.replyBytes,
    catchUp: parts.catchUp,
    rejudge: (hub, record) => rejudgeMember({ policies, clock, report }, hub, record),
    rejudgeAll: (hub) => rejudgeAll({ policies, clock, standings, report }, hub),
    demandChanged: (hub) => audience.changed(hub),
    report,
  })
  const link = linkOf(parts)
  const audience: Audience = new Audience({ clock, hubs, link })
  const stores = watchedStores(parts)
  const neighbours = new Neighbours({ clock, backbone, hubs, standings, revocations, stores, storeOf, report })
  const announce: Announce = (unit, outcome) => announceCommit({ hubs, standings, backbone }, unit, outcome)
  const groups = { durable: groupOf(durable, clock, announce), memory: groupOf(volatile, clock, announce) }
  return {
    clock,
    limits,
    policies,
    hubs,
    standings,
    backbone,
    neighbours,
    presenceLink: link,
    admissions: admissionsOf(parts),
    presences: new Presences({ clock, flusher, hubs, link }),
    audience,
    commands: new RateLimit(clock, limits.commands, limits.commandsBurst),
    durable,
    storeOf,
    groupOf: (channel) => (isVolatile(channel) ? groups.memory : groups.durable),
    groups,
    accounts,
    revocations,
    authenticate: (token) => checked(revocations, parts.verify(token)),
    newId: parts.newId,
    report,
  }
}

function admissionsOf({ shared, clock, limits: { guests } }: CoreParts): SharedRate {
  return new SharedRate({
    buckets: shared?.buckets ?? null,
    clock,
    name: 'guests',
    perSecond: guests / 60,
    burst: guests,
  })
}

function linkOf({ shared, clock, limits, report }: CoreParts): PresenceLink | null {
  return shared === null ? null : new PresenceLink({ clock, place: shared.presence, beatMs: beatMs(limits), report })
}

/** Together with the lease that follows from it, a node that died is told of within `presenceSeconds`. */
function beatMs({ presenceSeconds }: Limits): number {
  return (presenceSeconds * 1000) / 6
}

type Announce = ConstructorParameters<typeof CommitGroup>[0]['onCommitted']

function groupOf(store: Store, clock: Clock, onCommitted: Announce): CommitGroup {
  return new CommitGroup({ store, clock, onCommitted, maxUnits: maxUnitsOfACommit })
}

function watchedStores({ durable, volatile, watches }: CoreParts): NeighboursOptions['stores'] {
  const kept = { store: durable, watch: watches.durable }
  return volatile === durable ? [kept] : [kept, { store: volatile, watch: watches.volatile }]
}

function checked(revocations: Revocations, caller: Caller | Promise<Caller>): Caller | Promise<Caller> {
  return caller instanceof Promise ? caller.then((known) => revocations.checked(known)) : revocations.checked(caller)
}
