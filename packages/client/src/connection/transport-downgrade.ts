import type { DovetailError } from '../base/errors.ts'
import type { Network } from '../base/network.ts'
import type { ConnectionError, Symptom } from '../transports/connection-error.ts'
import { type Fallback, transportOrder } from './fallback.ts'

/** Time limit in ms for the plain request. Attempts to connect go on meanwhile, so a slow server gets enough time. */
const plainRequestMs = 15_000

/** How often in a row a transport may fail with one symptom, while plain requests pass, until the next one is used. */
const patience: Record<Symptom, number> = { refused: 2, silent: 1, cut: 3, reported: Number.POSITIVE_INFINITY }

/**
 * Moves to the next transport when the current one does not work. A plain request decides: it fails too when the
 * server is down, and a draining node answers `draining`, so a restart does not change the transport.
 * Resolves with whether another transport is to be used now.
 */
export async function downgradeTransport(
  network: Network,
  fallback: Fallback,
  { symptom }: ConnectionError,
): Promise<boolean> {
  const { current } = fallback
  const isServing = await isServerServing(network, current === 'websocket')
  if (!isServing || fallback.current !== current) return false
  const failures = (fallback.failures[symptom] ?? 0) + 1
  fallback.failures[symptom] = failures
  if (failures < patience[symptom]) return false
  fallback.use(transportOrder[transportOrder.indexOf(current) + 1])
  return true
}

/**
 * A plain request to the WebSocket's address gets 426 from a node that accepts upgrades (WSK35), and 503 from a
 * draining node (WSK37). A browser hides both statuses from a script whose upgrade was refused.
 */
async function isServerServing({ rest }: Network, isSocket: boolean): Promise<boolean> {
  return rest.get(isSocket ? '/v1/ws' : '/v1/limits', { timeoutMs: plainRequestMs }).then(
    () => true,
    ({ status }: DovetailError) => status > 0 && status < 500,
  )
}
