import type { Workload } from './workload.ts'

const everySeconds = 600

/** Almost nothing happens, and yet somebody wants to hear of it. */
export const quiet: Workload = {
  name: 'quiet',
  about: 'one event of 100 bytes in ten minutes, written by a backend',
  namespace: 'chat',
  collection: 'messages',
  reading: 'changes',
  usual: { clients: 50, durationMs: 10_000 },
  filled: { records: 0, bytes: 0 },
  rarely: { everySeconds },
  plan: () => [{ atMs: 0, bytes: 100, writer: null, key: null }],
  data: (text) => `{"text":"${text}"}`,
}
