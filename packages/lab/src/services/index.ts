/** Servers beside Dovetail, as `dovetail cluster` and the tests start them. */
export { freePort } from './free-port.ts'
export { type KafkaGuard, type KafkaOptions, type KafkaService, startKafka } from './kafka.ts'
export { type Nginx, type NginxOptions, startNginx } from './nginx.ts'
export { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts'
export { type RedisOptions, type RedisService, startRedis } from './redis.ts'
export { type ServiceCommand, ServiceProcess } from './service-process.ts'
export type { TlsIdentity } from './tls-identity.ts'
