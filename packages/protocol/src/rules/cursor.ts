/**
 * A cursor `<epoch>.<rev>` says that its holder has the channel's log up to revision `rev` of that epoch; `0` says that
 * its holder has nothing, and is valid in any epoch. Cursors are opaque to applications.
 */
export type Cursor = { readonly epoch: string; readonly rev: number } | { readonly epoch: null; readonly rev: 0 }

const cursorPattern = /^([A-Za-z0-9]{1,64})\.(0|[1-9][0-9]{0,15})$/

/** @returns the cursor, or `null` where the text is not one */
export function parseCursor(text: string): Cursor | null {
  if (text === '0') return { epoch: null, rev: 0 }
  const match = cursorPattern.exec(text)
  if (match === null) return null
  const [, epoch, digits] = match
  const rev = Number(digits)
  if (epoch === undefined || !Number.isSafeInteger(rev)) return null
  return { epoch, rev }
}

/** The text of a cursor. A channel to which nobody has written has no epoch: its cursor is `0`. */
export function formatCursor(epoch: string | null, rev: number): string {
  return epoch === null ? '0' : `${epoch}.${rev}`
}

/** A record's entity tag (RFC 9110, section 8.8.3): strong, with its quotes. */
export function formatEtag(epoch: string, rev: number): string {
  return `"${epoch}-${rev}"`
}
