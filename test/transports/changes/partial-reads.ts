/** One part of a read: over one transport, from a cursor, until a revision is reached or the connection ends. */
import type { ChangesReply } from 'dovetail-protocol'
import { openStream } from '../../support/clients/event-stream.ts'
import { createRest } from '../../support/clients/rest.ts'
import { openSocket } from '../../support/clients/socket.ts'
import type { Range } from '../../support/fold.ts'

export interface PartialReadOptions {
  readonly port: number
  readonly channel: string
  readonly after: string
  /** Where it is to arrive; known once the writes beside it are done. */
  readonly goal: Promise<number>
  /** Takes nothing until then. */
  readonly isSlow: boolean
}

export interface PartialRead {
  /** What was taken whole, maybe less than was asked for. */
  readonly ranges: readonly Range[]
  /** The cursor can't be continued. */
  readonly isVoid: boolean
}

type Run = (start: PartialReadOptions) => Promise<PartialRead>

/** Breaks and refusals are what a leg may meet; what counts is what it took. */
async function untilBroken(reading: Promise<unknown>): Promise<void> {
  await reading.catch(() => undefined)
}

const bySocket: Run = async ({ port, channel, after, goal, isSlow }) => {
  const socket = await openSocket({ port }).catch(() => null)
  if (socket === null) return { ranges: [], isVoid: false }
  let isVoid = false
  const read = async () => {
    await socket.hello()
    isVoid = (await socket.subscribe(channel, { after })).resume === 'reset'
    if (isVoid) return
    if (isSlow) socket.pause()
    const rev = await goal
    socket.resume()
    await Promise.race([socket.reached(channel, rev), socket.next('ended', channel)])
  }
  await untilBroken(read())
  const ranges = isVoid ? [] : socket.events('changes', channel)
  socket.terminate()
  return { ranges, isVoid: isVoid || socket.events('ended', channel).length > 0 }
}

const byStream: Run = async ({ port, channel, after, goal, isSlow }) => {
  const path = `/v1/channels/${channel}/changes?after=${after}`
  const stream = await openStream({ port, path }).catch(() => null)
  if (stream === null) return { ranges: [], isVoid: false }
  const ranges = () => stream.events('changes').map(({ data }) => data as unknown as Range)
  const isVoid = () => stream.status !== 200 || stream.events('reset').length + stream.events('ended').length > 0
  if (isSlow) stream.pause()
  const rev = await goal
  stream.resume()
  await untilBroken(stream.until(`${channel} to reach ${rev}`, () => isVoid() || (ranges().at(-1)?.to ?? 0) >= rev))
  stream.close()
  return { ranges: stream.events('reset').length > 0 ? [] : ranges(), isVoid: isVoid() }
}

/** Polls, of which each goes on where the one before ended. */
const byPolls =
  (query: string): Run =>
  async ({ port, channel, after, goal }) => {
    const rest = createRest({ port })
    const ranges: Range[] = []
    let cursor = after
    let isVoid = false
    const read = async () => {
      let rev = Number.POSITIVE_INFINITY
      void goal.then((reached) => {
        rev = reached
      })
      while ((ranges.at(-1)?.to ?? 0) < rev && !isVoid) {
        const reached = await Promise.race([goal, null])
        if (reached !== null && Number(cursor.split('.')[1] ?? 0) >= reached) return
        const { status, body } = await rest.get<ChangesReply>(`/v1/channels/${channel}/changes?after=${cursor}${query}`)
        isVoid = status === 410 || status === 404
        if (status !== 200) return
        if (body.to > body.from) ranges.push(body)
        cursor = body.cursor
      }
    }
    await untilBroken(read())
    rest.close()
    await goal
    return { ranges, isVoid }
  }

export const partialReads: Readonly<Record<string, Run>> = {
  WebSocket: bySocket,
  'event stream': byStream,
  'long-poll': byPolls('&wait=1'),
  'short poll': byPolls(''),
}
