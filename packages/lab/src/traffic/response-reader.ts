/** Cuts the bytes of a connection into HTTP answers, and says of every byte what it was for. */
import { ChunkScanner } from '../framing/chunk-scanner.ts'
import { type Head, parseHead } from '../framing/http-head.ts'
import type { Traffic } from './traffic.ts'

export interface ResponseListener {
  head(head: Head): void
  /** A part of the body lies in `bytes` from `start` to `end`, and only until this returns. */
  body(bytes: Buffer, start: number, end: number): void
  done(): void
}

type State =
  | { readonly at: 'head'; readonly received: Buffer }
  | { readonly at: 'counted body'; readonly left: number }
  | { readonly at: 'chunked body'; readonly scanner: ChunkScanner; isOver: boolean }

const noBytes = Buffer.alloc(0)

export class ResponseReader {
  readonly #traffic: Traffic
  readonly #listener: ResponseListener
  #state: State = { at: 'head', received: noBytes }

  constructor(traffic: Traffic, listener: ResponseListener) {
    this.#traffic = traffic
    this.#listener = listener
  }

  take(bytes: Buffer): void {
    let rest = bytes
    while (rest.length > 0) rest = this.#step(rest)
  }

  /** Returns what belongs to what comes next. */
  #step(bytes: Buffer): Buffer {
    const state = this.#state
    switch (state.at) {
      case 'head':
        return this.#head(state.received.length === 0 ? bytes : Buffer.concat([state.received, bytes]))
      case 'counted body': {
        const length = Math.min(state.left, bytes.length)
        this.#body(bytes, 0, length)
        this.#state = { at: 'counted body', left: state.left - length }
        if (length === state.left) this.#done()
        return bytes.subarray(length)
      }
      case 'chunked body':
        // One request at a time: nothing of a next answer stands behind the last chunk.
        state.scanner.take(bytes)
        if (state.isOver) this.#done()
        return noBytes
    }
  }

  #head(received: Buffer): Buffer {
    const found = parseHead(received)
    if (found === null) {
      this.#state = { at: 'head', received }
      return noBytes
    }
    this.#traffic.attributeBytes('down', 'httpHeaders', found.length)
    const { head } = found
    this.#listener.head(head)
    const left = Number(head.headers.get('content-length') ?? 0)
    if (head.headers.get('transfer-encoding') === 'chunked') this.#state = this.#chunked()
    else if (left > 0 && head.status !== 304) this.#state = { at: 'counted body', left }
    else this.#done()
    return received.subarray(found.length)
  }

  #chunked(): State {
    const scanner = new ChunkScanner((bytes, start, end, framing) => {
      this.#traffic.attributeBytes('down', 'chunkFraming', framing)
      if (end > start) this.#body(bytes, start, end)
      else state.isOver = true
    })
    const state = { at: 'chunked body' as const, scanner, isOver: false }
    return state
  }

  #body(bytes: Buffer, start: number, end: number): void {
    this.#traffic.attributeBytes('down', 'payload', end - start)
    this.#listener.body(bytes, start, end)
  }

  #done(): void {
    this.#state = { at: 'head', received: noBytes }
    this.#listener.done()
  }
}
