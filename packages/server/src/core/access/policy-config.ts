/** What people write about their namespaces: the typed configuration. */
import type { TSchema } from 'typebox'
import type { WebhookConfig } from '../rules/webhook-config.ts'
import type { Caller } from './caller.ts'

/**
 * Who may: `guest` and above, `user` and above, channel roles (`member`, `moderator`, `owner`),
 * the record's `author`, a backend (`service`), an `admin`, or nobody. A list means any of them.
 */
export type Level =
  | 'anyone'
  | 'guest'
  | 'user'
  | 'member'
  | 'moderator'
  | 'owner'
  | 'author'
  | 'service'
  | 'admin'
  | 'nobody'
export type AccessRule = Level | readonly Level[] | AccessFunction
export type AccessFunction = (caller: PolicyCaller, record: PolicyRecord | null) => boolean | Promise<boolean>

export interface PolicyCaller extends Pick<Caller, 'user' | 'role' | 'name'> {
  /** The caller's role in the channel's `members`; `null`: none. */
  readonly member: MemberRole | null
}
export interface PolicyRecord {
  readonly channel: string
  readonly collection: string
  /** `null` for a record that is being created. */
  readonly id: string | null
  readonly author: string
  readonly data: unknown
}

export type MemberRole = 'owner' | 'moderator' | 'member' | 'banned'

/**
 * How long records are kept: for a time since they were created (`'90d'`, with `s`, `m`, `h` or `d`), as the newest of so
 * many (`'100000 records'`), or `'forever'`.
 */
export type Retention = string

/** Gets data of one shape, which it may change, and returns data of the next. */
export type Upgrade = (data: Record<string, unknown>) => object

export interface CollectionConfig {
  /** A TypeBox type or plain JSON Schema for the record's data. Absent: any JSON object. */
  readonly schema?: TSchema | object
  /**
   * Brings data of earlier shapes to that of `schema`: the first function makes the second shape of the first, the last
   * one makes the newest of the one before. Data that does not fit `schema` is of an earlier shape: it is read as the
   * newest one that the fewest of the last functions make of it, and stays stored as it is until it is written.
   */
  readonly upgrade?: readonly Upgrade[]
  /** The data's fields that full text search covers. */
  readonly search?: readonly string[]
  /** Who creates records. Default: the namespace's `write`. */
  readonly write?: AccessRule
  /** Who changes a record. Default: `author`. */
  readonly edit?: AccessRule
  /** Who deletes a record. Default: as `edit`. */
  readonly delete?: AccessRule
  /** `latest`: within a range only the last state of each record is sent. */
  readonly deliver?: 'all' | 'latest'
  /** Whether its records count as unread. Default: true, but for `members`. */
  readonly unread?: boolean
  /** How long its records are kept. Default: as the namespace says; those of `members` for ever. */
  readonly retain?: Retention
  /** The field of the data that says when a record ends, as an ISO 8601 date with a time zone. Default: none. */
  readonly expires?: string
  /** Makes the record's id from its data and author, so that there is one record of each kind. */
  readonly id?: (data: Record<string, unknown>, author: string) => string
}

export interface FilesConfig {
  /** The media types that are taken, such as `image/png`, or `image/*` for all of a kind. */
  readonly types: readonly string[]
  /** The most bytes of one file, at most the limit `fileBytes`. Default: that limit. */
  readonly bytes?: number
  /** Who uploads. Default: the namespace's `write`. */
  readonly upload?: AccessRule
}

export interface NamespaceConfig {
  /** `memory` forgets on restart (with a new epoch) and never waits for a disk. */
  readonly storage?: 'durable' | 'memory'
  /** `private`: only members may know of a channel. */
  readonly visibility?: 'public' | 'private'
  /** Whether `service` and `admin` may do in its private channels what a member may. Default: true. */
  readonly staff?: boolean
  readonly read?: AccessRule
  readonly write?: AccessRule
  /** Who may make a channel by `PUT /v1/channels/{ch}`. Default: `user`. */
  readonly create?: AccessRule
  readonly signals?: AccessRule
  readonly presence?: boolean
  /** The files that its channels take. Default: none. Records refer to them by fields of `fileReference`. */
  readonly files?: FilesConfig
  /** How long records are kept, but for those of `members`. Default: for ever. */
  readonly retain?: Retention
  /**
   * How long a public channel that nobody uses is kept: a time such as `'7d'`, or `'forever'`. Default: `'3d'`,
   * or for ever where `create` lets only `service`, `admin` or `nobody` open channels.
   */
  readonly keepEmpty?: Retention
  readonly collections: Readonly<Record<string, CollectionConfig>>
}

export interface Config {
  /** Whether `POST /v1/guests` admits guests. Default: true. */
  readonly guests?: boolean
  readonly channels: Readonly<Record<string, NamespaceConfig>>
  /** Where changes are sent to. Default: nowhere. */
  readonly webhooks?: readonly WebhookConfig[]
}

/** Thrown at start for a configuration that can't be served; the message is one clear line. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
}
