/**
 * Which adapters can be combined. A combination that would break the guarantees is refused at the start, in one line.
 */
import type { Policies } from '../core/access/policy.ts'
import { StartFailure, schemeOf } from '../open.ts'

export interface Addresses {
  readonly store?: string | undefined
  readonly memory?: string | undefined
  readonly backbone?: string | undefined
}

/** The URL schemes of the backbones that connect several nodes. */
const shared: ReadonlySet<string> = new Set(['redis', 'rediss', 'kafka', 'kafkas'])

/** With a backbone between nodes, no data may be in the memory or on the disk of one node. @throws StartFailure */
export function requirePairing(addresses: Addresses, policies: Policies): void {
  const backbone = schemeOf(addresses.backbone ?? 'memory:')
  if (!shared.has(backbone)) return
  const store = schemeOf(addresses.store ?? 'sqlite:')
  if (store === 'sqlite' || store === 'memory') {
    throw new StartFailure(
      `backbone: "${backbone}:" joins several nodes, which a "${store}:" store can't serve; it takes --store postgres://…`,
    )
  }
  if (schemeOf(addresses.memory ?? 'memory:') !== 'memory') return
  for (const { name, storage, presence } of policies.namespaces.values()) {
    if (storage !== 'memory' && !presence) continue
    const what = storage === 'memory' ? `the channels of "${name}"` : `the presence of "${name}"`
    throw new StartFailure(
      `backbone: "${backbone}:" joins several nodes, which can't share ${what} in the memory of one; it takes --memory redis://…`,
    )
  }
}
