import { defaultLimits, limitTable } from 'dovetail-protocol'
import { expect, test } from 'vitest'
import { fittingLimits } from './fitting-limits.ts'

test('the default limits do not contradict each other', () => {
  expect(fittingLimits()).toEqual(defaultLimits)
})

test('a default limit is lowered to fit a limit that was set', () => {
  expect(fittingLimits({ pageRecords: 5, changes: 7, waitSecondsMax: 2 })).toMatchObject({
    pageRecordsDefault: 5,
    changesDefault: 7,
    waitSeconds: 2,
  })
  expect(fittingLimits({ frameBytes: 40_000 }).recordBytes).toBe(37_952)
  expect(fittingLimits({ frameBytes: 40_000, recordBytes: 60_000 }).recordBytes).toBe(60_000)
  expect(fittingLimits({ replyBytes: limitTable.replyBytes.min }).recordBytes).toBeLessThan(limitTable.replyBytes.min)
  expect(fittingLimits({ pageRecordsDefault: 500, waitSeconds: 55 })).toMatchObject({ pageRecords: 500 })
})

test('the budget of an address grows and shrinks with that of a user, unless it is set', () => {
  expect(fittingLimits({ commands: 1, commandsBurst: 5 })).toMatchObject({
    addressCommands: 20,
    addressCommandsBurst: 100,
  })
  expect(fittingLimits({ commands: 100_000 }).addressCommands).toBe(limitTable.addressCommands.max)
  expect(fittingLimits({ commands: 1, addressCommands: 7 }).addressCommands).toBe(7)
})

test.each([
  [{ pageRecordsDefault: 501 }, 'pageRecordsDefault=501 does not fit pageRecords=500, which leaves 500 at most'],
  [{ changes: 10, changesDefault: 11 }, 'changesDefault=11 does not fit changes=10, which leaves 10 at most'],
  [{ waitSeconds: 3, waitSecondsMax: 2.5 }, 'waitSeconds=3 does not fit waitSecondsMax=2.5, which leaves 2.5 at most'],
  [{ recordBytes: 1_048_576 }, 'recordBytes=1048576 does not fit replyBytes=1048576, which leaves 1046528 at most'],
])('limits that contradict each other are refused: %j', (given, words) => {
  expect(() => fittingLimits(given)).toThrow(`limits: ${words}`)
})
