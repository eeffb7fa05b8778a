/** The readers of a run, and what happens to their connections meanwhile. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Dice } from './dice.ts'
import type { History } from './history.ts'
import type { Nodes } from './nodes.ts'
import { RawReader } from './raw-reader.ts'
import { type CheckTransport, type Reader, transports } from './reader.ts'
import { SdkReader } from './sdk-reader.ts'

const dropMs = 700

interface Place {
  readonly nodes: Nodes
  readonly channel: string
  readonly collection: string
  readonly token: string | null
}

/** `each`: how many by each transport without the SDK, and as many with it. */
export function makeReaders(each: number, place: Place, dice: Dice): Reader[] {
  const makers: readonly [string, new (options: ConstructorParameters<typeof RawReader>[0]) => Reader][] = [
    ['raw', RawReader],
    ['SDK', SdkReader],
  ]
  return Array.from({ length: each }, (_, number) =>
    transports.flatMap((transport: CheckTransport) =>
      makers.map(
        ([kind, Maker]) =>
          new Maker({
            ...place,
            name: `${kind} reader ${number} by ${transport}`,
            transport,
            dice: dice.fork(),
            pause: (ms) => pause(ms),
          }),
      ),
    ),
  ).flat()
}

/** One after another, at random, until it is over. */
export async function dropReaders(
  readers: readonly Reader[],
  dice: Dice,
  history: History,
  isOver: () => boolean,
): Promise<void> {
  const names = new Map(readers.map((reader) => [reader, reader.seen.name]))
  while (!isOver()) {
    await pause(dropMs * dice.next() * 2)
    const reader = dice.pick(readers)
    if (reader === undefined) return
    history.note({ kind: 'drop', reader: names.get(reader) ?? '' })
    reader.drop()
  }
}
