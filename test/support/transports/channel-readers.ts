import type { ChangesReply, Problem } from 'dovetail-protocol'
import { openStream } from '../clients/event-stream.ts'
import type { Range } from '../fold.ts'
import type { Server } from '../servers/serving.ts'
import { tokenFor } from '../servers/token-for.ts'

export interface ChannelReaderOptions {
  readonly channel: string
  /** Left out: from now. */
  readonly after?: string
  readonly user?: string
}

/** A reader of one channel, over any transport. */
export interface ChannelReader {
  /** Where it began: the revision of `after`, or the head where it began from now. */
  readonly began: number
  /** Waits until the channel's changes have reached this revision, and gives all ranges so far. */
  reached(rev: number): Promise<readonly Range[]>
  /** Waits for what says that the cursor can't be continued. */
  reset(): Promise<{ reason: string; cursor: string }>
  /** Waits for the end of the reading, and gives its reason or code. */
  ended(): Promise<string>
  close(): void
}

/** A transport for following a channel: the same contract for all of them. */
export interface ReadTransport {
  readonly name: string
  start(server: Server, start: ChannelReaderOptions): Promise<ChannelReader>
}

export function revOf(cursor: string): number {
  return cursor === '0' ? 0 : Number(cursor.split('.')[1])
}

export const bySocket: ReadTransport = {
  name: 'WebSocket',
  start: async (server, { channel, after, user }) => {
    const socket = await server.connect(user)
    const subscribed = await socket.subscribe(channel, after === undefined ? {} : { after })
    return {
      began: revOf(subscribed.cursor),
      reached: (rev) => socket.reached(channel, rev),
      reset: async () => {
        if (subscribed.resume !== 'reset') throw new Error(`no reset: ${subscribed.resume}`)
        return { reason: String(subscribed.reason), cursor: subscribed.cursor }
      },
      ended: async () => (await socket.next('ended', channel)).reason,
      close: () => socket.close(1000),
    }
  },
}

export const byStream: ReadTransport = {
  name: 'event stream',
  start: async (server, { channel, after, user }) => {
    const path = `/v1/channels/${channel}/changes${after === undefined ? '' : `?after=${after}`}`
    const token = user === undefined ? undefined : await tokenFor(user)
    const stream = await openStream({ port: server.port, path, token })
    if (stream.status !== 200) throw new Error(`the stream was refused with ${stream.status}`)
    const first = after === undefined ? (await stream.next('changes')).id : after
    const ranges = () => stream.events('changes').map(({ data }) => data as unknown as Range)
    return {
      began: revOf(String(first)),
      reached: async (rev) => {
        await stream.until(`${channel} to reach ${rev}`, () => ranges().some(({ to }) => to >= rev))
        return ranges().filter(({ from, to }) => to > from)
      },
      reset: async () => {
        const { data } = await stream.next('reset')
        return { reason: String(data.reason), cursor: String(data.cursor) }
      },
      ended: async () => String((await stream.next('ended')).data.reason),
      close: () => stream.close(),
    }
  },
}

/** Polls, each from where the one before ended. */
function byPolls(name: string, query: string): ReadTransport {
  return {
    name,
    start: async (server, { channel, after, user }) => {
      const rest = await server.rest(user)
      const path = `/v1/channels/${channel}/changes`
      const ranges: Range[] = []
      let cursor = after ?? (await rest.get<ChangesReply>(path)).body.cursor
      let isOpen = true
      /** What ended the reading; `null` where it goes on. */
      const poll = async (): Promise<Problem | null> => {
        const answer = await rest.get<ChangesReply & Problem>(`${path}?after=${cursor}${query}`)
        if (answer.status !== 200) return answer.body
        cursor = answer.body.cursor
        if (answer.body.to > answer.body.from) ranges.push(answer.body)
        return null
      }
      const ended = async (): Promise<Problem> => {
        for (;;) {
          const end = await poll()
          if (end !== null) return end
        }
      }
      return {
        began: revOf(cursor),
        reached: async (rev) => {
          while (isOpen && (ranges.at(-1)?.to ?? 0) < rev) {
            const end = await poll()
            if (end !== null) throw new Error(`the reading ended with ${end.code} before ${rev}`)
          }
          return ranges
        },
        reset: async () => {
          const { code, reason, cursor: head } = await ended()
          if (code !== 'reset') throw new Error(`no reset: ${code}`)
          return { reason: String(reason), cursor: String(head) }
        },
        ended: async () => (await ended()).code,
        close: () => {
          isOpen = false
        },
      }
    },
  }
}

export const byLongPoll = byPolls('long-poll', '&wait=5')
export const byPoll = byPolls('short poll', '')

export const readTransports: readonly ReadTransport[] = [bySocket, byStream, byLongPoll, byPoll]
