import { getRandomValues } from 'node:crypto'
import { V7Generator } from 'uuidv7'

/** How many random numbers to request at once: a few cost as much as thousands. */
const drawn = 2048

/** @returns a function that makes ids which sort by time: UUIDs of version 7 (RFC 9562) */
export function timeOrderedIds(): () => string {
  const numbers = new Uint32Array(drawn)
  let used = drawn
  const generator = new V7Generator({
    nextUint32() {
      if (used === drawn) {
        getRandomValues(numbers)
        used = 0
      }
      const number = numbers[used] ?? 0
      // Used numbers are erased from memory.
      numbers[used++] = 0
      return number
    },
  })
  return () => generator.generate().toString()
}
