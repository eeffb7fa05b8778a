/** The lab proves itself on what one can work out with pencil and paper. */
import {
  parseEndpoint,
  type RoundResult,
  SeededRandom,
  standardCandidates,
  standardWorkloads,
  Traffic,
  WebSocketConnection,
  type Workload,
} from 'dovetail-lab/compare'
import { describe, expect, test } from 'vitest'
import { measuredServer, runAllAtOnce } from './measured.ts'

const [chat] = standardWorkloads
if (chat === undefined) throw new Error('there is no workload')

/** One event in ten seconds. */
const sparse: Workload = {
  ...chat,
  name: 'sparse',
  rareEvents: { everySeconds: 10 },
  plan: () => [{ atMs: 2000, bytes: 60, writer: null, key: null }],
}

const clients = 20

describe('known answers', () => {
  test('of polling, from one event in ten seconds', { timeout: 120_000 }, async () => {
    const server = await measuredServer()
    const wanted = { workload: sparse, candidates: standardCandidates, clients, durationMs: 10_000, warmUpMs: 0 }
    const roundResults = await runAllAtOnce(server, { ...wanted, random: new SeededRandom(1) })
    const figures = (name: string) => {
      const result: RoundResult | undefined = roundResults.get(name)
      if (result === undefined) throw new Error(`${name} did not run`)
      return { ...result.busy.traffic, latency: result.receipts.latency.figures(), heard: result.receipts }
    }
    for (const { name } of standardCandidates) {
      const { up, down, heard } = figures(name)
      expect([name, heard.lost, heard.repeated, heard.latency.figures().count]).toEqual([name, 0, 0, clients])
      for (const { total, httpHeaders, chunkFraming, webSocketFraming, payload } of [up, down])
        expect([name, httpHeaders + chunkFraming + webSocketFraming + payload]).toEqual([name, total])
    }
    // Every client asks 100 times, and one of those brings the event: 99 %. A poll counts when it is answered, with what
    // it brought: polls that the period's begin or end found under way are one a client at most. A busy machine skips
    // questions that would be asked while one is still unanswered: were it two of three, one of 34 would still leave 97 %.
    const often = figures('poll-100ms')
    expect(often.emptyRequests / often.requests).toBeGreaterThan(0.97)
    expect(often.emptyRequests / often.requests).toBeLessThan(0.9925)
    // Twenty clients ask at even distances of 250 ms, so their delays are 250 ms apart, from 0 to 250 at the soonest:
    // on average 2,375 to 2,625, at worst 4,750 to 5,000. What comes on top is how long a reply takes on a busy machine
    // and how late a timer fires. How much that is here, the polls of every 100 ms say in the same run.
    const { latency } = figures('poll-5s')
    const lagMs = 500 + (often.latency.max ?? 0)
    expect(latency.mean).toBeGreaterThan(2300)
    expect(latency.mean).toBeLessThan(2625 + lagMs)
    expect(latency.max).toBeGreaterThan(4700)
    expect(latency.max).toBeLessThan(5500 + lagMs)
    // Likewise, of a second: 475 to 525, and the same on top.
    expect(figures('poll-1s').latency.mean).toBeGreaterThan(450)
    expect(figures('poll-1s').latency.mean).toBeLessThan(525 + lagMs)
    // A request line, a host, a status line and what a server sends in headers. A browser's own come on top of that.
    const perRequest = (often.up.httpHeaders + often.down.httpHeaders) / often.requests
    expect(perRequest).toBeGreaterThan(200)
    expect(perRequest).toBeLessThan(1000)
  })

  test('of framing: 2, 4 and 10 bytes down, 4 more up', { timeout: 60_000 }, async () => {
    // By default no frame is so large that its length needs ten bytes.
    const server = await measuredServer([], ['--limit', 'frameBytes=1048576'])
    const location = { channel: 'chat:frames', collection: 'messages' }
    const large = { key: null, data: JSON.stringify({ text: 'x'.repeat(7900) }) }
    for (let record = 0; record < 9; record++) expect(await server.publisher.write(location, large)).toBeNull()
    const traffic = new Traffic()
    const framesOf = async (command: object, ending: RegExp, padding = 0) => {
      const before = traffic.figures()
      line.send(JSON.stringify(command).padEnd(padding))
      await expect.poll(() => heard.some((text) => ending.test(text))).toBe(true)
      const { framesUp, framesDown } = traffic.figures()
      const added = (after: Readonly<Record<number, number>>, then: Readonly<Record<number, number>>) =>
        Object.keys(after)
          .filter((size) => (after[Number(size)] ?? 0) > (then[Number(size)] ?? 0))
          .map(Number)
      return { up: added(framesUp, before.framesUp), down: added(framesDown, before.framesDown) }
    }
    const heard: string[] = []
    const line = await WebSocketConnection.open({
      endpoint: parseEndpoint(new URL(server.target.url)),
      path: '/v1/ws',
      traffic,
      onText: (bytes, start, end) => void heard.push(bytes.toString('utf8', start, end)),
    })
    // These are exact: RFC 6455, 5.2 leaves no choice.
    expect(await framesOf({ id: 1, op: 'hello' }, /^\{"id":1,/)).toEqual({ up: [6], down: [4] })
    expect(await framesOf({ id: 2, op: 'ping' }, /^\{"id":2,/)).toEqual({ up: [6], down: [2] })
    expect(await framesOf({ id: 3, op: 'ping' }, /^\{"id":3,/, 200)).toEqual({ up: [8], down: [2] })
    expect(await framesOf({ id: 4, op: 'ping' }, /^\{"id":4,/, 70_000)).toEqual({ up: [14], down: [2] })
    // Nine records of some 8,000 bytes in one frame; the subscription's own reply is a small one.
    const subscribe = { id: 5, op: 'subscribe', channel: location.channel, after: '0' }
    expect((await framesOf(subscribe, /^\{"op":"changes".*\}$/s)).down).toContain(10)
    line.close()
  })
})
