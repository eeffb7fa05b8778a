/** The typed configuration: one file that the server serves and the client's types come from. */
import type { Static, TSchema } from 'typebox'
import type { CollectionConfig, Config, NamespaceConfig } from './core/policy.ts'

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

/** Gives a configuration its precise type, so that `ChannelTypes<typeof config>` can be read from it. */
export function defineConfig<const Definition extends Config>(config: Definition): Definition {
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
