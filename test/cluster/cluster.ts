import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { serverAt } from '../support/servers/serving.ts'
import { type Spawned, spawnServer } from '../support/servers/spawn-server.ts'
import { type Balancer, startBalancer } from './balancer.ts'

export interface ClusterOptions {
  readonly store: string
  readonly backbone: string
  readonly nodes: number
  /** More arguments of each node. */
  readonly args?: readonly string[]
}

/** Servers of their own processes behind one address. */
export interface Cluster {
  /** The balancer's port. */
  readonly port: number
  node(index: number): Spawned
  /** Ends the node by this signal and starts it anew on the same port. */
  restart(index: number, signal: NodeJS.Signals): Promise<void>
}

const config = `export default {
  channels: {
    chat: {
      write: 'guest',
      collections: { messages: { edit: 'guest' }, members: { id: (data) => String(data.user), write: 'moderator' } },
    },
  },
}
`

/** Ends with the test. */
export async function startCluster({ store, backbone, nodes, args: more = [] }: ClusterOptions): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-cluster-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, 'dovetail.config.js')
  await writeFile(path, config)
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  const args = ['--store', store, '--backbone', backbone, '--config', path, '--log', 'warn', ...more]
  const running = await Promise.all(Array.from({ length: nodes }, () => spawnServer({ args })))
  const balancer = await startBalancer(running.map(({ server }) => server.port))
  onTestFinished(() => balancer.close())
  const node = (index: number): Spawned => {
    const one = running[index]
    if (one === undefined) throw new Error(`there is no node ${index}`)
    return one
  }
  const restart = async (index: number, signal: NodeJS.Signals): Promise<void> => {
    await node(index).kill(signal)
    running[index] = await node(index).restart()
  }
  return { port: balancer.port, node, restart }
}

/** The cluster as one server, each of whose `kill -9`s is one of these faults, in turn. */
export function asOne({ port, node }: Cluster, faults: readonly Fault[]): Spawned {
  let turn = 0
  const one: Spawned = {
    ...node(0),
    server: serverAt(port),
    kill: async () => {
      await faults[turn]?.begin()
      return { code: null, signal: null, stdout: '', stderr: '' }
    },
    restart: async () => {
      await faults[turn++]?.end()
      return one
    },
  }
  return one
}

export interface Fault {
  readonly begin: () => Promise<void>
  readonly end: () => Promise<void>
}

export type { Balancer }
