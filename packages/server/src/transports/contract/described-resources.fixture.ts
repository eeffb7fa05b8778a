import { defaultLimits, type Limits } from 'dovetail-protocol'
import { HandClock } from '../../core/simulation/hand-clock.fixture.ts'
import { resourcesOf } from '../rest/resources.ts'
import type { TransportContext } from '../transport-context.ts'
import type { Resource } from './operation.ts'

/**
 * All resources, for their descriptions only: the context has only what the descriptions need, and no handler is
 * called.
 */
export function describedResources(limits: Limits = defaultLimits): readonly Resource[] {
  return resourcesOf(
    { core: { limits, clock: new HandClock(), files: { storage: null } } } as unknown as TransportContext,
    true,
  )
}
