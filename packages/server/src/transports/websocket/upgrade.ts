/**
 * The WebSocket upgrade: which requests are refused before the status 101, and with which error. A refusal is a normal
 * HTTP response, written to the bare socket.
 */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { SUBPROTOCOL } from 'dovetail-protocol'
import { WebSocketServer } from 'ws'
import { anonymous } from '../../core/access/caller.ts'
import { Failure } from '../../core/rules/failure.ts'
import { leaveToOthers } from '../connections/broken-socket.ts'
import { rawProblem } from '../http/broken-request.ts'
import { payerOf } from '../http/charge.ts'
import { hostRefusal } from '../http/headers.ts'
import type { TransportContext } from '../transport-context.ts'
import { Connection } from './connection.ts'

/** What WebSocket itself may bring (RFC 6455). More fragments of one message would be an attack on memory. */
export const framing = (messageBytes: number) =>
  ({ perMessageDeflate: false, maxPayload: messageBytes, maxFragments: 64 }) as const

/** The version of RFC 6455. */
const version = '13'
const allow = 'GET, HEAD, OPTIONS'

export class WebSocketTransport {
  readonly #context: TransportContext
  readonly #server: WebSocketServer

  constructor(context: TransportContext) {
    this.#context = context
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      ...framing(context.core.limits.messageBytes),
      handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
    })
    this.#server.on('wsClientError', ({ message }, socket, request) =>
      this.#refuse(request, socket, new Failure('invalid_query', `The handshake is wrong: ${message}.`)),
    )
  }

  readonly upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const socket = stream as Socket
    const failure = this.#refusal(request, head)
    if (failure === null) void this.#accept(request, socket, head)
    else this.#refuse(request, socket, failure)
  }

  #refuse(request: IncomingMessage, socket: Duplex, failure: Failure): void {
    const { addressOf, basePath, callers, events, metrics } = this.#context
    const { code, message: detail } = failure
    metrics.refused('upgrade', code)
    const [user, address] = [callers.knownUser(request), addressOf(request)]
    events.refused({ transport: 'websocket', request: 'upgrade', code, detail, user, address })
    socket.end(rawProblem(failure, { basePath }))
  }

  #refusal(request: IncomingMessage, head: Buffer): Failure | null {
    // The absolute form is that of a proxy's request (RFC 9112, section 3.2.2).
    const path = (request.url ?? '').replace(/^https?:\/\/[^/?]*/i, '').split('?', 1)[0]
    if (path !== '/v1/ws') return new Failure('not_found', 'There is no WebSocket at this address.')
    if (request.method !== 'GET')
      return new Failure('method_not_allowed', 'A WebSocket is opened by GET.', { headers: { allow } })
    const unclear = hostRefusal(request)
    if (unclear !== null) return unclear
    const ofElsewhere = this.#context.origins.refusalOf(request.headers)
    if (ofElsewhere !== null) return ofElsewhere
    const unknown = this.#context.callers.isNamed(request)
      ? null
      : this.#context.origins.refusalWithoutToken(request.headers)
    if (unknown !== null) return unknown
    if (request.headers['sec-websocket-version'] !== version)
      return new Failure('upgrade_required', `The WebSocket version here is ${version}.`, {
        headers: { upgrade: 'websocket', 'sec-websocket-version': version },
      })
    if (request.httpVersion !== '1.1') return new Failure('invalid_query', 'A WebSocket is opened by HTTP/1.1.')
    const hasBody =
      request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0
    if (hasBody || head.length > 0)
      return new Failure('invalid_query', 'An upgrade has no body, and nothing follows it before its answer.')
    const offered = request.headers['sec-websocket-protocol']
    if (offered !== undefined && !offered.split(',').some((name) => name.trim() === SUBPROTOCOL)) {
      return new Failure('invalid_query', `The subprotocol here is ${SUBPROTOCOL}.`)
    }
    return this.#charge(request)
  }

  /** An upgrade takes one command from the budget of its address, because its token comes later. */
  #charge(request: IncomingMessage): Failure | null {
    try {
      this.#context.core.budgets.take(payerOf(this.#context, anonymous, request), 1)
      return null
    } catch (error) {
      return Failure.from(error)
    }
  }

  async #accept(request: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    const address = this.#context.addressOf(request)
    const { callers } = this.#context
    const found = callers.isNamed(request) ? await callers.ofReader(request) : anonymous
    // Whoever is not known yet may say so by `hello`.
    const brought = found === anonymous ? null : { caller: found, askAgain: callers.askAgain(request) }
    if (socket.destroyed) return
    this.#server.handleUpgrade(request, socket, head, (peer) => {
      leaveToOthers(socket)
      socket.setNoDelay(true)
      const countOut = this.#context.connections.enter(address)
      if (countOut === null) {
        // The peer may break the protocol until it is gone; without a listener that error would end the process.
        peer.on('error', () => {})
        this.#context.metrics.closed(4429)
        peer.close(4429, 'too many connections')
        return
      }
      this.#context.readers.add(new Connection({ context: this.#context, peer, socket, address, brought, countOut }))
    })
  }
}
