/** Serves one app on several addresses with one port, because `localhost` may mean IPv4 or IPv6. */
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { Failure } from '../core/rules/failure.ts'
import { StartFailure } from '../open.ts'
import { endWhenBroken } from '../transports/connections/broken-socket.ts'
import { rawProblem } from '../transports/http/broken-request.ts'
import type { Handler, Requests } from '../transports/http/requests.ts'
import { serveWithoutUpgrade, wantsWebSocket } from '../transports/http/without-upgrade.ts'
import { OpenSockets } from './open-sockets.ts'

/** What a node serves, on whatever server. */
export interface Served {
  /** Whether the web app is. */
  readonly hasPages: boolean
  readonly build: (makeServer: (handler: Handler) => Server) => Promise<FastifyInstance>
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  readonly requests: Requests
}

export interface ListenOptions extends Served {
  readonly hosts: readonly string[]
  readonly port: number
}

const serverOptions = {
  // Node checks for slow headers and bodies often, so that they are closed soon after their limit.
  headersTimeout: 10_000,
  // Longer than any upload may take. `Requests` ends other slow bodies sooner.
  requestTimeout: 3_700_000,
  connectionsCheckingInterval: 2000,
  keepAliveTimeout: 72_000,
  maxHeaderSize: 16_384,
  noDelay: true,
  // The app refuses a missing Host header itself, with a problem document.
  requireHostHeader: false,
  // Shows a header that was sent twice as a list, so that no one of two tokens is chosen.
  joinDuplicateHeaders: true,
}

/** How many free ports to try, where the free port of the first address is in use on another one. */
const portAttempts = 10

export interface Listener {
  readonly port: number
  /** Stops accepting connections and closes idle ones. */
  stop(): void
  /** Cuts every remaining connection, whatever its state. */
  cutAll(): void
}

export async function listenOn(options: ListenOptions): Promise<Listener> {
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
  const sockets = new OpenSockets()
  for (const server of servers) {
    server.on('connection', sockets.add)
    // An unknown expectation may be ignored (RFC 9110, section 10.1.1); Node alone would answer 417 without a body.
    server.on('checkExpectation', handle)
    server.on('connect', refuseTunnel)
    server.on('upgrade', (request, socket, head) => {
      // Node no longer handles the errors of this socket.
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
    return {
      port,
      stop: () => {
        for (const server of servers) server.close()
        for (const server of servers) server.closeIdleConnections()
      },
      cutAll: () => {
        for (const server of servers) server.close()
        sockets.cut()
      },
    }
  } catch (error) {
    for (const server of servers) server.close()
    await app.close()
    throw error
  }
}

/** Refuses CONNECT: it has no path, so no resource can. */
function refuseTunnel(_request: IncomingMessage, socket: Duplex): void {
  endWhenBroken(socket)
  socket.end(rawProblem(new Failure('method_not_allowed', 'There are no tunnels here.', { headers: { allow: '' } })))
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
      // An address family that the machine lacks is not an error, as long as another address works.
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
