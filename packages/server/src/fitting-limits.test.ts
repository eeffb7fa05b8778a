import { defaultLimits, limitTable } from '@dovetail/protocol'
import { expect, test } from 'vitest'
import { fittingLimits } from './fitting-limits.ts'

test('the defaults fit each other', () => {
  expect(fittingLimits()).toEqual(defaultLimits)
})

test('a default gives way to what was set', () => {
  expect(fittingLimits({ pageRecords: 5, changes: 7, waitSecondsMax: 2 })).toMatchObject({
    pageRecordsDefault: 5,
    changesDefault: 7,
    waitSeconds: 2,
  })
  expect(fittingLimits({ replyBytes: limitTable.replyBytes.min }).recordBytes).toBeLessThan(limitTable.replyBytes.min)
  expect(fittingLimits({ pageRecordsDefault: 500, waitSeconds: 55 })).toMatchObject({ pageRecords: 500 })
})

test.each([
  [{ pageRecordsDefault: 501 }, 'pageRecordsDefault=501 does not fit pageRecords=500, which leaves 500 at most'],
  [{ changes: 10, changesDefault: 11 }, 'changesDefault=11 does not fit changes=10, which leaves 10 at most'],
  [{ waitSeconds: 3, waitSecondsMax: 2.5 }, 'waitSeconds=3 does not fit waitSecondsMax=2.5, which leaves 2.5 at most'],
  [{ recordBytes: 1_048_576 }, 'recordBytes=1048576 does not fit replyBytes=1048576, which leaves 1046528 at most'],
])('two that contradict are refused: %j', (given, words) => {
  expect(() => fittingLimits(given)).toThrow(`limits: ${words}`)
})
