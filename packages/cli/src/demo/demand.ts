import { WebSocket } from 'ws'

export interface Demand {
  /** Whether anybody reads any of the channels now. */
  isWanted(): boolean
  close(): void
}

export interface DemandOptions {
  readonly url: string
  readonly token: () => Promise<string>
  readonly channels: readonly string[]
  readonly tell: (line: string) => void
  /** The server does not let this caller ask, and will not another time either: `why` is a sentence of its own. */
  readonly refused: (why: string) => void
}

interface Told {
  readonly op?: string
  readonly channel?: string
  readonly readers?: number
  readonly error?: { readonly code: string; readonly detail: string }
}

/** How long after a lost connection it is tried again. */
const retryMs = 1000

/** What is no use to ask again. */
const finalCodes = ['unauthenticated', 'token_expired', 'forbidden', 'not_found', 'invalid_name']

/** Asks the server to be told of the first and the last reader. Without a connection, nobody is known to read. */
export function watchDemand({ url, token, channels, tell, refused }: DemandOptions): Demand {
  const wanted = new Set<string>()
  let closed = false
  let isTold = false
  let socket: WebSocket | null = null
  let retry: NodeJS.Timeout | null = null
  const hear = ({ op, channel, readers, error }: Told): void => {
    if (error !== undefined && finalCodes.includes(error.code)) refused(error.detail)
    if (op !== 'demand' || channel === undefined) return
    // The server has answered, so it is there.
    if (isTold) tell('connected again')
    isTold = false
    if (readers === 1) wanted.add(channel)
    else wanted.delete(channel)
  }
  const ask = async (asked: WebSocket): Promise<void> => {
    asked.send(JSON.stringify({ id: 0, op: 'hello', token: await token() }))
    channels.forEach((channel, index) => {
      asked.send(JSON.stringify({ id: index + 1, op: 'subscribe', channel, demand: true }))
    })
  }
  const open = (): void => {
    const opened = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/ws`, ['dovetail.v1'])
    socket = opened
    opened.on('open', () => void ask(opened))
    opened.on('message', (data) => hear(JSON.parse(String(data)) as Told))
    opened.on('error', () => {})
    opened.on('close', () => {
      wanted.clear()
      if (closed) return
      if (!isTold) tell(`not connected to ${url}; trying again`)
      isTold = true
      retry = setTimeout(open, retryMs)
    })
  }
  open()
  return {
    isWanted: () => wanted.size > 0,
    close() {
      closed = true
      if (retry !== null) clearTimeout(retry)
      socket?.close()
    },
  }
}
