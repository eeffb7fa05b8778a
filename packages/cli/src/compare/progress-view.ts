import type { Progress } from '@dovetail/lab/compare'

/** Where one sees how far a comparison is. */
export interface ProgressView {
  tell(progress: Progress): void
  end(how: 'done' | 'failed'): void
}
