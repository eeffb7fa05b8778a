/** The typed configuration: one file that the server serves and the client's types come from. */
import type { Limits } from '@dovetail/protocol/limits'
import type { Static, TSchema } from 'typebox'
import type { CollectionConfig, Config, NamespaceConfig } from './core/policy.ts'
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
} from './core/policy.ts'

/**
 * Options of `dovetail serve`, as keys of a configuration file. A flag or an environment variable is stronger; lists
 * may also be one text with commas between. docs/operating.md says what each means.
 */
export interface ConfigOptions {
  /** 0: any free one. */
  readonly port?: number | string
  readonly host?: string | readonly string[]
  readonly data?: string
  readonly store?: string
  readonly backbone?: string
  readonly memory?: string
  /** The path of a file. */
  readonly secret?: string
  /** The path of a file, or a URL. */
  readonly jwks?: string
  readonly issuer?: string
  readonly audience?: string
  readonly log?: LogLevel
  readonly limits?: Partial<Limits> | string | readonly string[]
  /** A duration, such as `30d`. */
  readonly retain?: string
  readonly origins?: string | readonly string[]
  readonly trustProxy?: boolean
  /** Seconds, or a duration such as `10s`. */
  readonly drain?: number | string
}

/** What a configuration file may hold; without `channels` the demo's are served. */
export type ConfigFile = Partial<Config> & ConfigOptions

/** Each key that there is none of is an error where it stands. */
type Unknown<Definition> = { readonly [Key in Exclude<keyof Definition, keyof ConfigFile>]: never }

/** Gives a configuration its precise type, so that `ChannelTypes<typeof config>` can be read from it. */
export function defineConfig<const Definition extends ConfigFile>(
  config: Definition & Unknown<Definition>,
): Definition {
  return config
}

/** What a client is typed by: `createClient<ChannelTypes<typeof config>>()`. */
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
