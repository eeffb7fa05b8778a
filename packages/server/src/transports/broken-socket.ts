/**
 * A peer that resets its connection must not end the process. One function listens on all sockets: a closure made where
 * a connection comes in would keep its request, and the bytes that it came in, as long as the connection lives.
 */
import type { Duplex } from 'node:stream'

/** Until somebody else listens for the errors of this socket. */
export function endWhenBroken(socket: Duplex): void {
  socket.on('error', end)
}

/** Somebody else does. */
export function leaveToOthers(socket: Duplex): void {
  socket.off('error', end)
}

function end(this: Duplex): void {
  this.destroy()
}
