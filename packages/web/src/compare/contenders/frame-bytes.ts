const encoder = new TextEncoder()

/** What a text frame from a server takes on the wire: its payload and a header of 2, 4 or 10 bytes (RFC 6455, 5.2). */
export function frameBytes(text: string): number {
  const payload = encoder.encode(text).length
  return payload + (payload < 126 ? 2 : payload < 65_536 ? 4 : 10)
}

/** What an event of a stream takes, in the form that the server writes: three lines, an empty one, and the chunk around them. */
export function streamBytes(event: string, data: string, id: string): number {
  const text = encoder.encode(`event: ${event}\nid: ${id}\ndata: ${data}\n\n`).length
  return text + text.toString(16).length + 4
}
