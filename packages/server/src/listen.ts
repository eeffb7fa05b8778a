/** One app on several addresses with one port: a name such as localhost means IPv4 here and IPv6 there. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { StartFailure } from './open.ts'
import { endWhenBroken } from './transports/broken-socket.ts'
import type { Handler, Requests } from './transports/requests.ts'
import { serveWithoutUpgrade, wantsWebSocket } from './transports/without-upgrade.ts'

export interface ListenOptions {
  readonly hosts: readonly string[]
  readonly port: number
  readonly build: (makeServer: (handler: Handler) => Server) => Promise<FastifyInstance>
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  readonly requests: Requests
}

const serverOptions = {
  // Slow headers and slow bodies are looked for often, and let go soon.
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2000,
  keepAliveTimeout: 72_000,
  maxHeaderSize: 16_384,
  noDelay: true,
  // Refused as all else is, by a problem document.
  requireHostHeader: false,
  // A header given twice is seen as such: of two tokens, which one counts would be a guess.
  joinDuplicateHeaders: true,
}

/** How often another free port is tried, where the first address's free port is taken on the second. */
const portAttempts = 10

export async function listenOn(options: ListenOptions): Promise<{ servers: readonly Server[]; port: number }> {
  const made: Server[] = []
  let handle: Handler = () => {}
  const makeServer = (handler: Handler): Server => {
    handle = options.requests.inTurn(handler)
    const server = createServer(serverOptions, handle)
    made.push(server)
    return server
  }
  const app = await options.build(makeServer)
  const first = made[0]
  if (first === undefined) throw new Error('the app made no server')
  const servers = options.hosts.map((_, index) => (index === 0 ? first : createServer(serverOptions, handle)))
  for (const server of servers) {
    // Nobody has to meet an expectation that it does not know (RFC 9110, 10.1.1); Node itself would answer 417 without a word.
    server.on('checkExpectation', handle)
    server.on('upgrade', (request, socket, head) => {
      // Node has let go of the line.
      endWhenBroken(socket)
      options.requests.whenFree(request.socket, () => {
        if (wantsWebSocket(request)) options.upgrade(request, socket, head)
        else serveWithoutUpgrade(server, request, socket, head)
      })
    })
    if (server !== first)
      for (const listener of first.listeners('clientError'))
        server.on('clientError', listener as (error: Error, socket: Duplex) => void)
  }
  try {
    const port = await listenAll(servers, options.hosts, options.port)
    return { servers, port }
  } catch (error) {
    for (const server of servers) server.close()
    await app.close()
    throw error
  }
}

async function listenAll(servers: readonly Server[], hosts: readonly string[], port: number): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    const taken = await tryListen(servers, hosts, port)
    if (taken.kind === 'listening') return taken.port
    if (port === 0 && attempt < portAttempts) continue
    throw new StartFailure(`port: ${taken.host} port ${taken.port} is in use`)
  }
}

type Attempt =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'taken'; readonly host: string; readonly port: number }

async function tryListen(servers: readonly Server[], hosts: readonly string[], wanted: number): Promise<Attempt> {
  let port = wanted
  let listening = 0
  for (const [index, server] of servers.entries()) {
    const host = hosts[index] ?? ''
    try {
      port = await listen(server, host, port)
      listening++
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      // A machine without this address family is no error, as long as one address serves.
      if (isAbsentFamily(code) && (listening > 0 || index < servers.length - 1)) continue
      for (const each of servers) if (each.listening) await new Promise((resolve) => each.close(resolve))
      if (code === 'EADDRINUSE') return { kind: 'taken', host, port }
      throw new StartFailure(`host: can not listen on ${host} port ${port}: ${message}`, { cause: error })
    }
  }
  return { kind: 'listening', port }
}

function isAbsentFamily(code: string | undefined): boolean {
  return code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT'
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (error: Error) => {
      server.off('listening', listening)
      reject(error)
    }
    const listening = () => {
      server.off('error', refuse)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    }
    server.once('error', refuse).once('listening', listening)
    server.listen({ host, port, ipv6Only: host.includes(':'), backlog: 4096 })
  })
}
