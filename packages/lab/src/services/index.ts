/** Servers beside Dovetail, as `dovetail cluster` and the tests start them. */
export { freePort } from './free-port.ts'
export { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts'
