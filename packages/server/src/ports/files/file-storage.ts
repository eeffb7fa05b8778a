/** Where the bytes of files are: a folder that all nodes write and read, or a bucket of another service. */
import type { Readable } from 'node:stream'

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

interface AnyStorage {
  /**
   * Writes a whole file; resolves when it is as durable as the disk or the service makes it. Bytes are taken as fast as
   * they are written. A file that is there already stays as it is: its bytes never change. Where `signal` aborts, or the
   * bytes fail, nothing is kept. @throws WrongSize and, where a service can't be reached, StoreUnavailable.
   */
  write(id: string, bytes: AsyncIterable<Uint8Array>, size: number, signal?: AbortSignal): Promise<void>
  /** Resolves when it is gone, also where there was none. */
  remove(id: string): Promise<void>
  /** Removes what interrupted uploads have left. */
  sweep(): Promise<void>
}

export interface FolderStorage extends AnyStorage {
  readonly kind: 'folder'
  /** Where the file is on this machine: a folder, and the path in it, which begins with `/`. */
  locate(id: string): { readonly root: string; readonly path: string }
}

export interface BucketStorage extends AnyStorage {
  readonly kind: 'bucket'
  /** The file, or the part of it that a `Range` header asks for; `null`: there is no such file. @throws StoreUnavailable */
  read(id: string, request: FilePart): Promise<FileAnswer | null>
  /** `null`: bytes go through this server, both ways. */
  readonly presigned: PresignedAccess | null
}

/** Clients send bytes to the service and read them there, by addresses that this server signs. */
export interface PresignedAccess {
  /** Of all addresses, such as `https://files.example.com`: pages have to be allowed to go there. */
  readonly origin: string
  /** Where a `PUT` of exactly so many bytes of this type goes to, for so long from now. What it brings can't be read yet. */
  uploadAddress(id: string, file: { readonly type: string; readonly size: number }, seconds: number): Promise<string>
  /** Takes what was uploaded: from then on it is read, and no upload changes it. `false`: nothing of that size is there. */
  take(id: string, size: number): Promise<boolean>
  /** Removes what is left of an upload that was taken; what fails here is swept later. */
  forgetUpload(id: string): Promise<void>
  /** Where the file is read from `from` on, in milliseconds since the Unix epoch, for `seconds`. */
  readAddress(id: string, reading: PresignedReading): Promise<string>
}

export interface PresignedReading {
  readonly method: 'GET' | 'HEAD'
  readonly from: number
  readonly seconds: number
  /** What the service is to say of the file: `Content-Type`, `Content-Disposition` and `Cache-Control`. */
  readonly headers: { readonly type: string; readonly disposition: string; readonly cacheControl: string }
}

export interface FilePart {
  /** Whether the headers are wanted without the bytes. */
  readonly isHead: boolean
  /** As RFC 9110, section 14.2, has it; `null`: the whole. */
  readonly range: string | null
}

export interface FileAnswer {
  /** 200; 206 with a part; 416 where the part is behind the end. */
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly stream: Readable
}

export type FileStorage = FolderStorage | BucketStorage

/** How clients go to the storage themselves; `null`: they do not. */
export function presignedOf(storage: FileStorage | null): PresignedAccess | null {
  return storage?.kind === 'bucket' ? storage.presigned : null
}
