/** What a server is started with, and what one gets back. */
import type { Limits } from '@dovetail/protocol'
import type { Config } from './core/policy.ts'
import type { Backbone } from './ports/backbone.ts'
import type { Clock } from './ports/clock.ts'
import type { Store } from './ports/store.ts'
import type { LogLevel } from './telemetry/log.ts'

export interface ServerOptions {
  readonly config: Config
  /** 0: any free one. Default: 4600. */
  readonly port?: number
  /** Default: `127.0.0.1` and `::1`. */
  readonly host?: readonly string[]
  /** The folder of the SQLite file and the generated secret. Default: `./data`. */
  readonly data?: string
  readonly store?: string
  readonly backbone?: string
  readonly memory?: string
  /** The text that signs tokens, 32 characters or more. Default: generated in `data`. */
  readonly secret?: string
  /** A JWKS, a path or a URL: tokens of an outside issuer, RS256, ES256 or EdDSA. */
  readonly jwks?: string
  /** Where given, every token must name them. */
  readonly issuer?: string
  readonly audience?: string
  readonly limits?: Partial<Limits>
  /** How long tombstones are kept. Default: for ever. */
  readonly retainMs?: number | null
  /** The web origins that may talk to this server. Default: any. */
  readonly origins?: readonly string[] | null
  /** Whether a proxy stands in front whose X-Forwarded-For counts. */
  readonly trustProxy?: boolean
  /** How long `stop` may take. Default: 10. */
  readonly drainSeconds?: number
  /** The folder of the built web app; `null` or absent: none. */
  readonly webRoot?: string | null
  readonly log?: LogLevel
  /** For tests: adapters that stand in for the ones that the URLs name. */
  readonly adapters?: { readonly store?: (store: Store) => Store; readonly backbone?: Backbone; readonly clock?: Clock }
}

export interface Running {
  readonly url: string
  readonly port: number
  /** Drains and stops; resolves when nothing is left. */
  stop(): Promise<void>
}
