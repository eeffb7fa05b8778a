import { type Fallback, healthyAfterMs, ladder } from './fallback.ts'
import type { Network } from './network.ts'
import type { Loss } from './transports/transport.ts'

/** How often in a row a transport may fail in one way, while plain requests pass, until the next one down is used. */
const patience: Record<Loss['how'], number> = { refused: 2, silent: 1, died: 3, told: Number.POSITIVE_INFINITY }

/**
 * Is it the transport, or is the server away? A plain request tells: a server that restarts can't be
 * reached either, so a restart demotes nobody. True: another transport is to be used now.
 */
export async function suspect({ rest }: Network, fallback: Fallback, { how }: Loss): Promise<boolean> {
  const { current } = fallback
  const reached = await rest.get('/v1/limits', { timeoutMs: healthyAfterMs }).then(
    () => true,
    () => false,
  )
  if (!reached || fallback.current !== current) return false
  const failures = (fallback.failures[how] ?? 0) + 1
  fallback.failures[how] = failures
  if (failures < patience[how]) return false
  fallback.use(ladder[ladder.indexOf(current) + 1])
  return true
}
