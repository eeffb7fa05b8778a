/** What comes is late, twice, large, or refused for a while. */
import { setTimeout as pause } from 'node:timers/promises'
import type { LiveRecord } from 'dovetail-protocol'
import type { Ask, Fate, Refusal } from '../line/treatments.ts'
import type { Case } from './case.ts'

export const join: Case = {
  server: 'shared',
  run: async (world) => {
    const records: LiveRecord[] = []
    for (let n = 1; n <= 9; n++) records.push(await world.write(`before ${n}`))
    await world.write('before 10')
    world.startClient()
    // From the start of its process, however long that takes, until it has its page: changes, for some read a short page.
    await during(world.shows('before 10'), async (n) => {
      await world.put(records[n % records.length]?.id ?? '', `changed ${n}`)
    })
    // And on until it follows.
    await world.writeMany('meanwhile', 25, 60)
  },
}

/** Writes again and again until what is waited for has come. @throws Error where it does not come */
async function during(awaited: Promise<void>, write: (n: number) => Promise<void>): Promise<void> {
  let isOver = false
  const over = awaited.finally(() => {
    isOver = true
  })
  // It may fail during the last pause, before anybody waits for it.
  over.catch(() => {})
  for (let n = 0; !isOver; n++) {
    await write(n)
    await pause(20)
  }
  await over
}

export const slowServer: Case = {
  server: 'shared',
  run: async (world) => {
    for (let n = 1; n <= 20; n++) await world.write(`before ${n} ${'x'.repeat(500)}`)
    world.line.treat({ delayMs: 2500, bytesPerSecond: 8192 })
    world.startClient()
    await world.shows('before 20')
    await world.writeMany('meanwhile', 5, 20)
  },
}

export const everyMessageTwice: Case = {
  server: 'shared',
  run: async (world) => {
    await world.writeMany('before', 5)
    world.line.treat({ onMessage: (json): Fate => (json.includes('"op":"changes"') ? 'twice' : 'pass') })
    world.startClient()
    await world.shows('before 5')
    await world.writeMany('meanwhile', 10, 20)
  },
}

/** Near to what a message of `chat` may have, each of 4 bytes: over what a client may have named as `maxBytes`. */
const largeSigns = 7990

export const largeRecord: Case = {
  server: 'shared',
  run: async (world) => {
    const large = (name: string): string => `${name} ${'🐦'.repeat(largeSigns)}`
    await world.write(large('page'))
    world.startClient()
    await world.shows('page ')
    await world.write(large('live'))
    await world.shows('live ')
    world.line.become('refusing')
    await world.write(large('away'))
    world.line.become('open')
    await world.shows('away ')
  },
}

/** How much earlier than it was told a client may ask again, in milliseconds: the line and its clock differ. */
const toleranceMs = 250

export const retryAfter: Case = {
  server: 'shared',
  run: async (world) => {
    await world.writeMany('before', 5)
    const refusals: Record<Ask['kind'], Refusal[]> = {
      page: [
        { status: 429, code: 'rate_limited', retryAfter: 3 },
        { status: 503, code: 'store_unavailable', retryAfter: 2 },
      ],
      follow: [{ status: 503, code: 'draining', retryAfter: 2 }],
      other: [],
    }
    const notBefore = new Map<Ask['kind'], number>()
    let early: string | null = null
    const onAsk = ({ kind, isUpgrade, at }: Ask): Refusal | null => {
      const earlyMs = (notBefore.get(kind) ?? 0) - at
      if (earlyMs > toleranceMs)
        early ??= `it asked again ${(earlyMs / 1000).toFixed(1)} s before the end of Retry-After`
      const refusal = refusals[kind].shift() ?? null
      // Many clients of WebSocket don't show their user why an upgrade was refused.
      if (refusal !== null && !isUpgrade) notBefore.set(kind, at + refusal.retryAfter * 1000)
      return refusal
    }
    world.line.treat({ onAsk })
    world.startClient()
    await world.shows('before 5')
    await world.write('live')
    await world.shows('live')
    if (early !== null) throw new Error(early)
    await world.until(() => (refusals.follow.length === 0 ? null : 'it did not follow the channel'))
  },
}

const shortTokenSeconds = 4

export const tokenExpires: Case = {
  server: 'shared',
  run: async (world) => {
    await world.makePrivate()
    await world.writeMany('before', 3)
    world.startClient(shortTokenSeconds + 4)
    await world.shows('before 3')
    // Past its end and the leeway.
    await pause((shortTokenSeconds + 6) * 1000)
    await world.write('after its end')
  },
}

export const tokenExpiresAway: Case = {
  server: 'shared',
  run: async (world) => {
    await world.makePrivate()
    await world.writeMany('before', 3)
    world.startClient(shortTokenSeconds + 4)
    await world.shows('before 3')
    world.line.become('refusing')
    await world.write('away')
    await pause((shortTokenSeconds + 6) * 1000)
    world.line.become('open')
    await world.shows('away')
  },
}
