import fc from 'fast-check'
import { expect, test } from 'vitest'
import { costAlike, groundOf } from './alike.ts'
import { contenderResult, type Given, someWorkload } from './contender-result.fixture.ts'
import { hourlyCost, usualPrices } from './cost.ts'
import { verdictOf } from './verdict.ts'

const verdict = (
  given: readonly Given[],
  withinMs: number,
  reading: 'changes' | 'page' = 'changes',
  heard: Partial<typeof someWorkload> = {},
) =>
  verdictOf({
    workload: { ...someWorkload, reading, ...heard },
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

test('whoever is chosen meets the latency wanted, and nobody who meets it is cheaper in a way that can be told', () => {
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 6000 }), (given, withinMs) => {
      const { cheapest, equal, choice, meets, fails, ground } = verdict(given, withinMs)
      expect([...meets, ...fails.map(({ name }) => name)].sort()).toEqual(given.map(({ name }) => name).sort())
      const of = (name: string) => contenderResult(given.find((g) => g.name === name) ?? { name })
      const lowest = Math.min(...meets.map((name) => hourlyCost(of(name), usualPrices)))
      const [first = ''] = meets
      for (const { name, p99, lost } of given) {
        expect(meets.includes(name)).toBe(lost === 0 && p99 !== null && p99 <= withinMs)
      }
      expect(choice === null).toBe(meets.length === 0)
      if (choice === null) return
      expect(hourlyCost(of(first), usualPrices)).toBe(lowest)
      // Either it is told who is the cheapest, or several are named and none of them is called so.
      expect([cheapest, ...equal].includes(choice)).toBe(true)
      expect(cheapest === null).toBe(equal.length > 1)
      if (cheapest !== null) expect([cheapest, equal]).toEqual([first, []])
      const alike = meets.filter((name) => costAlike(of(first), of(name), usualPrices, ground))
      expect([...alike].sort()).toEqual(cheapest === null ? [...equal].sort() : [cheapest])
    }),
  )
})

test('a faster one is clearly faster than the choice, and its price is a multiple of the choice’s where it can be told', () => {
  fc.assert(
    fc.property(some, (given) => {
      for (const [rounds, part] of [
        [1, 0.5],
        [100, 0.9],
      ] as const) {
        const { faster, choice, ground } = verdict(given, 6000, 'changes', { rounds })
        const of = (name: string | null) => contenderResult(given.find((g) => g.name === name) ?? { name: '' })
        for (const each of faster) {
          expect(each.p99Ms).toBeLessThan((of(choice).latencyMs.p99 ?? 0) * part)
          const isAlike = costAlike(of(each.name), of(choice), usualPrices, ground)
          expect(each.timesTheCost === null).toBe(isAlike)
        }
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
  expect(verdict(quiet, 6000)).toMatchObject({ cheapest: null, equal: ['slow', 'sse'], choice: 'slow' })
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

const much = { apart: 0.1 }
const costing = (bytesDown: number, more: Partial<Given> = {}) => contenderResult({ name: 'x', bytesDown, ...more })

test('what differs by less than the rounds do, than a tenth, or than an idle server does, is equal', () => {
  const spread = { p50: null, p99: null, cpuSeconds: null, bytes: [80, 120] } as const
  expect(costAlike(costing(100_000), costing(109_000), usualPrices, much)).toBe(true)
  expect(costAlike(costing(100_000), costing(130_000), usualPrices, much)).toBe(false)
  expect(costAlike(costing(100_000, { spread }), costing(130_000, { spread }), usualPrices, much)).toBe(true)
  expect(costAlike(costing(100_000, { spread }), costing(200_000, { spread }), usualPrices, much)).toBe(false)
  expect(costAlike(costing(1), costing(2), usualPrices, much)).toBe(true)
})

test('the fewer events were heard, the further apart costs have to be', () => {
  const of = (rounds: number, events: number) => groundOf({ ...someWorkload, rounds, events }, false).apart
  expect([of(1, 4), of(1, 25), of(3, 3), of(1, 100), of(3, 1000), of(1, 0)]).toEqual([
    0.5,
    0.2,
    expect.closeTo(1 / 3, 10),
    0.1,
    0.1,
    1,
  ])
  // Where idling is measured, it does not matter how many events there were.
  expect(groundOf({ ...someWorkload, events: 1 }, true).apart).toBe(0.1)
  expect(costAlike(costing(100_000), costing(130_000), usualPrices, { apart: of(1, 9) })).toBe(true)
})

test('CPU that varied within the only round, and memory of few connections, make costs alike', () => {
  const busy = (cpuSeconds: number, cpuNoise: number) => costing(0, { cpuSeconds, cpuNoise })
  expect(costAlike(busy(0.1, 0.05), busy(0.15, 0.05), usualPrices, much)).toBe(false)
  expect(costAlike(busy(0.1, 0.3), busy(0.15, 0.05), usualPrices, much)).toBe(true)
  const rough = (memory: number, marks: NonNullable<Given['marks']>) =>
    contenderResult({ name: 'x', memory: memory * 1e9, marks })
  expect(costAlike(rough(1, []), rough(2, []), usualPrices, much)).toBe(false)
  expect(costAlike(rough(1, ['memory-rough']), rough(2, ['memory-rough']), usualPrices, much)).toBe(true)
})

test('a thin run says how thin, names no winner between what it cannot tell apart, and does not let lines cross', () => {
  // As chat comes out of a quick run: ten events, and a socket that takes an eighth less than a stream.
  const chat: Given[] = [
    { name: 'slow', p99: 5000, bytesDown: 20000 },
    { name: 'poll-1s', p99: 990, bytesDown: 20000 },
    { name: 'sse', kind: 'push', p99: 30, bytesDown: 23000 },
    { name: 'websocket', kind: 'push', p99: 25, bytesDown: 20500 },
    { name: 'long-poll', kind: 'long-poll', p99: 20, bytesDown: 42000 },
  ]
  const { cheapest, choice, sentences } = verdict(chat, 500, 'changes', { events: 10 })
  expect([cheapest, choice]).toEqual([null, 'sse'])
  expect(sentences.slice(0, 2)).toEqual([
    'The cheapest that deliver 99 of 100 events within 500 ms are sse and websocket: their costs cannot be told apart here. Take sse, the simplest of them (p99 30 ms).',
    'This rests on one round of 10 events; costs less than 32 % apart count as equal, and the p99 of so few is their slowest.',
  ])
  expect(sentences).toContain('At 5 events a second, the costs of websocket and poll-1s cannot be told apart here.')
  const long = verdict(chat, 500, 'changes', { events: 500, rounds: 3 })
  expect([long.cheapest, long.choice, long.sentences[1]]).toEqual([
    'websocket',
    'websocket',
    'This rests on 3 rounds of 500 events each; costs less than 10 % apart count as equal.',
  ])
})

test('one that is sooner and costs the same is told as such', () => {
  const given: Given[] = [
    { name: 'poll-1s', p99: 900, bytesDown: 50_000 },
    { name: 'sse', kind: 'push', p99: 9, bytesDown: 52_000 },
  ]
  const { choice, faster, sentences } = verdict(given, 2000)
  expect([choice, faster]).toEqual(['poll-1s', [{ name: 'sse', p99Ms: 9, timesTheCost: null }]])
  expect(sentences).toContain('Sooner than poll-1s, at a cost that cannot be told from its own: sse (p99 9.0 ms).')
})
