/**
 * One WebSocket connection: its handshake by `hello`, its commands and replies, and the heartbeat. The feeds send events
 * through the outlet.
 */
import type { Socket } from 'node:net'
import { type CloseCode, type CodeDefinition, codes, type Up } from 'dovetail-protocol'
import type { RawData, WebSocket } from 'ws'
import type { Caller } from '../../core/access/caller.ts'
import { Failure } from '../../core/rules/failure.ts'
import type { Span } from '../../ports/tracing/tracing.ts'
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
import { checkedCommand, dispatch, greet } from './dispatch.ts'
import { encodeWebSocket } from './encode.ts'
import { Heartbeat, type Vital } from './heartbeat.ts'
import { type CommandId, type Incoming, parseIncoming } from './incoming.ts'
import { Pings } from './pings.ts'
import { Reading } from './reading.ts'
import { recordCommand, recordEnd, recordRefusal } from './recorded.ts'
import { CommandPace, type Patience } from './session/command-pace.ts'
import { CommandQueue } from './session/command-queue.ts'
import { type Brought, ConnectionSession } from './session/connection-session.ts'
import { beginCommand, endCommand } from './traced-command.ts'

export interface ConnectionOptions {
  readonly context: TransportContext
  readonly peer: WebSocket
  readonly socket: Socket
  readonly address: string
  /** By the `Authorization` header, ticket or session of the upgrade; `null`: there was none. */
  readonly brought: Brought | null
  /** Called at the end of the connection, for the count by address. */
  readonly countOut: () => void
}

/** Other commands wait while `hello` is `deciding`. `flooded`: nothing is heard any more, and the close is near. */
type State = 'new' | 'deciding' | 'ready' | 'flooded' | 'closing'

export class Connection implements Reader, Vital {
  readonly transport = 'websocket'
  readonly session: ConnectionSession
  readonly outlet: SocketOutlet
  readonly #context: TransportContext
  /** The data is one level deep in its command. */
  readonly #maxDepth: number
  readonly #peer: WebSocket
  readonly #countOut: () => void
  readonly #heartbeat: Heartbeat
  readonly #pace: CommandPace
  readonly #reading: Reading
  readonly #pings: Pings
  readonly #commandQueue = new CommandQueue<Incoming>()
  #state: State = 'new'
  endReason: EndReason = 'peer'
  #awaitsDrain = false

  constructor({ context, peer, socket, address, brought, countOut }: ConnectionOptions) {
    this.#context = context
    this.#maxDepth = context.core.limits.depth + 1
    this.#peer = peer
    this.#countOut = countOut
    this.#pings = new Pings(peer, this.#onFrame)
    this.outlet = new SocketOutlet({
      socket,
      encode: encodeWebSocket,
      bufferBytes: context.core.limits.bufferBytes,
      delivered: context.metrics.delivered.websocket,
      makeGauge: (resume) => new PingGauge({ clock: context.core.clock, peer: this.#pings, resume }),
    })
    this.#reading = new Reading(context.core.clock, peer, socket)
    this.session = new ConnectionSession(context.core.newId(), address, this.outlet, brought, this.#broken)
    this.#pace = new CommandPace(context.core, this.session)
    this.#heartbeat = new Heartbeat(context.core, this)
    peer.on('message', this.#onMessage)
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
    this.#heartbeat.beat(now, this.#state === 'ready' || this.#state === 'flooded')
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
    this.#peer.close(code, reason)
    this.#reading.closing()
  }

  readonly #onClose = (): void => {
    this.#state = 'closing'
    this.#commandQueue.drop()
    this.#reading.closing()
    this.outlet.close()
    this.session.close(this.#context.core)
    this.#countOut()
    this.#context.readers.delete(this)
  }

  readonly #broken = (error: unknown): void => {
    this.#context.core.report(error, 'catching a reader up')
    this.close(1012, 'the store can not be read now')
  }

  /** A ping needs an answer, so it counts as a command, and so does a pong that answers none. */
  readonly #onFrame = (isFree: boolean): void => {
    this.#heartbeat.heard()
    if (!isFree && this.#hears) this.#bear(this.#pace.takeFrame(), 'too many pings')
  }

  get #hears(): boolean {
    return this.#state !== 'closing' && this.#state !== 'flooded'
  }

  /** What a frame has brought about for which the budget did not suffice. */
  #bear(patience: Patience, reason: string): void {
    if (patience === 'as before' || !this.#hears) return
    if (patience === 'slow') this.#reading.rest()
    else {
      this.#state = 'flooded'
      this.#commandQueue.drop()
      this.#reading.end(() => this.close(4429, reason))
    }
  }

  readonly #onMessage = (data: RawData, isBinary: boolean): void => {
    this.#heartbeat.heard()
    if (!this.#hears) return
    const incoming = isBinary ? null : parseIncoming(data.toString(), this.#maxDepth)
    if (incoming !== null) this.#receive(incoming)
    else if (isBinary) this.close(1003, 'messages are text')
    else this.close(4400, 'a message is a JSON object with "op", and "id" where it has a reply')
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
      case 'flooded':
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
    const next = (): Incoming | null => this.#commandQueue.next(this.outlet.canWrite())
    for (let incoming = next(); incoming !== null; incoming = next()) this.#begin(incoming)
    this.#paceReading()
  }

  /** Stops reading from the peer while the command queue is full, and resumes afterwards. */
  #paceReading(): void {
    const { isFull } = this.#commandQueue
    this.#reading.queueIs(isFull)
    if (!isFull || this.#awaitsDrain || this.outlet.canWrite()) return
    this.#awaitsDrain = true
    this.outlet.onDrain(() => {
      this.#awaitsDrain = false
      this.#beginWaiting()
    })
  }

  /** Runs a command and replies. False: it was refused. */
  async #run(incoming: Incoming): Promise<boolean> {
    const { core } = this.#context
    let span: Span | null = null
    // A hello that commands wait for does not wait behind them.
    const turn = this.#state === 'deciding' ? null : this.#pace.turn()
    if (turn !== null) await turn
    if (!this.#hears) return false
    try {
      this.#pace.take()
      const command = checkedCommand(incoming, this.#maxDepth)
      span = beginCommand(core, command)
      const answer =
        command.op === 'hello' ? await this.#hello(command) : await dispatch(core, this.session, command, span)
      this.#reply(incoming.id, answer)
      endCommand(span)
      recordCommand(this.#context, this.session, incoming, 'ok', span)
      if (answer.records !== undefined) this.#pace.chargeRecords(answer.records)
      return true
    } catch (error) {
      const failure = Failure.from(error)
      endCommand(span, failure)
      if (failure.code === 'rate_limited') this.#bear(this.#pace.refused(), 'too many commands')
      // Behind the replies of pings before it.
      await null
      this.#refuse(incoming, failure, span)
      return false
    }
  }

  async #hello(command: Extract<Up, { op: 'hello' }>): Promise<Answer> {
    const answer = await greet(this.#context, this.session, command)
    this.#heartbeat.welcomed()
    return answer
  }

  #reply(id: CommandId | null, answer: Answer): void {
    if (this.#state === 'closing') return
    if (id !== null) this.send(okReply(id, answer.ok))
    answer.afterwards?.()
  }

  #refuse(incoming: Incoming, failure: Failure, span: Span | null): void {
    if (this.#state === 'closing') return
    recordRefusal(this.#context, this.session, incoming, failure, span)
    if (failure.code === 'rate_limited') this.#reading.gather()
    if (incoming.id !== null) this.send(errorReply(incoming.id, failure, this.session.maxBytes))
    const meaning: CodeDefinition = codes[failure.code]
    if (incoming.message.op === 'hello' && meaning.close !== undefined) this.close(meaning.close, failure.code)
  }

  send(text: JsonText): void {
    if (this.#peer.readyState === this.#peer.OPEN) this.#peer.send(text)
  }

  ping(): void {
    this.#pings.ping()
  }

  get isPaused(): boolean {
    return this.#reading.isPaused
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
