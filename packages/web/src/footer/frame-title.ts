/** The fields of a frame that its title is made of. */
interface Titled {
  op?: unknown
  id?: unknown
  ok?: unknown
  error?: { code?: unknown }
  from?: unknown
  to?: unknown
  method?: unknown
  path?: unknown
  status?: unknown
}

/** A short title for a frame: its `op`, its request line, or the kind of reply. */
export function frameTitle(frame: unknown): string {
  if (typeof frame !== 'object' || frame === null) return 'text'
  const { op, id, ok, error, from, to, method, path, status } = frame as Titled
  if (typeof method === 'string') return `${method} ${String(path ?? '')}`
  if (typeof status === 'number') return `${status}`
  if (typeof error === 'object') return `error ${String(error.code)}`
  if (ok !== undefined) return `ok ${String(id)}`
  if (op === 'changes' || (op === undefined && from !== undefined)) return `changes ${String(from)}→${String(to)}`
  if (typeof op !== 'string') return 'reply'
  return id === undefined ? op : `${op} ${String(id)}`
}
