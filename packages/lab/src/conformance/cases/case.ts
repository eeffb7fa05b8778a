import type { ServerKind } from '../servers.ts'
import type { World } from '../world.ts'

/** One thing that happens to a client. It is passed when the client then holds what a fresh read gives. */
export interface Case {
  readonly server: ServerKind
  /** @throws Error with what the client did wrong */
  readonly run: (world: World) => Promise<void>
}
