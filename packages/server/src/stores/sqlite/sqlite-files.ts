import type { Claim, FileFacts, FileTable, KnownFile, Reference } from '../../ports/files/file-table.ts'
import type { ApiKeyParts } from './sqlite-api-keys.ts'
import type { FileReads } from './tables/file-table.ts'

type Parts = Omit<ApiKeyParts, 'reads'> & { readonly reads: FileReads }

/** The table of files: written by the writer's thread, read in the calling one. */
export class SqliteFiles implements FileTable {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async add(file: FileFacts, until: number): Promise<void> {
    await this.#parts.written(this.#parts.writer.call('addFile', file, until))
  }

  async find(id: string): Promise<KnownFile | null> {
    return this.#parts.read(() => this.#parts.reads.find(id))
  }

  async waiting(channel: string, author: string): Promise<number> {
    return this.#parts.read(() => this.#parts.reads.waiting(channel, author))
  }

  async ofAuthor(author: string, after: string, limit: number): Promise<readonly KnownFile[]> {
    return this.#parts.read(() => this.#parts.reads.ofAuthor(author, after, limit))
  }

  async stored(id: string, until: number): Promise<boolean> {
    return await this.#parts.written(this.#parts.writer.call('storedFile', id, until))
  }

  async referencesOf(...[channel, records]: Parameters<FileTable['referencesOf']>): Promise<readonly Reference[]> {
    return this.#parts.read(() => this.#parts.reads.referencesOf(channel, records))
  }

  async claim(references: readonly Reference[], checkAt: number): Promise<readonly Claim[]> {
    if (references.length === 0) return []
    return await this.#parts.written(this.#parts.writer.call('claimFiles', references, checkAt))
  }

  async claimChannel(channel: string, checkAt: number): Promise<void> {
    await this.#parts.written(this.#parts.writer.call('claimFilesOf', channel, checkAt))
  }

  async dueClaims(now: number, limit: number): Promise<readonly Claim[]> {
    return this.#parts.read(() => this.#parts.reads.dueClaims(now, limit))
  }

  async settle(claim: Claim): Promise<void> {
    await this.#parts.written(this.#parts.writer.call('settleFile', claim))
  }

  async withdraw(claim: Claim, until: number): Promise<void> {
    await this.#parts.written(this.#parts.writer.call('withdrawFile', claim, until))
  }

  async takeOver(now: number, again: number, limit: number): Promise<readonly string[]> {
    return await this.#parts.written(this.#parts.writer.call('takeOverFiles', now, again, limit))
  }

  async drop(id: string): Promise<void> {
    await this.#parts.written(this.#parts.writer.call('dropFile', id))
  }

  async forget(author: string, now: number): Promise<void> {
    await this.#parts.written(this.#parts.writer.call('forgetFiles', author, now))
  }
}
