/** WebDriver BiDi: commands and events as JSON over one WebSocket (https://www.w3.org/TR/webdriver-bidi/). */
import { once } from 'node:events'
import { WebSocket } from 'ws'

export interface LogEntry {
  readonly type: string
  readonly level: string
  readonly text: string | null
  /** Of `console`, where the page called it. */
  readonly method?: string
  readonly source: { readonly context?: string }
}

type Result = Readonly<Record<string, unknown>>

export interface Bidi {
  /** Resolves with the result, or throws what the browser has against the command. */
  send(method: string, params: Readonly<Record<string, unknown>>): Promise<Result>
  onLog(listener: (entry: LogEntry) => void): void
  close(): void
}

interface Waiting {
  readonly resolve: (result: Result) => void
  readonly reject: (error: Error) => void
}

interface Down {
  readonly type: 'success' | 'error' | 'event'
  readonly id?: number
  readonly result?: Result
  readonly error?: string
  readonly message?: string
  readonly method?: string
  readonly params?: unknown
}

export async function openBidi(url: string): Promise<Bidi> {
  const socket = new WebSocket(url, { perMessageDeflate: false })
  await once(socket, 'open')
  const waiting = new Map<number, Waiting>()
  const listeners: ((entry: LogEntry) => void)[] = []
  let lastId = 0
  socket.on('message', (data) => {
    const down = JSON.parse(String(data)) as Down
    if (down.type === 'event') {
      if (down.method === 'log.entryAdded') for (const listener of listeners) listener(down.params as LogEntry)
      return
    }
    const asked = waiting.get(down.id ?? 0)
    waiting.delete(down.id ?? 0)
    if (down.type === 'success') asked?.resolve(down.result ?? {})
    else asked?.reject(new Error(`${down.error}: ${down.message}`))
  })
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the browser closed its socket'))
    waiting.clear()
  })
  return {
    send: (method, params) =>
      new Promise((resolve, reject) => {
        const id = ++lastId
        waiting.set(id, { resolve, reject })
        socket.send(JSON.stringify({ id, method, params }))
      }),
    onLog: (listener) => void listeners.push(listener),
    close: () => socket.terminate(),
  }
}
