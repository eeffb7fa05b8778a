export { NodeProcess } from './node-process.ts'
export { type Cluster, type ClusterOptions, startCluster } from './start-cluster.ts'
