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
const shared: ReadonlySet<string> = new Set(['postgres', 'postgresql', 'redis', 'rediss', 'kafka', 'kafkas'])

/** The URL schemes of PostgreSQL, which also keeps presence for all nodes where it is the backbone. */
const inPostgres: ReadonlySet<string> = new Set(['postgres', 'postgresql'])

export function isInPostgres(address: string): boolean {
  return inPostgres.has(schemeOf(address))
}

export interface ChosenBackbone {
  readonly address: string
  /** One line for people where the choice was made for them and leaves something out; `null`: there is nothing to say. */
  readonly line: string | null
}

/**
 * Where none is named, the nodes of a PostgreSQL store are joined by it: a node can't know whether there are others, and
 * without a backbone those would miss signals and each other's users. Channels in the memory of one process can't be
 * joined, so with them it stays one node.
 */
export function chooseBackbone({ store, memory, backbone }: Addresses, policies: Policies): ChosenBackbone {
  if (backbone !== undefined) return { address: backbone, line: null }
  if (store === undefined || !isInPostgres(store)) return { address: 'memory:', line: null }
  const kept = schemeOf(memory ?? 'memory:') === 'memory' ? memoryNamespaces(policies) : []
  if (kept.length === 0) return { address: store, line: null }
  const names = kept.map((name) => `"${name}"`).join(', ')
  const line = `the channels of ${names} are in the memory of this process, so it has to be the only node; several take --memory redis://…`
  return { address: 'memory:', line }
}

function memoryNamespaces({ namespaces }: Policies): readonly string[] {
  return [...namespaces.values()].flatMap(({ name, storage }) => (storage === 'memory' ? [name] : []))
}

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
    if (storage !== 'memory' && (!presence || inPostgres.has(backbone))) continue
    const what = storage === 'memory' ? `the channels of "${name}"` : `the presence of "${name}"`
    throw new StartFailure(
      `backbone: "${backbone}:" joins several nodes, which can't share ${what} in the memory of one; it takes --memory redis://…`,
    )
  }
}
