/** Limits that fit each other: what nobody set gives way to what somebody did, and two that contradict are refused. */
import { defaultLimits, type LimitName, type Limits } from '@dovetail/protocol'
import { StartFailure } from './open.ts'

/** What stands around a record's data in a reply with this record alone, in bytes: names, times, revisions. */
const aroundRecord = 2048

/** The first is never more than the second, less the bytes that the third takes of it. */
const bounds: readonly (readonly [LimitName, LimitName, number])[] = [
  ['pageRecordsDefault', 'pageRecords', 0],
  ['changesDefault', 'changes', 0],
  ['waitSeconds', 'waitSecondsMax', 0],
  ['recordBytes', 'replyBytes', aroundRecord],
]

/** All limits, with defaults where none was given. @throws StartFailure */
export function fittingLimits(given: Partial<Limits> = {}): Limits {
  const limits: Record<LimitName, number> = { ...defaultLimits, ...given }
  for (const [lesser, greater, room] of bounds) {
    const most = limits[greater] - room
    if (limits[lesser] <= most) continue
    if (given[lesser] !== undefined) throw new StartFailure(contradiction(lesser, greater, limits, most))
    limits[lesser] = most
  }
  return limits
}

function contradiction(lesser: LimitName, greater: LimitName, limits: Limits, most: number): string {
  return `limits: ${lesser}=${limits[lesser]} does not fit ${greater}=${limits[greater]}, which leaves ${most} at most`
}
