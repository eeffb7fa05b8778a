/** What a source of an import gives, one after the other. */

/** A record in the form of `POST /v1/import/{ch}`. */
export interface ImportedRecord {
  readonly collection: string
  readonly id?: string
  readonly key?: string
  readonly author?: string
  readonly createdAt?: string
  readonly updatedAt?: string
  readonly deleted?: boolean
  readonly data?: unknown
  readonly pos?: number
  readonly rev?: number
}

/** Something that can't be imported. */
export interface SourceFault {
  readonly code: 'invalid_json' | 'invalid_data'
  readonly detail: string
}

/** `line`: where it stands in the source, for people: a line's number, or a file and a place in it. */
export type Incoming =
  | { readonly line: number | string; readonly channel: string; readonly record: ImportedRecord }
  | { readonly line: number | string; readonly fault: SourceFault; readonly text: string }
