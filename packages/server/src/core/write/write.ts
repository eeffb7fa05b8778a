/**
 * The write: its names, policy, rights, data, key and preconditions are checked (`plan.ts`); it is committed in a group;
 * then the hub takes the change over and the other nodes are notified (`log/commit.ts`), all before the writer gets its
 * reply. The commit checks again what the plan rested on; where that has changed, the write is planned again.
 */
import { formatCursor } from 'dovetail-protocol'
import { channelNotFound } from '../access/authorize.ts'
import type { Caller } from '../access/caller.ts'
import { Failure } from '../rules/failure.ts'
import type { WriteContext } from './context.ts'
import { keyReused, type WriteCommand, type WriteResult } from './decide.ts'
import { draft, plan } from './plan.ts'
import { blaming, WriteFailure } from './write-failure.ts'

export type { WriteCommand, WriteOp, WriteResult } from './decide.ts'

/** `queued` is called when the write has its place in a commit: later ones come after it. */
export async function write(
  core: WriteContext,
  caller: Caller,
  command: WriteCommand,
  queued?: () => void,
): Promise<WriteResult> {
  if (command.op === 'append')
    return core.appends.add(caller, command, (by, commands) => writeTogether(core, by, commands))
  const [result] = await writeTogether(core, caller, [command], queued)
  if (result === undefined) throw new Error('a write without a result')
  return result
}

/** How often a write whose ground moved is decided again before it is given up as contention. */
const maxAttempts = 20

/** Writes to one channel, committed all or none. A refusal carries the index of the write at fault. */
export async function writeTogether(
  core: WriteContext,
  caller: Caller,
  commands: readonly WriteCommand[],
  queued: () => void = () => {},
): Promise<WriteResult[]> {
  const drafts = commands.map((command, index) => blaming(index, () => draft(core, command)))
  const [first] = drafts
  if (first === undefined) return []
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const unit = await plan(core, caller, first.policy, drafts)
    const committing = core.groupOf(unit.channel).add(unit, requestsOf(core, commands))
    queued()
    const outcome = await committing
    switch (outcome.kind) {
      case 'committed':
        return outcome.results.map(({ kind, record }) => ({
          kind,
          record,
          epoch: outcome.epoch,
          at: formatCursor(outcome.epoch, kind === 'created' || kind === 'changed' ? record.rev : outcome.head),
        }))
      case 'failed':
        throw outcome.cause
      case 'refused':
        if (outcome.reason === 'no_channel') throw channelNotFound(unit.channel)
        if (outcome.reason === 'key_reused') throw new WriteFailure(outcome.write, keyReused())
        core.memberships.forget(unit.channel)
    }
  }
  throw new Failure('store_unavailable', 'Others write this record too fast; nothing was written.', { retryAfter: 1 })
}

/** The span of each write's request; absent: nothing is traced. */
function requestsOf({ tracing }: Pick<WriteContext, 'tracing'>, commands: readonly WriteCommand[]) {
  return tracing === null ? undefined : commands.map(({ request }) => request)
}
