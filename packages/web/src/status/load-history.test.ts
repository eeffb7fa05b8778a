import { expect, test } from 'vitest'
import { loadPlots, type Reading } from './load-history.ts'

const reading = (at: number, values: Readonly<Record<string, number>>): Reading => ({
  at,
  metrics: Object.entries(values).map(([name, value]) => ({ name, labels: {}, value })),
})

const plotOf = (label: string, readings: readonly Reading[]) => loadPlots(readings).find((plot) => plot.label === label)

test('what counts up is shown as its rate, from the second reading on', () => {
  const name = 'dovetail_commit_units_total'
  const readings = [reading(0, { [name]: 10 }), reading(5000, { [name]: 20 }), reading(7000, { [name]: 30 })]
  expect(plotOf('Writes a second', readings)).toEqual({ label: 'Writes a second', value: '5', values: [null, 2, 5] })
})

test('a counter that began anew, or is not there, has no rate', () => {
  const name = 'dovetail_delivered_frames_total'
  const readings = [reading(0, { [name]: 10 }), reading(5000, { [name]: 2 }), reading(9000, {})]
  expect(plotOf('Frames sent a second', readings)).toMatchObject({ value: '–', values: [null, null, null] })
})

test('series are added up', () => {
  const metrics = ['websocket', 'sse'].map((transport) => ({
    name: 'dovetail_readers',
    labels: { transport },
    value: 2,
  }))
  expect(plotOf('Readers', [{ at: 0, metrics }])).toEqual({ label: 'Readers', value: '4', values: [4] })
})

test('the lag is the mean of what was delivered between two readings, and unknown where nothing was', () => {
  const lag = (count: number, sum: number) => ({
    dovetail_delivery_lag_seconds_count: count,
    dovetail_delivery_lag_seconds_sum: sum,
  })
  const readings = [reading(0, lag(0, 0)), reading(5000, lag(4, 0.02)), reading(10_000, lag(4, 0.02))]
  expect(plotOf('Delivery lag', readings)?.values).toEqual([null, 5, null])
})
