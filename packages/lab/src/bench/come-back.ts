/** Readers of one channel who all come back at once and read on from one cursor. */
import { performance } from 'node:perf_hooks'
import { DeliveryLog } from '../load/delivery-log.ts'
import { eachIndex } from '../load/payload.ts'
import { openCrowd, openSocket } from '../load/reader-crowd.ts'
import { benchChannel } from './contender.ts'

export interface Returning {
  readonly port: number
  readonly path: string
  readonly readers: number
  /** Messages that each of them lacks. */
  readonly missed: number
  readonly cursor: string
  /** The address that a reader comes from. */
  readonly from?: (reader: number) => string
}

export interface Return<Seen> {
  /** Until all had all. */
  readonly seconds: number
  /** Messages lost or repeated. */
  readonly faults: number
  readonly seen: Seen
}

/** `see` looks at the servers as soon as everybody has caught up, while all are still there. */
export async function comeBack<Seen>(
  { port, path, readers, missed, cursor, from }: Returning,
  see: () => Promise<Seen>,
): Promise<Return<Seen>> {
  const log = new DeliveryLog({ readers, messages: missed })
  const hello = JSON.stringify({ id: 1, op: 'hello' })
  const subscribe = JSON.stringify({ id: 2, op: 'subscribe', channel: benchChannel, after: cursor })
  const began = performance.now()
  const crowd = await openCrowd({
    count: readers,
    atATime: readers,
    open: (reader) =>
      openSocket({
        port,
        path,
        ...(from === undefined ? {} : { from: from(reader) }),
        greeting: [hello, subscribe],
        onText: (bytes, start, end) => eachIndex(bytes, start, end, (index) => log.note(reader, index)),
      }),
  })
  await log.complete
  const seconds = (performance.now() - began) / 1000
  const seen = await see()
  crowd.close()
  const { lost, repeated } = log.result()
  return { seconds, faults: lost + repeated, seen }
}
