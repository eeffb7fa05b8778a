/** Serves the app as a part of an application's own `node:http` server, under a path or at its root. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { endWhenBroken } from '../transports/connections/broken-socket.ts'
import type { Handler } from '../transports/http/requests.ts'
import { serveWithoutUpgrade, wantsWebSocket } from '../transports/http/without-upgrade.ts'
import type { Served } from './listen.ts'
import { OpenSockets } from './open-sockets.ts'

export interface MountOptions extends Served {
  /** `/live`, or empty for the root. */
  readonly basePath: string
}

export interface Mount {
  /** Answers a request. The path may be there or already taken away, as frameworks do. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Takes over the connection of an upgrade. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Takes the requests and upgrades under the path from this server; all others stay with its present listeners. */
  attach(server: Server): void
  /** Cuts every connection that is still open. */
  cutAll(): void
  close(): Promise<void>
}

export async function mountApp({ basePath, hasPages, build, upgrade, requests }: MountOptions): Promise<Mount> {
  let answer: Handler = () => {}
  // The app is made for a server, and this one never listens: the application's own does.
  const app = await build((handler) => {
    answer = requests.inTurn(handler)
    return createServer()
  })
  const sockets = new OpenSockets()
  const isOwn: IsOwn = ({ url = '' }) => url.startsWith(basePath) && /^(?:[/?]|$)/.test(url.slice(basePath.length))
  /** A framework may have taken the path away already. */
  const takePathAway = (request: IncomingMessage): void => {
    const path = isOwn(request) ? (request.url ?? '').slice(basePath.length) : request.url
    request.url = path?.startsWith('/') === false ? `/${path}` : path
  }
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    if (hasPages && leadToApp(basePath, request, response)) return
    takePathAway(request)
    answer(request, response)
  }
  const take = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    takePathAway(request)
    // Node no longer handles the errors of this socket.
    endWhenBroken(socket)
    sockets.add(request.socket)
    requests.whenFree(request.socket, () => upgrade(request, socket, head))
  }
  return {
    handle,
    upgrade: take,
    attach: (server) => {
      takeRequests(server, isOwn, handle)
      takeUpgrades(server, isOwn, take)
    },
    cutAll: () => sockets.cut(),
    close: () => app.close(),
  }
}

/** The web app begins at `/live/`: from `/live` its files would be asked for elsewhere. Returns whether it answered. */
function leadToApp(basePath: string, { method, url = '' }: IncomingMessage, response: ServerResponse): boolean {
  const [path, query] = url.split('?', 2)
  if (basePath === '' || path !== basePath || (method !== 'GET' && method !== 'HEAD')) return false
  response.writeHead(302, { location: `${basePath}/${query === undefined ? '' : `?${query}`}` }).end()
  return true
}

type IsOwn = (request: IncomingMessage) => boolean

/** Goes before the listeners that are there: a framework's would answer 404. */
function takeRequests(server: Server, isOwn: IsOwn, handle: Handler): void {
  const others = server.listeners('request') as Handler[]
  server.removeAllListeners('request')
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (isOwn(request)) handle(request, response)
    else for (const other of others) other.call(server, request, response)
  })
}

function takeUpgrades(server: Server, isOwn: IsOwn, take: Mount['upgrade']): void {
  const others = server.listeners('upgrade') as Mount['upgrade'][]
  server.removeAllListeners('upgrade')
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (isOwn(request) && wantsWebSocket(request)) take(request, socket, head)
    else if (isOwn(request) || others.length === 0) serveWithoutUpgrade(server, request, socket, head)
    else for (const other of others) other.call(server, request, socket, head)
  })
}
