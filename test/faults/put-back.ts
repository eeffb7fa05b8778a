import type { Cluster } from 'dovetail-lab/cluster'
import { expect } from 'vitest'
import { runDovetail } from '../support/servers/spawn-server.ts'

/** The steps of docs/operating.md: the nodes end, the database is put back, every epoch ends, the nodes start. */
export async function putBack(cluster: Cluster, file: string): Promise<void> {
  await Promise.all(cluster.nodes.map((node) => node.stop()))
  await cluster.postgres.restore(file)
  expect((await runDovetail(['epoch', '--new', '--store', cluster.postgres.url]).ended).code).toBe(0)
  await Promise.all(cluster.nodes.map((_node, index) => cluster.replace(index, 'SIGTERM')))
}
