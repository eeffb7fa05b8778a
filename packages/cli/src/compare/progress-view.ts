import type { Progress } from 'dovetail-lab/compare'

/** A view of a comparison's progress. */
export interface ProgressView {
  update(progress: Progress): void
  end(how: 'done' | 'failed'): void
}
