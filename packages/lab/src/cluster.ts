export { NodeProcess } from './cluster/node-process.ts'
export {
  type Cluster,
  type ClusterBackbone,
  type ClusterOptions,
  type ServiceName,
  startCluster,
} from './cluster/start-cluster.ts'
