/**
 * Encodes a frame as one event of an event stream, once for all readers of the same kind. The bytes include the framing
 * of an HTTP/1.1 chunk (RFC 9112, section 7.1), so that they can be written to the socket as they are.
 */
import type { Frame } from '../../ports/frame.ts'

export interface SseKind {
  /** Whether events carry the cursor as their id, as in streams of one channel. */
  readonly withId: boolean
  /** Whether to write chunks; HTTP/1.0 has none, so its stream ends with the connection. */
  readonly isChunked: boolean
}

type Form = (frame: Frame) => Buffer

const forms: Readonly<Record<'id' | 'plain', Readonly<Record<'chunked' | 'bare', Form>>>> = {
  id: { chunked: (frame) => chunk(block(frame, true)), bare: (frame) => Buffer.from(block(frame, true)) },
  plain: { chunked: (frame) => chunk(block(frame, false)), bare: (frame) => Buffer.from(block(frame, false)) },
}

/** Returns the same function for the same kind, because a frame caches its bytes by that function. */
export function sseForm(kind: SseKind): Form {
  return forms[kind.withId ? 'id' : 'plain'][kind.isChunked ? 'chunked' : 'bare']
}

function block(frame: Frame, withId: boolean): string {
  if (frame.event === 'comment') return ':\n\n'
  // No blank line: it belongs to the event that follows, since some clients take a block without data for an event.
  if (frame.event === 'retry') return `retry: ${frame.json}\n`
  const id = withId && frame.cursor !== null ? `id: ${frame.cursor}\n` : ''
  // JSON text contains no line break, so one data line is enough.
  return `event: ${frame.event}\n${id}data: ${frame.json}\n\n`
}

function chunk(text: string): Buffer {
  const data = Buffer.from(text)
  return Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')])
}
