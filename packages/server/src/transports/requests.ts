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

export class Requests {
  readonly #underWay = new Map<ServerResponse, Taking>()
  readonly #turns = new WeakMap<Socket, (() => void)[]>()
  #idle: (() => void)[] = []

  /** The same handler, for the requests of one connection in turn. */
  inTurn(handle: Handler): Handler {
    return (request, response) => {
      const { socket } = request
      const waiting = this.#turns.get(socket)
      if (waiting === undefined) {
        this.#turns.set(socket, [])
        this.#begin(handle, request, response)
      } else if (waiting.length < maxWaiting) waiting.push(() => this.#begin(handle, request, response))
      else socket.destroy()
    }
  }

  /** Calls `begin` once no request of this connection is under way: an upgrade takes the line for itself. */
  whenFree(socket: Socket, begin: () => void): void {
    const waiting = this.#turns.get(socket)
    if (waiting === undefined) {
      begin()
      return
    }
    waiting.push(() => {
      this.#turns.delete(socket)
      begin()
    })
  }

  #begin(handle: Handler, request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request
    this.#underWay.set(response, new Taking(socket))
    response.once('close', () => {
      this.#underWay.delete(response)
      if (this.#underWay.size === 0) for (const resolve of this.#idle.splice(0)) resolve()
      const next = socket.destroyed ? undefined : this.#turns.get(socket)?.shift()
      if (next === undefined) this.#turns.delete(socket)
      else next()
    })
    handle(request, response)
  }

  /** Ends connections whose peer has taken nothing of a whole reply for `stallMs`; what is still being written is others' to judge. */
  endStalled(now: number, stallMs: number, ended: (queuedBytes: number) => void): void {
    for (const [response, taking] of this.#underWay) {
      const { socket } = response
      if (!response.writableEnded || socket === null || taking.stuckMs(now) <= stallMs) continue
      ended(socket.writableLength)
      socket.destroy()
    }
  }

  /** Resolves when none is under way. */
  finished(): Promise<void> {
    return this.#underWay.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#idle.push(resolve))
  }
}
