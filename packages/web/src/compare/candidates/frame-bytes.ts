const encoder = new TextEncoder()

/** The bytes of a text frame from a server: its payload and a header of 2, 4 or 10 bytes (RFC 6455, 5.2). */
export function frameBytes(text: string): number {
  const payload = encoder.encode(text).length
  return payload + (payload < 126 ? 2 : payload < 65_536 ? 4 : 10)
}

/** The bytes of a server-sent event as the server writes it: three lines, an empty one, and the chunk around them. */
export function streamBytes(event: string, data: string, id: string): number {
  const text = encoder.encode(`event: ${event}\nid: ${id}\ndata: ${data}\n\n`).length
  return text + text.toString(16).length + 4
}
