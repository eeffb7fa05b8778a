/** Takes the bytes of an announced file into this server's folder. */
import { WrongSize } from '../../ports/files/file-storage.ts'
import { Failure } from '../rules/failure.ts'
import type { FileContext } from './context.ts'
import { isCutOff } from './file-counts.ts'
import { waitingMs } from './file-keeper.ts'
import { noSuchFile } from './find-file.ts'

type ReceiveContext = Pick<FileContext, 'files' | 'clock' | 'limits'>

/** How many uploads of each user are under way on this node. */
export class Uploads {
  readonly #underWay = new Map<string, number>()

  /** Runs an upload of this user. Throws `rate_limited` where `most` are under way. */
  async run<Result>(user: string, most: number, upload: () => Promise<Result>): Promise<Result> {
    const running = this.#underWay.get(user) ?? 0
    if (running >= most) throw new Failure('rate_limited', 'Too many of your uploads are under way.', { retryAfter: 1 })
    this.#underWay.set(user, running + 1)
    try {
      return await upload()
    } finally {
      const left = (this.#underWay.get(user) ?? 1) - 1
      if (left === 0) this.#underWay.delete(user)
      else this.#underWay.set(user, left)
    }
  }
}

/**
 * Resolves when the file is stored. A file that is stored already stays as it is. Throws `not_found`, `rate_limited`,
 * `too_large`, `invalid_data` or `timeout`.
 */
export async function receiveFile(
  core: ReceiveContext,
  uploads: Uploads,
  id: string,
  bytes: AsyncIterable<Uint8Array>,
  /** As the request says; `null`: it does not. */
  length: number | null,
): Promise<void> {
  const { table, storage, counts } = core.files
  const file = await table.find(id)
  if (file === null || storage === null) throw noSuchFile()
  if (file.state === 'stored') return
  if (length !== null && length !== file.size) throw wrongSize(length, file.size)
  await uploads.run(file.author, core.limits.uploads, async () => {
    const late = new AbortController()
    const cancel = core.clock.after(core.limits.uploadSeconds * 1000, () => late.abort())
    try {
      await counts.storing(() => storage.write(id, bytes, file.size, late.signal), late.signal)
    } catch (error) {
      if (late.signal.aborted) throw new Failure('timeout', 'The upload took too long.')
      if (error instanceof WrongSize) throw wrongSize(error.bytes, file.size)
      if (isCutOff(error)) throw new Failure('timeout', 'The upload was cut off.')
      throw error
    } finally {
      cancel()
    }
    if (!(await table.stored(id, core.clock.now() + waitingMs))) {
      await storage.remove(id)
      throw noSuchFile()
    }
    counts.stored(file.size)
  })
}

function wrongSize(came: number, announced: number): Failure {
  if (came > announced) return new Failure('too_large', `The file has more than the ${announced} bytes announced.`)
  return new Failure('invalid_data', `The file has ${came} bytes; ${announced} were announced.`)
}
