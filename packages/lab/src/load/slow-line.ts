/** A TCP line to a port of this machine that lets so many bytes a second down, and everything up at once. */
import { connect, createServer, type Socket } from 'node:net'

export interface SlowLine {
  readonly port: number
  stop(): Promise<void>
}

/** How much the line itself takes at a time: what waits does so before it. */
const chunkBytes = 4096
const tickMs = 20

export async function openSlowLine(to: number, bytesPerSecond: number): Promise<SlowLine> {
  const clients = new Set<Socket>()
  const server = createServer((client) => {
    clients.add(client)
    client.once('close', () => clients.delete(client))
    joinSlowly(client, to, bytesPerSecond)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
  return {
    port: address.port,
    stop: async () => {
      for (const client of clients) client.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function joinSlowly(client: Socket, port: number, bytesPerSecond: number): void {
  let allowed = 0
  const callback = (count: number, bytes: Uint8Array): boolean => {
    client.write(Buffer.from(bytes.subarray(0, count)))
    allowed -= count
    // Without an allowance the connection is read no further, and the server's bytes wait.
    return allowed > 0
  }
  const upstream = connect({ port, host: '127.0.0.1', onread: { buffer: Buffer.alloc(chunkBytes), callback } })
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    // What was not used for long is lost: a line saves nothing up.
    allowed = Math.min(allowed + ((now - last) / 1000) * bytesPerSecond, chunkBytes)
    last = now
    if (allowed > 0) upstream.resume()
  }, tickMs)
  for (const socket of [client, upstream]) {
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
  }
  client.pipe(upstream)
  upstream.once('close', () => client.destroy())
  client.once('close', () => {
    clearInterval(timer)
    upstream.destroy()
  })
}
