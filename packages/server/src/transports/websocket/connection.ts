/**
 * One WebSocket connection: its handshake by `hello`, its commands and replies, and the heartbeat. The feeds send events
 * through the outlet.
 */
import type { Socket } from 'node:net'
import { type CloseCode, type CodeDefinition, codes, frameBytesFor, type Up } from 'dovetail-protocol'
import type { RawData, WebSocket } from 'ws'
import type { Caller } from '../../core/access/caller.ts'
import { Failure } from '../../core/rules/failure.ts'
import { goawayFrame } from '../../wire/frames.ts'
import type { JsonText } from '../../wire/json-text.ts'
import { errorReply, okReply } from '../../wire/replies.ts'
import { type EndReason, endReasonOf } from '../connections/end-reason.ts'
import { PingGauge } from '../connections/ping-gauge.ts'
import type { Reader, Slot } from '../connections/readers.ts'
import { SocketOutlet } from '../connections/socket-outlet.ts'
import type { TransportContext } from '../transport-context.ts'
import { closeCodeOf, isBrokenProtocol } from './broken-line.ts'
import type { Answer } from './command.ts'
import { checkedCommand, dispatch, welcome } from './dispatch.ts'
import { encodeWebSocket } from './encode.ts'
import { Heartbeat, type Vital } from './heartbeat.ts'
import { type CommandId, type Incoming, parseIncoming } from './incoming.ts'
import { recordCommand, recordEnd, recordRefusal } from './recorded.ts'
import { CommandPace } from './session/command-pace.ts'
import { CommandQueue } from './session/command-queue.ts'
import { ConnectionSession } from './session/connection-session.ts'

export interface ConnectionOptions {
  readonly context: TransportContext
  readonly peer: WebSocket
  readonly socket: Socket
  readonly address: string
  /** The caller by the `Authorization` header or ticket of the upgrade; `null`: there was neither. */
  readonly brought: Caller | null
  /** Called at the end of the connection, for the count by address. */
  readonly countOut: () => void
}

/** Other commands wait while `hello` is `deciding`. */
type State = 'new' | 'deciding' | 'ready' | 'closing'

export class Connection implements Reader, Vital {
  readonly transport = 'websocket'
  readonly session: ConnectionSession
  readonly outlet: SocketOutlet
  readonly #context: TransportContext
  readonly #peer: WebSocket
  readonly #countOut: () => void
  readonly #heartbeat: Heartbeat
  readonly #pace: CommandPace
  readonly #commandQueue = new CommandQueue<Incoming>()
  #state: State = 'new'
  endReason: EndReason = 'peer'
  #isPaused = false
  #awaitsDrain = false

  constructor({ context, peer, socket, address, brought, countOut }: ConnectionOptions) {
    this.#context = context
    this.#peer = peer
    this.#countOut = countOut
    this.outlet = new SocketOutlet({
      socket,
      encode: encodeWebSocket,
      bufferBytes: context.core.limits.bufferBytes,
      delivered: context.metrics.delivered.websocket,
      makeGauge: (resume) => new PingGauge({ clock: context.core.clock, peer, resume }),
    })
    this.session = new ConnectionSession(context.core.newId(), address, this.outlet, brought, this.#broken)
    this.#pace = new CommandPace(context.core.budgets, this.session)
    this.#heartbeat = new Heartbeat(context.core, this)
    peer.on('message', this.#onMessage)
    peer.on('ping', this.#onPing)
    peer.on('pong', () => this.#heartbeat.heard())
    peer.on('close', this.#onClose)
    // For broken framing, bad UTF-8 and too long messages, ws has sent the right close code already.
    peer.on('error', (error) => {
      if (!isBrokenProtocol(error)) return
      this.endReason = 'refused'
      recordEnd(context, this.session, closeCodeOf(error), 'the peer broke the protocol')
    })
  }

  beat(now: number): void {
    if (this.#state === 'closing') {
      if (this.#heartbeat.isOverdueToEnd(now)) this.#peer.terminate()
      return
    }
    this.#heartbeat.beat(now, this.#state === 'ready')
  }

  close(code: CloseCode, reason: string): void {
    if (this.#state === 'closing') return
    this.#state = 'closing'
    this.endReason = endReasonOf(code)
    recordEnd(this.#context, this.session, code, reason, this.outlet.queuedBytes)
    this.#heartbeat.closing()
    this.outlet.close()
    this.session.close(this.#context.core)
    this.#commandQueue.drop()
    this.#paceReading()
    this.#peer.close(code, reason)
    // A paused socket would never see the peer's answer.
    this.#peer.resume()
  }

  readonly #onClose = (): void => {
    this.#state = 'closing'
    this.#commandQueue.drop()
    this.#paceReading()
    this.outlet.close()
    this.session.close(this.#context.core)
    this.#countOut()
    this.#context.readers.delete(this)
  }

  readonly #broken = (error: unknown): void => {
    this.#context.core.report(error, 'catching a reader up')
    this.close(1012, 'the store can not be read now')
  }

  readonly #onPing = (): void => {
    this.#heartbeat.heard()
    // A ping needs an answer, so it counts as a command.
    if (!this.#pace.mayPing()) this.close(4429, 'too many pings')
  }

  readonly #onMessage = (data: RawData, isBinary: boolean): void => {
    this.#heartbeat.heard()
    if (this.#state === 'closing') return
    if (isBinary) {
      this.close(1003, 'messages are text')
      return
    }
    const incoming = parseIncoming(data.toString(), this.#maxDepth)
    if (incoming === null) {
      this.close(4400, 'a message is a JSON object with "op", and "id" where it has a reply')
      return
    }
    this.#receive(incoming)
  }

  #receive(incoming: Incoming): void {
    switch (this.#state) {
      case 'new':
        if (incoming.message.op === 'hello') this.#decideHello(incoming)
        else this.close(4400, 'the first command is hello')
        return
      case 'deciding':
      case 'ready':
        if (this.#commandQueue.take(incoming, this.outlet.canWrite())) this.#begin(incoming)
        else this.#paceReading()
        return
      case 'closing':
        return
    }
  }

  #decideHello(incoming: Incoming): void {
    this.#state = 'deciding'
    this.#commandQueue.hold()
    void this.#run(incoming).then((accepted) => {
      if (this.#state !== 'deciding') return
      this.#state = accepted ? 'ready' : 'new'
      if (accepted) {
        this.#commandQueue.release()
        this.#beginWaiting()
        return
      }
      const held = this.#commandQueue.drop()
      this.#paceReading()
      // Commands that were held behind a refused hello are judged like commands that come before any hello.
      for (const each of held) this.#receive(each)
    })
  }

  #begin(incoming: Incoming): void {
    void this.#run(incoming).finally(() => {
      this.#commandQueue.ended()
      this.#beginWaiting()
    })
  }

  #beginWaiting(): void {
    for (;;) {
      const incoming = this.#commandQueue.next(this.outlet.canWrite())
      if (incoming === null) break
      this.#begin(incoming)
    }
    this.#paceReading()
  }

  /** Stops reading from the peer while the command queue is full, and resumes afterwards. */
  #paceReading(): void {
    const { isFull } = this.#commandQueue
    if (isFull !== this.#isPaused) {
      this.#isPaused = isFull
      if (isFull) this.#peer.pause()
      else this.#peer.resume()
    }
    if (!isFull || this.#awaitsDrain || this.outlet.canWrite()) return
    this.#awaitsDrain = true
    this.outlet.onDrain(() => {
      this.#awaitsDrain = false
      this.#beginWaiting()
    })
  }

  /** Runs a command and replies. False: it was refused. */
  async #run(incoming: Incoming): Promise<boolean> {
    try {
      this.#pace.take()
      const command = this.#checked(incoming)
      const answer =
        command.op === 'hello' ? await this.#hello(command) : await dispatch(this.#context.core, this.session, command)
      this.#reply(incoming.id, answer)
      recordCommand(this.#context, this.session, incoming, 'ok')
      if (answer.records !== undefined) this.#pace.chargeRecords(answer.records)
      return true
    } catch (error) {
      this.#refuse(incoming, Failure.from(error))
      return false
    }
  }

  /** The data is one level deep in its command. */
  get #maxDepth(): number {
    return this.#context.core.limits.depth + 1
  }

  #checked(incoming: Incoming): Up {
    if (incoming.depth > this.#maxDepth) throw new Failure('too_deep', 'The JSON is nested too deep.')
    return checkedCommand(incoming.message)
  }

  async #hello(command: Extract<Up, { op: 'hello' }>): Promise<Answer> {
    const caller =
      command.token === undefined
        ? (this.session.brought ?? this.session.caller)
        : await this.#context.callers.byToken(command.token, () => this.session.address)
    if (caller.refusal !== null) throw caller.refusal
    const answer = await welcome(this.#context.core, this.session, caller, this.#context.readers.about)
    if (command.maxBytes !== undefined) this.session.maxBytes = frameBytesFor(command.maxBytes)
    this.#heartbeat.welcomed()
    return answer
  }

  #reply(id: CommandId | null, answer: Answer): void {
    if (this.#state === 'closing') return
    if (id !== null) this.send(okReply(id, answer.ok))
    answer.afterwards?.()
  }

  #refuse(incoming: Incoming, failure: Failure): void {
    if (this.#state === 'closing') return
    recordRefusal(this.#context, this.session, incoming, failure)
    if (failure.code === 'internal') this.#context.core.report(failure.extras.cause, 'a command')
    if (incoming.id !== null) this.send(errorReply(incoming.id, failure, this.session.maxBytes))
    if (failure.code === 'rate_limited' && this.#pace.isExceeded()) this.close(4429, 'too many commands')
    const meaning: CodeDefinition = codes[failure.code]
    if (incoming.message.op === 'hello' && meaning.close !== undefined) this.close(meaning.close, failure.code)
  }

  send(text: JsonText): void {
    if (this.#peer.readyState === this.#peer.OPEN) this.#peer.send(text)
  }

  ping(): void {
    this.#peer.ping()
  }

  get caller(): Caller {
    return this.session.caller
  }

  goAway({ reconnectInMs }: Slot): void {
    if (this.#state !== 'closing') this.send(goawayFrame({ reconnectInMs }).json)
  }

  leave(): void {
    this.close(1012, 'restart')
  }

  cut(): void {
    this.#peer.terminate()
  }

  revoke(): void {
    this.close(4401, 'the session was revoked')
  }
}
