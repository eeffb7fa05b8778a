/** The Dovetail server, embeddable: `start(options)` returns its `stop`. */
export { loadOrMakeSecret } from './auth/secret.ts'
export { signToken, type TokenClaims } from './auth/tokens.ts'
export * from './config.ts'
export { demoConfig } from './demo-config.ts'
export { StartFailure } from './open.ts'
export { type Running, type ServerOptions, start } from './start.ts'
export type { LogLevel } from './telemetry/log.ts'
export { backUpStore, newEpochs, restoreStore, type StorePlace } from './upkeep.ts'
