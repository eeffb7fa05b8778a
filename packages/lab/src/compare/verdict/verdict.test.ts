import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contenderResult, type Given, someWorkload } from './contender-result.fixture.ts'
import { costEqually, hourlyCost, usualPrices } from './cost.ts'
import { verdictOf } from './verdict.ts'

const verdict = (given: readonly Given[], withinMs: number, reading: 'changes' | 'page' = 'changes') =>
  verdictOf({
    workload: { ...someWorkload, reading },
    contenders: given.map(contenderResult),
    withinMs,
    prices: usualPrices,
    intervals: new Map([['slow', 5000]]),
    exchange: { http: 300, opening: 900 },
  })

const some = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    kind: fc.constantFrom('poll' as const, 'push' as const, 'long-poll' as const),
    p99: fc.option(fc.integer({ min: 1, max: 6000 })),
    lost: fc.constantFrom(0, 0, 0, 2),
    bytesDown: fc.integer({ min: 1, max: 100_000 }),
    cpuSeconds: fc.double({ min: 0, max: 0.01, noNaN: true }),
    memory: fc.integer({ min: 0, max: 100_000 }),
  }),
  { selector: ({ name }) => name, minLength: 1 },
)

test('whoever is chosen meets the latency wanted, and nobody who meets it is cheaper', () => {
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 6000 }), (given, withinMs) => {
      const { cheapest, meets, fails } = verdict(given, withinMs)
      expect([...meets, ...fails.map(({ name }) => name)].sort()).toEqual(given.map(({ name }) => name).sort())
      const cost = (name: string) =>
        hourlyCost(contenderResult(given.find((g) => g.name === name) ?? { name }), usualPrices)
      for (const { name, p99, lost } of given) {
        expect(meets.includes(name)).toBe(lost === 0 && p99 !== null && p99 <= withinMs)
        if (meets.includes(name)) expect(cost(cheapest ?? '')).toBeLessThanOrEqual(cost(name))
      }
      expect(cheapest === null).toBe(meets.length === 0)
    }),
  )
})

test('a faster one is faster, and its price is a multiple of the cheapest one’s', () => {
  fc.assert(
    fc.property(some, (given) => {
      const { faster, cheapest } = verdict(given, 6000)
      const p99 = (name: string | null) => given.find((g) => g.name === name)?.p99 ?? 0
      for (const each of faster) {
        expect(each.p99Ms).toBeLessThan(p99(cheapest))
        expect(each.timesTheCost).toBeGreaterThanOrEqual(1)
      }
    }),
  )
})

test('what it means for many is in proportion to how many', () => {
  fc.assert(
    fc.property(some, (given) => {
      const [thousand, , million] = verdict(given, 500).atScale
      for (const [index, one] of (thousand?.contenders ?? []).entries()) {
        const many = million?.contenders[index]
        expect(many?.megabitsPerSecond.down).toBeCloseTo(one.megabitsPerSecond.down * 1000, 5)
        expect(many?.cores).toBeCloseTo((one.cores ?? 0) * 1000, 5)
      }
    }),
  )
})

test('a latency nobody meets is said to be met by none', () => {
  const { cheapest, sentences } = verdict([{ name: 'slow', p99: 5000 }], 500)
  expect([cheapest, sentences[0]]).toEqual([null, 'None of them delivers 99 of 100 events within 500 ms.'])
})

test('where one may wait and little happens, the poll costs no more than the push, and is the choice', () => {
  const quiet: Given[] = [
    { name: 'slow', p99: 5100, bytesDown: 20 },
    { name: 'sse', kind: 'push', memory: 9000, bytesDown: 1 },
  ]
  expect(verdict(quiet, 6000)).toMatchObject({ cheapest: 'sse', equal: ['slow'], choice: 'slow' })
  expect(verdict(quiet, 500)).toMatchObject({ cheapest: 'sse', equal: [], choice: 'sse' })
})

test('a page that is the same for all is cheaper behind a cache from some number of readers on', () => {
  const given: Given[] = [
    { name: 'slow', bytesDown: 20_000, requests: 1 },
    { name: 'socket', kind: 'push', bytesDown: 1000 },
  ]
  expect(verdict(given, 6000, 'page').cached).toEqual({
    poll: 'slow',
    push: 'socket',
    clients: expect.closeTo(20, 5),
    computed: true,
  })
  expect(verdict(given, 6000).cached).toBeNull()
})

test('a question with one answer: the socket’s opening is paid back by so many headers', () => {
  // 300 bytes of headers, of which framing would take 8; 900 to open: 900 / 292 is between 3 and 4.
  expect(verdict([{ name: 'slow' }], 500).exchange).toMatchObject({ httpBytes: 300, questions: 4 })
})

test('what differs by less than the rounds do, than a tenth, or than an idle server does, is equal', () => {
  const of = (bytesDown: number, spread: Given['spread'] = null) => contenderResult({ name: 'x', bytesDown, spread })
  const wide = { p50: null, p99: null, cpuSeconds: null, bytes: [80, 120] } as const
  expect(costEqually(of(100_000), of(109_000), usualPrices)).toBe(true)
  expect(costEqually(of(100_000), of(130_000), usualPrices)).toBe(false)
  expect(costEqually(of(100_000, wide), of(130_000, wide), usualPrices)).toBe(true)
  expect(costEqually(of(100_000, wide), of(200_000, wide), usualPrices)).toBe(false)
  expect(costEqually(of(1), of(2), usualPrices)).toBe(true)
})
