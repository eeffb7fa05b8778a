/**
 * The running HTTP requests, so that a graceful shutdown can finish them. Pipelined requests (RFC 9112, section 9.3.2)
 * of one connection are begun one after the other, each when the peer has read the previous reply: otherwise the replies
 * for a peer that reads none would all wait in memory.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { WriteStall } from '../connections/write-stall.ts'
import { refuseSlowRequest } from './broken-request.ts'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** The most waiting requests of one connection; with one more, the connection is ended. */
const maxWaiting = 100

/** Requests whose handlers bound the time of their bodies themselves. */
const unhurried = new WeakSet<IncomingMessage>()

/** The body of this request may take long: its handler ends it in time. */
export function takesLong(request: IncomingMessage): void {
  unhurried.add(request)
}

/** The requests of one connection: the response of the running one, and those that wait. */
interface Line {
  response: ServerResponse | null
  /** Since when the body of this request has been coming: milliseconds of the ticker. */
  slow: { readonly response: ServerResponse; readonly since: number } | null
  readonly writeStall: WriteStall
  readonly waiting: (() => void)[]
}

export class Requests {
  /**
   * By connection and not by request, because a map whose entries change with each request keeps memory in old hash
   * tables.
   */
  readonly #lines = new Map<Socket, Line>()
  #underWay = 0
  #isClosing = false

  get underWay(): number {
    return this.#underWay
  }

  /** Wraps the handler, so that it handles the requests of one connection one after the other. */
  inTurn(handle: Handler): Handler {
    return (request, response) => {
      const { socket } = request
      const line = this.#lines.get(socket) ?? this.#open(socket)
      if (line.response === null) this.#begin(line, handle, request, response)
      else if (line.waiting.length < maxWaiting) line.waiting.push(() => this.#begin(line, handle, request, response))
      else socket.destroy()
    }
  }

  /** Calls `begin` when no request of this connection runs, because an upgrade takes over the connection. */
  whenFree(socket: Socket, begin: () => void): void {
    const line = this.#lines.get(socket)
    const leave = (): void => {
      this.#lines.delete(socket)
      begin()
    }
    if (line === undefined || line.response === null) leave()
    else line.waiting.push(leave)
  }

  #open(socket: Socket): Line {
    const line: Line = { response: null, slow: null, writeStall: new WriteStall(socket), waiting: [] }
    this.#lines.set(socket, line)
    socket.once('close', () => this.#lines.delete(socket))
    return line
  }

  #begin(line: Line, handle: Handler, request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    line.response = response
    this.#underWay++
    if (this.#isClosing) response.shouldKeepAlive = false
    response.once('close', () => {
      line.response = null
      this.#underWay--
      if (!socket.destroyed) line.waiting.shift()?.()
    })
    handle(request, response)
  }

  /**
   * Ends connections whose peer has read nothing of a finished reply for `stallMs`. Replies that are still written
   * check this themselves.
   */
  endStalled(now: number, stallMs: number, ended: (queuedBytes: number) => void): void {
    for (const [socket, { response, writeStall }] of this.#lines) {
      if (response?.writableEnded !== true || writeStall.stuckMs(now) <= stallMs) continue
      ended(socket.writableLength)
      socket.destroy()
    }
  }

  /** Refuses requests whose body takes longer than `bodyMs`, but for those that may take long. */
  endSlowBodies(now: number, bodyMs: number): void {
    for (const [socket, line] of this.#lines) {
      const { response } = line
      if (response === null || response.req.complete || unhurried.has(response.req)) line.slow = null
      else if (line.slow?.response !== response) line.slow = { response, since: now }
      else if (now - line.slow.since > bodyMs) refuseSlowRequest(socket, response)
    }
  }

  /** From now on each reply is the last of its connection and has the header `Connection: close`. */
  closeAfterReply(): void {
    this.#isClosing = true
    for (const { response } of this.#lines.values())
      if (response?.headersSent === false) response.shouldKeepAlive = false
  }

  /** Ends connections that wait for the rest of a request, or for the peer to read a reply. */
  cutSlowPeers(): void {
    for (const [socket, { response }] of this.#lines)
      if (response !== null && (!response.req.complete || response.writableEnded)) socket.destroy()
  }
}
