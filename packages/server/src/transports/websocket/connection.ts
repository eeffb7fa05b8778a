/**
 * One WebSocket: its handshake by `hello`, its commands and replies, and whether the peer still
 * lives. Everything that flows by itself goes through the outlet, from the feeds.
 */
import type { Socket } from 'node:net'
import { type CloseCode, type CodeMeaning, codes, type Up } from '@dovetail/protocol'
import type { RawData, WebSocket } from 'ws'
import { anonymous, type Caller } from '../../core/caller.ts'
import { type Answer, checkedCommand, dispatch } from '../../core/dispatch.ts'
import { Failure } from '../../core/failure.ts'
import { jsonDepth } from '../../core/json.ts'
import { Session } from '../../core/session.ts'
import type { Door } from '../door.ts'
import type { Reader } from '../readers.ts'
import { SocketOutlet } from '../socket-outlet.ts'
import { closeCodeOf, isBrokenProtocol } from './broken-line.ts'
import { encodeWebSocket } from './encode.ts'
import { type Paced, Pacing } from './pacing.ts'
import { errorReply, okReply } from './replies.ts'
import { type Vital, Vitality } from './vitality.ts'

export interface ConnectionOptions {
  readonly door: Door
  readonly peer: WebSocket
  readonly socket: Socket
  readonly address: string
  /** From the upgrade's `Authorization` or ticket; `null`: nothing was brought. */
  readonly brought: Caller | null
  /** Counts the connection out. */
  readonly countOut: () => void
}

type CommandId = string | number

interface Incoming {
  readonly id: CommandId | null
  readonly text: string
  readonly message: Readonly<Record<string, unknown>>
}

/** `hello` is decided before any other command runs; what comes meanwhile is held. */
type State = 'new' | 'deciding' | 'ready' | 'closing'

/** Commands refused for their rate, less those that were not; a peer that does not slow down is closed. */
const maxRefused = 1000

export class Connection implements Reader, Vital, Paced<Incoming> {
  readonly transport = 'websocket'
  readonly session: Session
  readonly outlet: SocketOutlet
  readonly #door: Door
  readonly #peer: WebSocket
  readonly #address: string
  readonly #countOut: () => void
  readonly #vitality: Vitality
  readonly #pacing: Pacing<Incoming>
  #state: State = 'new'
  #refused = 0

  constructor({ door, peer, socket, address, brought, countOut }: ConnectionOptions) {
    this.#door = door
    this.#peer = peer
    this.#address = address
    this.#countOut = countOut
    this.outlet = new SocketOutlet(
      socket,
      encodeWebSocket,
      door.core.limits.bufferBytes,
      door.metrics.delivered.websocket,
    )
    this.session = new Session(door.core.newId(), this.outlet, brought, this.#broken)
    this.#vitality = new Vitality(door.core, this)
    this.#pacing = new Pacing<Incoming>(this)
    peer.on('message', this.#onMessage)
    peer.on('ping', this.#onPing)
    peer.on('pong', () => this.#vitality.heard())
    peer.on('close', this.#onClose)
    // Broken framing, bad UTF-8 and over-long messages: ws has closed with the right code already.
    peer.on('error', (error) => {
      if (isBrokenProtocol(error)) door.metrics.closed(closeCodeOf(error))
    })
  }

  /** Called by the pulse. */
  beat(now: number): void {
    if (this.#state === 'closing') {
      if (this.#vitality.isOverdueToEnd(now)) this.#peer.terminate()
      return
    }
    this.#vitality.beat(now, this.#state === 'ready')
  }

  close(code: CloseCode, reason: string): void {
    if (this.#state === 'closing') return
    this.#state = 'closing'
    if (code === 4408)
      this.#door.log.warn(
        { code, user: this.session.caller.user, queued: this.outlet.queuedBytes },
        `closed a connection: ${reason}`,
      )
    this.#door.metrics.closed(code)
    this.#vitality.closing()
    this.outlet.close()
    this.session.close(this.#door.core)
    this.#pacing.drop()
    this.#peer.close(code, reason)
    // A paused socket would never see the peer's answer.
    this.#peer.resume()
  }

  readonly #onClose = (): void => {
    this.#state = 'closing'
    this.#pacing.drop()
    this.outlet.close()
    this.session.close(this.#door.core)
    this.#countOut()
    this.#door.readers.delete(this)
  }

  readonly #broken = (error: unknown): void => {
    this.#door.core.report(error, 'catching a reader up')
    this.close(1012, 'the store can not be read now')
  }

  readonly #onPing = (): void => {
    this.#vitality.heard()
    // A ping costs an answer, so it counts as a command.
    if (this.#isOverRate() && ++this.#refused > maxRefused) this.close(4429, 'too many pings')
  }

  #isOverRate(): boolean {
    try {
      this.#door.callers.countCommand(this.session.caller, this.session.connection)
      return false
    } catch {
      return true
    }
  }

  readonly #onMessage = (data: RawData, isBinary: boolean): void => {
    this.#vitality.heard()
    if (this.#state === 'closing') return
    if (isBinary) {
      this.close(1003, 'messages are text')
      return
    }
    const incoming = parsed(data.toString())
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
        this.#pacing.take(incoming)
        return
      case 'closing':
        return
    }
  }

  #decideHello(incoming: Incoming): void {
    this.#state = 'deciding'
    this.#pacing.hold()
    void this.#run(incoming).then((accepted) => {
      if (this.#state !== 'deciding') return
      this.#state = accepted ? 'ready' : 'new'
      if (accepted) this.#pacing.release()
      // What was held behind a refused hello is judged as what comes before one.
      else for (const each of this.#pacing.drop()) this.#receive(each)
    })
  }

  begin(incoming: Incoming): void {
    void this.#run(incoming).finally(() => this.#pacing.ended())
  }

  pauseReading(): void {
    this.#peer.pause()
  }

  resumeReading(): void {
    this.#peer.resume()
  }

  /** Runs a command and replies. False: it was refused. */
  async #run(incoming: Incoming): Promise<boolean> {
    try {
      this.#door.callers.countCommand(this.session.caller, this.session.connection)
      this.#refused = Math.max(0, this.#refused - 1)
      const command = this.#checked(incoming)
      const answer =
        command.op === 'hello' ? await this.#hello(command) : await dispatch(this.#door.core, this.session, command)
      this.#reply(incoming.id, answer)
      return true
    } catch (error) {
      this.#refuse(incoming, Failure.from(error))
      return false
    }
  }

  #checked(incoming: Incoming): Up {
    // The data stands one level down in its command.
    if (jsonDepth(incoming.text) > this.#door.core.limits.depth + 1)
      throw new Failure('too_deep', 'The JSON is nested too deep.')
    return checkedCommand(incoming.message)
  }

  async #hello(command: Extract<Up, { op: 'hello' }>): Promise<Answer> {
    const caller =
      command.token === undefined
        ? (this.session.brought ?? anonymous)
        : await this.#door.callers.byToken(command.token, () => this.#address)
    if (caller.refusal !== null) throw caller.refusal
    const answer = await dispatch(this.#door.core, this.session, command)
    this.#vitality.welcomed()
    return answer
  }

  #reply(id: CommandId | null, answer: Answer): void {
    if (this.#state === 'closing') return
    if (id !== null) this.send(okReply(id, answer.ok))
    answer.afterwards?.()
  }

  #refuse(incoming: Incoming, failure: Failure): void {
    if (this.#state === 'closing') return
    this.#door.metrics.refused('websocket', failure.code)
    if (failure.code === 'internal') this.#door.core.report(failure.extras.cause, 'a command')
    if (incoming.id !== null) this.send(errorReply(incoming.id, failure))
    if (failure.code === 'rate_limited' && ++this.#refused > maxRefused) this.close(4429, 'too many commands')
    const meaning: CodeMeaning = codes[failure.code]
    if (incoming.message.op === 'hello' && meaning.close !== undefined) this.close(meaning.close, failure.code)
  }

  send(text: string): void {
    if (this.#peer.readyState === this.#peer.OPEN) this.#peer.send(text)
  }

  ping(): void {
    this.#peer.ping()
  }

  get caller(): Caller {
    return this.session.caller
  }

  goAway(reconnectInMs: number): void {
    if (this.#state !== 'closing') this.send(JSON.stringify({ op: 'goaway', reconnectInMs }))
  }

  leave(): void {
    this.close(1012, 'restart')
  }

  revoke(): void {
    this.close(4401, 'the session was revoked')
  }
}

/** `null`: no JSON object, or no usable `id` where one is needed. */
function parsed(text: string): Incoming | null {
  let message: unknown
  try {
    message = JSON.parse(text)
  } catch {
    return null
  }
  if (typeof message !== 'object' || message === null || Array.isArray(message)) return null
  const { id, op } = message as { id?: unknown; op?: unknown }
  const usable = usableId(id)
  const mayLackId = id === undefined && (op === 'signal' || op === 'state')
  if (usable === null && !mayLackId) return null
  return { id: usable, text, message: message as Record<string, unknown> }
}

/** A number beyond the doubles would come back as null. */
function usableId(id: unknown): CommandId | null {
  if (typeof id === 'string') return id
  return typeof id === 'number' && Number.isFinite(id) ? id : null
}
