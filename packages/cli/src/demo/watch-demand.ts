import { WebSocket } from 'ws'

export interface Demand {
  /** Whether any of the channels has a reader now. */
  isWanted(): boolean
  close(): void
}

export interface DemandOptions {
  readonly url: string
  readonly token: () => Promise<string>
  readonly channels: readonly string[]
  readonly report: (line: string) => void
  /** Called when the server refuses this caller for good; `why` is a full sentence. */
  readonly onRefused: (why: string) => void
}

interface DemandFrame {
  readonly op?: string
  readonly channel?: string
  readonly readers?: number
  readonly error?: { readonly code: string; readonly detail: string }
}

/** The pause before a lost connection is opened again. */
const retryMs = 1000

/** Error codes after which a retry is useless. */
const finalCodes = ['unauthenticated', 'token_expired', 'forbidden', 'not_found', 'invalid_name']

/** Subscribes to the demand of channels: the server reports the first and the last reader. Without a connection the channels count as unread. */
export function watchDemand({ url, token, channels, report, onRefused }: DemandOptions): Demand {
  const wanted = new Set<string>()
  let closed = false
  let isReported = false
  let socket: WebSocket | null = null
  let retry: NodeJS.Timeout | null = null
  const receive = ({ op, channel, readers, error }: DemandFrame): void => {
    if (error !== undefined && finalCodes.includes(error.code)) onRefused(error.detail)
    if (op !== 'demand' || channel === undefined) return
    // The server has answered, so it is reachable.
    if (isReported) report('connected again')
    isReported = false
    if (readers === 1) wanted.add(channel)
    else wanted.delete(channel)
  }
  const subscribe = async (to: WebSocket): Promise<void> => {
    to.send(JSON.stringify({ id: 0, op: 'hello', token: await token() }))
    channels.forEach((channel, index) => {
      to.send(JSON.stringify({ id: index + 1, op: 'subscribe', channel, demand: true }))
    })
  }
  const open = (): void => {
    const opened = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/ws`, ['dovetail.v1'])
    socket = opened
    opened.on('open', () => void subscribe(opened))
    opened.on('message', (data) => receive(JSON.parse(String(data)) as DemandFrame))
    opened.on('error', () => {})
    opened.on('close', () => {
      wanted.clear()
      if (closed) return
      if (!isReported) report(`not connected to ${url}; trying again`)
      isReported = true
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
