import { parseCursor } from 'dovetail-protocol'
import { Failure } from '../rules/failure.ts'
import type { ConsumerContext } from './context.ts'
import type { Acknowledgement } from './page.ts'

/**
 * What a worker acknowledges is in the log: a position ahead of it could not be gone on from, and all would be given
 * again. Throws `invalid_cursor`.
 */
export async function requireReached(core: ConsumerContext, done: readonly Acknowledgement[]): Promise<void> {
  await Promise.all(
    done.map(async ({ channel, cursor }) => {
      const read = parseCursor(cursor)
      if (read?.epoch == null || core.policies.of(channel) === null) return
      const facts = await core.storeOf(channel).channel(channel)
      if (facts !== null && facts.epoch === read.epoch && read.rev > facts.head)
        throw new Failure('invalid_cursor', `"${cursor}" is ahead of "${channel}", whose head is ${facts.head}.`)
    }),
  )
}
