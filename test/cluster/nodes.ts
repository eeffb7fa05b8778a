import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, type ServerOptions, start } from 'dovetail-server'
import { type Server, serverAt } from '../support/servers/serving.ts'
import { testSecret } from '../support/servers/token-for.ts'

/** Everybody writes; `team` is private. Nothing lives in the memory of one node. */
export const sharedConfig: Config = {
  channels: {
    chat: { write: 'guest', collections: { messages: { edit: 'guest' } } },
    team: {
      visibility: 'private',
      collections: {
        messages: { write: 'member' },
        members: { id: (data) => String(data.user), write: 'moderator' },
      },
    },
  },
}

/** Nodes in this process: cheap, and each with its own hubs, connections and memory. */
export async function startNodes(
  count: number,
  options: Pick<ServerOptions, 'store' | 'backbone'> & Partial<ServerOptions>,
): Promise<{ readonly nodes: readonly Server[]; stop(): Promise<void> }> {
  const data = await mkdtemp(join(tmpdir(), 'dovetail-nodes-'))
  const common = { config: sharedConfig, port: 0, data, secret: testSecret, webRoot: null, drainSeconds: 0 }
  const running = await Promise.all(Array.from({ length: count }, () => start({ ...common, log: 'fatal', ...options })))
  const nodes = running.map(({ port }) => serverAt(port))
  return {
    nodes,
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()))
      await Promise.all(running.map((each) => each.stop()))
      await rm(data, { recursive: true, force: true })
    },
  }
}
