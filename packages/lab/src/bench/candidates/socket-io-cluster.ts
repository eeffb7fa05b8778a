/** Socket.IO on several nodes with its Redis adapter: nothing is kept. */

import { pinProcesses } from '../../processes/pin-processes.ts'
import { ServerProcess, siblingScript } from '../../processes/server-process.ts'
import { startRedis } from '../../services/redis.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'
import { plainBody, socketIoEndpoint } from './candidate.ts'
import { type ClusterTarget, usageOf } from './cluster-target.ts'

export async function startSocketIoCluster(settings: BenchSettings, nodes: number): Promise<ClusterTarget> {
  const redis = await startRedis()
  const servers: ServerProcess[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()))
    await redis.stop()
  }
  try {
    const command = [siblingScript(import.meta.url, 'socket-io-server'), redis.url]
    for (let node = 0; node < nodes; node++) servers.push(await ServerProcess.start({ command, core: null }))
  } catch (error) {
    await stop()
    throw error
  }
  const pids = servers.map(({ pid }) => pid)
  pinProcesses(settings.clusterCores, [redis.pid, ...pids])
  return {
    name: 'socket.io',
    durability: 'nothing: Redis passes it on',
    endpoints: servers.map(({ port }) => socketIoEndpoint(port)),
    body: plainBody,
    status: 201,
    ...usageOf({ nodes: pids, redis: [redis.pid] }),
    stop,
  }
}
