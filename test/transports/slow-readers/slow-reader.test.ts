import { readFile } from 'node:fs/promises'
import { defaultLimits } from 'dovetail-protocol/limits'
import { describe, expect, test } from 'vitest'
import { frame, opcodes, openGreeted, openLine, serverFrames } from '../../support/clients/raw-socket.ts'
import { emptyView, foldAll, type View } from '../../support/fold.ts'
import { freshChannel } from '../../support/paths.ts'
import type { Server } from '../../support/servers/serving.ts'
import { spawnServer } from '../../support/servers/spawn-server.ts'
import { feed, feedPaced } from './feed.ts'
import { type SlowReader, slowReaders, slowStreamReaders } from './slow-readers.ts'
import { readTimed } from './timed-reader.ts'

/** The soak feeds them in full. */
const isSoak = process.env.SOAK !== undefined
const patient = { timeout: isSoak ? 600_000 : 180_000 }
const recordsOf = ({ records }: View) => [...records].sort(([a], [b]) => (a < b ? -1 : 1))
const readersOf = async (server: Server, channel: string) =>
  (await (await server.rest()).get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers

/** The value that so much of a hundred lie below. */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? Number.NaN
}

describe('[B39] slow readers beside a fast one', () => {
  const rounds = 5
  const changes = (isSoak ? 200_000 : 40_000) / rounds
  const ids = 2_000
  /** On a machine that does other things as well, less than this is chance. */
  const floorMs = 50

  interface Heard {
    readonly view: View
    /** How long each batch took to reach the fast reader, in ms. */
    readonly delaysMs: readonly number[]
  }

  /** Feeds the channel on from `cursor`, which is at revision `from`, and follows beside it. */
  async function feedBeside(server: Server, channel: string, cursor: string, from: number): Promise<Heard> {
    const fast = await readTimed(server.port, channel, cursor)
    const atOnce = 100
    const sentAt = await feedPaced(server, channel, {
      changes,
      ids,
      bytes: 1000,
      price: from,
      atOnce,
      everyMs: 20,
    })
    const end = from + changes
    await expect.poll(() => fast.cameAt(end)).not.toBeNaN()
    fast.close()
    const delaysMs = sentAt.map((at, i) => fast.cameAt(from + (i + 1) * atOnce) - at)
    return { view: foldAll(emptyView(null, from), fast.ranges), delaysMs }
  }

  /** They read on again: each holds what the fast one does, and no more is missing or twice. */
  async function catchUp(slow: readonly SlowReader[], from: number, { view }: Heard): Promise<void> {
    for (const reader of slow) {
      // It did stop reading: it had received only a part of everything.
      expect(reader.ranges().at(-1)?.to ?? from).toBeLessThan(from + changes)
      reader.resume()
      const caughtUp = foldAll(emptyView(null, from), await reader.reached(from + changes))
      expect([caughtUp.rev, recordsOf(caughtUp)]).toEqual([from + changes, recordsOf(view)])
      reader.destroy()
    }
  }

  test('[PRM9, PRM2, PRM4] do not delay it, and miss nothing when they read again', patient, async () => {
    const { server } = await spawnServer({ args: ['--store', 'memory:'] })
    const channel = freshChannel('ticks')
    const rest = await server.rest()
    const head = async () => (await rest.get<{ cursor: string; head: number }>(`/v1/channels/${channel}`)).body
    await feed(server, channel, { changes: ids, ids, bytes: 1000 })
    const alone: number[] = []
    const beside: number[] = []
    for (let round = 0; round < rounds; round++) {
      const quiet = await head()
      alone.push(percentile((await feedBeside(server, channel, quiet.cursor, quiet.head)).delaysMs, 99))
      const { cursor, head: from } = await head()
      const slow = await Promise.all(Object.values(slowReaders).map((start) => start(server.port, channel, cursor)))
      await expect.poll(() => readersOf(server, channel)).toBe(slow.length)
      for (const reader of slow) reader.pause()
      const heard = await feedBeside(server, channel, cursor, from)
      beside.push(percentile(heard.delaysMs, 99))
      await catchUp(slow, from, heard)
      await expect.poll(() => readersOf(server, channel)).toBe(0)
    }
    // The best of the rounds, which take turns: what else the machine does spoils some, slow readers spoil each.
    const idle = Math.min(...alone)
    expect(Math.min(...beside), `${idle} ms alone`).toBeLessThan(2 * Math.max(idle, floorMs))
  })
})

describe.each(Object.entries(slowStreamReaders))('a reader that takes nothing, by %s', (_name, start) => {
  test(
    '[LIM12, CLO11] is closed with 4408 in log and metric; a new one continues from its cursor',
    patient,
    async () => {
      const { server, stderr } = await spawnServer({ args: ['--store', 'memory:', '--limit', 'stallSeconds=1'] })
      const channel = freshChannel('ticks')
      const slow = await start(server.port, channel)
      slow.pause()
      const rest = await server.rest()
      const readers = () => readersOf(server, channel)
      expect(await readers()).toBe(1)
      await feed(server, channel, { changes: 400, ids: 200, bytes: 50_000 })
      await expect.poll(readers, { interval: 100 }).toBe(0)
      expect(stderr()).toMatch(/"code":4408.*the peer took nothing/)
      expect((await rest.get('/metrics')).text).toMatch(/^dovetail_closed_total\{code="4408"\} 1$/m)
      slow.resume()
      await slow.ended()
      const seen = foldAll(emptyView(), slow.ranges())
      const again = await start(server.port, channel, seen.rev === 0 ? '0' : `${slow.epoch()}.${seen.rev}`)
      const view = foldAll(seen, await again.reached(400))
      expect([view.rev, view.records.size]).toEqual([400, 200])
      again.destroy()
    },
  )
})

/** Asks for the same again and again on one connection, and reads no answer. */
async function askUnread(port: number, path: string, times: number) {
  const line = await openLine(port)
  line.pause()
  line.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(times))
  return line
}

describe('replies that nobody takes', () => {
  test('[LIM12, CLO11] end their connection, with 4408 in log and metric', patient, async () => {
    const { server, stderr } = await spawnServer({ args: ['--store', 'memory:', '--limit', 'stallSeconds=1'] })
    const channel = freshChannel('ticks')
    const rest = await server.rest()
    const poll = await askUnread(server.port, `/v1/channels/${channel}/changes?after=0&wait=50`, 50)
    await expect.poll(() => readersOf(server, channel)).toBe(1)
    await feed(server, channel, { changes: 40, ids: 20, bytes: 50_000 })
    await expect.poll(stderr).toMatch(/"code":4408.*the peer did not take its reply/)
    expect((await rest.get('/metrics')).text).toMatch(/^dovetail_closed_total\{code="4408"\} 1$/m)
    poll.resume()
    await poll.ended
  })

  test('[LIM23] of one connection are queued up to 100, then the connection ends; those that are read are sent', async () => {
    const { server } = await spawnServer({ args: ['--store', 'memory:'] })
    const line = await openLine(server.port)
    const count = () => line.received().toString('latin1').split('HTTP/1.1 200 OK').length - 1
    line.write('GET /v1/limits HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(100))
    await line.until('100 answers', () => count() === 100)
    line.write('GET /v1/limits HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(102))
    await line.ended
    expect((await (await server.rest()).get('/healthz')).status).toBe(200)
  })
})

/** The same figure again and again, a tenth of a second apart. */
async function sampled(figure: () => Promise<number>, times: number): Promise<number[]> {
  const figures: number[] = []
  for (let taken = 0; taken < times; taken++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    figures.push(await figure())
  }
  return figures
}

describe('memory', () => {
  const residentMegabytes = async (pid: number) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024
  }

  test.runIf(process.platform === 'linux')(
    '[PRM9] readers that stopped cost a bounded buffer, not what they missed',
    patient,
    async () => {
      const { server, pid } = await spawnServer({ args: ['--store', 'memory:'] })
      const channel = freshChannel('ticks')
      await feed(server, channel, { changes: 300, ids: 5, bytes: 50_000 })
      const before = await residentMegabytes(pid)
      const starts = Object.values(slowStreamReaders).flatMap((start) => Array.from({ length: 8 }, () => start))
      const slow = await Promise.all(starts.map((start) => start(server.port, channel)))
      for (const reader of slow) reader.pause()
      const polls = await Promise.all(
        Array.from({ length: 8 }, () => askUnread(server.port, `/v1/channels/${channel}/changes?after=0&wait=50`, 90)),
      )
      await feed(server, channel, { changes: 4_000, ids: 5, bytes: 50_000 })
      const grown = (await residentMegabytes(pid)) - before
      for (const reader of [...slow, ...polls]) reader.destroy()
      // Each reader may cost its queue and one reply; on top comes what writing 200 MB leaves for the garbage collector.
      const { bufferBytes, replyBytes } = defaultLimits
      const boundMegabytes = ((slow.length + polls.length) * (bufferBytes + replyBytes)) / 1024 ** 2
      expect(grown).toBeLessThan(boundMegabytes + 110)
    },
  )

  test.runIf(process.platform === 'linux')(
    '[PRM9, WSK3] commands sent at once wait as commands, not as replies in memory; all are answered when the peer reads',
    patient,
    async () => {
      const { server, pid } = await spawnServer({ args: ['--store', 'memory:'] })
      const channel = freshChannel('ticks')
      await feed(server, channel, { changes: 20, ids: 20, bytes: 50_000 })
      const before = await residentMegabytes(pid)
      const line = await openGreeted(server.port)
      line.pause()
      const asked = 400
      // In one piece, and every other one is refused: errors are replies too.
      const commands = Array.from({ length: asked }, (_, index) => {
        const command = { op: 'subscribe', channel: index % 2 === 1 ? channel : '', last: { quotes: 20 } }
        return frame({ opcode: opcodes.text, payload: JSON.stringify({ id: index + 1, ...command }) })
      })
      line.write(Buffer.concat(commands))
      const highest = Math.max(...(await sampled(() => residentMegabytes(pid), 15)))
      expect(highest - before).toBeLessThan(90)
      line.resume()
      const isDone = () => line.received().includes(`{"id":${asked},`)
      await expect.poll(isDone, { timeout: 100_000, interval: 1000 }).toBe(true)
      line.destroy()
      const replies = serverFrames(line.received()).map(({ payload }) => payload.toString('utf8', 0, 60))
      const idsOf = (kind: string) =>
        replies.flatMap((text) => new RegExp(`^\\{"id":(\\d+),"${kind}"`).exec(text)?.[1] ?? []).map(Number)
      expect(idsOf('ok')).toEqual(Array.from({ length: asked / 2 }, (_, index) => 2 * index + 2))
      expect(idsOf('error')).toHaveLength(asked / 2)
    },
  )
})
