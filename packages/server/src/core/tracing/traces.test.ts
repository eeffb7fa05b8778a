/** Spans of commits and deliveries, with spans that the test keeps. */
import { describe, expect, test } from 'vitest'
import type { Span, SpanOptions, Tracing } from '../../ports/tracing/tracing.ts'
import { subscribe } from '../read/subscribe.ts'
import { callerOf, coreWorld } from '../simulation/core-world.fixture.ts'
import { GateOutlet } from '../simulation/gate-outlet.fixture.ts'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { type WriteCommand, write } from '../write/write.ts'
import { ChangeTraces } from './change-traces.ts'

interface Kept extends SpanOptions {
  readonly name: string
  failure?: string | undefined
  isOver: boolean
}

/** Numbered spans; `asked`: how often anything was asked of it. */
class KeptTracing implements Tracing {
  readonly spans: Kept[] = []
  asked = 0
  isSampled = true

  begin(name: string, options: SpanOptions): Span {
    this.asked++
    const kept: Kept = { name, ...options, isOver: false }
    const number = this.spans.push(kept)
    const spanId = String(number).padStart(16, '0')
    const traceId = 'a'.repeat(32)
    return {
      ...{ traceId, spanId, isSampled: this.isSampled },
      context: { traceparent: `00-${traceId}-${spanId}-01`, tracestate: '' },
      set: (attributes) => void Object.assign(kept, { attributes: { ...kept.attributes, ...attributes } }),
      link: () => {},
      within: (run) => run(),
      end: (failure) => {
        if (!kept.isOver) kept.failure = failure
        kept.isOver = true
      },
    }
  }

  async close(): Promise<void> {}
}

const create: WriteCommand = { op: 'create', channel: 'chat:a', collection: 'messages', data: { text: 'a' } }
const request = (tracing: Tracing) => tracing.begin('request', { kind: 'server', parent: null })

async function reading({ core, done }: ReturnType<typeof coreWorld>, traces: boolean) {
  const outlet = new GateOutlet()
  const seen = { signals: false, presence: false, demand: false, counted: true, maxBytes: null, traces }
  const options = { ...seen, onEnded: () => {}, onBroken: () => {} }
  const asked = { channel: 'chat:a', after: null, last: null }
  const { feed } = await done(subscribe(core, callerOf('bob'), asked, outlet, options))
  feed.begin()
  return outlet
}

function tracesIn(outlet: GateOutlet): (string | undefined)[] {
  return outlet.frames.flatMap(({ json }) => {
    const { changes } = JSON.parse(json) as { changes: { trace?: string }[] }
    return changes.map(({ trace }) => trace)
  })
}

describe('a traced write', () => {
  test('[TRC2] has a commit, a publication and one delivery, whose place only readers that asked are sent', async () => {
    const tracing = new KeptTracing()
    const world = coreWorld({ tracing })
    const { core, clock, done } = world
    await done(write(core, callerOf('ana'), create))
    const [asking, other, plain] = [await reading(world, true), await reading(world, true), await reading(world, false)]
    await done(write(core, callerOf('ana'), { ...create, request: request(tracing) }))
    await clock.settle()
    expect(
      tracing.spans.map(({ name, parent, isOver }) => [name, Number(parent?.traceparent.slice(36, 52)), isOver]),
    ).toEqual([
      ['request', Number.NaN, false],
      ['commit chat:{name}', 1, true],
      ['publish chat:{name}', 1, true],
      ['deliver chat:{name}', 3, true],
    ])
    expect(tracing.spans[3]?.attributes).toMatchObject({ 'dovetail.readers': 3 })
    expect([tracesIn(asking), tracesIn(plain)]).toEqual([[`00-${'a'.repeat(32)}-0000000000000004-01`], [undefined]])
    // The frame is made once for all that asked.
    expect(asking.frames[0]).toBe(other.frames[0])
  })

  test('has no delivery where nobody reads, and ends with the reason where it was refused by the store', async () => {
    const tracing = new KeptTracing()
    const { core, done } = coreWorld({ tracing })
    await done(write(core, callerOf('ana'), { ...create, request: request(tracing) }))
    expect(tracing.spans.map(({ name }) => name)).toEqual(['request', 'commit chat:{name}', 'publish chat:{name}'])
  })

  test('is asked for nothing more where nobody keeps its span, or it has none', async () => {
    const tracing = new KeptTracing()
    tracing.isSampled = false
    const world = coreWorld({ tracing })
    await reading(world, true)
    await world.done(write(world.core, callerOf('ana'), { ...create, request: request(tracing) }))
    await world.done(write(world.core, callerOf('ana'), create))
    await world.clock.settle()
    expect(tracing.asked).toBe(1)
  })

  test('costs a node without tracing nothing: no part of the core holds anything to ask', () => {
    const { core } = coreWorld()
    expect([core.tracing, core.changeTraces]).toEqual([null, null])
  })
})

describe('changes on their way', () => {
  const context = { traceparent: `00-${'b'.repeat(32)}-${'c'.repeat(16)}-01`, tracestate: '' }
  const world = () => {
    const [tracing, clock] = [new KeptTracing(), new HandClock()]
    return { tracing, clock, traces: new ChangeTraces(tracing, clock) }
  }

  test('that never come end after a while, as a timeout', async () => {
    const { tracing, clock, traces } = world()
    traces.begin({ channel: 'chat:a', head: 4 }, [{ first: 5, last: 6, context }], 'peer')
    await clock.pass(29_000)
    traces.sweep()
    expect(tracing.spans.map(({ isOver }) => isOver)).toEqual([false])
    await clock.pass(2000)
    traces.sweep()
    expect(tracing.spans.map(({ name, failure }) => [name, failure])).toEqual([['receive chat:{name}', 'timeout']])
    expect(traces.reached('chat:a', 5)).toBeUndefined()
  })

  test('that the hub has already, or whose channel nobody reads, have no span', () => {
    const { tracing, traces } = world()
    traces.begin({ channel: 'chat:a', head: 6 }, [{ first: 5, last: 6, context }], 'peer')
    traces.begin(null, [{ first: 5, last: 6, context }], 'peer')
    expect(tracing.asked).toBe(0)
  })

  test('of another log end as a reset', () => {
    const { tracing, traces } = world()
    traces.begin({ channel: 'chat:a', head: 4 }, [{ first: 5, last: 5, context }], 'here')
    expect(traces.reached('chat:a', 5)).toContain('-01')
    traces.forget('chat:a')
    expect(tracing.spans.map(({ name, failure }) => [name, failure])).toEqual([['deliver chat:{name}', 'reset']])
  })

  test('are no more than a thousand, so that a flood of notifications keeps no memory', () => {
    const { tracing, traces } = world()
    const flood = Array.from({ length: 1500 }, (_, i) => ({ first: i + 1, last: i + 1, context }))
    traces.begin({ channel: 'chat:a', head: 0 }, flood, 'peer')
    expect(tracing.asked).toBe(1000)
    traces.sent('chat:a', 2000, 0)
    expect(tracing.spans.every(({ isOver }) => isOver)).toBe(true)
  })
})
