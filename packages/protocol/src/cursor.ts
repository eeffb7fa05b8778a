/**
 * A cursor `<epoch>.<rev>` says "I have everything of this channel up to here"; `0` says "I have
 * nothing" and is valid into any epoch. Opaque to applications.
 */
export type Cursor = { readonly epoch: string; readonly rev: number } | { readonly epoch: null; readonly rev: 0 }

const cursorPattern = /^([A-Za-z0-9]{1,64})\.(0|[1-9][0-9]{0,15})$/

/** `null` where the text is no cursor. */
export function parseCursor(text: string): Cursor | null {
  if (text === '0') return { epoch: null, rev: 0 }
  const match = cursorPattern.exec(text)
  if (match === null) return null
  const [, epoch, digits] = match
  const rev = Number(digits)
  if (epoch === undefined || !Number.isSafeInteger(rev)) return null
  return { epoch, rev }
}

/** A channel that nobody wrote to has no epoch; its cursor is `0`. */
export function formatCursor(epoch: string | null, rev: number): string {
  return epoch === null ? '0' : `${epoch}.${rev}`
}

/** A record's entity tag (RFC 9110, 8.8.3), strong, quoted. */
export function formatEtag(epoch: string, rev: number): string {
  return `"${epoch}-${rev}"`
}
