import { connect, createServer, type Socket } from 'node:net'

export interface CuttingProxy {
  readonly port: number
  close(): void
}

/** A line to the server that is cut, without a goodbye, once so many bytes have come down on it. */
export async function startCuttingProxy(port: number, bytes: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>()
  const proxy = createServer((client) => {
    const upstream = connect(port, '127.0.0.1')
    let left = bytes
    const cut = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', cut)
      socket.on('close', cut)
    }
    client.pipe(upstream)
    upstream.on('data', (chunk) => {
      const part = chunk.subarray(0, left)
      left -= part.length
      // What was let through must arrive: the cut comes behind it.
      if (left > 0) client.write(part)
      else client.end(part, cut)
    })
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const address = proxy.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    close: () => {
      proxy.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
