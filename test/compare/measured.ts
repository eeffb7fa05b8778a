/** A server of its own, and races on it, for the tests of the lab. */
import { fileURLToPath } from 'node:url'
import { type Lap, openPublisher, type Publisher, type RaceOptions, race, spawnTarget } from '@dovetail/lab/compare'
import { onTestFinished } from 'vitest'

const dovetail = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))

export async function measuredServer(nodeArgs: readonly string[] = []) {
  const target = await spawnTarget({ dovetail, nodeArgs })
  const publisher = openPublisher(target)
  onTestFinished(async () => {
    publisher.close()
    // One that a failed test left stopped could not end.
    process.kill(target.pid, 'SIGCONT')
    await target.stop()
  })
  return { target, publisher }
}

export type RaceWanted = Pick<RaceOptions, 'workload' | 'contenders' | 'clients' | 'durationMs' | 'warmUpMs'>

let races = 0

/** All contenders at once: what is looked at is what each hears, not what the server spends. */
export async function raced(
  { target, publisher }: Pick<RaceOptions, 'target' | 'publisher'>,
  wanted: RaceWanted & { readonly dice: RaceOptions['dice'] },
): Promise<ReadonlyMap<string, Lap>> {
  const laps = await race({
    ...wanted,
    target,
    publisher,
    channel: `${wanted.workload.namespace}:race-${++races}`,
    idleMs: 0,
    withinMs: 500,
    now: () => performance.now(),
  })
  return new Map(laps.map((lap) => [lap.name, lap]))
}

/** A publisher that tells of each event before it writes it. */
export function telling(publisher: Publisher, tell: (index: number) => void): Publisher {
  let index = 0
  return {
    ...publisher,
    write: (place, write) => {
      tell(index++)
      return publisher.write(place, write)
    },
  }
}
