import type { TraceEvent } from 'dovetail-client'
import { expect, test } from 'vitest'
import { ChannelMeter } from './channel-meter.ts'

/** A meter whose frames and seconds the test provides. */
function world() {
  const now = { ms: Date.parse('2026-01-01T00:00:00Z') }
  let trace: (event: TraceEvent) => void = () => undefined
  let second: () => void = () => undefined
  const open = { traces: 0, timers: 0 }
  const client = {
    trace: (listener: (event: TraceEvent) => void) => {
      trace = listener
      open.traces++
      return () => void open.traces--
    },
  }
  const every = (_ms: number, task: () => void) => {
    second = task
    open.timers++
    return () => void open.timers--
  }
  const meter = new ChannelMeter(client, {
    channel: 'prices:demo',
    now: () => now.ms,
    serverClockOffsetMs: () => 1000,
    every,
  })
  const receive = (channel: string, ages: number[]) => {
    const changes = ages.map((age) => ({ record: { updatedAt: new Date(now.ms + 1000 - age).toISOString() } }))
    trace({ direction: 'down', over: 'websocket', at: now.ms, frame: { op: 'changes', channel, changes } })
  }
  return { meter, receive, second: () => second(), open }
}

test('a channel meter counts the changes, bytes and median delay of each second, by the server’s clock', () => {
  const { meter, receive, second } = world()
  receive('prices:demo', [10, 30, 20])
  receive('prices:other', [500])
  second()
  expect(meter.getSnapshot().last).toMatchObject({ changes: 3, delayMs: 20 })
  expect(meter.getSnapshot().last.bytes).toBeGreaterThan(100)
  second()
  expect(meter.getSnapshot().last).toEqual({ changes: 0, bytes: 0, delayMs: null })
})

test('a channel meter keeps the samples of one minute', () => {
  const { meter, second } = world()
  for (let i = 0; i < 70; i++) second()
  expect(meter.getSnapshot().history).toHaveLength(60)
})

test('a stopped channel meter leaves no listener and no timer', () => {
  const { meter, open } = world()
  meter.stop()
  expect(open).toEqual({ traces: 0, timers: 0 })
})
