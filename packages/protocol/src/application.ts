/** Types that the SDK and the server's own API share: an application's data, and what following a channel gives. */
import type { ResetReason } from './frames/subscribe.ts'
import type { Change } from './records/change.ts'

/** Data of a channel without a type: an object of unknown members. */
export type AnyData = Record<string, unknown>

/** Where no types are given: any namespace, any collection. */
export type AnyTypes = Record<string, Record<string, AnyData>>

/** The part before the first colon, on the level of types. */
export type NamespaceOf<Name extends string> = Name extends `${infer Namespace}:${string}` ? Namespace : Name

/** The collections (name to data) of a channel; any collection where the name is not known when compiling. */
export type CollectionsOf<Types, Name extends string> =
  NamespaceOf<Name> extends keyof Types ? Types[NamespaceOf<Name>] : Record<string, AnyData>

/** The names of channels of known namespaces: `chat:…`; any name where no types are given. */
export type ChannelNames<Types> = AnyTypes extends Types
  ? string
  : { [Key in keyof Types & string]: Key | `${Key}:${string}` }[keyof Types & string]

/**
 * The name of a channel, as far as the compiler can check it: a namespace that `Types` does not have is an error. A
 * plain `string` is known only when the program runs, and passes.
 */
export type ChannelName<Types, Name extends string> =
  string extends NamespaceOf<Name> ? Name : Name extends ChannelNames<Types> ? Name : ChannelNames<Types>

/** A merge patch (RFC 7396): what is not named stays, null removes. */
export type MergePatch<Data> = Data extends readonly unknown[]
  ? Data
  : Data extends object
    ? { [Key in keyof Data]?: MergePatch<Data[Key]> | null }
    : Data

export interface FollowOptions {
  /** The cursor to continue from; `0`: from the beginning of the log. Default: from now. */
  readonly after?: string
  /** Ends the following, without an error. */
  readonly signal?: AbortSignal
}

export type Followed =
  | {
      readonly type: 'changes'
      /** The revisions of the range; each range begins where the one before ended. */
      readonly from: number
      readonly to: number
      /** All changes up to this cursor were given. */
      readonly cursor: string
      /** The changes in rising revision. */
      readonly changes: readonly Change[]
    }
  /** Everything given before is void and has to be read again; the next ranges come after `cursor`. */
  | { readonly type: 'reset'; readonly reason: ResetReason; readonly cursor: string }
