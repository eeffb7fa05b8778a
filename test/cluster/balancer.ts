import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net'

/** Where connections are taken in turn, each to the next node, whoever comes: no session sticks. */
export interface Balancer {
  readonly port: number
  close(): Promise<void>
}

/** `ports` are those of the nodes; one that does not answer is passed over. */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const open = new Set<Socket>()
  let turn = 0
  const server = createServer((client) => {
    open.add(client)
    client.on('close', () => open.delete(client))
    client.on('error', () => {})
    toNode(client, ports, turn++, ports.length)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function toNode(client: Socket, ports: readonly number[], turn: number, tries: number): void {
  const node = createConnection({ port: ports[turn % ports.length] ?? 0, host: '127.0.0.1', noDelay: true })
  let isJoined = false
  node.on('connect', () => {
    isJoined = true
    client.pipe(node).pipe(client)
  })
  node.on('error', () => {
    if (!isJoined && tries > 1) toNode(client, ports, turn + 1, tries - 1)
    else client.destroy()
  })
  node.on('close', () => {
    if (isJoined) client.destroy()
  })
  client.on('close', () => node.destroy())
}
