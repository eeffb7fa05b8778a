import type { AllowedOrigins } from '../transports/http/origins.ts'
import type { ServerOptions } from './server-options.ts'

/**
 * A server of whose place nothing is said is somebody's own, such as in development: it serves pages of this machine.
 * Whoever says where it listens, which pages may come or that a proxy is in front decides about all others.
 */
export function allowedOrigins({
  origins,
  host,
  trustProxy,
}: Pick<ServerOptions, 'origins' | 'host' | 'trustProxy'>): AllowedOrigins {
  if (origins !== undefined) return origins ?? 'any'
  return host === undefined && (trustProxy === undefined || trustProxy === false) ? 'loopback' : 'any'
}
