import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../random/seeded-random.ts'
import { parseWorkload } from './parse-workload.ts'

const read = (value: unknown) => parseWorkload(JSON.stringify(value), 'mine.json')
const span = { clients: 10, durationMs: 2000 }

test('a recorded trace is played as it was, from its first event on', () => {
  const workload = read({
    trace: ['2026-01-01T00:00:01.000Z', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:05.000Z'],
    payload: 50,
  })
  expect(workload.defaults.durationMs).toBe(5001)
  expect(workload.plan(new SeededRandom(1), { ...span, durationMs: 5001 })).toEqual(
    [0, 1000, 5000].map((atMs) => ({ atMs, bytes: 50, writer: null, key: null })),
  )
  expect(workload.plan(new SeededRandom(1), span).map(({ atMs }) => atMs)).toEqual([0, 1000])
})

test('[N31] a workload file may begin with a byte order mark', () => {
  const workload = parseWorkload('\uFEFF{"trace":[0,1000],"payload":50}', 'mine.json')
  expect(workload.defaults.durationMs).toBe(1001)
})

test('a workload in words has the arrivals, sizes, clients, writers and time that it names', () => {
  const workload = read({
    arrivals: { kind: 'steady', perSecond: 10 },
    payload: { min: 20, max: 30 },
    clients: 7,
    writers: 0.2,
    seconds: 2,
  })
  expect(workload.defaults).toEqual({ clients: 7, durationMs: 2000 })
  const events = workload.plan(new SeededRandom(1), span)
  expect(events).toHaveLength(20)
  expect(events.every(({ bytes, writer }) => bytes >= 20 && bytes <= 30 && (writer === 0 || writer === 1))).toBe(true)
})

describe('an invalid workload gives one line of error', () => {
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [{}, /mine.json: one of arrivals and trace is needed/],
    [{ arrivals: { perSecond: 0 } }, /arrivals.perSecond is no number from/],
    [{ arrivals: { perSecond: 1, kind: 'odd' } }, /arrivals.kind is none of poisson, steady/],
    [{ arrivals: 5 }, /arrivals.perSecond is no number/],
    [{ trace: [] }, /trace is no list/],
    [{ trace: ['tomorrow'] }, /neither ms nor an ISO time/],
    [{ trace: [0], payload: 3 }, /payload.min is no number from 11/],
    [{ trace: [0], payload: { min: 90, max: 20 } }, /payload.min is above payload.max/],
    [{ trace: [0], writers: 2 }, /writers is no number from 0 to 1/],
    [{ trace: [0], colour: 'red' }, /unknown colour; there are/],
    [[], /holds no object/],
  ]
  test.each(wrong)('%j', (value, message) => {
    expect(() => read(value)).toThrow(message)
  })
  test('text that is not JSON', () => expect(() => parseWorkload('{', 'mine.json')).toThrow('mine.json is no JSON'))
})
