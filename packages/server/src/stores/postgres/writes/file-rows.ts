import type { Claim, FileFacts, FileTable, KnownFile, Reference } from '../../../ports/files/file-table.ts'
import { fileOf } from '../../shared/file-of.ts'
import type { Connections } from '../connection/connections.ts'
import type { SqlRow } from '../rows/rows.ts'
import * as sql from './file-statements.ts'

export class FileRows implements FileTable {
  readonly #connections: Connections

  constructor(connections: Connections) {
    this.#connections = connections
  }

  async add(file: FileFacts, until: number): Promise<void> {
    const { id, channel, author, name, type, size, width, height, createdAt } = file
    await this.#connections.write(sql.addFile, [id, channel, author, name, type, size, width, height, createdAt, until])
  }

  async find(id: string): Promise<KnownFile | null> {
    const [row] = await this.#connections.read(sql.findFile, [id])
    return row === undefined ? null : fileOf(row)
  }

  async waiting(channel: string, author: string): Promise<number> {
    const [row] = await this.#connections.read(sql.waitingFiles, [author, channel])
    return Number(row?.[0])
  }

  async ofAuthor(author: string, after: string, limit: number): Promise<readonly KnownFile[]> {
    return (await this.#connections.read(sql.filesOfAuthor, [author, after, limit])).map(fileOf)
  }

  async stored(id: string, until: number): Promise<boolean> {
    return (await this.#connections.write(sql.storedFile, [id, until])).length === 1
  }

  async referencesOf(...[channel, records]: Parameters<FileTable['referencesOf']>): Promise<readonly Reference[]> {
    const values = [channel, records.map(({ collection }) => collection), records.map(({ record }) => record)]
    return (await this.#connections.read(sql.referencesOf, values)).map(claimOf).map(referenceIn)
  }

  async claim(references: readonly Reference[], checkAt: number): Promise<readonly Claim[]> {
    if (references.length === 0) return []
    const columns = (['file', 'channel', 'collection', 'record'] as const).map((name) =>
      references.map((reference) => reference[name]),
    )
    return (await this.#connections.write(sql.claimFiles, [...columns, checkAt])).map(claimOf)
  }

  async claimChannel(channel: string, checkAt: number): Promise<void> {
    await this.#connections.write(sql.claimFilesOf, [channel, checkAt])
  }

  async dueClaims(now: number, limit: number): Promise<readonly Claim[]> {
    return (await this.#connections.read(sql.dueClaims, [now, limit])).map(claimOf)
  }

  async settle({ file, collection, record, claims }: Claim): Promise<void> {
    await this.#connections.write(sql.settleFile, [file, collection, record, claims])
  }

  async withdraw({ file, collection, record, claims }: Claim, until: number): Promise<void> {
    await this.#connections.write(sql.withdrawFile, [file, collection, record, claims, until])
  }

  async takeOver(now: number, again: number, limit: number): Promise<readonly string[]> {
    return (await this.#connections.write(sql.takeOverFiles, [now, again, limit])).map(([id]) => String(id))
  }

  async drop(id: string): Promise<void> {
    await this.#connections.write(sql.dropFile, [id])
  }

  async forget(author: string, now: number): Promise<void> {
    await this.#connections.write(sql.forgetFiles, [author, now])
  }
}

function claimOf(row: SqlRow): Claim {
  const [file, channel, collection, record, claims, isSettled] = row as [
    string,
    string,
    string,
    string,
    number,
    boolean,
  ]
  return { file, channel, collection, record, claims: Number(claims), isSettled }
}

function referenceIn({ file, channel, collection, record }: Claim): Reference {
  return { file, channel, collection, record }
}
