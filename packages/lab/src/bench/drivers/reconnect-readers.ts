/** A reconnect storm: readers of one channel who all reconnect at once and continue from one cursor. */
import { performance } from 'node:perf_hooks'
import { DeliveryLog } from '../../load/delivery-log.ts'
import { eachIndex } from '../../load/payload.ts'
import { openCrowd, openWebSocketReader } from '../../load/reader-crowd.ts'
import { benchChannel } from '../candidates/candidate.ts'

export interface ReconnectOptions {
  readonly port: number
  readonly path: string
  readonly readers: number
  /** The number of messages that each reader lacks. */
  readonly missed: number
  readonly cursor: string
  /** The address that a reader comes from. */
  readonly from?: (reader: number) => string
}

export interface ReconnectResult<Probed> {
  /** The time until every reader has every message. */
  readonly seconds: number
  /** Messages lost or repeated. */
  readonly faults: number
  readonly probed: Probed
}

/** `see` is called when all readers have caught up and are still connected. */
export async function reconnectReaders<Probed>(
  { port, path, readers, missed, cursor, from }: ReconnectOptions,
  probe: () => Promise<Probed>,
): Promise<ReconnectResult<Probed>> {
  const log = new DeliveryLog({ readers, messages: missed })
  const hello = JSON.stringify({ id: 1, op: 'hello' })
  const subscribe = JSON.stringify({ id: 2, op: 'subscribe', channel: benchChannel, after: cursor })
  const began = performance.now()
  const crowd = await openCrowd({
    count: readers,
    atATime: readers,
    open: (reader) =>
      openWebSocketReader({
        port,
        path,
        ...(from === undefined ? {} : { from: from(reader) }),
        greeting: [hello, subscribe],
        onText: (bytes, start, end) => eachIndex(bytes, start, end, (index) => log.note(reader, index)),
      }),
  })
  await log.complete
  const seconds = (performance.now() - began) / 1000
  const probed = await probe()
  crowd.close()
  const { lost, repeated } = log.result()
  return { seconds, faults: lost + repeated, probed }
}
