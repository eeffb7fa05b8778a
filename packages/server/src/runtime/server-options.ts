/** The options of `start`, and the running server that it returns. */
import type { Limits } from 'dovetail-protocol'
import type { Config } from '../core/access/policy.ts'
import type { SqliteDriver } from '../open.ts'
import type { Backbone } from '../ports/backbone.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { ApplicationLog, LogLevel } from '../telemetry/log.ts'
import type { MetricRegistry } from '../telemetry/metric-registry.ts'
import type { TracingOptions } from '../tracing/open-tracing.ts'
import type { Guardable } from '../transports/contract/operation.ts'
import type { Authenticate } from '../transports/http/application-users.ts'

export interface ServerOptions {
  readonly config: Config
  /** The TCP port; 0: any free port. Default: 4600. */
  readonly port?: number
  /** The addresses to listen on. Default: `127.0.0.1` and `::1`. */
  readonly host?: readonly string[]
  /** The folder of the SQLite file and of the generated secret. Default: `./data`. */
  readonly data?: string
  readonly store?: string
  /**
   * The driver of a SQLite store. An application that opens the store's file in this process has to use the same one: two
   * copies of SQLite in one process do not see each other's locks, and damage the file. Default: `node:sqlite` where Node
   * has it, else `@photostructure/sqlite`.
   */
  readonly sqliteDriver?: SqliteDriver
  readonly backbone?: string
  readonly memory?: string
  /** Where files are kept: a folder. Default: `files` in `data` with SQLite; with other stores, nowhere. */
  readonly files?: string
  /** The secret that signs tokens: at least 32 characters. Default: generated in `data`. */
  readonly secret?: string
  /** The path or URL of the JWKS of an external issuer, for tokens with RS256, ES256 or EdDSA. */
  readonly jwks?: string
  /** Whether that URL may be plain http on another machine, whose keys could be exchanged on the way. Default: false. */
  readonly jwksOverHttp?: boolean
  /** Where set, the `iss` and `aud` claims that every token must have. */
  readonly issuer?: string
  readonly audience?: string
  /** What of the server itself only tokens of `service` and `admin` may read. Default: nothing. */
  readonly guard?: readonly Guardable[]
  readonly limits?: Partial<Limits>
  /** How long tombstones are kept, in ms; `null`: for ever. Default: for ever. */
  readonly retainMs?: number | null
  /**
   * The web origins whose pages may use this server; `null`: any. Default: any; but where `start` is not told of `host`
   * or `trustProxy` either, only pages of this machine become guests or open sockets without a token.
   */
  readonly origins?: readonly string[] | null
  /**
   * The proxies whose X-Forwarded-For is trusted. `true`: the proxy that connects; a number: that many proxies in a row;
   * addresses and networks: the proxies there. Default: none.
   */
  readonly trustProxy?: boolean | number | readonly string[]
  /** The longest duration of `stop`, in seconds. Default: 10. */
  readonly drainSeconds?: number
  /** The folder of the built web app; `null` or absent: none. */
  readonly webRoot?: string | null
  /** How much goes to stderr, or the application's own log, such as a logger of pino. Default: `info`. */
  readonly log?: LogLevel | ApplicationLog
  /** The application's own registry of prom-client: the metrics of `/metrics` are there too, but for those of the process. */
  readonly registry?: MetricRegistry
  /** Spans of distributed traces, by OpenTelemetry. Default: none, and nothing of it is loaded. */
  readonly tracing?: TracingOptions
  /**
   * Who sends a request without a token, by the application's own session or cookie; `null`: nobody known. Asked for
   * requests of the same origin and of `origins` only, so that no other site's page acts for its visitors.
   */
  readonly authenticate?: Authenticate
  /** For tests: adapters that replace those of the URLs. */
  readonly adapters?: { readonly store?: (store: Store) => Store; readonly backbone?: Backbone; readonly clock?: Clock }
}

export interface Running {
  readonly url: string
  readonly port: number
  /** Shuts down gracefully; resolves when all connections and stores are closed. */
  stop(): Promise<void>
}
