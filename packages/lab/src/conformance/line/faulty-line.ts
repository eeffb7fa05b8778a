/**
 * A line of HTTP to a server that does what lines do: it is slow, is cut at a chosen place, refuses, or says a thing
 * twice. It knows the messages of every transport, so a place is named by the text of a message.
 */
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { bodySender, eventSender, frameSender, type MessageSender } from './message-sender.ts'
import { type Splitter, splitEvents, splitFrames } from './split-messages.ts'
import { type Ask, kindOf, type Refusal, type ResetFrame, type Treatment, untreated } from './treatments.ts'

/** `open`: it carries. `refusing`: it resets whoever comes. `holding`: requests wait until it is open. */
type State = 'open' | 'refusing' | 'holding'

export class FaultyLine {
  readonly #target: () => number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #state: State = 'open'
  #opened: (() => void)[] = []
  #treatment = untreated
  readonly #streams = new Set<MessageSender>()
  /** Whether what is open to a client stays so when the server ends it. */
  keepsStreams = false

  private constructor(target: () => number) {
    this.#target = target
    this.#server = createServer((asked, answer) => void this.#serve(asked, answer).catch(() => answer.destroy()))
    this.#server.on('upgrade', (asked, socket) => void this.#upgrade(asked, socket).catch(() => socket.destroy()))
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.once('close', () => this.#sockets.delete(socket))
      if (this.#state === 'refusing') socket.resetAndDestroy()
    })
  }

  /** @param target the port of the server on this machine, asked for at each request */
  static async open(target: () => number): Promise<FaultyLine> {
    const line = new FaultyLine(target)
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve))
    return line
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** What is done from now on; what is left out is done as if the line had no fault. */
  treat(treatment: Partial<Treatment>): void {
    this.#treatment = { ...untreated, ...treatment }
  }

  /** Tells the clients of all streams that what they hold is void. */
  async reset(reset: ResetFrame): Promise<void> {
    for (const sender of this.#streams) await sender.reset(reset)
  }

  /** Ends every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  become(state: State): void {
    this.#state = state
    if (state === 'refusing') this.cut()
    if (state === 'open') for (const go of this.#opened.splice(0)) go()
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.become('open')
    this.cut()
    await closed
  }

  /** The answer of the line itself, after the time that an answer takes here; `null`: the server is to be asked. */
  async #admit(asked: IncomingMessage, isUpgrade: boolean): Promise<Refusal | null> {
    const kind = kindOf(asked.method ?? 'GET', asked.url ?? '/')
    const ask: Ask = { kind, isUpgrade, at: performance.now() }
    const refusal = this.#treatment.onAsk(ask)
    if (this.#treatment.delayMs > 0) await pause(this.#treatment.delayMs)
    if (this.#state === 'holding') await new Promise<void>((resolve) => this.#opened.push(resolve))
    return refusal
  }

  async #serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const refusal = await this.#admit(asked, false)
    if (refusal !== null) {
      answer.writeHead(refusal.status, refusalHeaders(refusal)).end(problemOf(refusal))
      return
    }
    const onward = request({ ...this.#onward(asked), agent: false })
    answer.once('close', () => onward.destroy())
    asked.pipe(onward)
    const reply = await replyTo(onward)
    answer.writeHead(reply.statusCode ?? 502, reply.headers)
    if (isStream(reply)) {
      answer.flushHeaders()
      await this.#carryStream(reply, eventSender(answer), splitEvents())
    } else await this.#carryBody(asked, reply, bodySender(answer))
  }

  async #carryBody(asked: IncomingMessage, reply: IncomingMessage, sender: MessageSender): Promise<void> {
    const isOther = kindOf(asked.method ?? 'GET', asked.url ?? '/') === 'other'
    const bytes = Buffer.concat(await reply.toArray())
    const piece = { bytes, json: isOther ? '' : bytes.toString() }
    if (await sender.deliver(piece, this.#treatment)) sender.end()
    else sender.cut()
  }

  async #upgrade(asked: IncomingMessage, socket: Duplex): Promise<void> {
    const refusal = await this.#admit(asked, true)
    if (refusal !== null) {
      socket.end(headOf(refusal.status, Object.entries(refusalHeaders(refusal)).flat()) + problemOf(refusal))
      return
    }
    const onward = request({ ...this.#onward(asked), agent: false })
    onward.end()
    const [reply, upstream] = await upgradeOf(onward)
    if (upstream === null) {
      // Such as to a client that offers HTTP/2 with each request: an answer as any other, by a connection that ends.
      const kept = reply.rawHeaders.flatMap((name, at, all) =>
        at % 2 === 0 && !/^(connection|transfer-encoding)$/i.test(name) ? [name, all[at + 1] ?? ''] : [],
      )
      socket.write(headOf(reply.statusCode ?? 502, [...kept, 'connection', 'close']))
      if (isStream(reply)) await this.#carryStream(reply, eventSender(socket), splitEvents())
      else await this.#carryBody(asked, reply, bodySender(socket))
      return
    }
    socket.write(headOf(reply.statusCode ?? 502, reply.rawHeaders))
    socket.once('close', () => upstream.destroy())
    upstream.on('error', () => {})
    socket.pipe(upstream)
    await this.#carryStream(upstream, frameSender(socket), splitFrames())
  }

  /** Until either side ends it, or the line does. */
  async #carryStream(from: AsyncIterable<Buffer>, sender: MessageSender, split: Splitter): Promise<void> {
    this.#streams.add(sender)
    try {
      for await (const bytes of from) {
        for (const piece of split(bytes)) if (!(await sender.deliver(piece, this.#treatment))) return sender.cut()
      }
      if (!this.keepsStreams) sender.end()
    } catch {
      // The server's side broke off.
      if (!this.keepsStreams) sender.cut()
    } finally {
      if (!this.keepsStreams) this.#streams.delete(sender)
    }
  }

  /** The request as it goes on: no compression, so that the texts of messages can be read. */
  #onward({ method, url, headers }: IncomingMessage) {
    const { 'accept-encoding': _encoding, 'sec-websocket-extensions': _extensions, ...kept } = headers
    return { host: '127.0.0.1', port: this.#target(), method, path: url, headers: kept }
  }
}

const isStream = ({ headers }: IncomingMessage): boolean =>
  headers['content-type']?.startsWith('text/event-stream') === true

type Outgoing = ReturnType<typeof request>

function replyTo(onward: Outgoing): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => onward.once('response', resolve).on('error', reject))
}

/** With the socket of an upgrade; `null`: it was refused. */
function upgradeOf(onward: Outgoing): Promise<[reply: IncomingMessage, upstream: Duplex | null]> {
  return new Promise((resolve, reject) => {
    onward.once('upgrade', (reply, upstream, head) => {
      if (head.length > 0) upstream.unshift(head)
      resolve([reply, upstream])
    })
    onward.once('response', (reply) => resolve([reply, null])).on('error', reject)
  })
}

function headOf(status: number, names: readonly string[]): string {
  const lines = names.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${names[at + 1]}`] : []))
  return [`HTTP/1.1 ${status} ${status === 101 ? 'Switching Protocols' : 'Answer'}`, ...lines, '', ''].join('\r\n')
}

function problemOf({ status, code, retryAfter }: Refusal): string {
  const title = code.replace('_', ' ')
  return JSON.stringify({
    type: `/docs/errors/${code}`,
    title,
    status,
    code,
    detail: 'The line says no.',
    retryable: true,
    retryAfter,
  })
}

const refusalHeaders = (refusal: Refusal): Record<string, string> => ({
  'content-type': 'application/problem+json',
  'content-length': String(Buffer.byteLength(problemOf(refusal))),
  'retry-after': String(refusal.retryAfter),
  connection: 'close',
})
