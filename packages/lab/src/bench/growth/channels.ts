/**
 * What a delivery and a subscription cost with 1, 100 and 5,000 live channels: as many messages a second, each to as
 * many readers, spread over the channels in turn.
 */
import { PostPool } from '../../load/post-pool.ts'
import { type LoadReader, openWebSocketReader } from '../../load/reader-crowd.ts'
import { highCommandLimits } from '../../processes/high-command-limits.ts'
import type { BenchCandidate } from '../candidates/candidate.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'
import { deliveriesBySize } from './deliveries-by-size.ts'
import type { Series } from './series.ts'

const sizes = [1, 100, 5000]
const readers = 20
const perSecond = 100
const allowed = 1.3
/** Below the limit of one connection, `subscriptions`. A reader of more channels has several sockets. */
const subscriptionsOfSocket = 500
/** `batchWrites`. */
const writesOfBatch = 500

export async function overChannels(settings: BenchSettings, report: (line: string) => void): Promise<Series[]> {
  const results = await deliveriesBySize(
    settings,
    sizes,
    (count) => ({
      args: highCommandLimits,
      readers,
      perSecond,
      prepare: (candidate) => spread(candidate, channelNames(count)),
    }),
    report,
  )
  const values = results.map(({ cpu }, index) => ({ size: sizes[index] ?? 0, value: cpu }))
  return [{ over: 'channels', title: 'CPU of a delivery', unit: 'µs', values, limit: allowed }]
}

function channelNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `chat:grown-${index}`)
}

/** The same server, posted to and read over all of these channels in turn. */
async function spread(candidate: BenchCandidate, channels: readonly string[]): Promise<BenchCandidate> {
  let next = 0
  const inTurn = (text: string): string => {
    const channel = channels[next++ % channels.length] ?? ''
    return JSON.stringify({ writes: [writeOf(channel, text)] })
  }
  const spreadOut: BenchCandidate = {
    ...candidate,
    post: { ...candidate.post, path: '/v1/batch' },
    body: inTurn,
    status: 200,
    openReader: (onText) => readAll(candidate, channels, onText),
  }
  await makeAll(spreadOut, channels)
  return spreadOut
}

function writeOf(channel: string, text: string): object {
  return { op: 'create', channel, collection: 'messages', data: { text } }
}

/** Every channel exists before it is subscribed to. */
async function makeAll({ post }: BenchCandidate, channels: readonly string[]): Promise<void> {
  const pool = new PostPool({ ...post, connections: 1 })
  for (const some of slices(channels, writesOfBatch)) {
    const { status } = await pool.post(JSON.stringify({ writes: some.map((channel) => writeOf(channel, 'first')) }))
    if (status !== 200) throw new Error(`a batch was answered ${status}`)
  }
  pool.close()
}

/** One reader of all these channels. */
async function readAll(
  { server, path }: BenchCandidate,
  channels: readonly string[],
  onText: (bytes: Buffer, start: number, end: number) => void,
): Promise<LoadReader> {
  const sockets = await Promise.all(
    slices(channels, subscriptionsOfSocket).map((some) => {
      const subscribes = some.map((channel, index) => JSON.stringify({ id: index + 2, op: 'subscribe', channel }))
      const greeting = [JSON.stringify({ id: 1, op: 'hello' }), ...subscribes]
      return openWebSocketReader({ port: server.port, path, greeting, onText })
    }),
  )
  return {
    destroy: () => {
      for (const socket of sockets) socket.destroy()
    },
  }
}

function slices<Each>(all: readonly Each[], size: number): Each[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
}
