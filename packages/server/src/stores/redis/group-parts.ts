/** How a group of units is sent to Redis in parts, and what the script answers of each unit. */
import type { Unit, UnitOutcome } from '../../ports/store.ts'
import { randomEpoch } from '../shared/epoch.ts'
import type { Reply } from './packed-row.ts'
import { type Making, outcomeOf, unitArgs } from './unit-args.ts'

/** A part has this many characters, so that no script blocks Redis for long. */
const partChars = 1024 * 1024

const publicly: Pick<Making, 'visibility' | 'title'> = { visibility: 'public', title: null }

export function* partsOf(
  group: readonly Unit[],
): Generator<{ readonly units: readonly Unit[]; readonly args: string[] }> {
  let units: Unit[] = []
  let args: string[] = []
  let chars = 0
  for (const unit of group) {
    const own = unitArgs(unit, randomEpoch, { ...publicly, make: unit.make ? 'allowed' : 'refused' })
    units.push(unit)
    for (const arg of own) {
      args.push(arg)
      chars += arg.length
    }
    if (chars < partChars) continue
    yield { units, args }
    units = []
    args = []
    chars = 0
  }
  if (units.length > 0) yield { units, args }
}

export function committed(unit: Unit, reply: Reply | undefined): UnitOutcome {
  const outcome = outcomeOf(unit, reply)
  if (outcome.kind === 'there') throw new Error('a unit that may find its channel was told that it is there')
  return outcome
}
