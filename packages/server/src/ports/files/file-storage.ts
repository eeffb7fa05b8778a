/** Where the bytes of files are: a folder that this server, or each of several nodes, writes and reads. */

/** Thrown where fewer or more bytes came than were announced. Nothing of them is kept. */
export class WrongSize extends Error {
  override readonly name = 'WrongSize'
  /** How many bytes came before it was clear. */
  readonly bytes: number
  constructor(bytes: number) {
    super(`${bytes} bytes came`)
    this.bytes = bytes
  }
}

export interface FileStorage {
  /**
   * Writes a whole file; resolves when it is as durable as the disk makes it. Bytes are taken as fast as the disk takes
   * them. A file that is there already stays as it is: its bytes never change. Where `signal` aborts, or the bytes fail,
   * nothing is kept. @throws WrongSize
   */
  write(id: string, bytes: AsyncIterable<Uint8Array>, size: number, signal?: AbortSignal): Promise<void>
  /** Where the file is on this machine: a folder, and the path in it, which begins with `/`. */
  locate(id: string): { readonly root: string; readonly path: string }
  /** Resolves when it is gone, also where there was none. */
  remove(id: string): Promise<void>
  /** Removes what interrupted uploads have left. */
  sweep(): Promise<void>
}
