import { createServer, connect as dial, type Socket } from 'node:net'

/** What becomes of WebSocket upgrades; plain requests always pass. */
export type Upgrades = 'pass' | 'refused' | 'killed' | 'mute'

/** What becomes of event streams: a proxy that buffers passes an answer on when it is whole, and these never are. */
export type Streams = 'pass' | 'buffered'

export interface UpgradeProxy {
  readonly url: string
  upgrades: Upgrades
  streams: Streams
  /** Upgrades that were asked for. */
  readonly asked: number
  stop(): Promise<void>
}

const killAfterMs = 200

/** A proxy that spoils WebSockets and streams in the ways that real ones do. */
export async function upgradeProxy(port: number): Promise<UpgradeProxy> {
  const sockets = new Set<Socket>()
  const state = { upgrades: 'pass' as Upgrades, streams: 'pass' as Streams, asked: 0 }
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  }
  const server = createServer((client) => {
    keep(client)
    client.once('data', (head) => {
      const isUpgrade = /^upgrade: websocket/im.test(head.toString('latin1'))
      if (isUpgrade) state.asked += 1
      if (isUpgrade && state.upgrades === 'refused') {
        client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
        return
      }
      const upstream = dial(port, '127.0.0.1')
      keep(upstream)
      upstream.write(head)
      client.pipe(upstream)
      upstream.on('close', () => client.destroy())
      client.on('close', () => upstream.destroy())
      if (isUpgrade && state.upgrades === 'mute') upstream.once('data', (answer) => client.write(headOf(answer)))
      else passOn(upstream, client, () => state.streams === 'buffered')
      if (isUpgrade && state.upgrades === 'killed') setTimeout(() => client.destroy(), killAfterMs)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const own = typeof address === 'object' && address !== null ? address.port : 0
  return Object.assign(state, {
    url: `http://127.0.0.1:${own}`,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

/** The 101, and nothing after it. */
function headOf(answer: Buffer): Buffer {
  return answer.subarray(0, answer.indexOf('\r\n\r\n') + 4)
}

function passOn(upstream: Socket, client: Socket, isBuffering: () => boolean): void {
  const held: Buffer[] = []
  upstream.on('data', (chunk: Buffer) => {
    if (held.length > 0 || (isBuffering() && /^content-type: text\/event-stream/im.test(chunk.toString('latin1'))))
      held.push(chunk)
    else client.write(chunk)
  })
  upstream.on('end', () => client.end(Buffer.concat(held)))
}
