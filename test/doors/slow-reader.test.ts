import { readFile } from 'node:fs/promises'
import type { ChangesReply } from '@dovetail/protocol'
import { describe, expect, test } from 'vitest'
import { feed } from '../support/feed.ts'
import { emptyView, foldAll, type Range, type View } from '../support/fold.ts'
import { freshChannel } from '../support/paths.ts'
import { serving } from '../support/serving.ts'
import { slowWays } from '../support/slow-ways.ts'
import { spawnServer } from '../support/spawn-server.ts'

const patient = { timeout: 120_000 }
const recordsOf = ({ records }: View) => [...records].sort(([a], [b]) => (a < b ? -1 : 1))

describe('slow readers beside a fast one', () => {
  const server = serving()
  const changes = 40_000
  const ids = 4_000

  /** Polls on until the head, one reply after the other. */
  async function pollOn(channel: string, first: ChangesReply): Promise<Range[]> {
    const rest = await server.rest()
    const ranges: Range[] = [first]
    for (let last = first; last.to < changes; ranges.push(last))
      last = (await rest.get<ChangesReply>(`/v1/channels/${channel}/changes?after=${last.cursor}&wait=5`)).body
    return ranges
  }

  test(
    '[PRM9, PRM2, PRM4] hold it up in nothing, and lose nothing: they are caught up when they read again',
    patient,
    async () => {
      const channel = freshChannel('ticks')
      const slow = await Promise.all(Object.values(slowWays).map((start) => start(server.port, channel)))
      const poll = (await server.rest()).get<ChangesReply>(`/v1/channels/${channel}/changes?after=0&wait=50`)
      const fast = await server.connect()
      await fast.subscribe(channel)
      for (const reader of slow) reader.pause()
      await feed(server, channel, { changes, ids, bytes: 1000 })
      const view = foldAll(emptyView(), await fast.reached(channel, changes))
      expect([view.rev, view.records.size]).toEqual([changes, ids])
      // They stand still indeed: what is on its way to them is a part of all.
      for (const reader of slow) expect(reader.ranges().at(-1)?.to ?? 0).toBeLessThan(changes)
      for (const reader of slow) {
        reader.resume()
        const caughtUp = foldAll(emptyView(), await reader.reached(changes))
        expect([caughtUp.rev, recordsOf(caughtUp)]).toEqual([changes, recordsOf(view)])
        reader.destroy()
      }
      const polled = foldAll(emptyView(), await pollOn(channel, (await poll).body))
      expect([polled.rev, recordsOf(polled)]).toEqual([changes, recordsOf(view)])
    },
  )
})

describe.each(Object.entries(slowWays))('a reader that takes nothing, by %s', (_name, start) => {
  test('[LIM12, CLO11] is let go with 4408 in log and metric; a new one goes on from its cursor', patient, async () => {
    const { server, stderr } = await spawnServer({ args: ['--store', 'memory:', '--limit', 'stallSeconds=1'] })
    const channel = freshChannel('ticks')
    const slow = await start(server.port, channel)
    slow.pause()
    const rest = await server.rest()
    const readers = async () => (await rest.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers
    expect(await readers()).toBe(1)
    await feed(server, channel, { changes: 400, ids: 200, bytes: 50_000 })
    await expect.poll(readers, { timeout: 25_000, interval: 100 }).toBe(0)
    expect(stderr()).toMatch(/"code":4408.*the peer took nothing/)
    expect((await rest.get('/metrics')).text).toMatch(/^dovetail_closed_total\{code="4408"\} 1$/m)
    slow.resume()
    await slow.ended()
    const seen = foldAll(emptyView(), slow.ranges())
    const again = await start(server.port, channel, seen.rev === 0 ? '0' : `${slow.epoch()}.${seen.rev}`)
    const view = foldAll(seen, await again.reached(400))
    expect([view.rev, view.records.size]).toEqual([400, 200])
    again.destroy()
  })
})

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
      const starts = Object.values(slowWays).flatMap((start) => [start, start, start])
      const slow = await Promise.all(starts.map((start) => start(server.port, channel)))
      for (const reader of slow) reader.pause()
      await feed(server, channel, { changes: 4_000, ids: 5, bytes: 50_000 })
      const grown = (await residentMegabytes(pid)) - before
      for (const reader of slow) reader.destroy()
      expect(grown).toBeLessThan(120)
    },
  )
})
