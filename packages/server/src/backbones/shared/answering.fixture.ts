import { expect } from 'vitest'
import type { Backbone } from '../../ports/backbone.ts'

/** Resolves when a probe of the backbone is answered: one has 4 s, which may be too few on a machine that does other work. */
export async function answering(backbone: Pick<Backbone, 'probe'>): Promise<void> {
  await expect.poll(() => backbone.probe().then(() => 'answered', String)).toBe('answered')
}
