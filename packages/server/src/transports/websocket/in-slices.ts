/**
 * Hands what a peer sends to `ws` in small slices, so that a pause takes effect within what came at once. The kernel gives
 * up to 64 KiB in one piece, which is 10,000 frames without data; `ws` reads all of a piece, also when its socket was
 * paused or its connection closed by the first frame.
 */
import type { Socket } from 'node:net'

const sliceBytes = 4096

type Listener = (this: Socket, chunk: Buffer) => void
/** `removeListener` takes what is named here for the listener itself; so `once` is made, and so `ws` finds its own. */
type Wrapped = Listener & { listener?: Listener }

/** One for all connections, because the listener of `ws` is one function for all of them. */
const wrappedBy = new WeakMap<Listener, Wrapped>()

/** Called once `ws` listens to the socket. Runtimes with a `ws` of their own do not listen, and are left alone. */
export function readInSlices(socket: Socket): void {
  const [listener, ...others] = socket.listeners('data') as Listener[]
  if (listener === undefined || others.length > 0) return
  socket.removeListener('data', listener)
  socket.on('data', wrapped(listener))
}

function wrapped(listener: Listener): Wrapped {
  const known = wrappedBy.get(listener)
  if (known !== undefined) return known
  const wrapper: Wrapped = function inSlices(this: Socket, chunk: Buffer): void {
    if (chunk.length <= sliceBytes) listener.call(this, chunk)
    else handOver(this, chunk, listener)
  }
  wrapper.listener = listener
  wrappedBy.set(listener, wrapper)
  return wrapper
}

function handOver(socket: Socket, chunk: Buffer, listener: Listener): void {
  for (let at = 0; at < chunk.length; at += sliceBytes) {
    // `ws` stops to listen once it has had a close frame or an error.
    if (socket.destroyed || socket.listenerCount('data') === 0) return
    if (at > 0 && socket.isPaused()) {
      socket.unshift(chunk.subarray(at))
      return
    }
    listener.call(socket, chunk.subarray(at, at + sliceBytes))
  }
}

/**
 * Ends this side after the close frame, and reads what the peer still sends without looking at it: with bytes that nobody
 * read, the connection would end by a reset, which can overtake the close frame.
 */
export function readNoMore(socket: Socket): void {
  for (const listener of socket.listeners('data') as Listener[]) socket.removeListener('data', listener)
  socket.on('data', ignore)
  socket.resume()
  socket.end()
}

function ignore(): void {}
