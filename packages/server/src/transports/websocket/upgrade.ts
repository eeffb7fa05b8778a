/**
 * The way in: who is refused before 101, and with what. A refusal is an HTTP response on the bare
 * socket, so that it can be read as any other.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { SUBPROTOCOL } from '@dovetail/protocol'
import { WebSocketServer } from 'ws'
import { Failure } from '../../core/failure.ts'
import { addressOf } from '../address-of.ts'
import { leaveToOthers } from '../broken-socket.ts'
import { ticketIn } from '../callers.ts'
import type { Door } from '../door.ts'
import { rawProblem } from '../rest/broken-request.ts'
import { Connection } from './connection.ts'

/** A message in more pieces than this is an attack on memory, not a message. */
const maxFragments = 64
/** RFC 6455. */
const version = '13'
const allow = 'GET, HEAD, OPTIONS'

export class WebSocketDoor {
  readonly #door: Door
  readonly #server: WebSocketServer

  constructor(door: Door) {
    this.#door = door
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: door.core.limits.messageBytes,
      maxFragments,
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    })
    this.#server.on('wsClientError', ({ message }, socket) =>
      socket.end(rawProblem(new Failure('invalid_query', `The handshake is wrong: ${message}.`))),
    )
  }

  readonly upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const socket = stream as Socket
    const failure = this.#refusal(request, head)
    if (failure !== null) {
      socket.end(rawProblem(failure))
      return
    }
    void this.#accept(request, socket, head)
  }

  #refusal(request: IncomingMessage, head: Buffer): Failure | null {
    const path = (request.url ?? '').split('?', 1)[0]
    if (path !== '/v1/ws') return new Failure('not_found', 'There is no WebSocket at this address.')
    if (request.method !== 'GET')
      return new Failure('method_not_allowed', 'A WebSocket is opened by GET.', { headers: { allow } })
    if (!this.#door.origins.allows(request.headers.origin))
      return new Failure('forbidden', 'This origin is not allowed.')
    if (this.#door.isDraining()) return new Failure('draining', 'This node is leaving.', { retryAfter: 1 })
    if (request.headers['sec-websocket-version'] !== version)
      return new Failure('upgrade_required', `The WebSocket version here is ${version}.`, {
        headers: { upgrade: 'websocket', 'sec-websocket-version': version },
      })
    const hasBody =
      request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
    if (hasBody || head.length > 0)
      return new Failure('invalid_query', 'An upgrade has no body, and nothing follows it before its answer.')
    const offered = request.headers['sec-websocket-protocol']
    if (offered !== undefined && !offered.split(',').some((name) => name.trim() === SUBPROTOCOL)) {
      return new Failure('invalid_query', `The subprotocol here is ${SUBPROTOCOL}.`)
    }
    return null
  }

  async #accept(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const address = addressOf(request, this.#door.trustProxy)
    const bringsNothing = request.headers.authorization === undefined && ticketIn(request.url ?? '') === null
    const brought = bringsNothing ? null : await this.#door.callers.ofReader(request)
    if (socket.destroyed) return
    this.#server.handleUpgrade(request, socket, head, (peer) => {
      leaveToOthers(socket)
      socket.setNoDelay(true)
      const countOut = this.#door.connections.enter(address)
      if (countOut === null) {
        // What it sends until it is gone may break the protocol; unheard, that error would end the process.
        peer.on('error', () => {})
        this.#door.metrics.closed(4429)
        peer.close(4429, 'too many connections')
        return
      }
      this.#door.readers.add(new Connection({ door: this.#door, peer, socket, address, brought, countOut }))
    })
  }
}
