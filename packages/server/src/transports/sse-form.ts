/**
 * A frame as one block of an event stream, made once and written to every reader of the same kind.
 * The chunk of HTTP/1.1 (RFC 9112, section 7.1) is part of the form, so that the bytes can go to
 * the socket as they are.
 */
import type { Frame } from '../ports/frame.ts'

export interface SseKind {
  /** Single-channel streams carry the cursor as the event's id. */
  readonly withId: boolean
  /** HTTP/1.0 knows no chunks; its stream ends with the connection. */
  readonly isChunked: boolean
}

type Form = (frame: Frame) => Buffer

const forms: Readonly<Record<'id' | 'plain', Readonly<Record<'chunked' | 'bare', Form>>>> = {
  id: { chunked: (frame) => chunk(block(frame, true)), bare: (frame) => Buffer.from(block(frame, true)) },
  plain: { chunked: (frame) => chunk(block(frame, false)), bare: (frame) => Buffer.from(block(frame, false)) },
}

/** The same function for the same kind, since it is the key under which a frame keeps its bytes. */
export function sseForm(kind: SseKind): Form {
  return forms[kind.withId ? 'id' : 'plain'][kind.isChunked ? 'chunked' : 'bare']
}

function block(frame: Frame, withId: boolean): string {
  if (frame.event === 'comment') return ':\n\n'
  if (frame.event === 'retry') return `retry: ${frame.json}\n\n`
  const id = withId && frame.cursor !== null ? `id: ${frame.cursor}\n` : ''
  // JSON text holds no line break, so one data line is enough.
  return `event: ${frame.event}\n${id}data: ${frame.json}\n\n`
}

function chunk(text: string): Buffer {
  const data = Buffer.from(text)
  return Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')])
}
