export { NodeProcess } from './node-process.ts'
export { type Cluster, type ClusterOptions, type ServiceName, startCluster } from './start-cluster.ts'
