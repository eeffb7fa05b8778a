/**
 * Handles socket errors, so that a peer that resets its connection does not end the process. One function serves all
 * sockets: a closure per connection would keep its first request in memory as long as the connection is open.
 */
import type { Duplex } from 'node:stream'

/** Destroys the socket on an error, until `leaveToOthers` is called. */
export function endWhenBroken(socket: Duplex): void {
  socket.on('error', end)
}

/** Stops handling the errors of this socket, because another module handles them now. */
export function leaveToOthers(socket: Duplex): void {
  socket.off('error', end)
}

function end(this: Duplex): void {
  this.destroy()
}
