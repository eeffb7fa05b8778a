import { expect, test } from 'vitest'
import { disturbancesOf, judgeRuns } from './disturbance.ts'
import { type RoundResultFixture, result } from './round-result.fixture.ts'

const polled = (requests: number, more: RoundResultFixture = {}) =>
  result({ clients: 1, idle: { seconds: 0 }, busy: { seconds: 60, requests }, ...more })

test('[N34] a run in which the lab stood still is disturbed', () => {
  expect(disturbancesOf(result({ labPauseMs: 2000 }), null)).toEqual(['lab-stalled'])
  expect(disturbancesOf(result({ labPauseMs: 40 }), null)).toEqual([])
})

test('a poller that asked 222 times in a minute instead of 600 times is off its pace, one that asked 590 times is not', () => {
  expect(disturbancesOf(polled(222), 100)).toEqual(['off-pace'])
  expect(disturbancesOf(polled(590), 100)).toEqual([])
  expect(disturbancesOf(polled(222), null)).toEqual([])
})

test('few questions are judged by what could be under way: five clients every 5 s need not ask in one second', () => {
  const second = result({ clients: 5, idle: { seconds: 0 }, busy: { seconds: 1, requests: 0 } })
  expect(disturbancesOf(second, 5000)).toEqual([])
})

test('disturbed runs are left out where there are others, and their reasons stay', () => {
  const runs = [polled(600), polled(200), polled(610, { labPauseMs: 900 }), polled(590)]
  expect(judgeRuns(runs, 2, 100)).toEqual({
    results: [runs[0], runs[3]],
    disturbances: ['off-pace', 'lab-stalled'],
    isUnreliable: false,
  })
})

test('where every run was disturbed, they are kept and called unreliable', () => {
  const runs = [polled(200), polled(210), polled(220)]
  expect(judgeRuns(runs, 2, 100)).toEqual({
    results: runs.slice(0, 2),
    disturbances: ['off-pace'],
    isUnreliable: true,
  })
  expect(judgeRuns([], 2, 100).isUnreliable).toBe(false)
})
