/**
 * What the store knows of files: their facts, and which records refer to them. The bytes are elsewhere
 * (`file-storage.ts`). A file is announced (`pending`), then its bytes are there (`stored`), and it stays while a record
 * refers to it. All times are milliseconds since the Unix epoch.
 *
 * A record is written in another transaction than the references of its data, so a reference is a claim that is checked
 * against the record after the write, also where the process dies in between: `checkAt` says when.
 */

export interface FileFacts {
  readonly id: string
  readonly channel: string
  /** Who announced it. */
  readonly author: string
  readonly name: string
  readonly type: string
  /** In bytes. */
  readonly size: number
  /** In pixels; `null`: unknown. */
  readonly width: number | null
  readonly height: number | null
  readonly createdAt: number
}

export interface KnownFile extends FileFacts {
  readonly state: 'pending' | 'stored'
  /** Whether a record refers to it, or may do so soon. */
  readonly isReferred: boolean
}

/** A record that refers to a file. */
export interface Reference {
  readonly file: string
  readonly channel: string
  readonly collection: string
  readonly record: string
}

export interface Claim extends Reference {
  /** Counts how often the reference was claimed: a check of an earlier claim settles nothing. */
  readonly claims: number
  /** Whether an earlier check found the reference in the record. */
  readonly isSettled: boolean
}

export interface FileTable {
  /** Adds an announced file, which is removed at `until` unless it is stored. */
  add(file: FileFacts, until: number): Promise<void>
  /** `null`: there is none, or it is being removed. */
  find(id: string): Promise<KnownFile | null>
  /** How many files of this author in this channel no record refers to. */
  waiting(channel: string, author: string): Promise<number>
  /** Files of this author whose id is above `after`, in the order of their ids, at most `limit`. */
  ofAuthor(author: string, after: string, limit: number): Promise<readonly KnownFile[]>
  /** The bytes are there. The file is removed at `until` unless a record refers to it. `false`: it is gone. */
  stored(id: string, until: number): Promise<boolean>

  /** What is claimed of these records of one channel. */
  referencesOf(
    channel: string,
    records: readonly { readonly collection: string; readonly record: string }[],
  ): Promise<readonly Reference[]>
  /**
   * Claims references, each to be checked at `checkAt`, also where it is there already. Those to files that are not
   * stored, or in another channel, are left out of the result.
   */
  claim(references: readonly Reference[], checkAt: number): Promise<readonly Claim[]>
  /** Has all references of the channel checked at `checkAt`. */
  claimChannel(channel: string, checkAt: number): Promise<void>
  /** References whose check is due, at most `limit`. */
  dueClaims(now: number, limit: number): Promise<readonly Claim[]>
  /** The record refers to the file. Nothing happens where it was claimed again meanwhile. */
  settle(claim: Claim): Promise<void>
  /** The record does not refer to the file: the file is removed at `until` unless another one does. As `settle` otherwise. */
  withdraw(claim: Claim, until: number): Promise<void>

  /**
   * Files whose time is over and to which no record refers, at most `limit`: from now on they are found no more. They are
   * given again from `again` on, until they were dropped.
   */
  takeOver(now: number, again: number, limit: number): Promise<readonly string[]>
  /** Forgets a file that was taken over. */
  drop(id: string): Promise<void>
  /** Withdraws all references to the author's files, and has the files removed at `now`. */
  forget(author: string, now: number): Promise<void>
}
