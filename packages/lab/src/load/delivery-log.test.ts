import { describe, expect, test } from 'vitest'
import { DeliveryLog } from './delivery-log.ts'

/** Two readers and three messages, noted as pairs of reader and message. */
function logOf(notes: readonly (readonly [reader: number, index: number])[]) {
  const log = new DeliveryLog({ readers: 2, messages: 3 })
  for (const [reader, index] of notes) log.note(reader, index)
  return log.result()
}

const inOrder = [0, 1].flatMap((reader) => [0, 1, 2].map((index) => [reader, index] as const))

describe('the delivery log', () => {
  test('the delivery log finds no fault if each reader received each message once, in one order', async () => {
    expect(logOf(inOrder)).toMatchObject({ received: 6, lost: 0, repeated: 0, reordered: 0 })
  })

  test('the delivery log counts lost and repeated deliveries, and readers with another order', () => {
    expect(logOf(inOrder.slice(0, 5))).toMatchObject({ received: 5, lost: 1 })
    expect(logOf([...inOrder, [1, 2]])).toMatchObject({ received: 7, lost: 0, repeated: 1 })
    const swapped = [...inOrder.slice(0, 3), [1, 1], [1, 0], [1, 2]] as const
    expect(logOf(swapped)).toMatchObject({ lost: 0, repeated: 0, reordered: 1 })
  })

  test('the delivery log is complete with the last delivery, and ignores messages of another load', async () => {
    const log = new DeliveryLog({ readers: 1, messages: 2 })
    log.note(0, 1)
    log.note(0, 7)
    log.note(0, 0)
    await log.complete
    expect(log.result()).toMatchObject({ received: 2, lost: 0 })
  })

  test('latencies count from the moment a message was due to be sent', () => {
    const log = new DeliveryLog({ readers: 1, messages: 1 })
    log.begin(() => performance.now() - 2000)
    log.note(0, 0)
    expect(log.result().p99).toBeGreaterThanOrEqual(1998)
  })

  test('only the selected deliveries count in the latencies', () => {
    const log = new DeliveryLog({ readers: 2, messages: 1, isTimed: (reader) => reader === 0 })
    log.begin(() => performance.now() - 2000)
    log.note(1, 0)
    expect(log.result()).toMatchObject({ received: 1, max: 0 })
    log.note(0, 0)
    expect(log.result().p50).toBeGreaterThanOrEqual(1998)
  })
})
