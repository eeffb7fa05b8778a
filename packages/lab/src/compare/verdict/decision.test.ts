import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CandidateResultFixture, candidateResult, someWorkload } from '../results/candidate-result.fixture.ts'
import { costAt } from './break-even.ts'
import { defaultPrices } from './cost.ts'
import { cheapestAt, cheapestSpans, decide, rateLimits, type Way, waysWithin } from './decision.ts'
import { headline } from './headline.ts'

/** Zero, or no smaller than a cost can be and still differ from it: quotients of subnormal numbers have no digits left. */
const amount = fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1000, noNaN: true }))
const ways = fc.array(
  fc.record({
    name: fc.string(),
    family: fc.constantFrom('poll' as const, 'push' as const),
    intervalMs: fc.constant(null),
    line: fc.record({ idle: amount, perEventSecond: amount }),
  }),
  { minLength: 1, maxLength: 6 },
)

test('the spans cover all rates without a gap, and no way is cheaper within one than the one it names', () => {
  fc.assert(
    fc.property(ways, fc.double({ min: 0, max: 1, noNaN: true }), (given, part) => {
      const named = given.map((way, index): Way => ({ ...way, name: String(index) }))
      const spans = cheapestSpans(named)
      expect([spans[0]?.from, spans.at(-1)?.to]).toEqual([rateLimits.from, rateLimits.to])
      for (const [index, { from, to, name }] of spans.entries()) {
        if (index > 0) expect(from).toBe(spans[index - 1]?.to)
        const rate = from + (to - from) * part
        const least = cheapestAt(named, rate)
        const costs = [least, named.find((way) => way.name === name)].map((way) => (way ? costAt(way.line, rate) : -1))
        expect(Math.abs((costs[0] ?? 0) - (costs[1] ?? 0))).toBeLessThanOrEqual(1e-6 * (1 + (costs[0] ?? 0)))
      }
    }),
  )
})

/** An hour of 1,000 clients: bytes are all that costs here. */
function lines(given: readonly (CandidateResultFixture & { readonly idle: number; readonly perEvent: number })[]) {
  return given.map(({ idle, perEvent, ...each }) => {
    const result = candidateResult(each)
    const rate = (bytesDown: number) => ({ requests: 0, bytesUp: 0, bytesDown, cpuSeconds: 0 })
    return { ...result, rates: { ...result.rates, idle: rate(idle), perEvent: rate(perEvent) } }
  })
}

const given = lines([
  { name: 'poll-1s', intervalMs: 1000, p99: 990, idle: 200, perEvent: 100 },
  { name: 'poll-100ms', intervalMs: 100, p99: 99, idle: 2000, perEvent: 150 },
  { name: 'sse', kind: 'push', p99: 20, idle: 2200, perEvent: 50 },
])
const input = { candidates: given, prices: defaultPrices }

test('a poll is asked as seldom as the patience allows: its idle cost follows the interval, and the nearest measured one is taken', () => {
  const seconds = waysWithin(input, 2000).find(({ family }) => family === 'poll')
  const [second] = waysWithin(input, 1000).filter(({ family }) => family === 'poll')
  expect([seconds?.name, seconds?.intervalMs]).toEqual(['poll-1s', 2000])
  expect(seconds?.line.idle).toBeCloseTo((second?.line.idle ?? 0) / 2, 12)
  expect(waysWithin(input, 200).find(({ family }) => family === 'poll')?.name).toBe('poll-100ms')
  // A request that takes 30 ms on top of its interval leaves that much less of the patience.
  const late = lines([{ name: 'poll-100ms', intervalMs: 100, p99: 130, idle: 2000, perEvent: 150 }])
  const within = (ms: number) => waysWithin({ ...input, candidates: late }, ms).map((way) => way.intervalMs)
  expect([within(200), within(35)]).toEqual([[170], []])
  // Nobody is served sooner than a push was measured to be.
  expect(waysWithin(input, 15).map(({ family }) => family)).toEqual(['poll'])
})

test('one sentence says who should poll and who should push, where this workload stands, and what both cost', () => {
  const decision = decide(input, 1000, 5)
  // 200 + 100 r = 2200 + 50 r
  expect(decision.spans.map(({ from, to, family }) => [from, to, family])).toEqual([
    [rateLimits.from, expect.closeTo(40, 6), 'poll'],
    [expect.closeTo(40, 6), rateLimits.to, 'push'],
  ])
  expect(headline(decision, someWorkload, defaultPrices, 0.1)).toBe(
    'Below 40 events a second poll, above push, for who can wait 1 s. This workload has 5 events a second: poll every 1 s 0.126 USD, sse 0.441 USD.',
  )
  expect(headline(decide(input, 1000, 40), { ...someWorkload, eventsPerSecond: 40 }, defaultPrices, 0.1)).toMatch(
    /This workload has 40 events a second, where the two cost alike: /,
  )
  expect(headline(decide(input, 5, 5), someWorkload, defaultPrices, 0.1)).toBeNull()
})

test('where one kind is cheaper at every rate, or the only one that is soon enough, the sentence says that', () => {
  const only = { ...input, candidates: given.filter(({ name }) => name !== 'sse') }
  expect(headline(decide(only, 100, 5), someWorkload, defaultPrices, 0.1)).toMatch(
    /^Poll at every rate of events up to 1,000 a second, for who can wait 100 ms\. .*no other kind of way is soon enough\.$/,
  )
  const page = { ...someWorkload, reading: 'page' as const }
  expect(headline(decide(input, 50, 5), page, defaultPrices, 0.1)).toMatch(
    /^Push at every rate of events up to 1,000 a second, for who can wait 50 ms, with no cache in front\. This workload has 5 events a second: sse .* USD, poll every 50 ms .* USD\.$/,
  )
})
