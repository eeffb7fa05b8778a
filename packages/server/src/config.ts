/** The typed configuration: the server runs by it, and the client's types are derived from it. */
import type { Limits } from 'dovetail-protocol/limits'
import type { Static, TSchema } from 'typebox'
import type { CollectionConfig, Config, NamespaceConfig } from './core/access/policy.ts'
import type { LogLevel } from './telemetry/log.ts'

export type {
  AccessFunction,
  AccessRule,
  CollectionConfig,
  Config,
  Level,
  MemberRole,
  NamespaceConfig,
  PolicyCaller,
  PolicyRecord,
} from './core/access/policy.ts'
export type { WebhookConfig, WebhookSecret } from './core/rules/webhook-config.ts'

/**
 * The options of `dovetail serve` as keys of a configuration file. A flag or an environment variable overrides them; a
 * list may also be one string with commas. docs/operating.md describes each option.
 */
export interface ConfigOptions {
  /** The TCP port; 0: any free port. */
  readonly port?: number | string
  readonly host?: string | readonly string[]
  readonly data?: string
  readonly store?: string
  readonly backbone?: string
  readonly memory?: string
  /** Where files are kept: a folder. */
  readonly files?: string
  /** The path of the file with the secret. */
  readonly secret?: string
  /** The path or the URL of the JWKS. */
  readonly jwks?: string
  readonly jwksOverHttp?: boolean | string
  readonly issuer?: string
  readonly audience?: string
  /** What only tokens of `service` and `admin` may read: `metrics`, `docs`, `readyz`. */
  readonly guard?: string | readonly string[]
  readonly log?: LogLevel
  /** The collector that gets traces by OTLP over HTTP: its URL. */
  readonly traces?: string
  /** Which share of the traces that begin at this server is kept, from 0 to 1. */
  readonly traceRatio?: number | string
  readonly limits?: Partial<Limits> | string | readonly string[]
  /** How long tombstones are kept: a duration, such as `30d`. */
  readonly retain?: string
  readonly origins?: string | readonly string[]
  /** The trusted proxies. `true`: the proxy that connects; a number of proxies in a row; or addresses and networks. */
  readonly trustProxy?: boolean | number | string | readonly string[]
  /** The longest duration of a shutdown: seconds, or a duration such as `10s`. */
  readonly drain?: number | string
}

/** The content of a configuration file; without `channels` the server has the channels of the demo. */
export type ConfigFile = Partial<Config> & ConfigOptions

/** Makes every unknown key a type error. */
type Unknown<Definition> = { readonly [Key in Exclude<keyof Definition, keyof ConfigFile>]: never }

/** Gives a configuration its precise type, so that `ChannelTypes<typeof config>` can be read from it. */
export function defineConfig<const Definition extends ConfigFile>(
  config: Definition & Unknown<Definition>,
): Definition {
  return config
}

/** The type parameter of a client: `createClient<ChannelTypes<typeof config>>()`. */
export type ChannelTypes<Definition extends Config> = {
  [Namespace in keyof Definition['channels']]: CollectionTypes<Definition['channels'][Namespace]>
}

type CollectionTypes<Namespace extends NamespaceConfig> = {
  [Collection in keyof Namespace['collections']]: DataOf<Namespace['collections'][Collection]>
}

type DataOf<Collection extends CollectionConfig> = Collection extends { readonly schema: infer Schema }
  ? Schema extends TSchema
    ? Static<Schema>
    : Record<string, unknown>
  : Record<string, unknown>
