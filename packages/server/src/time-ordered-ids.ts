import { getRandomValues } from 'node:crypto'
import { V7Generator } from 'uuidv7'

/** Random numbers are drawn so many at a time: asking the system for a few costs as much as for thousands. */
const drawn = 2048

/** Makes ids that sort by time, UUID version 7 (RFC 9562). */
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
      // A number that was given out shall not be found in memory.
      numbers[used++] = 0
      return number
    },
  })
  return () => generator.generate().toString()
}
