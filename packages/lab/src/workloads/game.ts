import type { SeededRandom } from '../random/seeded-random.ts'
import type { PlannedEvent, Span, Workload } from './workload.ts'

const hertz = 20
const stateBytes = 24

/** A game: each client writes its position twenty times a second, and receives all positions. */
export const game: Workload = {
  name: 'game',
  about: 'every client sends its own state 20 times a second and follows those of all others; only the latest counts',
  namespace: 'game',
  collection: 'entities',
  reading: 'changes',
  defaults: { clients: 8, durationMs: 10_000 },
  prefill: { records: 0, bytes: 0 },
  rareEvents: null,
  plan: (random: SeededRandom, { clients, durationMs }: Span): PlannedEvent[] => {
    const everyMs = 1000 / hertz
    const phases = Array.from({ length: clients }, () => random.next())
    return phases
      .flatMap((phase, writer) =>
        Array.from({ length: Math.max(1, Math.floor(durationMs / everyMs)) }, (_, tick) => ({
          atMs: (tick + phase) * everyMs,
          bytes: stateBytes,
          writer,
          key: `p${writer}`,
        })),
      )
      .sort((a, b) => a.atMs - b.atMs)
  },
  data: (text) => `{"x":120.5,"y":88.25,"angle":1.57,"note":"${text}"}`,
}
