/** Many writes at once: to one channel all or none, channels each on their own, results in the order sent. */
import { codes } from 'dovetail-protocol'
import type { Caller } from '../access/caller.ts'
import { Failure } from '../rules/failure.ts'
import type { WriteContext } from './context.ts'
import { type WriteCommand, type WriteResult, writeTogether } from './write.ts'
import { WriteFailure } from './write-failure.ts'

export type BatchResult =
  | { readonly kind: 'done'; readonly command: WriteCommand; readonly result: WriteResult }
  | { readonly kind: 'refused'; readonly failure: Failure }

/** A write of a batch, or why its shape is wrong. */
export type BatchEntry = WriteCommand | Failure

export async function writeBatch(
  core: WriteContext,
  caller: Caller,
  entries: readonly BatchEntry[],
  channelOf: (index: number) => string,
): Promise<BatchResult[]> {
  const byChannel = new Map<string, number[]>()
  entries.forEach((_, index) => {
    const channel = channelOf(index)
    byChannel.set(channel, [...(byChannel.get(channel) ?? []), index])
  })
  const results: BatchResult[] = []
  await Promise.all(
    [...byChannel.values()].map(async (indexes) => {
      const outcomes = await writeChannel(
        core,
        caller,
        indexes.map((index) => entries[index] ?? new Failure('internal')),
      )
      indexes.forEach((index, position) => {
        results[index] = outcomes[position] ?? { kind: 'refused', failure: new Failure('internal') }
      })
    }),
  )
  return results
}

async function writeChannel(
  core: WriteContext,
  caller: Caller,
  entries: readonly BatchEntry[],
): Promise<BatchResult[]> {
  const commands: WriteCommand[] = []
  for (const [index, entry] of entries.entries()) {
    if (entry instanceof Failure) return refuseAll(entries, index, entry)
    commands.push(entry)
  }
  try {
    const results = await writeTogether(core, caller, commands)
    return results.map((result, index) => ({ kind: 'done', command: commands[index] as WriteCommand, result }))
  } catch (error) {
    const failure = Failure.from(error)
    if (failure.code === 'internal') core.report(failure.extras.cause ?? error, 'a batch')
    return refuseAll(entries, error instanceof WriteFailure ? error.index : -1, failure)
  }
}

/** The write at fault says why; the others say that they were not written because of it. */
function refuseAll(entries: readonly unknown[], at: number, failure: Failure): BatchResult[] {
  const others =
    at < 0
      ? failure
      : new Failure(
          failure.code,
          `Nothing was written to this channel: another of its writes was refused (${codes[failure.code].title}).`,
        )
  return entries.map((_, index) => ({ kind: 'refused', failure: index === at ? failure : others }))
}
