import { expect, test } from 'vitest'
import { radioModel } from '../../traffic/radio.ts'
import { result } from '../rounds/round-result.fixture.ts'
import { radioFigures } from './radio-figures.ts'

const none = { wakeUps: 0, onMs: 0 }

test('wake-ups and time on are those of one client, over all rounds', () => {
  const round = (wakeUps: number, onMs: number) =>
    result({ clients: 10, busy: { seconds: 60 }, radio: { idle: none, busy: { wakeUps, onMs } } })
  expect(radioFigures([round(10, 300_000), round(20, 300_000)], null, null)).toEqual({
    wakeUpsPerHour: 90,
    onShare: 0.5,
    model: radioModel.name,
  })
})

test('a poller that was measured for less than its interval has no figures', () => {
  const short = result({ busy: { seconds: 2 }, radio: { idle: none, busy: none } })
  expect(radioFigures([short], 5000, null)).toBeNull()
  expect(radioFigures([short], 1000, null)).not.toBeNull()
  expect(radioFigures([result({})], null, null)).toBeNull()
})

test('where events are rare, each wakes a radio that is off, and one that polls keep on stays on', () => {
  const idle = (onMs: number) =>
    result({ clients: 1, idle: { seconds: 10 }, radio: { idle: { wakeUps: 0, onMs }, busy: none } })
  expect(radioFigures([idle(0)], null, 600)).toMatchObject({ wakeUpsPerHour: 6, onShare: radioModel.tailMs / 600_000 })
  expect(radioFigures([idle(10_000)], null, 600)).toMatchObject({ wakeUpsPerHour: 0, onShare: 1 })
})
