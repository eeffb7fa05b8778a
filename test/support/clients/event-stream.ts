import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { until } from '../until.ts'

export interface StreamEvent {
  readonly event: string
  readonly id: string | undefined
  /** The parsed `data`. */
  readonly data: Record<string, unknown>
}

/** An open event stream: it keeps what came and decides nothing. */
export interface EventStream {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** All bytes so far, as text. */
  text(): string
  events(name?: string): StreamEvent[]
  /** The next event of this name that no `next` gave yet. */
  next(name: string): Promise<StreamEvent>
  /** Waits until the text so far fits. */
  until(what: string, fits: (text: string) => boolean): Promise<string>
  /** Resolves when the server ends the stream. */
  ended(): Promise<void>
  /** Takes nothing more, until `resume`. */
  pause(): void
  resume(): void
  close(): void
}

export interface StreamOptions {
  readonly port: number
  readonly path: string
  readonly token?: string | undefined
  readonly headers?: Record<string, string>
}

export async function openStream({ port, path, token, headers = {} }: StreamOptions): Promise<EventStream> {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    const options = { host: '127.0.0.1', port, path, agent: false as const }
    const request = get({ ...options, headers: { accept: 'text/event-stream', ...authorization, ...headers } }, resolve)
    request.on('error', reject)
  })
  return keep(await until(`the stream ${path}`, answer))
}

function keep(incoming: IncomingMessage): EventStream {
  let text = ''
  const parse = parser()
  const watchers = new Set<() => void>()
  incoming.setEncoding('utf8')
  incoming.on('error', () => {})
  incoming.on('data', (chunk: string) => {
    text += chunk
    parse.push(chunk)
    for (const watcher of watchers) watcher()
  })
  const end = new Promise<void>((resolve) => incoming.on('close', () => resolve()))
  const waitFor: EventStream['until'] = async (what, fits) => {
    let watcher = () => {}
    const found = new Promise<string>((resolve, reject) => {
      watcher = () => {
        if (fits(text)) resolve(text)
      }
      watchers.add(watcher)
      watcher()
      void end.then(() => reject(new Error(`the stream ended while waiting for ${what}: ${text.slice(-1000)}`)))
    })
    return until(what, found, () => text.slice(-1000)).finally(() => watchers.delete(watcher))
  }
  const events = (name?: string) => parse.events.filter(({ event }) => name === undefined || event === name)
  const taken = new Map<string, number>()
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    text: () => text,
    events,
    next: async (name) => {
      const index = taken.get(name) ?? 0
      taken.set(name, index + 1)
      await waitFor(`event ${name}`, () => events(name).length > index)
      const event = events(name)[index]
      if (event === undefined) throw new Error(`no event ${name}`)
      return event
    },
    until: waitFor,
    ended: () => until('the end of the stream', end, () => text.slice(-1000)),
    pause: () => void incoming.pause(),
    resume: () => void incoming.resume(),
    close: () => incoming.destroy(),
  }
}

/** Parses events as they come: a long stream is not parsed from its beginning with every chunk. */
function parser() {
  const events: StreamEvent[] = []
  let rest = ''
  const push = (chunk: string): void => {
    rest += chunk
    const end = rest.lastIndexOf('\n\n') + 2
    if (end < 2) return
    events.push(...parseEvents(rest.slice(0, end)))
    rest = rest.slice(end)
  }
  return { events, push }
}

/** The complete events of a stream's text (WHATWG HTML, 9.2.6), which ends its lines in LF only. */
export function parseEvents(text: string): StreamEvent[] {
  const blocks = text.split('\n\n').slice(0, -1)
  return blocks.flatMap((block) => {
    const fields = block.split('\n').filter((line) => !line.startsWith(':'))
    const value = (name: string) =>
      fields
        .find((line) => line.startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .replace(/^ /, '')
    const data = fields.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).replace(/^ /, ''))
    if (data.length === 0) return []
    return [
      {
        event: value('event') ?? 'message',
        id: value('id'),
        data: JSON.parse(data.join('\n')) as Record<string, unknown>,
      },
    ]
  })
}
