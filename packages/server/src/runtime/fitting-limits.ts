/**
 * Makes the limits consistent: fits a default to a limit that was set, and refuses limits that contradict each other.
 */
import { defaultLimits, type LimitName, type Limits, limitTable } from 'dovetail-protocol'
import { StartFailure } from '../open.ts'

/** Bytes of a reply with one record, apart from the record's data: names, times, revisions. */
const aroundRecord = 2048

/**
 * What of a record has room in a frame: its default goes down with `frameBytes`, so that no frame is larger. Larger
 * records may be allowed, and then stand alone in frames of their size.
 */
function recordBytesWithin(limits: Limits): number {
  return Math.min(limits.recordBytes, limits.frameBytes - aroundRecord)
}

/** The first limit is never more than the second minus the third. */
const bounds: readonly (readonly [LimitName, LimitName, number])[] = [
  ['pageRecordsDefault', 'pageRecords', 0],
  ['changesDefault', 'changes', 0],
  ['waitSeconds', 'waitSecondsMax', 0],
  ['recordBytes', 'replyBytes', aroundRecord],
]

/** Where the second limit is set and the first is not, the first keeps its ratio to the second. */
const scaled: readonly (readonly [LimitName, LimitName])[] = [
  ['addressCommands', 'commands'],
  ['addressCommandsBurst', 'commandsBurst'],
]

/**
 * @returns all limits, with defaults for those that are not given
 * @throws StartFailure where two given limits contradict each other
 */
export function fittingLimits(given: Partial<Limits> = {}): Limits {
  const limits: Record<LimitName, number> = { ...defaultLimits, ...given }
  for (const [name, base] of scaled) {
    if (given[name] !== undefined || given[base] === undefined) continue
    limits[name] = Math.min(limitTable[name].max, (given[base] * defaultLimits[name]) / defaultLimits[base])
  }
  for (const [lesser, greater, margin] of bounds) {
    const most = limits[greater] - margin
    if (limits[lesser] <= most) continue
    if (given[lesser] !== undefined) throw new StartFailure(contradiction(lesser, greater, limits, most))
    limits[lesser] = most
  }
  if (given.recordBytes === undefined) limits.recordBytes = recordBytesWithin(limits)
  return limits
}

function contradiction(lesser: LimitName, greater: LimitName, limits: Limits, most: number): string {
  return `limits: ${lesser}=${limits[lesser]} does not fit ${greater}=${limits[greater]}, which leaves ${most} at most`
}
