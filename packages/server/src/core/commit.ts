/** What a commit sets off on this node: standings forget, the hub advances, the other nodes are rung. */
import type { StoredRecord, Unit, UnitOutcome } from '../ports/store.ts'
import type { Core } from './core.ts'

/** Changes above this size are not carried by a bell; nodes read them. */
const bellBytes = 16_384

export function announceCommit(
  core: Pick<Core, 'hubs' | 'standings' | 'backbone'>,
  unit: Unit,
  outcome: UnitOutcome & { kind: 'committed' },
): void {
  const changes = outcome.results.flatMap(({ kind, record }) =>
    kind === 'created' || kind === 'changed' ? [record] : [],
  )
  announceChanges(core, unit.channel, outcome.epoch, outcome.head, changes)
}

export function announceChanges(
  core: Pick<Core, 'hubs' | 'standings' | 'backbone'>,
  channel: string,
  epoch: string,
  head: number,
  changes: readonly StoredRecord[],
): void {
  core.standings.committed(channel, epoch, changes)
  if (changes.length === 0) return
  core.hubs.advance(channel, epoch, changes)
  const bytes = changes.reduce((sum, record) => sum + record.data.length + 200, 0)
  core.backbone.ring({ kind: 'advanced', channel, epoch, head, changes: bytes <= bellBytes ? changes : [] })
}
