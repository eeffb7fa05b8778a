/** A writer's thread that is gone in the middle of its first commit, and answers nothing. */
import { serveCalls } from './serve-calls.ts'

serveCalls({
  sweepGarbage: () => false,
  uncarried: () => ({ fresh: 0, stale: 0 }),
  commit: () => process.exit(1),
})
