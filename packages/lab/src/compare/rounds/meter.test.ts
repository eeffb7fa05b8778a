import { expect, test } from 'vitest'
import { payloadText } from '../../load/payload.ts'
import { Meter, type MeteredEvent } from './meter.ts'

/** A meter whose clock is moved by hand. */
function metered(events: readonly MeteredEvent[], options: Partial<ConstructorParameters<typeof Meter>[0]> = {}) {
  const clock = { at: 0 }
  const all = { clients: 1, countedFrom: 0, withinMs: 100, isPage: false, ...options }
  const meter = new Meter({ ...all, events, now: () => clock.at })
  const receive = (client: number, ...indexes: number[]): number => {
    const bytes = Buffer.from(indexes.map((index) => payloadText(index, 20)).join(','))
    return meter.receive(client, bytes, 0, bytes.length)
  }
  return { clock, meter, receive }
}

const at = (atMs: number, key: string | null = null): MeteredEvent => ({ atMs, key })

test('lateness counts from when an event should have been sent, however long its sender was held up', () => {
  const { clock, meter, receive } = metered([at(0), at(10)])
  clock.at = 5000
  meter.begin(clock.at)
  clock.at = 7010
  expect(receive(0, 0, 1)).toBe(2)
  const { latency, late, lost } = meter.result()
  expect([latency.figures().max, latency.figures().count, late, lost]).toEqual([expect.closeTo(2010, -1), 2, 2, 0])
})

test("an external server's clock 5 s ahead or behind changes no figure", () => {
  const figures = [-5000, 0, 5000].map((shift) => {
    const { clock, meter, receive } = metered([at(0), at(20)])
    clock.at = 100_000 + shift
    meter.begin(clock.at)
    clock.at += 25
    receive(0, 0)
    receive(0, 1)
    return meter.result().latency.figures()
  })
  expect(figures[0]).toEqual(figures[1])
  expect(figures[2]).toEqual(figures[1])
  expect(figures[1]?.histogram.map(({ count }) => count)).toEqual([1, 1])
})

test('an event that was received before it was sent is an error, and no zero', () => {
  const { clock, meter, receive } = metered([at(50)])
  meter.begin(clock.at)
  expect(() => receive(0, 0)).toThrow('a latency of -50 ms')
})

test('an event that a client received twice is repeated, one that it never received is lost', async () => {
  const { meter, receive } = metered([at(0), at(0)], { clients: 2 })
  meter.begin(0)
  expect([receive(0, 0), receive(0, 0), receive(1, 0), receive(1, 1)]).toEqual([1, 0, 1, 1])
  const { lost, repeated, expected } = meter.result()
  expect([expected, lost, repeated]).toEqual([4, 1, 1])
  receive(0, 1)
  await meter.complete
  expect(meter.result().lost).toBe(0)
})

test('a page that repeats known events is neither news nor a fault', () => {
  const { meter, receive } = metered([at(0), at(0)], { isPage: true })
  meter.begin(0)
  expect([receive(0, 0), receive(0, 0, 1), receive(0, 0, 1)]).toEqual([1, 1, 0])
  expect(meter.result().repeated).toBe(0)
})

test('a newer state of a record supersedes those before it, and an older one that comes late is no repeat', async () => {
  const { clock, meter, receive } = metered([at(0, 'a'), at(0, 'b'), at(40, 'a'), at(90, 'a')])
  meter.begin(0)
  clock.at = 100
  receive(0, 3)
  receive(0, 0)
  receive(0, 1)
  await meter.complete
  const { latency, lost, repeated, superseded } = meter.result()
  expect([latency.figures().count, lost, repeated, superseded]).toEqual([4, 0, 0, 2])
  // 10 for the newest, 60 and 100 for those that it replaced: until then an older state was what one saw.
  expect(latency.figures().mean).toBeCloseTo((10 + 60 + 100 + 100) / 4, 5)
})

test('warm-up events are delivered, but count in no latency', () => {
  const { clock, meter, receive } = metered([at(0), at(10)], { countedFrom: 1 })
  meter.begin(0)
  clock.at = 3000
  receive(0, 0)
  expect([meter.deliveries, meter.result().latency.figures().count]).toEqual([1, 0])
  clock.at = 3010
  receive(0, 1)
  expect(meter.eventReceipts()).toEqual([{ sentMs: 0, heardMs: 3000 }])
})
