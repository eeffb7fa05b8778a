/** Dovetail on several nodes: PostgreSQL with every commit flushed, and Redis or Kafka between them. */
import { type Cluster, startCluster } from '../../cluster/start-cluster.ts'
import type { PostOptions } from '../../load/post-line.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { benchChannel } from '../contender.ts'
import { dovetailReaders } from '../dovetail-readers.ts'
import { serviceToken } from '../service-token.ts'
import { type ClusterTarget, type Parts, usageOf } from './cluster-target.ts'
import { keepTo } from './keep-to.ts'

export type Backbone = 'redis' | 'kafka'

const secret = 'the secret of one benchmark run, of 32 characters or more'

export async function startDovetailCluster(
  settings: BenchSettings,
  nodes: number,
  backbone: Backbone = 'redis',
): Promise<Cluster> {
  const dovetail = [process.execPath, settings.dovetail]
  const cluster = await startCluster({ dovetail, nodes, backbone, secret, args: ['--log', 'warn'] })
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

export function postTo(port: number): PostOptions {
  return { port, path: `/v1/channels/${benchChannel}/messages`, token: serviceToken(secret) }
}

export function bodyOf(text: string): string {
  return `{"text":"${text}"}`
}

export function dovetailTarget(cluster: Cluster): ClusterTarget {
  return {
    name: 'dovetail',
    keeps: 'every message in PostgreSQL, flushed before it is acknowledged',
    doors: cluster.nodes.map(({ port }) => ({
      post: postTo(port),
      openReader: dovetailReaders(port, benchChannel, 'websocket'),
    })),
    body: bodyOf,
    status: 201,
    ...usageOf(partsOf(cluster)),
    stop: () => cluster.stop(),
  }
}
