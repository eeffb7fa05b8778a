import type { FakeClock } from './fake-clock.ts'

export interface ServerSocket {
  send(frame: unknown): void
  /** Ends the connection; with 1006 it is cut, and messages under way are lost. */
  drop(code: number): void
}

export interface SocketWorld {
  readonly clock: FakeClock
  opens(): boolean
  firesCloseOfFailedOpening(): boolean
  attempt(): void
  opened(socket: ServerSocket): void
  received(socket: ServerSocket, text: string): void
  gone(socket: ServerSocket): void
  delay(): number
}

/** A `WebSocket` class that connects to the given world. Frames of one direction keep their order. */
export function fakeSockets(world: SocketWorld): typeof globalThis.WebSocket {
  class FakeWebSocket extends EventTarget {
    readyState = 0
    readonly #server: ServerSocket
    readonly #up = new Line(world)
    readonly #down = new Line(world)

    constructor() {
      super()
      world.attempt()
      this.#server = {
        send: (frame) =>
          this.#down.carry(() => this.readyState === 1 && this.#emit('message', { data: JSON.stringify(frame) })),
        drop: (code) => (code === 1006 ? this.#end(code) : this.#down.carry(() => this.#end(code))),
      }
      world.clock.after(world.delay(), () => {
        if (this.readyState !== 0) return
        if (!world.opens()) return this.#end(1006, world.firesCloseOfFailedOpening())
        this.readyState = 1
        world.opened(this.#server)
        this.#emit('open', {})
      })
    }

    send(text: string): void {
      this.#up.carry(() => this.readyState === 1 && world.received(this.#server, text))
    }

    close(code = 1005): void {
      if (code !== 1000 && !(code >= 3000 && code <= 4999)) throw new DOMException('code', 'InvalidAccessError')
      this.#end(code)
    }

    #end(code: number, firesClose = true): void {
      if (this.readyState === 3) return
      if (this.readyState === 0) this.#emit('error', {})
      this.readyState = 3
      world.gone(this.#server)
      if (firesClose) queueMicrotask(() => this.#emit('close', { code, reason: '' }))
    }

    #emit(type: string, fields: object): void {
      this.dispatchEvent(Object.assign(new Event(type), fields))
    }
  }
  return FakeWebSocket as unknown as typeof globalThis.WebSocket
}

/** Delivers messages in order. Messages that arrive together are delivered in one turn, as by sockets that read several at once. */
class Line {
  readonly #world: SocketWorld
  #last: { readonly at: number; readonly tasks: (() => void)[] } = { at: 0, tasks: [] }

  constructor(world: SocketWorld) {
    this.#world = world
  }

  carry(task: () => void): void {
    const { clock, delay } = this.#world
    const at = Math.max(this.#last.at, clock.now() + delay())
    const { tasks } = this.#last
    if (at === this.#last.at && tasks.length > 0) {
      tasks.push(task)
      return
    }
    const own = [task]
    this.#last = { at, tasks: own }
    clock.after(at - clock.now(), () => {
      for (const each of own.splice(0)) each()
    })
  }
}
