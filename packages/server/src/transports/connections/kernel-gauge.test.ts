import type { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { HandClock } from '../../core/simulation/hand-clock.fixture.ts'
import { KernelGauge, KernelQueues } from './kernel-gauge.ts'
import { lineOf } from './tcp-table.ts'

/** A stream to a peer of which the kernel says how much is not acknowledged; `null`: it says nothing. */
function world() {
  const clock = new HandClock()
  const socket = {
    ...{ localAddress: '127.0.0.1', localPort: 4600, remoteAddress: '127.0.0.2', remotePort: 40_000 },
    writableLength: 0,
  } as Socket
  const kernel = { unacknowledgedBytes: 0 as number | null, looks: 0 }
  const queues = new KernelQueues(clock, async () => {
    kernel.looks += 1
    const { unacknowledgedBytes } = kernel
    return unacknowledgedBytes === null ? [] : [{ line: lineOf(socket) ?? '', unacknowledgedBytes, repeats: 0 }]
  })
  let resumed = 0
  const gauge = new KernelGauge({ queues, socket, clock, resume: () => resumed++ })
  return { clock, kernel, gauge, resumed: () => resumed }
}

test('a stream that takes everything is looked at now and then, and is never full', async () => {
  const { clock, kernel, gauge } = world()
  for (let turn = 0; turn < 32; turn++) {
    gauge.sent(16_384)
    await clock.pass(25)
    expect(gauge.isFull()).toBe(false)
  }
  expect(kernel.looks).toBeGreaterThan(2)
  expect(kernel.looks).toBeLessThan(10)
})

test('[PRM10] a slow stream is full until the kernel has little left, and goes on then', async () => {
  const { clock, kernel, gauge, resumed } = world()
  gauge.sent(100_000)
  kernel.unacknowledgedBytes = 95_000
  await clock.pass(100)
  expect([gauge.isFull(), resumed()]).toEqual([true, 0])
  // 50 bytes a ms, of which 400 ms may be on the way.
  for (kernel.unacknowledgedBytes = 90_000; kernel.unacknowledgedBytes >= 20_000; ) {
    await clock.pass(100)
    expect(gauge.isFull()).toBe(true)
    kernel.unacknowledgedBytes -= 5000
  }
  await clock.pass(100)
  expect([gauge.isFull(), resumed()]).toEqual([false, 1])
})

test('[LIM12] a stream that takes nothing is stuck since it was first seen so', async () => {
  const { clock, kernel, gauge } = world()
  gauge.sent(100_000)
  kernel.unacknowledgedBytes = 100_000
  await clock.pass(100)
  const since = clock.monotonic()
  await clock.pass(5000)
  expect(gauge.stuckMs(clock.monotonic())).toBe(clock.monotonic() - since)
  kernel.unacknowledgedBytes = 99_000
  await clock.pass(100)
  expect(gauge.stuckMs(clock.monotonic())).toBe(0)
})

test('where the system does not tell, no stream is full, and nobody looks again', async () => {
  const { clock, kernel, gauge } = world()
  kernel.unacknowledgedBytes = null
  for (let turn = 0; turn < 10; turn++) {
    gauge.sent(100_000)
    await clock.pass(100)
    expect(gauge.isFull()).toBe(false)
  }
  expect(kernel.looks).toBe(1)
})
