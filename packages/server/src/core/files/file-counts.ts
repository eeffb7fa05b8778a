/** What happened to files on this node, as numbers for the metrics. */
import type { Code } from 'dovetail-protocol'
import { WrongSize } from '../../ports/files/file-storage.ts'
import { Failure } from '../rules/failure.ts'

export class FileCounts {
  uploads = 0
  uploadedBytes = 0
  removals = 0
  removalFailures = 0
  /** Times that the disk or the service failed, whatever was asked of it. */
  storageErrors = 0
  readonly #refusals = new Map<Code, number>()

  /** Announcements and uploads that were refused, by their code: so many there are, and no more. */
  get refusals(): ReadonlyMap<Code, number> {
    return this.#refusals
  }

  stored(bytes: number): void {
    this.uploads++
    this.uploadedBytes += bytes
  }

  /** Runs an announcement or an upload, and counts its refusal. */
  async refusing<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Failure) this.#refusals.set(error.code, (this.#refusals.get(error.code) ?? 0) + 1)
      throw error
    }
  }

  /** Runs what the storage does, and counts where it fails by itself, not by its client. */
  async storing<Result>(work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      if (signal?.aborted !== true && !(error instanceof WrongSize) && !isCutOff(error)) this.storageErrors++
      throw error
    }
  }
}

/** Node gives this code to a body whose connection ends before it. */
export function isCutOff(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ECONNRESET'
}
