/** The readers of a run, and how they lose their connections meanwhile. */
import { setTimeout as pause } from 'node:timers/promises'
import type { SeededRandom } from '../../random/seeded-random.ts'
import { type CheckTransport, transports } from '../client/follow.ts'
import type { Nodes } from '../client/nodes.ts'
import type { RunHistory } from '../judge/history.ts'
import { RawReader } from './raw-reader.ts'
import type { Reader } from './reader.ts'
import { SdkReader } from './sdk-reader.ts'

const dropMs = 700

interface CheckLocation {
  readonly nodes: Nodes
  readonly channel: string
  readonly collection: string
  readonly token: string | null
}

/** `each`: how many by each transport without the SDK, and as many with it. */
export function makeReaders(each: number, location: CheckLocation, random: SeededRandom): Reader[] {
  const makers: readonly [string, new (options: ConstructorParameters<typeof RawReader>[0]) => Reader][] = [
    ['raw', RawReader],
    ['SDK', SdkReader],
  ]
  return Array.from({ length: each }, (_, number) =>
    transports.flatMap((transport: CheckTransport) =>
      makers.map(
        ([kind, Maker]) =>
          new Maker({
            ...location,
            name: `${kind} reader ${number} by ${transport}`,
            transport,
            random: random.fork(),
            pause: (ms) => pause(ms),
          }),
      ),
    ),
  ).flat()
}

/** Cuts the connection of one reader after another, at random, until it is over. */
export async function dropReaders(
  readers: readonly Reader[],
  random: SeededRandom,
  history: RunHistory,
  isOver: () => boolean,
): Promise<void> {
  const names = new Map(readers.map((reader) => [reader, reader.observation.name]))
  while (!isOver()) {
    await pause(dropMs * random.next() * 2)
    const reader = random.pick(readers)
    if (reader === undefined) return
    history.note({ kind: 'drop', reader: names.get(reader) ?? '' })
    reader.drop()
  }
}
