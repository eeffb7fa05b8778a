/** Readers of prices that take less than there is: what is on its way to them is bounded, so that it does not grow old. */
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { freshChannel } from '../../support/paths.ts'
import type { Server } from '../../support/servers/serving.ts'
import { spawnServer } from '../../support/servers/spawn-server.ts'
import { slowStreamReaders } from './slow-readers.ts'
import { startSteppedLine } from './stepped-line.ts'

const symbols = 200
/** What all of them take in one round, as a reader gets it. */
const roundBytes = 42_000

interface Quote {
  readonly symbol: string
  readonly price: number
}

interface Feed {
  readonly channel: string
  /** After round 0. */
  readonly cursor: string
  /** In each round every symbol gets the round's number as its price. */
  put(round: number): Promise<void>
}

/** `ballast`: characters that each record has besides. */
async function startFeed(server: Server, ballast: number): Promise<Feed> {
  const channel = freshChannel('prices')
  const feeder = await server.rest('feeder', { role: 'service' })
  const put = async (round: number) => {
    const writes = Array.from({ length: symbols }, (_, n) => {
      const data = { symbol: `S${n}`, price: round, ballast: 'x'.repeat(ballast) }
      return { op: 'put', channel, collection: 'quotes', recordId: `S${n}`, data }
    })
    expect((await feeder.post('/v1/batch', { writes })).status).toBe(200)
  }
  await put(0)
  const { cursor } = (await feeder.get<{ cursor: string }>(`/v1/channels/${channel}`)).body
  return { channel, cursor, put }
}

async function metric(server: Server, name: string): Promise<number> {
  const { text } = await (await server.rest()).get('/metrics')
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  return Number(line?.slice(name.length))
}

describe('a reader of prices', { timeout: 180_000 }, () => {
  test('[PRM10, B40] over a tenth of the speed, by WebSocket, shows prices of at most 25 rounds ago, 99 of 100 times', async () => {
    const { server } = await spawnServer({ args: ['--store', 'memory:'] })
    const line = await startSteppedLine(server.port, 10_000)
    onTestFinished(() => line.stop())
    const { channel, cursor, put } = await startFeed(server, 0)
    const reader = await slowStreamReaders.WebSocket(line.port, channel, cursor)
    onTestFinished(() => reader.destroy())
    const shown = new Map(Array.from({ length: symbols }, (_, n) => [`S${n}`, 0]))
    const ages: number[] = []
    let taken = 0
    let timesBehind = 0
    // In the first rounds the server does not know yet how slow the line is, and what was sent then has to arrive.
    const [warmUp, rounds] = [80, 180]
    for (let round = 1; round <= rounds; round++) {
      const next = pause(100)
      await put(round)
      // The line goes with the rounds: a slow machine makes both slower.
      line.pass(roundBytes / 10)
      await next
      const ranges = reader.ranges()
      for (const { changes } of ranges.slice(taken))
        for (const { record } of changes as readonly { record: { data: Quote } }[])
          shown.set(record.data.symbol, record.data.price)
      taken = ranges.length
      if (round > warmUp) for (const price of shown.values()) ages.push(round - price)
      if ((await metric(server, 'dovetail_readers_behind{transport="websocket"}')) === 1) timesBehind += 1
    }
    ages.sort((a, b) => a - b)
    expect(ages[Math.floor(ages.length * 0.99)]).toBeLessThanOrEqual(25)
    expect(timesBehind).toBeGreaterThan(10)
  })

  test.runIf(process.platform === 'linux')(
    '[PRM10, B40] who takes nothing, by event stream, has little on its way: the rest waits in the log',
    async () => {
      const ballast = 1800
      const { server } = await spawnServer({ args: ['--store', 'memory:'] })
      const { channel, cursor, put } = await startFeed(server, ballast)
      const reader = await slowStreamReaders['event stream'](server.port, channel, cursor)
      onTestFinished(() => reader.destroy())
      reader.pause()
      let round = 0
      const putRounds = async (isOver: () => boolean | Promise<boolean>): Promise<void> => {
        while (!(await isOver())) {
          const next = pause(200)
          await put(++round)
          await next
        }
      }
      const sent = (): Promise<number> => metric(server, 'dovetail_delivered_bytes_total{transport="sse"}')
      const isBehind = async () => (await metric(server, 'dovetail_readers_behind{transport="sse"}')) === 1
      // When the node sees that a line is slow depends on how busy the machine is.
      await putRounds(isBehind)
      const [seenAt, before] = [round, await sent()]
      await putRounds(() => round === seenAt + 30)
      expect(await isBehind()).toBe(true)
      expect((await sent()) - before).toBeLessThan((30 * symbols * ballast) / 5)
      reader.resume()
      const ranges = await reader.reached((round + 1) * symbols)
      // What had waited came in its last state alone.
      expect(ranges.flatMap(({ changes }) => changes).length).toBeLessThan(symbols * (seenAt + 15))
    },
  )
})
