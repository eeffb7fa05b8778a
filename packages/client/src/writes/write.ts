/** The types of a write and of the server's acknowledgement. */
import type { AnyRecord } from 'dovetail-protocol'

/** A write as it is sent; an undefined member counts as absent. The key makes it safe to send again. */
export interface Write {
  readonly op: 'create' | 'put' | 'patch' | 'delete' | 'append'
  readonly channel: string
  readonly collection: string
  readonly recordId?: string | undefined
  readonly data?: unknown
  readonly ifRev?: number | undefined
  readonly key: string
  readonly author?: string | undefined
}

export interface Written {
  /** Null after an append, and after a delete by REST, which are answered without it. */
  readonly record: AnyRecord | null
  /** `<epoch>.<rev>`: the log cursor of the write; null when the server sent none. */
  readonly at: string | null
}
