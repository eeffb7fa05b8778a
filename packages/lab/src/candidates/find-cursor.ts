const mark = Buffer.from('"cursor":"')

/** The first cursor in a reply, found without parsing it. */
export function findCursor(body: Buffer): string | null {
  const at = body.indexOf(mark)
  if (at < 0) return null
  const start = at + mark.length
  return body.toString('latin1', start, body.indexOf('"', start))
}
