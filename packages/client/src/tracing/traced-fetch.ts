/** A `fetch` that puts `traceparent` into writes, and asks for the traces of changes. */
import { isWrite, type SentWrite, type TraceMembers, type WriteOp, type WriteSpans } from './write-spans.ts'

export function tracedFetch(fetch: typeof globalThis.fetch, spans: WriteSpans): typeof globalThis.fetch {
  return (input, init) => {
    if (typeof input !== 'string' || init === undefined) return fetch(input, init)
    const [path = ''] = input.split('?', 1)
    if (path.endsWith('/changes')) return fetch(`${input}${input.includes('?') ? '&' : '?'}traces=1`, init)
    const headers = new Headers(init.headers)
    const write = path.endsWith('/v1/batch') ? firstOf(init.body) : writeOf(path, init.method ?? 'GET', headers)
    if (write === null) return fetch(input, init)
    const send = (members: TraceMembers): Promise<Response> => {
      for (const [name, value] of Object.entries(members)) headers.set(name, value)
      return fetch(input, { ...init, headers })
    }
    return spans.send(write, send, ({ ok, status }) => (ok ? undefined : String(status)))
  }
}

/** A request stands at one point of one trace: that of its first write. */
function firstOf(body: unknown): SentWrite | null {
  if (typeof body !== 'string') return null
  const { writes } = JSON.parse(body) as { writes: readonly object[] }
  const [first = {}] = writes
  return isWrite(first) ? first : null
}

const opOf: Readonly<Record<string, WriteOp>> = { POST: 'create', PUT: 'put', PATCH: 'patch', DELETE: 'delete' }

/** The SDK sends every write to a record under a key, and nothing else. */
function writeOf(path: string, method: string, headers: Headers): SentWrite | null {
  const [op, key] = [opOf[method], headers.get('idempotency-key')]
  const [, channel] = /\/v1\/channels\/([^/]+)\//.exec(path) ?? []
  return op === undefined || key === null || channel === undefined
    ? null
    : { op, key, channel: decodeURIComponent(channel) }
}
