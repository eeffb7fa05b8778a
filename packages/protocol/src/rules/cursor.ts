/**
 * A cursor `<epoch>.<rev>` says that its holder has the channel's log up to revision `rev` of that epoch; `0` says that
 * its holder has nothing, and is valid in any epoch. Cursors are opaque to applications.
 */
export type Cursor = { readonly epoch: string; readonly rev: number } | { readonly epoch: null; readonly rev: 0 }

const cursorPattern = /^([A-Za-z0-9]{1,64})\.(0|[1-9][0-9]{0,15})(?:~[1-9][0-9]{0,15})?$/

/** @returns the cursor, or `null` where the text is not one */
export function parseCursor(text: string): Cursor | null {
  if (text === '0') return { epoch: null, rev: 0 }
  const [, epoch, digits] = cursorPattern.exec(text) ?? []
  const rev = Number(digits)
  return epoch !== undefined && Number.isSafeInteger(rev) ? { epoch, rev } : null
}

/** The text of a cursor. A channel to which nobody has written has no epoch: its cursor is `0`. */
export function formatCursor(epoch: string | null, rev: number): string {
  return epoch === null ? '0' : `${epoch}.${rev}`
}

/**
 * The cursor of a reading of a log whose tombstones up to `floor` may have been purged. A cursor below the floor can't be
 * continued, but by a reading that began at `0` and so missed none of them: its cursors end in `~` and the floor that the
 * log had.
 */
export function formatReadingCursor(epoch: string | null, rev: number, floor: number): string {
  return rev < floor && epoch !== null ? `${epoch}.${rev}~${floor}` : formatCursor(epoch, rev)
}

/** The floor that the log had when the reading of this cursor began at `0`; 0: the cursor does not say. */
export function beginningFloor(cursor: string): number {
  return Number(cursor.split('~')[1] ?? 0)
}

/** A record's entity tag (RFC 9110, section 8.8.3): strong, with its quotes. */
export function formatEtag(epoch: string, rev: number): string {
  return `"${epoch}-${rev}"`
}
