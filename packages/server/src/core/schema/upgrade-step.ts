/**
 * Writes records of earlier shapes in the newest one while the node serves, in bounded steps (`core/read/walk.ts`). Each
 * record is written as a change like any other, in its turn among all writes. What is done is not done again, so a walk
 * that was cut off may begin anew.
 */
import type { ChannelFacts, StoredRecord, Unit, Write } from '../../ports/store.ts'
import type { Caller } from '../access/caller.ts'
import type { Policies } from '../access/policy.ts'
import { requireStaff } from '../access/require-staff.ts'
import { type Step, walkStep } from '../read/walk.ts'
import { rewriteRows } from '../write/rewrite-rows.ts'
import type { SchemaContext } from './context.ts'
import { fitOf, newestWrite } from './schema-walk.ts'

export interface UpgradeStep extends Step {
  /** Records that were written in the newest shape. */
  readonly written: number
}

/** Of one read whose rows are written. */
const bytesToRead = 4_194_304

export async function upgradeStep(core: SchemaContext, caller: Caller, after: string | null): Promise<UpgradeStep> {
  requireStaff(caller, 'Only an admin or a service writes what is stored in its newest shape.')
  const { policies, stored } = core
  let written = 0
  const step = await walkStep({ policies, storeOf: () => stored }, after, {
    bytes: bytesToRead,
    take: async (channel, rows) => {
      // A namespace that is kept in memory now may have been durable before.
      if (policies.of(channel.name)?.storage === 'memory') return 'more'
      written += await rewriteRows(core, channel, rows, {
        store: stored,
        isMeant: (row) => !row.deleted && fitOf(policies, channel.name, row) === 'upgraded',
        unitOf: (earlier) => upgradeOf(policies, channel, earlier),
      })
      return 'more'
    },
  })
  return { ...step, written }
}

/** Its times stay, for nobody edited the record. */
function upgradeOf(policies: Policies, channel: ChannelFacts, rows: readonly StoredRecord[]): Unit {
  const at = Math.max(...rows.map(({ updatedAt }) => updatedAt))
  const writes = rows.map((row): Write => {
    const { createdAt, updatedAt } = row
    return { ...newestWrite(policies, channel.name, row), stamp: { createdAt, updatedAt, slot: null } }
  })
  return { channel: channel.name, at, writes, make: false, membersRev: null, epoch: channel.epoch }
}
