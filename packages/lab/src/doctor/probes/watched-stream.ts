/** One event stream under watch: what came on it and when, with times of `performance.now()`. */
import type { IncomingMessage } from 'node:http'
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { bearer, changesUrl, open, type Patient } from '../patient.ts'

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  br: createBrotliDecompress,
  deflate: createInflate,
}

export class WatchedStream {
  /** Absent until the head has come. */
  head: IncomingMessage | null = null
  text = ''
  readonly openedAt = performance.now()
  lastByteAt = this.openedAt
  /** The longest silence that it outlived, in milliseconds. */
  longestSilenceMs = 0
  endedAt: number | null = null
  readonly #abort = new AbortController()
  readonly #watchers = new Set<() => void>()

  constructor(patient: Patient) {
    const headers = { accept: 'text/event-stream', 'accept-encoding': 'gzip, br, deflate', ...bearer(patient.token) }
    open(changesUrl(patient), { headers, signal: this.#abort.signal }).then(
      (head) => this.#read(head),
      () => this.#end(),
    )
  }

  #read(head: IncomingMessage): void {
    this.head = head
    head.on('data', () => this.#heard())
    head.on('close', () => this.#end())
    const decoder = decoders[String(head.headers['content-encoding'] ?? '')]?.()
    const body = decoder === undefined ? head : head.pipe(decoder)
    body.on('error', () => {})
    body.on('data', (chunk: Buffer) => {
      this.text += String(chunk)
      this.#changed()
    })
    this.#heard()
  }

  #heard(): void {
    const now = performance.now()
    this.longestSilenceMs = Math.max(this.longestSilenceMs, now - this.lastByteAt)
    this.lastByteAt = now
    this.#changed()
  }

  #end(): void {
    this.endedAt ??= performance.now()
    this.#changed()
  }

  #changed(): void {
    for (const watcher of this.#watchers) watcher()
  }

  /** Resolves with true when `holds` does, and with false after `ms`, or when the stream has ended before. */
  until(holds: () => boolean, ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = (is: boolean) => {
        clearTimeout(late)
        this.#watchers.delete(watcher)
        resolve(is)
      }
      const watcher = () => {
        if (holds()) settle(true)
        else if (this.endedAt !== null) settle(false)
      }
      const late = setTimeout(() => settle(holds()), Math.max(0, ms))
      this.#watchers.add(watcher)
      watcher()
    })
  }

  close(): void {
    this.#abort.abort()
    this.head?.destroy()
  }
}
