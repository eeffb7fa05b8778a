/** Where the bytes of files are: a folder that this server writes, or another service that clients are sent to. */

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

export interface FileFolder {
  readonly kind: 'folder'
  /**
   * Writes a whole file; resolves when it is as durable as the disk makes it. Bytes are taken as fast as the disk takes
   * them. Where `signal` aborts, or the bytes fail, nothing is kept. @throws WrongSize
   */
  write(id: string, bytes: AsyncIterable<Uint8Array>, size: number, signal?: AbortSignal): Promise<void>
  /** Where the file is on this machine: a folder, and the path in it, which begins with `/`. */
  locate(id: string): { readonly root: string; readonly path: string }
}

export interface FileService {
  readonly kind: 'service'
  /** The origin that browsers send bytes to and read them from, such as `https://bucket.example.com`. */
  readonly origin: string
  /** A request that a client may send until `seconds` from now: for these bytes and no others. */
  uploadRequest(
    file: { readonly id: string; readonly type: string; readonly size: number },
    seconds: number,
  ): Promise<{ readonly url: string; readonly headers: Readonly<Record<string, string>> }>
  /** An address that is good until `seconds` from now, whose answer has these headers. */
  readAddress(
    id: string,
    headers: { readonly type: string; readonly disposition: string },
    seconds: number,
  ): Promise<string>
}

interface Kept {
  /** The size of the file in bytes; `null`: it is not there. */
  size(id: string): Promise<number | null>
  /** Resolves when it is gone, also where there was none. */
  remove(id: string): Promise<void>
  /** Removes what interrupted uploads have left, where that is this server's to do. */
  sweep(): Promise<void>
}

export type FileStorage = Kept & (FileFolder | FileService)
