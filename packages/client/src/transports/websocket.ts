import type { Down, DownEvent, ErrorBody, HelloOk, SubscribeOk } from '@dovetail/protocol'
import { SUBPROTOCOL } from '@dovetail/protocol/version'
import type { Stop } from '../clock.ts'
import { DovetailError } from '../errors.ts'
import { cut, lossByClose, lossByError } from '../loss.ts'
import type { Network } from '../network.ts'
import { nothing } from '../nothing.ts'
import { errorFrom } from '../rest.ts'
import type { Command, Link, LinkEvents, Loss, SubscribeRequest } from './transport.ts'

const openWithinMs = 10_000
const helloWithinMs = 5_000
/** Below every idle limit of common proxies (60 s and more), and the measure of the round trip. */
const pingEveryMs = 20_000
const pongWithinMs = 5_000

interface Waiting {
  resolve(ok: unknown): void
  reject(error: DovetailError): void
}

export function openWebSocket(network: Network, events: LinkEvents): Link {
  return new WebSocketLink(network, events)
}

class WebSocketLink implements Link {
  readonly name = 'websocket'
  readonly send = (command: Command): Promise<unknown> => this.#ask(command)
  readonly #network: Network
  readonly #events: LinkEvents
  readonly #waiting = new Map<number, Waiting>()
  #socket: WebSocket | null = null
  #nextId = 1
  #done = false
  #lastError: DovetailError | null = null
  #stopTimer: Stop = nothing
  #stopLeave: Stop = nothing

  constructor(network: Network, events: LinkEvents) {
    this.#network = network
    this.#events = events
    this.#open().catch((error: unknown) =>
      this.#lose(error instanceof DovetailError ? lossByError(error, 'refused') : cut('refused', 'not open', error)),
    )
  }

  subscribe(request: SubscribeRequest): void {
    // Told at once, not by a promise: where several messages come in one turn, changes follow the reply in it.
    // On a socket that is closing nothing is asked: the link is about to be lost.
    this.#request(
      { op: 'subscribe', ...request },
      {
        resolve: (ok) => this.#events.subscribed(request, ok as SubscribeOk),
        reject: (error) => this.#done || this.#events.refused(request, error),
      },
    )
  }

  unsubscribe(channel: string): void {
    this.#ask({ op: 'unsubscribe', channel }).catch(nothing)
  }

  post(command: Command): void {
    this.#write(command)
  }

  refresh(): void {
    const { session } = this.#network
    session
      .renew()
      .then((token) => this.#ask({ op: 'hello', token: token ?? undefined }))
      // Another user's token, for whom the connection starts anew. With none that counts the server closes in its time.
      .catch(({ code }) => code === 'forbidden' && this.#lose(cut('told', code)))
  }

  probe(): void {
    if (this.#socket?.readyState !== 1) return
    const sentAt = this.#network.clock.now()
    this.#ask({ op: 'ping' }).then(() => this.#events.measured(this.#network.clock.now() - sentAt), nothing)
    this.#arm(pongWithinMs, () => this.#lose(cut('died', 'no answer')))
  }

  close(code = 1000, reason = ''): void {
    this.#end(new DovetailError('closed', 'closed here'), code, reason)
  }

  async #open(): Promise<void> {
    const { session, url } = this.#network
    const Socket = this.#network.WebSocket ?? (await socketOfNode())
    const token = await session.token()
    if (this.#done) return
    const socket = new Socket(`${url.replace(/^http/, 'ws')}/v1/ws`, [SUBPROTOCOL])
    this.#socket = socket
    this.#arm(openWithinMs, () => this.#lose(cut('refused', 'no answer')))
    socket.addEventListener('open', () => this.#hello(token))
    socket.addEventListener('message', (event) => this.#receive(event.data))
    // An `error` is always followed by `close`, which says more; without a listener Node would throw it.
    socket.addEventListener('error', nothing)
    socket.addEventListener('close', (event) => this.#closed(event.code, event.reason))
  }

  #hello(token: string | null): void {
    if (this.#done) return
    const { clock } = this.#network
    const sentAt = clock.now()
    const hello = this.#ask({ op: 'hello', token: token ?? undefined })
    this.#arm(helloWithinMs, () => this.#lose(cut('silent', 'no answer')))
    // Subscribes may follow unawaited: a join in one round trip.
    this.#events.ready()
    hello.then(
      (ok) => {
        if (this.#done) return
        this.#events.measured(clock.now() - sentAt)
        this.#events.opened((ok as HelloOk).user)
      },
      (error: DovetailError) => this.#lose(lossByError(error, 'died')),
    )
  }

  #closed(code: number, reason: string): void {
    const loss = lossByClose(code, reason, this.#lastError)
    // Browsers say 1006 for a refused upgrade and for a cut alike; only one of them was ever open.
    this.#lose(this.#nextId === 1 && loss.how === 'died' ? { ...loss, how: 'refused' } : loss)
  }

  #receive(text: unknown): void {
    if (this.#done || typeof text !== 'string') return
    this.#arm(pingEveryMs, () => this.probe())
    const frame = JSON.parse(text) as Down
    this.#network.trace.tell('down', 'websocket', frame)
    if ('id' in frame) this.#reply(Number(frame.id), frame)
    else this.#event(frame)
  }

  #reply(id: number, frame: { ok: unknown } | { error: ErrorBody }): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    if ('ok' in frame) {
      waiting?.resolve(frame.ok)
      return
    }
    const error = errorFrom(frame.error, 0)
    if (error.code === 'rate_limited' || error.status === 401) this.#lastError = error
    waiting?.reject(error)
  }

  #event(frame: DownEvent): void {
    switch (frame.op) {
      case 'expiring':
        this.refresh()
        return
      case 'goaway':
        this.#stopLeave()
        this.#stopLeave = this.#network.clock.after(frame.reconnectInMs, () =>
          this.#lose({ ...cut('told', 'restart'), delayMs: 0 }),
        )
        return
      default:
        this.#events.frame(frame)
        return
    }
  }

  #ask(command: Command): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.#request(command, { resolve, reject })) reject(cut('died', 'not open').error)
    })
  }

  #request(command: Command, waiting: Waiting): boolean {
    const id = this.#nextId
    if (!this.#write({ id, ...command })) return false
    this.#nextId += 1
    this.#waiting.set(id, waiting)
    return true
  }

  #write(command: Command & { id?: number }): boolean {
    if (this.#done || this.#socket?.readyState !== 1) return false
    this.#network.trace.tell('up', 'websocket', command.op === 'hello' ? { ...command, token: undefined } : command)
    this.#socket.send(JSON.stringify(command))
    return true
  }

  #arm(ms: number, task: () => void): void {
    this.#stopTimer()
    this.#stopTimer = this.#network.clock.after(ms, task)
  }

  #lose(loss: Loss): void {
    if (this.#done) return
    this.#end(loss.error)
    this.#events.lost(loss)
  }

  #end(error: DovetailError, code = 1000, reason = ''): void {
    if (this.#done) return
    this.#done = true
    this.#stopTimer()
    this.#stopLeave()
    this.#socket?.close(code, reason)
    for (const { reject } of this.#waiting.values())
      reject(new DovetailError('network', error.detail, { cause: error }))
    this.#waiting.clear()
  }
}

/** Node before 22 has no WebSocket of its own. Named by a variable, so that bundles for browsers leave it out. */
async function socketOfNode(): Promise<typeof WebSocket> {
  const name = 'ws'
  const { default: Socket } = (await import(/* @vite-ignore */ name)) as { default: typeof WebSocket }
  return Socket
}
