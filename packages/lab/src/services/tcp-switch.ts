/** One address in front of several servers, of which one is reached at a time: as a name that a failover moves. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface TcpSwitch {
  readonly port: number
  /** Ends every connection; new ones go to this port of this machine. `null`: they are refused. */
  to(port: number | null): void
  /** Whether all bytes are lost, both ways: as where a cable is cut, neither end is told. */
  silence(isSilent: boolean): void
  stop(): Promise<void>
}

export async function startTcpSwitch(first: number): Promise<TcpSwitch> {
  let target: number | null = first
  let isSilent = false
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    if (target === null) {
      near.resetAndDestroy()
      return
    }
    join(near, connect({ port: target, host: '127.0.0.1', noDelay: true }), sockets, () => isSilent)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    to: (port) => {
      target = port
      cut()
    },
    silence: (silent) => {
      isSilent = silent
    },
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      cut()
      await closed
    },
  }
}

function join(near: Socket, far: Socket, sockets: Set<Socket>, isSilent: () => boolean): void {
  near.setNoDelay(true)
  for (const [from, to] of [
    [near, far],
    [far, near],
  ] as const) {
    sockets.add(from)
    from.on('error', () => to.destroy())
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    from.on('data', (bytes) => {
      if (isSilent() || to.write(bytes)) return
      from.pause()
      to.once('drain', () => from.resume())
    })
    from.on('end', () => to.end())
  }
}
