import { openNode } from './open-node.ts'
import type { Running, ServerOptions } from './server-options.ts'

export type { Running, ServerOptions } from './server-options.ts'

/** Starts a server on its own port. @throws StartFailure with one line that says what is wrong */
export async function start(options: ServerOptions): Promise<Running> {
  return await openNode(options, (node) => node.start())
}
