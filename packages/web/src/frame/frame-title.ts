interface Titled {
  op?: unknown
  id?: unknown
  ok?: unknown
  error?: { code?: unknown }
  from?: unknown
  to?: unknown
}

/** What a frame is, in a word or two: its `op`, or the reply it is. */
export function frameTitle(text: string): string {
  let frame: Titled
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed !== 'object' || parsed === null) return 'text'
    frame = parsed
  } catch {
    return 'text'
  }
  if (typeof frame.error === 'object') return `error ${String(frame.error.code)}`
  if (frame.ok !== undefined) return `ok ${String(frame.id)}`
  if (typeof frame.op !== 'string') return frame.from === undefined ? 'reply' : `changes ${String(frame.from)}→${String(frame.to)}`
  if (frame.op === 'changes') return `changes ${String(frame.from)}→${String(frame.to)}`
  return frame.id === undefined ? frame.op : `${frame.op} ${String(frame.id)}`
}
