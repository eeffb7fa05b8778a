/**
 * Requests under way, so that a node that leaves can finish them, and so that none costs more than its own reply.
 * Requests that a client sends without waiting for answers (pipelining, RFC 9112, 9.3.2) are begun one after the other,
 * each when the reply before it is taken: begun at once, all their replies would wait in memory for a peer that reads
 * none.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Taking } from './taking.ts'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** More of one connection than this is no client but a flood. */
const maxWaiting = 100

/** The requests of one connection: the one under way, and those whose turn comes after it. */
interface Line {
  response: ServerResponse | null
  readonly taking: Taking
  readonly waiting: (() => void)[]
}

export class Requests {
  /** By connection and not by request: what comes and goes with each request in a map is kept by the tables that the map has left. */
  readonly #lines = new Map<Socket, Line>()
  #underWay = 0
  #idle: (() => void)[] = []

  /** The same handler, for the requests of one connection in turn. */
  inTurn(handle: Handler): Handler {
    return (request, response) => {
      const { socket } = request
      const line = this.#lines.get(socket) ?? this.#open(socket)
      if (line.response === null) this.#begin(line, handle, request, response)
      else if (line.waiting.length < maxWaiting) line.waiting.push(() => this.#begin(line, handle, request, response))
      else socket.destroy()
    }
  }

  /** Calls `begin` once no request of this connection is under way: an upgrade takes the line for itself. */
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
    const line: Line = { response: null, taking: new Taking(socket), waiting: [] }
    this.#lines.set(socket, line)
    socket.once('close', () => this.#lines.delete(socket))
    return line
  }

  #begin(line: Line, handle: Handler, request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    line.response = response
    this.#underWay++
    response.once('close', () => {
      line.response = null
      if (--this.#underWay === 0) for (const resolve of this.#idle.splice(0)) resolve()
      if (!socket.destroyed) line.waiting.shift()?.()
    })
    handle(request, response)
  }

  /** Ends connections whose peer has taken nothing of a whole reply for `stallMs`; what is still being written is others' to judge. */
  endStalled(now: number, stallMs: number, ended: (queuedBytes: number) => void): void {
    for (const [socket, { response, taking }] of this.#lines) {
      if (response?.writableEnded !== true || taking.stuckMs(now) <= stallMs) continue
      ended(socket.writableLength)
      socket.destroy()
    }
  }

  /** Resolves when none is under way. */
  finished(): Promise<void> {
    return this.#underWay === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve))
  }
}
