/**
 * Removes files to which no record refers. A reference is claimed before the record is written and compared with it
 * afterwards, so a file outlives its record at most for a while, and no record that was acknowledged loses its file:
 *
 *   claimed --(the record refers to it)--> settled --(the record is written again)--> claimed
 *   claimed --(the record does not)------> withdrawn; with its last reference, the file goes
 *
 * A process that dies in between leaves the claim in the table, and it is checked when it is due.
 */
import type { Clock } from '../../ports/clock.ts'
import type { FileStorage } from '../../ports/files/file-storage.ts'
import type { Claim, FileTable } from '../../ports/files/file-table.ts'
import type { Store } from '../../ports/store.ts'
import type { Policies } from '../access/policy.ts'
import { fileIdsIn } from '../rules/file-fields.ts'
import type { FileCounts } from './file-counts.ts'

export interface FileKeeperOptions {
  readonly clock: Clock
  readonly table: FileTable
  readonly storage: FileStorage | null
  readonly counts: FileCounts
  readonly policies: Policies
  readonly storeOf: (channel: string) => Pick<Store, 'lookup'>
  readonly report: (error: unknown, doing: string) => void
}

/** When the check of a claim is due whose write may be under way: longer than any commit takes. */
export const checkAfterMs = 60_000
/** How long a file is kept to which no record has referred yet. */
export const waitingMs = 3_600_000
/** When a file that was taken over is taken over again, where its process died. */
const againMs = 60_000
/** When a reference is looked at again whose collection the configuration does not have now. */
const undeclaredMs = 86_400_000
const ofOneStep = 100

export class FileKeeper {
  readonly #options: FileKeeperOptions
  #running: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor(options: FileKeeperOptions) {
    this.#options = options
  }

  /** Compares these claims with their records, and removes what nothing refers to any more. Called after a write. */
  checkSoon(claims: readonly Claim[]): void {
    if (claims.length > 0) this.#then(() => this.#checkThen(claims))
  }

  /** The channel is about to be deleted: should the process die then, its files are checked all the same. */
  async channelGoes(channel: string): Promise<void> {
    await this.#options.table.claimChannel(channel, this.#options.clock.now() + checkAfterMs)
  }

  /** The channel has been deleted. */
  async channelGone(channel: string): Promise<void> {
    await this.#options.table.claimChannel(channel, this.#options.clock.now())
    this.sweep()
  }

  /** Checks what is due, and removes what is over. */
  sweep(): void {
    this.#then(async () => {
      await this.#checkDue()
      await this.#removeOver()
      await this.#options.storage?.sweep()
    })
  }

  /** Resolves when what was begun has ended; nothing begins afterwards. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#running
  }

  /** Resolves when nothing is under way. */
  idle(): Promise<void> {
    return this.#running
  }

  #then(step: () => Promise<void>): void {
    this.#running = this.#running.then(async () => {
      if (this.#isStopped) return
      try {
        await step()
      } catch (error) {
        this.#options.report(error, 'removing files')
      }
    })
  }

  async #checkThen(claims: readonly Claim[]): Promise<void> {
    let isWithdrawn = false
    for (const claim of claims) if (!(await this.#check(claim))) isWithdrawn = true
    if (isWithdrawn) await this.#removeOver()
  }

  async #checkDue(): Promise<void> {
    for (;;) {
      const due = await this.#options.table.dueClaims(this.#options.clock.now(), ofOneStep)
      for (const claim of due) await this.#check(claim)
      if (due.length < ofOneStep || this.#isStopped) return
    }
  }

  /** Resolves with whether the reference stays. */
  async #check(claim: Claim): Promise<boolean> {
    const { table, clock, policies, storeOf } = this.#options
    const { channel, collection, record: recordId, file } = claim
    const policy = policies.of(channel)?.collections.get(collection)
    if (policy === undefined) {
      await table.claim([claim], clock.now() + undeclaredMs)
      return true
    }
    const { records } = await storeOf(channel).lookup(channel, [{ collection, recordId }])
    const record = records[0] ?? null
    const refers = record !== null && !record.deleted && fileIdsIn(JSON.parse(record.data), policy.files).includes(file)
    if (refers) {
      await table.settle(claim)
      return true
    }
    // The write that claimed it was refused or undone: its client may write again.
    const mayComeAgain = !claim.isSettled && record?.deleted !== true
    await table.withdraw(claim, clock.now() + (mayComeAgain ? waitingMs : 0))
    return false
  }

  async #removeOver(): Promise<void> {
    const { table, storage, clock } = this.#options
    if (storage === null) return
    let isFailing = false
    for (;;) {
      const now = clock.now()
      const over = await table.takeOver(now, now + againMs, ofOneStep)
      for (const id of over)
        if (await this.#remove(storage, id)) await table.drop(id)
        else isFailing = true
      if (over.length < ofOneStep || isFailing || this.#isStopped) return
    }
  }

  /** Resolves with whether it is gone. One that can not be removed holds no other one back: it is taken over again. */
  async #remove(storage: FileStorage, id: string): Promise<boolean> {
    const { counts, report } = this.#options
    try {
      await counts.storing(() => storage.remove(id))
      counts.removals++
      return true
    } catch (error) {
      counts.removalFailures++
      report(error, 'removing a file')
      return false
    }
  }
}
