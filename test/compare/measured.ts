/** A server for one test of the lab, and rounds on it. */
import { fileURLToPath } from 'node:url'
import {
  openPublisher,
  type Publisher,
  type RoundOptions,
  type RoundResult,
  runRound,
  spawnTarget,
} from 'dovetail-lab/compare'
import { onTestFinished } from 'vitest'

const dovetail = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))

export async function measuredServer(nodeArgs: readonly string[] = [], args: readonly string[] = []) {
  const target = await spawnTarget({ dovetail, nodeArgs, args })
  const publisher = openPublisher(target)
  onTestFinished(async () => {
    publisher.close()
    // One that a failed test left stopped could not end.
    process.kill(target.pid, 'SIGCONT')
    await target.stop()
  })
  return { target, publisher }
}

export type RoundSettings = Pick<RoundOptions, 'workload' | 'candidates' | 'clients' | 'durationMs' | 'warmUpMs'>

let roundCount = 0

/** All candidates at once: the tests judge what each receives, not what the server spends. */
export async function runAllAtOnce(
  { target, publisher }: Pick<RoundOptions, 'target' | 'publisher'>,
  wanted: RoundSettings & { readonly random: RoundOptions['random'] },
): Promise<ReadonlyMap<string, RoundResult>> {
  const roundResults = await runRound({
    ...wanted,
    target,
    publisher,
    channel: `${wanted.workload.namespace}:round-${++roundCount}`,
    idleMs: 0,
    withinMs: 500,
    now: () => performance.now(),
  })
  return new Map(roundResults.map((result) => [result.name, result]))
}

/** A publisher that announces each event before it writes it. */
export function announcing(publisher: Publisher, announce: (index: number) => void): Publisher {
  let index = 0
  return {
    ...publisher,
    write: (location, write) => {
      announce(index++)
      return publisher.write(location, write)
    },
  }
}
