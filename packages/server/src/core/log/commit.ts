/**
 * What a commit sets in motion. `applyChanges` is the only way into a hub, for this node's commits and for the changes
 * that other nodes notify of; `announceChanges` also notifies the other nodes.
 */
import { membersCollection, type StoredRecord, type Unit, type UnitOutcome } from '../../ports/store.ts'
import type { ChangeTrace } from '../../ports/tracing/tracing.ts'
import type { UnitTrace } from '../tracing/unit-trace.ts'
import type { AnnounceContext, LogContext } from './context.ts'

/** Notifications carry changes of up to this size; above it they carry the head, and nodes read the changes from the store. */
const notificationBytes = 16_384

/** Forgets the remembered memberships that the changes make wrong, then gives the changes to the channel's hub. */
export function applyChanges(
  core: Pick<AnnounceContext, 'hubs' | 'memberships'>,
  channel: string,
  epoch: string,
  changes: readonly StoredRecord[],
): void {
  core.memberships.committed(channel, epoch, changes)
  core.hubs.applyChanges(channel, epoch, changes)
}

type Committed = UnitOutcome & { kind: 'committed' }

export function announceCommit(
  core: AnnounceContext & Pick<LogContext, 'announcedPieces'>,
  unit: Unit,
  outcome: Committed,
  trace: UnitTrace | null,
): void {
  const changes = grownChangesOf(unit, outcome)
  const sent = core.announcedPieces.shortened(unit.channel, outcome.epoch, changes)
  const announce = (traces: readonly ChangeTrace[]) =>
    announceChanges(core, unit.channel, outcome.epoch, outcome.head, changes, { sent, traces })
  if (trace === null) announce(noTraces)
  else trace.publish(outcome, announce)
  // An import may leave the head above its last change: the store is asked for what lies between.
  if (unit.head !== undefined && unit.head > (changes.at(-1)?.rev ?? 0)) {
    core.hubs.checkHead(unit.channel, outcome.epoch, outcome.head)
    core.backbone.publish({
      kind: 'advanced',
      channel: unit.channel,
      epoch: outcome.epoch,
      head: outcome.head,
      changes: [],
    })
  }
}

/** The records that the unit made or changed. */
export function changesOf(outcome: Committed): readonly StoredRecord[] {
  return outcome.results.flatMap(({ kind, record }) => (kind === 'created' || kind === 'changed' ? [record] : []))
}

/** The same, with what was appended. Memberships are read from their data, so that they are always whole. */
function grownChangesOf({ writes }: Unit, outcome: Committed): readonly StoredRecord[] {
  if (!writes.some(({ pieces }) => pieces !== undefined)) return changesOf(outcome)
  return outcome.results.flatMap(({ kind, record }, index) => {
    if (kind !== 'created' && kind !== 'changed') return []
    const { pieces, expectRev = null } = writes[index] ?? {}
    const from = typeof expectRev === 'object' ? outcome.results[expectRev?.write ?? -1]?.record.rev : expectRev
    if (pieces === undefined || from === undefined || record.collection === membersCollection) return [record]
    return [{ ...record, growth: { from, pieces } }]
  })
}

const noTraces: readonly ChangeTrace[] = []

/** `sent`: the same changes as the other nodes are sent them. */
export function announceChanges(
  core: AnnounceContext,
  channel: string,
  epoch: string,
  head: number,
  changes: readonly StoredRecord[],
  { sent = changes, traces = noTraces }: { sent?: readonly StoredRecord[]; traces?: readonly ChangeTrace[] } = {},
): void {
  if (traces.length > 0) core.changeTraces?.begin(core.hubs.get(channel), traces, 'here')
  applyChanges(core, channel, epoch, changes)
  if (changes.length === 0) return
  const bytes = sent.reduce((sum, record) => sum + lengthOf(record) + 200, 0)
  const carried = bytes <= notificationBytes ? sent : []
  core.backbone.publish({
    ...{ kind: 'advanced', channel, epoch, head, changes: carried },
    ...(traces.length === 0 ? {} : { traces }),
  })
}

function lengthOf({ data, growth }: StoredRecord): number {
  const pieces = growth?.pieces ?? []
  return pieces.reduce((sum, { path, value }) => sum + path.length + value.length, data.length)
}
