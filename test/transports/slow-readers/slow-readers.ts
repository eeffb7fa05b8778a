import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import type { ChangesReply } from 'dovetail-protocol'
import { openStream } from '../../support/clients/event-stream.ts'
import { openSocket } from '../../support/clients/socket.ts'
import type { Range } from '../../support/fold.ts'
import { until } from '../../support/until.ts'

/** A reader of one channel that can stop reading: its TCP window closes. */
export interface SlowReader {
  pause(): void
  resume(): void
  /** What it has taken so far. */
  ranges(): readonly Range[]
  /** The log's epoch, once something was taken from its beginning. */
  epoch(): string | null | undefined
  /** Waits until it has taken the log up to this revision. */
  reached(rev: number): Promise<readonly Range[]>
  /** Waits until the server has let it go. */
  ended(): Promise<unknown>
  destroy(): void
}

type Start = (port: number, channel: string, after?: string) => Promise<SlowReader>
type Frame = Range & { readonly epoch?: string | null }

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

/** What holds a poll's reply back before it is read. */
function gate() {
  let release = () => {}
  let isOpen = Promise.resolve()
  return {
    passed: () => isOpen,
    close: () => {
      isOpen = new Promise((resolve) => {
        release = resolve
      })
    },
    open: () => release(),
  }
}

async function polled(port: number, agent: Agent, path: string, mayRead: () => Promise<void>): Promise<ChangesReply> {
  const [incoming] = (await once(get({ host: '127.0.0.1', port, agent, path }), 'response')) as [IncomingMessage]
  await mayRead()
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as ChangesReply
}

/** One poll after the other, each from where the one before it ended; while it pauses, no reply is read. */
const byLongPoll: Start = async (port, channel, after = '0') => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const { passed, close, open } = gate()
  const ranges: Range[] = []
  let cursor = after
  let isOver = false
  let check = () => {}
  const pollOn = async (): Promise<void> => {
    while (!isOver) {
      const path = `/v1/channels/${channel}/changes?after=${cursor}&limit=1000&wait=50`
      const reply = await polled(port, agent, path, passed)
      ranges.push(reply)
      cursor = reply.cursor
      check()
    }
  }
  // Its connection ended: check what it received until then.
  const ended = pollOn().catch(() => undefined)
  return {
    pause: close,
    resume: open,
    ranges: () => ranges,
    epoch: () => (cursor === '0' ? undefined : cursor.slice(0, cursor.lastIndexOf('.'))),
    reached: (rev) => {
      const reached = new Promise<readonly Range[]>((resolve) => {
        check = () => {
          if ((ranges.at(-1)?.to ?? 0) >= rev) resolve(ranges)
        }
        check()
      })
      return until(`polls of ${channel} to reach ${rev}`, reached, () => `at ${cursor}`)
    },
    ended: () => ended,
    destroy: () => {
      isOver = true
      agent.destroy()
    },
  }
}

/** Whose connection stays open while they take nothing. */
export const slowStreamReaders = { WebSocket: bySocket, 'event stream': byStream } satisfies Record<string, Start>
export const slowReaders = { ...slowStreamReaders, 'long-poll': byLongPoll } satisfies Record<string, Start>
