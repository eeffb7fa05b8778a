/** A masked frame (RFC 6455, 5.2). The mask is zero: it hides nothing from anyone here. */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  return Buffer.concat([header(0x80 | opcode, payload.length), Buffer.alloc(4), payload])
}

function header(first: number, length: number): Buffer {
  if (length < 126) return Buffer.from([first, 0x80 | length])
  if (length <= 65_535) {
    const short = Buffer.from([first, 0x80 | 126, 0, 0])
    short.writeUInt16BE(length, 2)
    return short
  }
  const long = Buffer.alloc(10)
  long.writeUInt16BE((first << 8) | 0x80 | 127)
  long.writeBigUInt64BE(BigInt(length), 2)
  return long
}
