/** A writer's thread that exits in the middle of its first commit, without an answer. */
import { serveCalls } from './serve-calls.ts'

serveCalls({
  sweepGarbage: () => false,
  unindexed: () => ({ fresh: 0, stale: 0 }),
  commit: () => process.exit(1),
})
