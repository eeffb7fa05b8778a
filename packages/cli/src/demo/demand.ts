import { WebSocket } from 'ws'

export interface Demand {
  /** Whether anybody reads any of the channels now. */
  isWanted(): boolean
  close(): void
}

/** How long after a lost connection it is tried again. */
const retryMs = 1000

/** Asks the server to be told of the first and the last reader. Without a connection, nobody is known to read. */
export function watchDemand(
  url: string,
  token: string,
  channels: readonly string[],
  tell: (line: string) => void,
): Demand {
  const wanted = new Set<string>()
  let closed = false
  let isTold = false
  let socket: WebSocket | null = null
  let retry: NodeJS.Timeout | null = null
  const open = (): void => {
    socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/ws`, ['dovetail.v1'])
    socket.on('open', () => {
      if (isTold) tell('connected again')
      isTold = false
      socket?.send(JSON.stringify({ id: 0, op: 'hello', token }))
      channels.forEach((channel, index) => {
        socket?.send(JSON.stringify({ id: index + 1, op: 'subscribe', channel, demand: true }))
      })
    })
    socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as { op?: string; channel?: string; readers?: number }
      if (frame.op !== 'demand' || frame.channel === undefined) return
      if (frame.readers === 1) wanted.add(frame.channel)
      else wanted.delete(frame.channel)
    })
    socket.on('error', () => {})
    socket.on('close', () => {
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
