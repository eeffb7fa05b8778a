import type { Workload } from './workload.ts'

const everySeconds = 600

/** A quiet channel: clients wait for rare events. */
export const quiet: Workload = {
  name: 'quiet',
  about: 'one event of 100 bytes in ten minutes, written by a backend',
  namespace: 'chat',
  collection: 'messages',
  reading: 'changes',
  defaults: { clients: 50, durationMs: 10_000 },
  prefill: { records: 0, bytes: 0 },
  rareEvents: { everySeconds },
  plan: () => [{ atMs: 0, bytes: 100, writer: null, key: null }],
  data: (text) => `{"text":"${text}"}`,
}
