import { openStream } from './event-stream.ts'
import type { Range } from './fold.ts'
import { openSocket } from './socket.ts'

/** A reader of one channel that can stop taking what is sent: its TCP window closes. */
export interface SlowReader {
  pause(): void
  resume(): void
  /** What it has taken so far. */
  ranges(): readonly Range[]
  /** Of the log, once something was taken from its beginning. */
  epoch(): string | undefined
  /** Waits until it has taken the log up to this revision. */
  reached(rev: number): Promise<readonly Range[]>
  /** Waits until the server has let it go. */
  ended(): Promise<unknown>
  destroy(): void
}

type Start = (port: number, channel: string, after?: string) => Promise<SlowReader>
type Frame = Range & { readonly epoch?: string }

const bySocket: Start = async (port, channel, after = '0') => {
  const socket = await openSocket({ port })
  await socket.hello()
  await socket.subscribe(channel, { after })
  const ranges = () => socket.events('changes', channel)
  return {
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    ranges,
    epoch: () => ranges()[0]?.epoch,
    reached: (rev) => socket.reached(channel, rev),
    ended: () => socket.ended(),
    destroy: () => socket.terminate(),
  }
}

const byStream: Start = async (port, channel, after = '0') => {
  const stream = await openStream({ port, path: `/v1/channels/${channel}/changes?after=${after}` })
  const ranges = () => stream.events('changes').map(({ data }) => data as unknown as Frame)
  return {
    pause: () => stream.pause(),
    resume: () => stream.resume(),
    ranges,
    epoch: () => ranges()[0]?.epoch,
    reached: async (rev) => {
      await stream.until(`${channel} to reach ${rev}`, () => (ranges().at(-1)?.to ?? 0) >= rev)
      return ranges()
    },
    ended: () => stream.ended(),
    destroy: () => stream.close(),
  }
}

export const slowWays = { WebSocket: bySocket, 'event stream': byStream } satisfies Record<string, Start>
