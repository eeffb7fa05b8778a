/** Dovetail on several nodes: PostgreSQL with every commit flushed, and Redis or Kafka between them. */
import { type Cluster, startCluster } from '../../cluster/start-cluster.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { benchChannel, benchSecret, dovetailPost, plainBody } from '../contender.ts'
import { dovetailReaders } from '../dovetail-readers.ts'
import { type ClusterTarget, type Parts, usageOf } from './cluster-target.ts'
import { keepTo } from './keep-to.ts'

export type Backbone = 'redis' | 'kafka'

export async function startDovetailCluster(
  settings: BenchSettings,
  nodes: number,
  backbone: Backbone = 'redis',
): Promise<Cluster> {
  const dovetail = [process.execPath, settings.dovetail]
  const cluster = await startCluster({ dovetail, nodes, backbone, secret: benchSecret, args: ['--log', 'warn'] })
  keepTo(settings.clusterCores, Object.values(partsOf(cluster)).flat())
  return cluster
}

export function partsOf({ nodes, postgres, redis, kafka }: Cluster): Parts {
  return {
    nodes: nodes.map(({ pid }) => pid),
    postgres: postgres.pid === null ? [] : [postgres.pid],
    redis: [redis.pid],
    ...(kafka === null ? {} : { kafka: [kafka.pid] }),
  }
}

export function dovetailTarget(cluster: Cluster): ClusterTarget {
  return {
    name: 'dovetail',
    keeps: 'every message in PostgreSQL, flushed before it is acknowledged',
    doors: cluster.nodes.map(({ port }) => ({
      post: dovetailPost(port),
      openReader: dovetailReaders(port, benchChannel, 'websocket'),
    })),
    body: plainBody,
    status: 201,
    ...usageOf(partsOf(cluster)),
    stop: () => cluster.stop(),
  }
}
