import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CandidateResultFixture, candidateResult, someWorkload } from '../results/candidate-result.fixture.ts'
import { defaultPrices, hourlyCost } from './cost.ts'
import { evidenceOf, isCostIndistinguishable } from './cost-significance.ts'
import { verdictOf } from './verdict.ts'

const verdict = (
  given: readonly CandidateResultFixture[],
  withinMs: number,
  reading: 'changes' | 'page' = 'changes',
  heard: Partial<typeof someWorkload> = {},
) =>
  verdictOf({
    workload: { ...someWorkload, reading, ...heard },
    candidates: given.map((each) => candidateResult(each.name === 'slow' ? { intervalMs: 5000, ...each } : each)),
    withinMs,
    prices: defaultPrices,
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

test('the chosen candidate meets the wanted latency, and no other that meets it is clearly cheaper', () => {
  fc.assert(
    fc.property(some, fc.integer({ min: 1, max: 6000 }), (given, withinMs) => {
      const { cheapest, equal, choice, meets, fails, ground } = verdict(given, withinMs)
      expect([...meets, ...fails.map(({ name }) => name)].sort()).toEqual(given.map(({ name }) => name).sort())
      const of = (name: string) => candidateResult(given.find((g) => g.name === name) ?? { name })
      const lowest = Math.min(...meets.map((name) => hourlyCost(of(name), defaultPrices)))
      const [first = ''] = meets
      for (const { name, p99, lost } of given) {
        expect(meets.includes(name)).toBe(lost === 0 && p99 !== null && p99 <= withinMs)
      }
      expect(choice === null).toBe(meets.length === 0)
      if (choice === null) return
      expect(hourlyCost(of(first), defaultPrices)).toBe(lowest)
      // Either the verdict names the cheapest, or it names several and calls none of them so.
      expect([cheapest, ...equal].includes(choice)).toBe(true)
      expect(cheapest === null).toBe(equal.length > 1)
      if (cheapest !== null) expect([cheapest, equal]).toEqual([first, []])
      const alike = meets.filter((name) => isCostIndistinguishable(of(first), of(name), defaultPrices, ground))
      expect([...alike].sort()).toEqual(cheapest === null ? [...equal].sort() : [cheapest])
    }),
  )
})

test('a faster one is clearly faster than the choice, and its price is a multiple of the choice’s where their costs are distinguishable', () => {
  fc.assert(
    fc.property(some, (given) => {
      for (const [rounds, part] of [
        [1, 0.5],
        [100, 0.9],
      ] as const) {
        const { faster, choice, ground } = verdict(given, 6000, 'changes', { rounds })
        const of = (name: string | null) => candidateResult(given.find((g) => g.name === name) ?? { name: '' })
        for (const each of faster) {
          expect(each.p99Ms).toBeLessThan((of(choice).latencyMs.p99 ?? 0) * part)
          const isAlike = isCostIndistinguishable(of(each.name), of(choice), defaultPrices, ground)
          expect(each.timesTheCost === null).toBe(isAlike)
        }
      }
    }),
  )
})

test('figures for many clients are proportional to their number', () => {
  fc.assert(
    fc.property(some, (given) => {
      const [thousand, , million] = verdict(given, 500, 'changes', { events: 100 }).atScale
      for (const [index, one] of (thousand?.contenders ?? []).entries()) {
        const many = million?.contenders[index]
        expect(many?.megabitsPerSecond.down).toBeCloseTo(one.megabitsPerSecond.down * 1000, 5)
        expect(many?.cores).toBeCloseTo((one.cores ?? 0) * 1000, 5)
      }
    }),
  )
})

test('[N34] no verdict rests on a candidate whose runs were all disturbed', () => {
  const given: CandidateResultFixture[] = [
    { name: 'slow', bytesDown: 10, marks: ['unreliable', 'lab-stalled'] },
    { name: 'sse', kind: 'push', bytesDown: 1000 },
    { name: 'websocket', kind: 'push', bytesDown: 2000 },
  ]
  const { choice, meets, fails, isTooBusy, breakEven, atScale } = verdict(given, 500, 'changes', { events: 30 })
  expect([choice, meets, isTooBusy, breakEven]).toEqual(['sse', ['sse', 'websocket'], false, []])
  expect(fails).toEqual([{ name: 'slow', because: 'each of its runs was disturbed' }])
  expect(atScale[0]?.contenders.map(({ name }) => name)).toEqual(['sse', 'websocket'])
})

test('[N34] where the machine was too busy for half of them, that is the answer, with what to do', () => {
  const given: CandidateResultFixture[] = [
    { name: 'slow', marks: ['unreliable', 'off-pace'] },
    { name: 'sse', kind: 'push' },
  ]
  const { choice, cheapest, meets, isTooBusy, sentences } = verdict(given, 500)
  expect([choice, cheapest, meets, isTooBusy]).toEqual([null, null, [], true])
  expect(sentences[0]).toMatch(/^No verdict: this machine was too busy to measure slow, .*--clients/)
})

test('the verdict says if no candidate meets the wanted latency', () => {
  const { cheapest, sentences } = verdict([{ name: 'slow', p99: 5000 }], 500)
  expect([cheapest, sentences[0]]).toEqual([null, 'None of them delivers 99 of 100 events within 500 ms.'])
})

test('with a long wanted latency and few events the poll costs no more than push, and is the choice', () => {
  const quiet: CandidateResultFixture[] = [
    { name: 'slow', p99: 5100, bytesDown: 20 },
    { name: 'sse', kind: 'push', memory: 9000, bytesDown: 1 },
  ]
  expect(verdict(quiet, 6000)).toMatchObject({ cheapest: null, equal: ['slow', 'sse'], choice: 'slow' })
  expect(verdict(quiet, 500)).toMatchObject({ cheapest: 'sse', equal: [], choice: 'sse' })
})

test('a page that is the same for all is cheaper behind a cache from some number of readers on', () => {
  const given: CandidateResultFixture[] = [
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

test("for request and response, a WebSocket's opening pays off after a computed number of requests", () => {
  // 300 bytes of headers, of which framing would take 8; 900 to open: 900 / 292 is between 3 and 4.
  expect(verdict([{ name: 'slow' }], 500).exchange).toMatchObject({ httpBytes: 300, questions: 4 })
})

const much = { apart: 0.1 }
const costing = (bytesDown: number, more: Partial<CandidateResultFixture> = {}) =>
  candidateResult({ name: 'x', bytesDown, ...more })

test('costs that differ by less than the rounds, a tenth, or the noise of an idle server are equal', () => {
  const spread = { p50: null, p99: null, cpuSeconds: null, bytes: [80, 120] } as const
  expect(isCostIndistinguishable(costing(100_000), costing(109_000), defaultPrices, much)).toBe(true)
  expect(isCostIndistinguishable(costing(100_000), costing(130_000), defaultPrices, much)).toBe(false)
  expect(isCostIndistinguishable(costing(100_000, { spread }), costing(130_000, { spread }), defaultPrices, much)).toBe(
    true,
  )
  expect(isCostIndistinguishable(costing(100_000, { spread }), costing(200_000, { spread }), defaultPrices, much)).toBe(
    false,
  )
  expect(isCostIndistinguishable(costing(1), costing(2), defaultPrices, much)).toBe(true)
})

test('the fewer events were received, the further apart costs have to be', () => {
  const of = (rounds: number, events: number) => evidenceOf({ ...someWorkload, rounds, events }, false).apart
  expect([of(1, 4), of(1, 25), of(3, 3), of(1, 100), of(3, 1000), of(1, 0)]).toEqual([
    0.5,
    0.2,
    expect.closeTo(1 / 3, 10),
    0.1,
    0.1,
    1,
  ])
  // Where idling is measured, it does not matter how many events there were.
  expect(evidenceOf({ ...someWorkload, events: 1 }, true).apart).toBe(0.1)
  expect(isCostIndistinguishable(costing(100_000), costing(130_000), defaultPrices, { apart: of(1, 9) })).toBe(true)
})

test('CPU that varied within the only round, and memory of few connections, make costs alike', () => {
  const busy = (cpuSeconds: number, cpuNoise: number) => costing(0, { cpuSeconds, cpuNoise })
  expect(isCostIndistinguishable(busy(0.1, 0.05), busy(0.15, 0.05), defaultPrices, much)).toBe(false)
  expect(isCostIndistinguishable(busy(0.1, 0.3), busy(0.15, 0.05), defaultPrices, much)).toBe(true)
  const rough = (memory: number, marks: NonNullable<CandidateResultFixture['marks']>) =>
    candidateResult({ name: 'x', memory: memory * 1e9, marks })
  expect(isCostIndistinguishable(rough(1, []), rough(2, []), defaultPrices, much)).toBe(false)
  expect(isCostIndistinguishable(rough(1, ['memory-rough']), rough(2, ['memory-rough']), defaultPrices, much)).toBe(
    true,
  )
})

test('a thin run says how thin, names no winner between what is indistinguishable, and does not let lines cross', () => {
  // As chat comes out of a quick run: ten events, and a socket that takes an eighth less than a stream.
  const chat: CandidateResultFixture[] = [
    { name: 'slow', p99: 5000, bytesDown: 20000 },
    { name: 'poll-1s', p99: 990, bytesDown: 20000 },
    { name: 'sse', kind: 'push', p99: 30, bytesDown: 23000 },
    { name: 'websocket', kind: 'push', p99: 25, bytesDown: 20500 },
    { name: 'long-poll', kind: 'long-poll', p99: 20, bytesDown: 42000 },
  ]
  const { cheapest, choice, sentences } = verdict(chat, 500, 'changes', { events: 10 })
  expect([cheapest, choice]).toEqual([null, 'sse'])
  expect(sentences.slice(1, 3)).toEqual([
    'The cheapest that deliver 99 of 100 events within 500 ms are sse and websocket: their costs cannot be told apart here. Take sse, the simplest of them (p99 30 ms).',
    'This rests on one round of 10 events; costs less than 32 % apart count as equal, and the p99 of so few is their slowest.',
  ])
  expect(sentences).toContain('At 5 events a second, the costs of websocket and poll-1s cannot be told apart here.')
  const long = verdict(chat, 500, 'changes', { events: 500, rounds: 3 })
  expect([long.cheapest, long.choice, long.sentences[2]]).toEqual([
    'websocket',
    'websocket',
    'This rests on 3 rounds of 500 events each; costs less than 10 % apart count as equal.',
  ])
})

test('the verdict names a candidate that is faster at the same cost', () => {
  const given: CandidateResultFixture[] = [
    { name: 'poll-1s', p99: 900, bytesDown: 50_000 },
    { name: 'sse', kind: 'push', p99: 9, bytesDown: 52_000 },
  ]
  const { choice, faster, sentences } = verdict(given, 2000)
  expect([choice, faster]).toEqual(['poll-1s', [{ name: 'sse', p99Ms: 9, timesTheCost: null }]])
  expect(sentences).toContain('Sooner than poll-1s, at a cost that cannot be told from its own: sse (p99 9.0 ms).')
})

test('costs that count as equal though one is a multiple of the other come with the reason', () => {
  const of = (bytesDown: number, heard: Partial<typeof someWorkload>) =>
    verdict(
      [
        { name: 'slow', bytesDown },
        { name: 'sse', kind: 'push', bytesDown: bytesDown * 3 },
      ],
      500,
      'changes',
      heard,
    )
  const small = of(10, { events: 500 })
  expect(small.equal).toEqual(['slow', 'sse'])
  expect(small.equalCosts).toMatchObject({ times: expect.closeTo(3, 6), because: 'idle-noise' })
  expect(small.sentences).toContain(
    'Measured, sse (0.0054 USD) costs 3 times as much as slow (0.0018 USD), and still counts as equal: both are small, and the difference is less than the 2.0 % of a core by which an idle server’s own use varies, shared by 10 clients; measure with more of them (--clients).',
  )
  expect(of(100_000, { events: 1 }).equalCosts).toMatchObject({ because: 'few-events' })
  expect(of(100_000, { events: 500 }).equalCosts).toBeNull()
})

test('figures for many clients are left out where the events were too few, and the verdict says so', () => {
  const of = (events: number) => verdict([{ name: 'slow', marks: [] }], 500, 'changes', { events })
  const counts = (events: number) => of(events).atScale.map(({ clients }) => clients)
  expect([counts(16), counts(30), counts(99), counts(100)]).toEqual([[], [1000], [1000], [1000, 100_000, 1_000_000]])
  expect(of(16).sentences.at(-1)).toBe(
    'Figures for 1,000 clients and more are left out: they need 30 events or more, and this run had 16. Measure longer (--duration, --repeat).',
  )
  expect(of(100).missingScale).toBeNull()
  // Where events are rare, idling was measured, which no number of events makes surer.
  expect(verdict([{ name: 'slow', marks: ['computed'] }], 500, 'changes', { events: 1 }).atScale).toHaveLength(3)
})
