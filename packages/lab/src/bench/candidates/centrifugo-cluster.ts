/** Centrifugo on several nodes with its Redis engine, each on one core: with no history, or with one in Redis. */

import { pinProcesses } from '../../processes/pin-processes.ts'
import { startRedis } from '../../services/redis.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'
import { type CentrifugoServer, centrifugoBody, startCentrifugoServer } from './centrifugo.ts'
import { type ClusterTarget, usageOf } from './cluster-target.ts'

/** As much as its documentation shows for a chat. */
const history = { history_size: 1000, history_ttl: '300s' }

export async function startCentrifugoCluster(
  settings: BenchSettings,
  file: string,
  nodes: number,
  keepsHistory: boolean,
): Promise<ClusterTarget> {
  const redis = await startRedis()
  const servers: CentrifugoServer[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()))
    await redis.stop()
  }
  try {
    const config = {
      engine: { type: 'redis', redis: { address: redis.url } },
      ...(keepsHistory ? { channel: { without_namespace: history } } : {}),
    }
    for (let node = 0; node < nodes; node++) servers.push(await startCentrifugoServer({ file, config, core: null }))
  } catch (error) {
    await stop()
    throw error
  }
  const pids = servers.map(({ process: { pid } }) => pid)
  pinProcesses(settings.clusterCores, [redis.pid, ...pids])
  return {
    name: keepsHistory ? 'centrifugo with history' : 'centrifugo',
    durability: keepsHistory
      ? "the channel's last 1,000 for 5 minutes, in the memory of Redis"
      : 'nothing: Redis passes it on',
    endpoints: servers.map(({ endpoint }) => endpoint),
    body: centrifugoBody,
    status: 200,
    ...usageOf({ nodes: pids, redis: [redis.pid] }),
    stop,
  }
}
