import { readFile } from 'node:fs/promises'
import type { Changes } from '@dovetail/protocol'
import { describe, expect, test } from 'vitest'
import { emptyView, foldAll } from '../support/fold.ts'
import { freshChannel } from '../support/paths.ts'
import { frame, opcodes, openGreeted, type RawLine, serverFrames } from '../support/raw-socket.ts'
import { type Server, serving } from '../support/serving.ts'
import { spawnServer } from '../support/spawn-server.ts'

const ballast = 'x'.repeat(50_000)

/** A line that has subscribed and then reads nothing more. */
async function stoppedReader(server: Server, channel: string): Promise<RawLine> {
  const line = await openGreeted(server.port)
  line.write(frame({ opcode: opcodes.text, payload: JSON.stringify({ id: 2, op: 'subscribe', channel }) }))
  await line.until('the reply to subscribe', (bytes) => serverFrames(bytes).length > 1)
  line.pause()
  return line
}

/** Puts quotes one after another, a few under way at once. */
async function publish(server: Server, channel: string, count: number, ids: number): Promise<void> {
  const feeder = await server.connect('feeder', { role: 'service' })
  const windowSize = 20
  for (let n = 0; n < count; n++) {
    const data = { symbol: `s${n % ids}`, price: n, ballast }
    feeder.send({ id: n, op: 'put', channel, collection: 'quotes', recordId: `s${n % ids}`, data })
    if (n >= windowSize) await feeder.reply(n - windowSize)
  }
  await feeder.reply(count - 1)
  feeder.close(1000)
}

function changesIn(line: RawLine, channel: string): Changes[] {
  return serverFrames(line.received())
    .filter(({ opcode }) => opcode === opcodes.text)
    .map(({ payload }) => JSON.parse(String(payload)) as Changes)
    .filter((event) => event.op === 'changes' && event.channel === channel)
}

describe('a slow reader', () => {
  const server = serving()

  test('[PRM9, PRM2, PRM4] loses nothing: it is caught up when it reads again', { timeout: 60_000 }, async () => {
    const channel = freshChannel('ticks')
    const slow = await stoppedReader(server, channel)
    const fast = await server.connect()
    await fast.subscribe(channel)
    await publish(server, channel, 600, 300)
    const fastView = foldAll(emptyView(), await fast.reached(channel, 600))
    slow.resume()
    await slow.until('the head', () => changesIn(slow, channel).at(-1)?.to === 600)
    const slowView = foldAll(emptyView(), changesIn(slow, channel))
    expect(slowView.rev).toBe(600)
    expect([...slowView.records].sort()).toEqual([...fastView.records].sort())
    slow.destroy()
  })
})

describe('a reader that takes nothing', () => {
  const server = serving({ limits: { stallSeconds: 1 } })

  test('[LIM12, CLO11] is let go; a new one goes on from its cursor', { timeout: 60_000 }, async () => {
    const channel = freshChannel('ticks')
    const slow = await stoppedReader(server, channel)
    const rest = await server.rest()
    const readers = async () => (await rest.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers
    expect(await readers()).toBe(1)
    await publish(server, channel, 400, 200)
    await expect.poll(readers, { timeout: 20_000, interval: 100 }).toBe(0)
    slow.resume()
    await slow.ended
    const seen = foldAll(emptyView(), changesIn(slow, channel))
    const epoch = changesIn(slow, channel)[0]?.epoch
    const again = await server.connect()
    await again.subscribe(channel, seen.rev === 0 ? { after: '0' } : { after: `${epoch}.${seen.rev}` })
    const view = foldAll(seen, await again.reached(channel, 400))
    expect([view.rev, view.records.size]).toEqual([400, 200])
  })
})

describe('memory', () => {
  const residentMegabytes = async (pid: number) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024
  }

  test.runIf(process.platform === 'linux')(
    '[PRM9] readers that stopped cost a bounded buffer, not what they missed',
    { timeout: 120_000 },
    async () => {
      const { server, pid } = await spawnServer({ args: ['--store', 'memory:'] })
      const channel = freshChannel('ticks')
      await publish(server, channel, 300, 5)
      const before = await residentMegabytes(pid)
      const slow = await Promise.all(Array.from({ length: 5 }, () => stoppedReader(server, channel)))
      await publish(server, channel, 4_000, 5)
      const grown = (await residentMegabytes(pid)) - before
      for (const line of slow) line.destroy()
      expect(grown).toBeLessThan(120)
    },
  )
})
