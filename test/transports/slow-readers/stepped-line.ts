import { connect, createServer, type Socket } from 'node:net'

/** A line to a port of this machine that lets bytes down only as the test says, and everything up at once. */
export interface SteppedLine {
  readonly port: number
  /** Lets so many more bytes down to each client. */
  pass(bytes: number): void
  stop(): Promise<void>
}

/** How much the line itself takes at a time, so that what waits does so before it. */
const chunkBytes = 4096

/** `firstBytes`: what each connection may take from the start. */
export async function startSteppedLine(port: number, firstBytes: number): Promise<SteppedLine> {
  const halves = new Set<Half>()
  const server = createServer((client) => {
    const half = new Half(client, port, firstBytes)
    halves.add(half)
    client.once('close', () => halves.delete(half))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    pass: (bytes) => {
      for (const half of halves) half.pass(bytes)
    },
    stop: async () => {
      for (const half of halves) half.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The way down to one client. */
class Half {
  readonly #client: Socket
  readonly #upstream: Socket
  #allowed: number

  constructor(client: Socket, port: number, firstBytes: number) {
    this.#allowed = firstBytes
    this.#client = client
    this.#upstream = connect({
      port,
      host: '127.0.0.1',
      onread: { buffer: Buffer.alloc(chunkBytes), callback: (count, bytes) => this.#took(bytes.subarray(0, count)) },
    })
    for (const socket of [client, this.#upstream]) socket.on('error', () => this.destroy())
    client.pipe(this.#upstream)
    this.#upstream.once('close', () => client.destroy())
    client.once('close', () => this.#upstream.destroy())
  }

  pass(bytes: number): void {
    this.#allowed += bytes
    if (this.#allowed > 0) this.#upstream.resume()
  }

  /** False: reads no more until `pass` is called. */
  #took(bytes: Uint8Array): boolean {
    this.#client.write(Buffer.from(bytes))
    this.#allowed -= bytes.length
    return this.#allowed > 0
  }

  destroy(): void {
    this.#client.destroy()
    this.#upstream.destroy()
  }
}
