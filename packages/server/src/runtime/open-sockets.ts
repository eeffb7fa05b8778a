import type { Socket } from 'node:net'

/**
 * All open connections. Node's own list lacks those that were upgraded or answered on the bare socket, which would keep
 * the process alive where the peer never closes its side.
 */
export class OpenSockets {
  readonly #open = new Set<Socket>()

  readonly add = (socket: Socket): void => {
    // A connection whose upgrade was ignored is added a second time.
    if (this.#open.has(socket)) return
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
  }

  cut(): void {
    for (const socket of this.#open) socket.destroy()
  }
}
