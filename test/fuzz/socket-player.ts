/** A WebSocket of one caller that sends generated commands, and holds all that comes against the contract. */
import type { Changes, Reply } from 'dovetail-protocol'
import { WebSocket } from 'ws'
import { revOf } from '../support/transports/channel-readers.ts'
import { until } from '../support/until.ts'
import type { FrameContract } from './frame-contract.ts'

type Frame = Record<string, unknown>

export interface SentFrame {
  readonly op: string
  readonly text: string
  /** `undefined`: nothing to wait for. */
  readonly id: string | undefined
  readonly channel: unknown
}

/** `closed`: the connection ended first, as the contract says of some odd frames. */
export type SocketOutcome = { kind: 'reply'; reply: Reply } | { kind: 'closed'; code: number } | { kind: 'quiet' }

export class SocketPlayer {
  readonly #ws: WebSocket
  readonly #contract: FrameContract
  readonly #waiting = new Map<string, { sent: SentFrame; settle: (outcome: SocketOutcome) => void }>()
  /** Up to which revision each subscribed channel was read. */
  readonly #read = new Map<string, number>()
  readonly faults: string[] = []
  #closeCode: number | null = null
  /** Whether it is not known which channels are subscribed. */
  #doubtful = false
  readonly present = new Set<string>()

  constructor(port: number, contract: FrameContract) {
    this.#contract = contract
    this.#ws = new WebSocket(`ws://127.0.0.1:${port}/v1/ws`, ['dovetail.v1'], { perMessageDeflate: false })
    this.#ws.on('message', (data) => this.#take(JSON.parse(String(data)) as Frame))
    this.#ws.on('error', () => {})
    this.#ws.on('close', (code) => {
      this.#closeCode = code
      for (const { settle } of this.#waiting.values()) settle({ kind: 'closed', code })
      this.#waiting.clear()
    })
  }

  get isOpen(): boolean {
    return this.#closeCode === null
  }

  opened(): Promise<void> {
    if (this.#ws.readyState === WebSocket.OPEN) return Promise.resolve()
    const opening = new Promise<void>((resolve, reject) => {
      this.#ws.once('open', resolve)
      this.#ws.once('close', () => reject(new Error('the socket did not open')))
    })
    return until('a socket to open', opening)
  }

  async send(sent: SentFrame): Promise<SocketOutcome> {
    if (this.#closeCode !== null) return { kind: 'closed', code: this.#closeCode }
    const { id } = sent
    if (id === undefined) {
      this.#ws.send(sent.text)
      return { kind: 'quiet' }
    }
    const outcome = new Promise<SocketOutcome>((settle) => this.#waiting.set(id, { sent, settle }))
    this.#ws.send(sent.text)
    return until(`the reply to ${sent.text.slice(0, 500)}`, outcome)
  }

  close(): Promise<void> {
    if (this.#closeCode !== null) return Promise.resolve()
    const closing = new Promise<void>((resolve) => this.#ws.once('close', () => resolve()))
    this.#ws.close(1000)
    return until('a socket to close', closing)
  }

  #take(frame: Frame): void {
    if ('op' in frame) this.#takeEvent(frame)
    else this.#takeReply(frame)
  }

  #takeReply(frame: Frame): void {
    const waiting = this.#waiting.get(String(frame.id))
    // Odd frames may be answered under an id of their own.
    if (waiting === undefined) {
      this.#takeStray(frame)
      return
    }
    this.#waiting.delete(String(frame.id))
    this.faults.push(...this.#contract.replyFaults(waiting.sent.op, frame))
    const channel = String(waiting.sent.channel)
    const ok = frame.ok as { cursor?: string } | undefined
    if (ok !== undefined && waiting.sent.op === 'subscribe') this.#read.set(channel, revOf(String(ok.cursor)))
    if (ok !== undefined && waiting.sent.op === 'unsubscribe') this.#read.delete(channel)
    if (ok !== undefined && /"presence":true/.test(waiting.sent.text)) this.present.add(channel)
    waiting.settle({ kind: 'reply', reply: frame as unknown as Reply })
  }

  #takeStray(frame: Frame): void {
    const ok = frame.ok as { channel?: string; cursor?: string } | undefined
    if (ok === undefined) this.faults.push(...this.#contract.replyFaults('ping', frame))
    else if (ok.channel !== undefined) this.#read.set(ok.channel, revOf(String(ok.cursor)))
    // An unsubscribe, maybe, and its reply does not say of what.
    else this.#doubtful = true
  }

  #takeEvent(frame: Frame): void {
    this.faults.push(...this.#contract.eventFaults(frame))
    const channel = String(frame.channel)
    if (frame.op === 'reset') this.#read.set(channel, revOf(String(frame.cursor)))
    if (frame.op === 'ended') this.#read.delete(channel)
    if (frame.op !== 'changes') return
    const { from, to } = frame as unknown as Changes
    if (this.#read.get(channel) !== from && !this.#doubtful)
      this.faults.push(
        `[PRM2] ${channel} was read to ${this.#read.get(channel)}, and a frame goes from ${from} to ${to}`,
      )
    this.#read.set(channel, to)
  }
}
