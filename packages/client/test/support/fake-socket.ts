import type { FakeClock } from './fake-clock.ts'

export interface ServerSocket {
  send(frame: unknown): void
  /** Ends the connection; 1006: it is cut, and what was under way is lost. */
  drop(code: number): void
}

export interface SocketWorld {
  readonly clock: FakeClock
  opens(): boolean
  attempt(): void
  opened(socket: ServerSocket): void
  received(socket: ServerSocket, text: string): void
  gone(socket: ServerSocket): void
  delay(): number
}

/** A `WebSocket` class whose far end is the given world. Frames of one direction keep their order. */
export function fakeSockets(world: SocketWorld): typeof globalThis.WebSocket {
  class FakeWebSocket extends EventTarget {
    readyState = 0
    readonly #server: ServerSocket
    #arrives = { up: 0, down: 0 }

    constructor() {
      super()
      world.attempt()
      this.#server = {
        send: (frame) =>
          this.#later('down', () => this.readyState === 1 && this.#emit('message', { data: JSON.stringify(frame) })),
        drop: (code) => (code === 1006 ? this.#end(code) : this.#later('down', () => this.#end(code))),
      }
      world.clock.after(world.delay(), () => {
        if (this.readyState !== 0) return
        if (!world.opens()) return this.#end(1006)
        this.readyState = 1
        world.opened(this.#server)
        this.#emit('open', {})
      })
    }

    send(text: string): void {
      this.#later('up', () => this.readyState === 1 && world.received(this.#server, text))
    }

    close(code = 1005): void {
      if (code !== 1000 && !(code >= 3000 && code <= 4999)) throw new DOMException('code', 'InvalidAccessError')
      this.#end(code)
    }

    #later(way: 'up' | 'down', task: () => void): void {
      this.#arrives[way] = later(world, this.#arrives[way], task)
    }

    #end(code: number): void {
      if (this.readyState === 3) return
      this.readyState = 3
      world.gone(this.#server)
      queueMicrotask(() => this.#emit('close', { code, reason: '' }))
    }

    #emit(type: string, fields: object): void {
      this.dispatchEvent(Object.assign(new Event(type), fields))
    }
  }
  return FakeWebSocket as unknown as typeof globalThis.WebSocket
}

/** Runs a task after the world's delay, but not before what was sent earlier. Returns when. */
function later({ clock, delay }: SocketWorld, earliest: number, task: () => void): number {
  const now = clock.now()
  const at = Math.max(earliest, now + delay())
  clock.after(at - now, task)
  return at
}
