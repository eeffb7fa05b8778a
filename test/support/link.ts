import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** What becomes of bytes and connections. */
type Weather =
  | { readonly kind: 'fair' }
  /** Connections end at once, and new ones with a reset. */
  | { readonly kind: 'cut' }
  /** Bytes come later, and only so many a second. */
  | { readonly kind: 'slow'; readonly delayMs: number; readonly bytesPerSecond: number }
  /** What is sent is swallowed, in both directions, and no end is told; new connections open and hear nothing. */
  | { readonly kind: 'silent' }

/** A way to a port of this machine, on which what happens to cables can happen. */
export interface Link {
  readonly port: number
  /** Bytes that went either way so far. */
  readonly carried: number
  cut(): void
  slow(delayMs: number, bytesPerSecond: number): void
  /** Half-open: who was or gets connected meanwhile hears nothing for ever, also after `mend`. */
  silence(): void
  /** New connections pass again, and old ones that were not cut or silenced. */
  mend(): void
  stop(): Promise<void>
}

/** `lets`: asked of everything that goes to the port or comes from it; what it answers goes on in its place. */
export async function startLink(port: number, lets: (bytes: Buffer) => Buffer = (bytes) => bytes): Promise<Link> {
  const pairs = new Set<Pair>()
  let weather: Weather = { kind: 'fair' }
  let carried = 0
  const passed = (bytes: Buffer): Buffer => {
    carried += bytes.length
    return lets(bytes)
  }
  const server = createServer((near) => {
    const pair = new Pair(near, port, () => weather, passed)
    pairs.add(pair)
    near.once('close', () => {
      if (!pair.isSilent) pairs.delete(pair)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cutAll = (): void => {
    for (const pair of pairs) pair.cut()
    pairs.clear()
  }
  return {
    port: (server.address() as AddressInfo).port,
    get carried() {
      return carried
    },
    cut: () => {
      weather = { kind: 'cut' }
      cutAll()
    },
    slow: (delayMs, bytesPerSecond) => {
      weather = { kind: 'slow', delayMs, bytesPerSecond }
    },
    silence: () => {
      weather = { kind: 'silent' }
      for (const pair of pairs) pair.silence()
    },
    mend: () => {
      weather = { kind: 'fair' }
    },
    stop: async () => {
      cutAll()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The two halves of one connection. */
class Pair {
  readonly #near: Socket
  readonly #far: Socket | null
  isSilent = false

  constructor(near: Socket, port: number, weather: () => Weather, lets: (bytes: Buffer) => Buffer) {
    this.#near = near
    near.on('error', () => near.destroy())
    const { kind } = weather()
    this.#far = kind === 'fair' || kind === 'slow' ? connect({ port, host: '127.0.0.1', noDelay: true }) : null
    if (kind === 'cut') near.resetAndDestroy()
    if (kind === 'silent') this.silence()
    if (this.#far === null) return
    this.#far.on('error', () => this.#far?.destroy())
    near.setNoDelay(true)
    void this.#carry(near, this.#far, weather, lets)
    void this.#carry(this.#far, near, weather, lets)
  }

  async #carry(from: Socket, to: Socket, weather: () => Weather, lets: (bytes: Buffer) => Buffer): Promise<void> {
    try {
      for await (const bytes of from as AsyncIterable<Buffer>) {
        const now = weather()
        if (now.kind === 'slow') await pause(now.delayMs + (bytes.length / now.bytesPerSecond) * 1000)
        if (this.isSilent) continue
        const passed = lets(bytes)
        if (passed.length > 0 && !to.write(passed)) await new Promise((resolve) => onceDrainedOrClosed(to, resolve))
      }
    } catch {
      // Cut: the other half hears of it below.
    }
    if (!this.isSilent) to.destroy()
  }

  silence(): void {
    this.isSilent = true
    // What comes is taken, so that whoever sends does not even see its buffers fill.
    if (this.#far === null) this.#near.resume()
  }

  cut(): void {
    this.#near.resetAndDestroy()
    this.#far?.resetAndDestroy()
  }
}

function onceDrainedOrClosed(socket: Socket, go: (value: unknown) => void): void {
  socket.once('drain', go)
  socket.once('close', go)
}
