/** How an application's data types reach `client.channel('chat:general').collection('messages')`. */

/** Data of which nothing is known but that it is an object, as of a channel that no type was given for. */
export type AnyData = Record<string, unknown>

/** What is assumed without `createClient<Types>`: any namespace, any collection. */
export type AnyTypes = Record<string, Record<string, AnyData>>

/** The part before the first colon, on the level of types. */
export type NamespaceOf<Name extends string> = Name extends `${infer Namespace}:${string}` ? Namespace : Name

/** The collections (name to data) of a channel; any collection where the name is not known when compiling. */
export type CollectionsOf<Types, Name extends string> =
  NamespaceOf<Name> extends keyof Types ? Types[NamespaceOf<Name>] : Record<string, AnyData>

/** A merge patch (RFC 7396): what is not named stays, null removes. */
export type MergePatch<Data> = Data extends readonly unknown[]
  ? Data
  : Data extends object
    ? { [Key in keyof Data]?: MergePatch<Data[Key]> | null }
    : Data
