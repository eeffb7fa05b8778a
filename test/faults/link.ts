import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** What becomes of bytes and connections. */
type Weather =
  | { readonly kind: 'fair' }
  /** Connections end at once, and new ones with a reset. */
  | { readonly kind: 'cut' }
  /** Bytes come later, and only so many a second. */
  | { readonly kind: 'slow'; readonly delayMs: number; readonly bytesPerSecond: number }
  /** All connections share one line to them, which carries so many bytes a second. */
  | { readonly kind: 'narrow'; readonly bytesPerSecond: number }
  /** What is sent is swallowed, in both directions, and no end is sent; new connections open and receive nothing. */
  | { readonly kind: 'silent' }

/** A way to a port of this machine, on which what happens to cables can happen. */
export interface Link {
  readonly port: number
  /** Bytes that went either way so far. */
  readonly carried: number
  /** Connections that were opened so far. */
  readonly connections: number
  cut(): void
  slow(delayMs: number, bytesPerSecond: number): void
  /** All connections together get so many bytes a second; what they send is passed at once. */
  narrow(bytesPerSecond: number): void
  /** Half-open: who was or gets connected meanwhile receives nothing for ever, also after `mend`. */
  silence(): void
  /** New connections pass again, and old ones that were not cut or silenced. */
  mend(): void
  stop(): Promise<void>
}

/** `lets`: asked of everything that goes to the port or comes from it; what it answers goes on in its place. */
export async function startLink(port: number, lets: (bytes: Buffer) => Buffer = (bytes) => bytes): Promise<Link> {
  const pairs = new Set<Pair>()
  let weather: Weather = { kind: 'fair' }
  const counts = { carried: 0, connections: 0 }
  const line = new NarrowLine()
  const passed = (bytes: Buffer): Buffer => {
    counts.carried += bytes.length
    return lets(bytes)
  }
  const server = createServer((near) => {
    counts.connections += 1
    const pair = new Pair(near, port, () => weather, line, passed)
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
  return Object.assign(counts, {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      weather = { kind: 'cut' }
      cutAll()
    },
    slow: (delayMs: number, bytesPerSecond: number) => {
      weather = { kind: 'slow', delayMs, bytesPerSecond }
    },
    narrow: (bytesPerSecond: number) => {
      weather = { kind: 'narrow', bytesPerSecond }
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
  })
}

/** A line that carries one piece after the other. */
class NarrowLine {
  #freeAt = 0

  /** Resolves when the line has carried so many bytes, behind what it was given before. */
  async carry(bytes: number, bytesPerSecond: number): Promise<void> {
    const now = performance.now()
    this.#freeAt = Math.max(now, this.#freeAt) + (bytes / bytesPerSecond) * 1000
    await pause(this.#freeAt - now)
  }
}

/** The two halves of one connection. */
class Pair {
  readonly #near: Socket
  readonly #far: Socket | null
  isSilent = false

  constructor(near: Socket, port: number, weather: () => Weather, line: NarrowLine, lets: (bytes: Buffer) => Buffer) {
    this.#near = near
    near.on('error', () => near.destroy())
    const { kind } = weather()
    const isOpen = kind !== 'cut' && kind !== 'silent'
    this.#far = isOpen ? connect({ port, host: '127.0.0.1', noDelay: true }) : null
    if (kind === 'cut') near.resetAndDestroy()
    if (kind === 'silent') this.silence()
    if (this.#far === null) return
    this.#far.on('error', () => this.#far?.destroy())
    near.setNoDelay(true)
    void this.#carry(near, this.#far, weather, null, lets)
    void this.#carry(this.#far, near, weather, line, lets)
  }

  /** `line`: what carries the bytes while the line is narrow; `null`: they are passed at once. */
  async #carry(
    from: Socket,
    to: Socket,
    weather: () => Weather,
    line: NarrowLine | null,
    lets: (bytes: Buffer) => Buffer,
  ): Promise<void> {
    try {
      for await (const bytes of from as AsyncIterable<Buffer>) {
        const now = weather()
        if (now.kind === 'slow') await pause(now.delayMs + (bytes.length / now.bytesPerSecond) * 1000)
        const pieces = now.kind === 'narrow' && line !== null ? piecesOf(bytes) : [bytes]
        for (const piece of pieces) {
          if (now.kind === 'narrow') await line?.carry(piece.length, now.bytesPerSecond)
          if (this.isSilent) continue
          const passed = lets(piece)
          if (passed.length > 0 && !to.write(passed)) await new Promise((resolve) => onceDrainedOrClosed(to, resolve))
        }
      }
    } catch {
      // Cut: the other half is ended below.
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

/** Small enough that a reader sees bytes come all the time. */
const pieceBytes = 4096

function piecesOf(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes))
  return pieces
}

function onceDrainedOrClosed(socket: Socket, go: (value: unknown) => void): void {
  socket.once('drain', go)
  socket.once('close', go)
}
