import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { until } from '../until.ts'

/** A line on which a test writes bytes by hand, and reads what comes back. */
export interface RawLine {
  write(bytes: string | Buffer): void
  /** All bytes received so far. */
  received(): Buffer
  /** Waits until the bytes received fit. */
  until(what: string, fits: (received: Buffer) => boolean): Promise<Buffer>
  /** Resolves when the other side ended the line. */
  readonly ended: Promise<void>
  pause(): void
  resume(): void
  destroy(): void
  /** Ends the line by a reset instead of a goodbye. */
  reset(): void
}

export async function openLine(port: number, host = '127.0.0.1'): Promise<RawLine> {
  const socket = connect(port, host)
  socket.on('error', () => {})
  const chunks: Buffer[] = []
  const watchers = new Set<() => void>()
  const notify = () => {
    for (const watcher of watchers) watcher()
  }
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    notify()
  })
  const ended = new Promise<void>((resolve) => {
    socket.on('close', () => resolve())
    socket.on('end', () => resolve())
  })
  const received = () => Buffer.concat(chunks)
  await until('the line to open', new Promise<void>((resolve) => socket.once('connect', () => resolve())))
  return {
    write: (bytes) => socket.write(bytes),
    received,
    until: async (what, fits) => {
      let watcher = () => {}
      const found = new Promise<Buffer>((resolve, reject) => {
        watcher = () => {
          const bytes = received()
          if (fits(bytes)) resolve(bytes)
        }
        watchers.add(watcher)
        watcher()
        void ended.then(() => {
          watcher()
          reject(new Error(`the line ended while waiting for ${what}: ${received().toString('latin1').slice(0, 500)}`))
        })
      })
      return until(what, found, () => received().toString('latin1').slice(0, 500)).finally(() =>
        watchers.delete(watcher),
      )
    },
    ended,
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    destroy: () => socket.destroy(),
    reset: () => socket.resetAndDestroy(),
  }
}

/** A line after its 101: from here on it carries frames. */
export async function openUpgraded(port: number): Promise<RawLine> {
  const line = await openLine(port)
  line.write(upgradeRequest())
  await line.until('the 101', (bytes) => bytes.includes('\r\n\r\n'))
  serverFrames(line.received())
  return line
}

/** The same after a hello without a token. */
export async function openGreeted(port: number): Promise<RawLine> {
  const line = await openUpgraded(port)
  line.write(frame({ opcode: opcodes.text, payload: '{"id":"hello","op":"hello"}' }))
  await line.until('the reply to hello', (bytes) => serverFrames(bytes).length > 0)
  return line
}

/** An upgrade request as a browser sends it; headers given here replace or add, `null` leaves one out. */
export function upgradeRequest(changed: Record<string, string | null> = {}, method = 'GET', path = '/v1/ws'): string {
  const headers: Record<string, string | null> = {
    Host: '127.0.0.1',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...changed,
  }
  const lines = Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [`${name}: ${value}`]))
  return [`${method} ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n')
}

export interface FrameParts {
  readonly opcode: number
  readonly payload?: Buffer | string
  readonly fin?: boolean
  readonly masked?: boolean
  /** The length the header claims, where it is not the payload's. */
  readonly claims?: bigint
}

export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** A client's frame (RFC 6455, 5.2), valid or not, as the options say. */
export function frame({ opcode, payload = '', fin = true, masked = true, claims }: FrameParts): Buffer {
  const bytes = Buffer.from(payload)
  const length = claims ?? BigInt(bytes.length)
  const first = (fin ? 0x80 : 0) | opcode
  const maskBit = masked ? 0x80 : 0
  const header = Buffer.alloc(10)
  header[0] = first
  let size = 2
  if (length < 126n) header[1] = maskBit | Number(length)
  else if (length < 65_536n) {
    header[1] = maskBit | 126
    header.writeUInt16BE(Number(length), 2)
    size = 4
  } else {
    header[1] = maskBit | 127
    header.writeBigUInt64BE(length, 2)
    size = 10
  }
  if (!masked) return Buffer.concat([header.subarray(0, size), bytes])
  const key = randomBytes(4)
  const scrambled = bytes.map((byte, index) => byte ^ (key[index % 4] ?? 0))
  return Buffer.concat([header.subarray(0, size), key, scrambled])
}

export function closeFrame(code?: number, reason = ''): Buffer {
  if (code === undefined) return frame({ opcode: opcodes.close })
  const number = Buffer.alloc(2)
  number.writeUInt16BE(code)
  return frame({ opcode: opcodes.close, payload: Buffer.concat([number, Buffer.from(reason)]) })
}

export interface ReceivedFrame {
  readonly opcode: number
  readonly payload: Buffer
}

/** The complete frames a server sent after its 101 (unmasked, as a server's are). */
export function serverFrames(received: Buffer): ReceivedFrame[] {
  const start = received.indexOf('\r\n\r\n')
  if (start < 0) return []
  const head = received.subarray(0, start).toString('latin1')
  if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(`not upgraded: ${head}`)
  const frames: ReceivedFrame[] = []
  let at = start + 4
  while (at + 2 <= received.length) {
    let length = (received[at + 1] ?? 0) & 0x7f
    let header = 2
    if (length === 126) {
      if (at + 4 > received.length) break
      length = received.readUInt16BE(at + 2)
      header = 4
    } else if (length === 127) {
      if (at + 10 > received.length) break
      length = Number(received.readBigUInt64BE(at + 2))
      header = 10
    }
    if (at + header + length > received.length) break
    frames.push({ opcode: (received[at] ?? 0) & 0x0f, payload: received.subarray(at + header, at + header + length) })
    at += header + length
  }
  return frames
}

/** The code of the close frame that the server sent; `undefined` while it sent none. */
export function serverCloseCode(received: Buffer): number | undefined {
  const close = serverFrames(received).find(({ opcode }) => opcode === opcodes.close)
  if (close === undefined) return undefined
  return close.payload.length >= 2 ? close.payload.readUInt16BE(0) : 1005
}
