/** `bun bun-publish-server.js PORT`: what is posted is published to every socket, by Bun's own topics. Nothing is stored. */

/** What this program uses of Bun, which has no types here. */
interface BunSocket {
  subscribe(topic: string): void
}

interface BunServer {
  upgrade(request: Request): boolean
  publish(topic: string, message: string): number
}

interface BunGlobal {
  serve(options: {
    readonly hostname: string
    readonly port: number
    fetch(request: Request, server: BunServer): Promise<Response | undefined>
    readonly websocket: {
      /** Seconds. */
      readonly idleTimeout: number
      readonly sendPings: boolean
      open(socket: BunSocket): void
      message(): void
    }
  }): void
}

const { Bun } = globalThis as unknown as { readonly Bun: BunGlobal }
const topic = 'bench'

Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.argv[2]),
  fetch: async (request, server) => {
    if (request.method !== 'POST') return server.upgrade(request) ? undefined : new Response('', { status: 426 })
    server.publish(topic, await request.text())
    return new Response('{}', { status: 201, headers: { 'content-type': 'application/json' } })
  },
  websocket: {
    idleTimeout: 960,
    sendPings: false,
    open: (socket) => socket.subscribe(topic),
    message: () => {},
  },
})
