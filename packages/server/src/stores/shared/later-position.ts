/** How the position of a named consumer moves. The statement of the PostgreSQL store says the same in SQL. */
import { beginningFloor, parseCursor } from 'dovetail-protocol/cursor'

/**
 * The position after `given` was acknowledged at `held`. It does not move back in one log, so that a request which
 * comes late does not have changes given again. A reading that began anew, where `held` is below what was purged since,
 * begins at a lower revision.
 */
export function laterPosition(held: string, given: string): string {
  const [before, after] = [parseCursor(held), parseCursor(given)]
  if (before?.epoch == null || before.epoch !== after?.epoch || after.rev >= before.rev) return given
  const floor = beginningFloor(given)
  return before.rev < floor && beginningFloor(held) !== floor ? given : held
}
