/** Messages of a fixed size that carry their number, findable in a frame without parsing it. */

/** Never escaped in JSON, whoever writes it, and in no name or id. */
const mark = Buffer.from('{#')
const digits = 8
const size = digits + mark.length

/** A text of `bytes` ASCII characters that begins with its number. */
export function payloadText(index: number, bytes: number): string {
  return `{#${String(index).padStart(digits, '0')}}`.padEnd(bytes, 'abcdefghijklmnopqrstuvwxyz ')
}

/** Tells the number of each message in a frame's payload, in order. */
export function eachIndex(bytes: Buffer, start: number, end: number, onIndex: (index: number) => void): void {
  let at = bytes.indexOf(mark, start)
  while (at >= 0 && at + size <= end) {
    let index = 0
    for (let i = at + mark.length; i < at + size; i++) index = index * 10 + (bytes[i] ?? 48) - 48
    onIndex(index)
    at = bytes.indexOf(mark, at + size)
  }
}

/** How many messages a frame's payload holds. */
export function countMessages(bytes: Buffer, start: number, end: number): number {
  let count = 0
  eachIndex(bytes, start, end, () => count++)
  return count
}
