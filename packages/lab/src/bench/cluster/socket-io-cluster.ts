/** Socket.IO on several nodes with its Redis adapter: nothing is kept. */
import { startRedis } from '../../services/redis.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { plainBody, socketIoDoor } from '../contender.ts'
import { besides, ServerProcess } from '../server-process.ts'
import { type ClusterTarget, usageOf } from './cluster-target.ts'
import { keepTo } from './keep-to.ts'

export async function startSocketIoCluster(settings: BenchSettings, nodes: number): Promise<ClusterTarget> {
  const redis = await startRedis()
  const servers: ServerProcess[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()))
    await redis.stop()
  }
  try {
    const command = [besides('socket-io-server'), redis.url]
    for (let node = 0; node < nodes; node++) servers.push(await ServerProcess.start({ command, core: null }))
  } catch (error) {
    await stop()
    throw error
  }
  const pids = servers.map(({ pid }) => pid)
  keepTo(settings.clusterCores, [redis.pid, ...pids])
  return {
    name: 'socket.io',
    keeps: 'nothing: Redis passes it on',
    doors: servers.map(({ port }) => socketIoDoor(port)),
    body: plainBody,
    status: 201,
    ...usageOf({ nodes: pids, redis: [redis.pid] }),
    stop,
  }
}
