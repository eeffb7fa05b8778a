/**
 * Leaving without being missed: nothing new is begun, every reader gets a slot of its own to come
 * back elsewhere, commits under way are finished, and all is over within the time given.
 */
import type { Core } from './core/core.ts'
import type { Reader, Readers } from './transports/readers.ts'
import type { Requests } from './transports/requests.ts'

export interface DrainOptions {
  readonly core: Core
  readonly readers: Readers
  readonly requests: Requests
  /** All of it, in ms. */
  readonly withinMs: number
}

/** Slots are spread over the time less this, which is left for the last ones to go. */
const restMs = 2000
/** No more than this between two slots: a few readers need not wait for the whole time. */
const slotMs = 100

export async function drain({ core, readers, requests, withinMs }: DrainOptions): Promise<void> {
  const all = [...readers]
  const spreadMs = Math.min(Math.max(0, withinMs - restMs), all.length * slotMs)
  const slots = all.map((reader, index) => ({ reader, atMs: Math.round((spreadMs * (index + 1)) / all.length) }))
  for (const { reader, atMs } of slots) reader.goAway(atMs)
  const startedAt = core.clock.monotonic()
  await new Promise<void>((resolve) => leaveInTurn(core, readers, slots, startedAt, resolve))
  const leftMs = Math.max(100, startedAt + withinMs - core.clock.monotonic())
  await new Promise<void>((resolve, reject) => {
    // Left running, the timer would keep the process for the whole time.
    const cancel = core.clock.after(leftMs, resolve)
    finish(core, requests).then(resolve, reject).finally(cancel)
  })
}

async function finish(core: Core, requests: Requests): Promise<void> {
  await Promise.all(Object.values(core.groups).map((group) => group.drained()))
  await requests.finished()
}

interface Slot {
  readonly reader: Reader
  readonly atMs: number
}

const stepMs = 20

function leaveInTurn(core: Core, readers: Readers, slots: readonly Slot[], startedAt: number, done: () => void): void {
  const passedMs = core.clock.monotonic() - startedAt
  const due = slots.filter(({ atMs }) => atMs <= passedMs)
  for (const { reader } of due) reader.leave()
  // Whoever left by itself needs no slot; whoever came since has none and leaves with the rest.
  if (slots.length === due.length || readers.size === 0) {
    for (const reader of readers) reader.leave()
    done()
    return
  }
  core.clock.after(stepMs, () => leaveInTurn(core, readers, slots.slice(due.length), startedAt, done))
}
