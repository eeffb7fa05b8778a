/**
 * The WebSocket transport: one socket, on which a `hello` comes first, commands are answered by `id`, and
 * frames of all channels arrive (docs/protocol.md, section 4).
 */
import type { Down, DownEvent, HelloOk, SubscribeOk } from 'dovetail-protocol'
import { SUBPROTOCOL } from 'dovetail-protocol/version'
import type { Stop } from '../base/clock.ts'
import { DovetailError } from '../base/errors.ts'
import type { Network } from '../base/network.ts'
import { nothing } from '../base/nothing.ts'
import { messageBytes } from '../base/server-limits.ts'
import type { Socket, SocketClass } from '../base/socket.ts'
import { type ConnectionError, errorOfClose, errorOfRefusal, noAnswer } from './connection-error.ts'
import { type Pending, PendingReplies } from './pending-replies.ts'
import { SilenceWatch } from './silence-watch.ts'
import type { Command, Link, LinkEvents, SubscribeRequest } from './transport.ts'

const openWithinMs = 10_000
/** How long to wait for the `close` event after an `error` event. Node 22's own WebSocket fires none when an opening fails. */
const closeAfterErrorMs = 100
const messageTooLarge = 1009

export function openWebSocket(network: Network, events: LinkEvents): Link {
  return new WebSocketLink(network, events)
}

class WebSocketLink implements Link {
  readonly name = 'websocket'
  readonly send = (command: Command): Promise<unknown> => this.#ask(command)
  readonly #network: Network
  readonly #events: LinkEvents
  readonly #watch: SilenceWatch
  readonly #replies = new PendingReplies()
  #socket: Socket | null = null
  #isOpen = false
  #ended = false
  #largestSent = 0
  /** Stops the time limit of the opening and the hello; after them `SilenceWatch` takes over. */
  #stopTimer: Stop = nothing
  #stopGoaway: Stop = nothing

  constructor(network: Network, events: LinkEvents) {
    this.#network = network
    this.#events = events
    this.#watch = new SilenceWatch(
      network,
      () => this.#ping(),
      () => this.#lose(noAnswer('cut', 'no answer')),
    )
    this.#open().catch((error: unknown) =>
      this.#lose(
        error instanceof DovetailError ? errorOfRefusal(error, 'refused') : noAnswer('refused', 'not open', error),
      ),
    )
  }

  subscribe(request: SubscribeRequest): void {
    const { channel } = request
    // Resolved synchronously, not by a promise: where several messages come in one turn, a frame that follows the
    // reply must find the channel subscribed. On a socket that is closing nothing is sent: the link is lost soon.
    const isSent = this.#request(
      { op: 'subscribe', ...request },
      {
        resolve: (ok) => this.#subscribed(request, ok as SubscribeOk),
        reject: (error) => {
          this.#watch.received(channel)
          if (!this.#ended) this.#events.refused(request, error)
        },
      },
    )
    if (isSent) this.#watch.expect(channel)
  }

  unsubscribe(channel: string): void {
    this.#watch.received(channel)
    this.#ask({ op: 'unsubscribe', channel }).catch(nothing)
  }

  post(command: Command): void {
    this.#write(command)
  }

  refresh(): void {
    const { signIn } = this.#network
    signIn
      .renew()
      .then((token) => this.#ask({ op: 'hello', token: token ?? undefined }))
      // Another user's token begins another connection. With a token that is not accepted the server closes in its time.
      .catch(({ code }) => code === 'forbidden' && this.#lose(noAnswer('reported', code)))
  }

  probe(): void {
    if (this.#isOpen && this.#socket?.readyState === 1) this.#watch.probe()
  }

  close(code = 1000, reason = ''): void {
    this.#end(new DovetailError('closed', 'closed here'), code, reason)
  }

  async #open(): Promise<void> {
    const { signIn, url } = this.#network
    const SocketOf = this.#network.WebSocket ?? (await socketOfNode())
    const token = await signIn.token()
    if (this.#ended) return
    const socket = new SocketOf(`${url.replace(/^http/, 'ws')}/v1/ws`, [SUBPROTOCOL])
    this.#socket = socket
    this.#arm(openWithinMs, () => this.#lose(noAnswer('refused', 'no answer')))
    socket.addEventListener('open', () => this.#hello(token))
    socket.addEventListener('message', (event) => this.#receive(event.data))
    // Usually a `close` event follows, which has more information.
    socket.addEventListener('error', () =>
      this.#arm(closeAfterErrorMs, () => this.#lose(noAnswer(this.#hasOpened ? 'cut' : 'refused', 'not open'))),
    )
    socket.addEventListener('close', (event) => this.#closed(event.code, event.reason))
  }

  /** Whether the socket was ever open. Browsers report 1006 both for a refused upgrade and for a cut connection. */
  get #hasOpened(): boolean {
    return this.#replies.hasBegun
  }

  #hello(token: string | null): void {
    if (this.#ended) return
    const { clock, limits, silence } = this.#network
    const sentAt = clock.now()
    // Read synchronously: what the server refuses in the same turn may be refused for its limits.
    const resolve = (reply: unknown) => {
      const ok = reply as HelloOk
      limits.learn(ok.limits)
      limits.readers = ok.readers ?? 0
      this.#events.measured(clock.now() - sentAt)
      this.#events.opened(ok.user)
    }
    const reject = (error: DovetailError) => this.#lose(errorOfRefusal(error, 'cut'))
    this.#request({ op: 'hello', token: token ?? undefined }, { resolve, reject })
    this.#arm(silence.answerMs, () => {
      // A server or a device that is slow has more time at the next attempt.
      silence.exceeded()
      this.#lose(noAnswer('silent', 'no answer'))
    })
    // Subscribes may follow unawaited: a join in one round trip.
    this.#events.ready()
  }

  #subscribed(request: SubscribeRequest, ok: SubscribeOk): void {
    if (ok.resume !== 'catching_up') this.#watch.received(request.channel)
    this.#events.subscribed(request, ok)
  }

  #closed(code: number, reason: string): void {
    if (code === messageTooLarge) this.#network.limits.refusedMessage(this.#largestSent)
    const error = errorOfClose(code, reason, this.#replies.lastError)
    this.#lose(!this.#hasOpened && error.symptom === 'cut' ? { ...error, symptom: 'refused' } : error)
  }

  #receive(text: unknown): void {
    if (this.#ended || typeof text !== 'string') return
    const frame = JSON.parse(text) as Down
    this.#network.trace.record('down', 'websocket', frame)
    if ('id' in frame) this.#replies.reply(Number(frame.id), frame)
    else this.#event(frame)
    if (this.#ended) return
    // The first message is the hello's reply.
    if (!this.#isOpen) this.#stopTimer()
    this.#isOpen = true
    this.#watch.heard()
  }

  #event(frame: DownEvent): void {
    switch (frame.op) {
      case 'expiring':
        this.refresh()
        return
      case 'goaway':
        this.#stopGoaway()
        this.#stopGoaway = this.#network.clock.after(frame.reconnectInMs, () =>
          this.#lose({ ...noAnswer('reported', 'restart'), delayMs: 0, isRestart: true }),
        )
        return
      default:
        if ('channel' in frame && frame.op !== 'signal' && frame.op !== 'presence') this.#watch.received(frame.channel)
        this.#events.frame(frame)
        return
    }
  }

  #ping(): void {
    const { clock } = this.#network
    const sentAt = clock.now()
    this.#ask({ op: 'ping' }).then(() => this.#events.measured(clock.now() - sentAt), nothing)
  }

  #ask(command: Command): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.#request(command, { resolve, reject })) reject(noAnswer('cut', 'not open').error)
    })
  }

  #request(command: Command, pending: Pending): boolean {
    return this.#replies.add(pending, (id) => this.#write({ id, ...command }))
  }

  #write(command: Command & { id?: number }): boolean {
    if (this.#ended || this.#socket?.readyState !== 1) return false
    this.#network.trace.record('up', 'websocket', command.op === 'hello' ? { ...command, token: undefined } : command)
    const text = JSON.stringify(command)
    this.#largestSent = Math.max(this.#largestSent, messageBytes(text))
    this.#socket.send(text)
    return true
  }

  #arm(ms: number, task: () => void): void {
    this.#stopTimer()
    this.#stopTimer = this.#network.clock.after(ms, task)
  }

  #lose(error: ConnectionError): void {
    if (this.#ended) return
    this.#end(error.error)
    this.#events.lost(error)
  }

  #end(error: DovetailError, code = 1000, reason = ''): void {
    if (this.#ended) return
    this.#ended = true
    this.#stopTimer()
    this.#stopGoaway()
    this.#watch.end()
    this.#socket?.close(code, reason)
    this.#replies.end(error)
  }
}

/** Node before 22 has no WebSocket of its own. Named by a variable, so that bundles for browsers leave it out. */
async function socketOfNode(): Promise<SocketClass> {
  const name = 'ws'
  const { default: SocketOf } = (await import(/* @vite-ignore */ name)) as { default: SocketClass }
  return SocketOf
}
