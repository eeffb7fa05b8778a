import { createServer, connect as dial, type Socket } from 'node:net'

export interface IdleProxy {
  readonly port: number
  /** Connections that were cut because nothing came from the server for too long. */
  readonly cut: number
  /** While false, no connection is cut: a page can load first, however slow the machine is. */
  cuts: boolean
  stop(): Promise<void>
}

/** A proxy that cuts a connection on which the server sent nothing for so long, as nginx and load balancers do. */
export async function idleProxy(port: number, idleMs: number): Promise<IdleProxy> {
  const sockets = new Set<Socket>()
  const state = { cut: 0, cuts: true }
  const server = createServer((client) => {
    const upstream = dial(port, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
    }
    const cut = () => {
      if (!state.cuts) {
        timer = setTimeout(cut, idleMs)
        return
      }
      state.cut += 1
      client.destroy()
    }
    let timer = setTimeout(cut, idleMs)
    upstream.on('data', () => {
      clearTimeout(timer)
      timer = setTimeout(cut, idleMs)
    })
    client.pipe(upstream).pipe(client)
    upstream.on('close', () => client.destroy())
    client.on('close', () => {
      clearTimeout(timer)
      upstream.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return Object.assign(state, {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}
