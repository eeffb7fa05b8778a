/** Dovetail on several nodes: PostgreSQL with every commit flushed, and Redis, Kafka or the same PostgreSQL between them. */
import { type Cluster, type ClusterBackbone, startCluster } from '../../cluster/start-cluster.ts'
import { pinProcesses } from '../../processes/pin-processes.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'
import { benchChannel, benchSecret, dovetailPost, plainBody } from './candidate.ts'
import { type ClusterTarget, type Parts, usageOf } from './cluster-target.ts'
import { dovetailReaders } from './dovetail-readers.ts'

export async function startDovetailCluster(
  settings: BenchSettings,
  nodes: number,
  backbone: ClusterBackbone = 'redis',
): Promise<Cluster> {
  const dovetail = [process.execPath, settings.dovetail]
  const cluster = await startCluster({ dovetail, nodes, backbone, secret: benchSecret, args: ['--log', 'warn'] })
  pinProcesses(settings.clusterCores, Object.values(partsOf(cluster)).flat())
  return cluster
}

export function partsOf({ nodes, postgres, redis, kafka }: Cluster): Parts {
  return {
    nodes: nodes.map(({ pid }) => pid),
    postgres: postgres.pid === null ? [] : [postgres.pid],
    ...(redis === null ? {} : { redis: [redis.pid] }),
    ...(kafka === null ? {} : { kafka: [kafka.pid] }),
  }
}

export function dovetailTarget(cluster: Cluster): ClusterTarget {
  return {
    name: 'dovetail',
    durability: 'every message in PostgreSQL, flushed before it is acknowledged',
    endpoints: cluster.nodes.map(({ port }) => ({
      post: dovetailPost(port),
      openReader: dovetailReaders(port, benchChannel, 'websocket'),
    })),
    body: plainBody,
    status: 201,
    ...usageOf(partsOf(cluster)),
    stop: () => cluster.stop(),
  }
}
