/** Puts one node's core together from what it stands on: the only place that knows how its parts hang together. */

import { type Limits, userOfMemberRecord } from 'dovetail-protocol'
import type { Accounts } from '../ports/accounts.ts'
import type { Backbone } from '../ports/backbone.ts'
import type { SharedBuckets } from '../ports/buckets.ts'
import type { Clock } from '../ports/clock.ts'
import type { Consumers } from '../ports/consumers/consumers.ts'
import type { FileStorage } from '../ports/files/file-storage.ts'
import type { FileTable } from '../ports/files/file-table.ts'
import type { Reindexing } from '../ports/indexing/reindexing.ts'
import type { PresenceStore } from '../ports/presence.ts'
import type { Store } from '../ports/store.ts'
import type { Tracing } from '../ports/tracing/tracing.ts'
import type { StoreWatch } from '../ports/watch.ts'
import type { Caller } from './access/caller.ts'
import { FirstProfiles } from './access/first-profiles.ts'
import { Memberships } from './access/membership.ts'
import type { Policies } from './access/policy.ts'
import { Revocations } from './access/revocations.ts'
import { Peers, type PeersOptions } from './cluster/peers.ts'
import { Consumptions } from './consuming/consumptions.ts'
import type { Core } from './core.ts'
import type { FileOffice } from './files/context.ts'
import { FileCounts } from './files/file-counts.ts'
import { FileKeeper } from './files/file-keeper.ts'
import { referringCommits } from './files/referring-commits.ts'
import { Reindexer } from './indexing/reindexer.ts'
import { announceCommit, changesOf } from './log/commit.ts'
import { countedBackbone } from './log/counts/counted-backbone.ts'
import { LogCounts } from './log/counts/log-counts.ts'
import { Flusher } from './log/flush.ts'
import { CommitGroup } from './log/group.ts'
import { Hubs, type HubsOptions } from './log/hubs.ts'
import { Pace } from './log/pace.ts'
import { AnnouncedPieces } from './log/pieces/announced-pieces.ts'
import { recheckAccessOfAll, recheckAccessOfMember } from './log/recheck-access.ts'
import type { PresenceVerbContext } from './presence/context.ts'
import { recheckPresence, recheckPresenceOfAll } from './presence/presence-rights.ts'
import { PresenceSync } from './presence/presence-sync.ts'
import { Presences, type PresencesOptions, presencePartBytes } from './presence/presences.ts'
import { ReaderCounts } from './presence/reader-counts.ts'
import { Budgets } from './rate/budgets.ts'
import { CallerTurns } from './rate/caller-turns.ts'
import { Creations } from './rate/creations.ts'
import { RefusalPace } from './rate/refusal-pace.ts'
import { SharedRate } from './rate/shared-rate.ts'
import { ChangeTraces } from './tracing/change-traces.ts'
import type { TracingContext } from './tracing/context.ts'
import { AppendQueue } from './write/append-queue.ts'
import { GrowingWords } from './write/growing-words.ts'
import { notifyMemberships } from './write/own-feed.ts'

export interface CoreParts {
  readonly clock: Clock
  readonly limits: Limits
  readonly policies: Policies
  /** Keeps the log of durable namespaces. */
  readonly durable: Store
  /** The same with its records as they are stored; absent: it shows them so itself. */
  readonly stored?: Store
  /** Keeps the log of namespaces with `storage: 'memory'`. */
  readonly volatile: Store
  readonly accounts: Accounts
  /** Keeps the positions of named consumers; the durable store's. */
  readonly consumers: Consumers
  /** `storage`: where the bytes are; `null`: nowhere, so that no files are taken. */
  readonly files: { readonly table: FileTable; readonly storage: FileStorage | null }
  readonly backbone: Backbone
  /** What other processes write to these stores; `null`: none does. */
  readonly watches: { readonly durable: StoreWatch | null; readonly volatile: StoreWatch | null }
  /** Brings the durable store's search index to the configuration; `null`: the store is made anew with each start. */
  readonly reindexing: Reindexing | null
  /** What joins this node with others besides its stores; `null`: there are none. */
  readonly shared: { readonly presence: PresenceStore; readonly buckets: SharedBuckets } | null
  /** Who a token says that it speaks for, whether revoked or not. */
  readonly verify: Core['authenticate']
  /** Whether the key that signed a caller's token counts no more; absent: none is withdrawn. */
  readonly isWithdrawn?: (caller: Caller) => boolean
  /** `null`: nothing is traced. */
  readonly tracing: Tracing | null
  readonly newId: Core['newId']
  readonly report: Core['report']
  /** Gets one line for people. */
  readonly logLine: (line: string) => void
  /** The bounds of one read of the store that catches readers up. */
  readonly catchUp: { readonly limit: number; readonly bytes: number }
}

const maxUnitsOfACommit = 500

export function assemble(parts: CoreParts): Core {
  const { clock, limits, policies, durable, volatile, accounts, report } = parts
  const counts = new LogCounts(() => clock.now())
  const backbone = countedBackbone(parts.backbone, counts)
  const isVolatile = (channel: string) => policies.of(channel)?.storage === 'memory'
  const storeOf = (channel: string) => (isVolatile(channel) ? volatile : durable)
  const pace = new Pace(clock, limits.flushMaxMs)
  const traced = tracedBy(parts)
  const flusher = new Flusher(clock, pace, counts.deliveryLag)
  const memberships = new Memberships(storeOf, clock, (channel, user) => void recheckPresence(present, channel, user))
  const revocations = revocationsOf(parts)
  const hubs: Hubs = new Hubs({
    ...{ clock, flusher, backbone, storeOf, counts, report, traces: traced.changeTraces },
    ...rangesOf(parts),
    ...rechecks(() => present),
    demandChanged: (hub) => readerCounts.changed(hub),
  })
  const link = linkOf(parts)
  const presences: Presences = new Presences({ clock, flusher, hubs, link, ...presenceBytes(limits) })
  const present: PresenceVerbContext = { clock, limits, policies, memberships, presences, report }
  const readerCounts: ReaderCounts = new ReaderCounts({ clock, hubs, link })
  const stores = watchedStores(parts)
  const peers = new Peers({ clock, backbone, hubs, memberships, revocations, stores, storeOf, ...traced, report })
  const files = filesOf(parts, storeOf)
  const groups = groupsOf(parts, files.keeper, pace, (...commit) => committed(core, ...commit))
  const core: Core = {
    ...{ clock, limits, policies, hubs, memberships, backbone, peers, ...traced },
    ...{ presenceSync: link, reindexer: reindexerOf(parts), presences, readerCounts },
    ...ratesOf(parts),
    durable,
    stored: parts.stored ?? durable,
    storeOf,
    groupOf: (channel) => (isVolatile(channel) ? groups.memory : groups.durable),
    groups,
    accounts,
    consumers: parts.consumers,
    consumptions: new Consumptions(clock, () => core),
    files,
    revocations,
    firstProfiles: new FirstProfiles(accounts, report),
    authenticate: (token) => checked(revocations, parts.verify(token)),
    appends: new AppendQueue(),
    growingWords: new GrowingWords(),
    announcedPieces: new AnnouncedPieces(),
    newId: parts.newId,
    report,
  }
  return core
}

function tracedBy({ tracing, clock }: CoreParts): TracingContext {
  return { tracing, changeTraces: tracing === null ? null : new ChangeTraces(tracing, clock) }
}

function revocationsOf({ accounts, clock, backbone, isWithdrawn }: CoreParts): Revocations {
  return new Revocations(accounts, clock, () => backbone.publish({ kind: 'revoked' }), isWithdrawn)
}

/** A membership that changed ends feeds, in log order, and presence. */
function rechecks(context: () => PresenceVerbContext): Pick<HubsOptions, 'recheckAccess' | 'recheckAccessOfAll'> {
  return {
    recheckAccess: (hub, record) => {
      recheckAccessOfMember(context(), hub, record)
      void recheckPresence(context(), hub.channel, userOfMemberRecord(record.id))
    },
    recheckAccessOfAll: async (hub) => {
      await recheckAccessOfAll(context(), hub)
      await recheckPresenceOfAll(context(), hub.channel)
    },
  }
}

/** How changes are cut into ranges for readers. */
function rangesOf({ limits, policies, catchUp }: CoreParts) {
  const isLatest = (channel: string, collection: string): boolean =>
    policies.of(channel)?.collections.get(collection)?.latest ?? false
  return { frameBytes: limits.frameBytes, catchUp, isLatest }
}

function reindexerOf({ clock, policies, reindexing, newId, report, logLine }: CoreParts): Reindexer {
  return new Reindexer({ clock, store: reindexing, policies, node: newId(), report, logLine })
}

function presenceBytes({ replyBytes }: Limits): Pick<PresencesOptions, 'partBytes' | 'pageBytes'> {
  return { partBytes: presencePartBytes, pageBytes: (replyBytes >> 2) * 3 }
}

/** How much callers may do. */
function ratesOf(parts: CoreParts): Pick<Core, 'admissions' | 'budgets' | 'creations' | 'refusalPace' | 'turns'> {
  const { clock, limits } = parts
  return {
    admissions: admissionsOf(parts),
    budgets: new Budgets(clock, limits),
    refusalPace: new RefusalPace(clock),
    turns: new CallerTurns(clock),
    creations: new Creations(clock, limits),
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

function linkOf({ shared, clock, limits, report }: CoreParts): PresenceSync | null {
  return shared === null ? null : new PresenceSync({ clock, store: shared.presence, beatMs: beatMs(limits), report })
}

/** How often the lease of a node is renewed, in ms: short enough that the users of a node that died leave within `presenceSeconds`. */
function beatMs({ presenceSeconds }: Limits): number {
  return (presenceSeconds * 1000) / 6
}

/** A committed unit goes to this node's hub and to the other nodes; memberships in it also to the feeds of their users. */
function committed(core: Core, ...[unit, outcome, trace]: Parameters<Announce>): void {
  announceCommit(core, unit, outcome, trace)
  void notifyMemberships(core, unit.channel, changesOf(outcome))
}

type Announce = ConstructorParameters<typeof CommitGroup>[0]['onCommitted']

function filesOf({ clock, policies, report, files }: CoreParts, storeOf: Core['storeOf']): FileOffice {
  const counts = new FileCounts()
  return { ...files, counts, keeper: new FileKeeper({ ...files, counts, clock, policies, storeOf, report }) }
}

function groupsOf(
  { clock, policies, durable, volatile, tracing, files: { table } }: CoreParts,
  keeper: FileKeeper,
  pace: Pace,
  onCommitted: Announce,
): Core['groups'] {
  const options = { clock, pace, tracing, onCommitted, maxUnits: maxUnitsOfACommit }
  return {
    durable: new CommitGroup({
      ...options,
      store: referringCommits({ store: durable, clock, table, policies, keeper }),
    }),
    memory: new CommitGroup({ ...options, store: volatile }),
  }
}

function watchedStores({ durable, volatile, watches }: CoreParts): PeersOptions['stores'] {
  const kept = { store: durable, watch: watches.durable }
  return volatile === durable ? [kept] : [kept, { store: volatile, watch: watches.volatile }]
}

function checked(revocations: Revocations, caller: Caller | Promise<Caller>): Caller | Promise<Caller> {
  return caller instanceof Promise ? caller.then((known) => revocations.checked(known)) : revocations.checked(caller)
}
