/**
 * Files of a channel: `import { files } from 'dovetail-client/files'`. It stands beside `createClient`, so that pages
 * without files do not load it. It uses the client's sign-in and address, for browsers, Node and workers.
 */
import type { FileAddress, FileReference, FileRequest, NewFile } from 'dovetail-protocol'
import { DovetailError } from './base/errors.ts'
import { channelPath, type Rest } from './base/rest.ts'
import { mediaTypeOf } from './files/media-type.ts'
import { type Bytes, type Progress, sendBytes } from './files/send-bytes.ts'

export type { Bytes, FileAddress, FileReference, Progress }

/** What `createClient` gives, whatever types its channels have. */
export interface FilesClient {
  channel(name: never): unknown
}

export interface UploadOptions {
  /** Default: the name that a `File` has. */
  readonly name?: string | undefined
  /** The media type. Default: the one that a `Blob` has, else `application/octet-stream`. */
  readonly type?: string | undefined
  /** Of an image or a video, in pixels, so that readers leave room for it before it loads. */
  readonly width?: number | undefined
  readonly height?: number | undefined
  /** Gives the upload up: it rejects with `aborted`. */
  readonly signal?: AbortSignal | undefined
  /**
   * How many bytes of how many are sent. In pages as they go; where there is no `XMLHttpRequest` (Node, workers), once
   * all are there.
   */
  readonly onProgress?: Progress | undefined
}

export interface Files {
  /**
   * Announces the file and sends its bytes. Gives the reference for a record's data; a file that no record refers to
   * within an hour is removed. Bytes that did not arrive are sent again, five times at most. Rejects with a
   * `DovetailError`: `too_large`, `invalid_data` (such as a type that the channel does not take, with the field),
   * `forbidden`, `rate_limited`, `aborted`, `network`, `misuse` (no name).
   */
  upload(bytes: Bytes, options?: UploadOptions): Promise<FileReference>
  /**
   * An address that needs no token, for an image or a link. It is good for 10 to 20 minutes, and the same one is given
   * as long as it is good for a minute more.
   */
  address(id: string): Promise<FileAddress>
}

/** How long an address must be good still to be given again. */
const leastMs = 60_000

/** The files of one channel. Opens nothing by itself. */
export function files(client: FilesClient, channel: string): Files {
  const { rest } = client as unknown as { readonly rest: Rest }
  const path = `${channelPath(channel)}/files`
  const addresses = new Map<string, FileAddress>()
  return {
    async upload(bytes, { signal, onProgress, ...options } = {}) {
      const blob = bytes instanceof Blob ? bytes : new Blob([bytes])
      const request = requestOf(blob, options)
      const { body } = await rest.ask('POST', path, { body: request, signal })
      const { id, upload } = body as NewFile
      await sendBytes(rest, { ...upload, url: absolute(rest, upload.url) }, blob, { signal, onProgress })
      return { id, ...request }
    },
    async address(id) {
      const kept = addresses.get(id)
      if (kept !== undefined && Date.parse(kept.expiresAt) - rest.clock.now() > leastMs) return kept
      const found = await rest.get<FileAddress>(`${path}/${encodeURIComponent(id)}/address`)
      const address = { ...found, url: absolute(rest, found.url) }
      addresses.set(id, address)
      return address
    },
  }
}

function requestOf(
  blob: Blob,
  { name, type, width, height }: Omit<UploadOptions, 'signal' | 'onProgress'>,
): FileRequest {
  const known = name ?? (blob as Partial<File>).name
  if (known === undefined) throw new DovetailError('misuse', 'the file has no name')
  return {
    name: known,
    type: mediaTypeOf(type ?? blob.type),
    size: blob.size,
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
  }
}

/** A proxy may have put the server under a path that the server does not know of; the client's address has it. */
function absolute({ url }: Rest, address: string): string {
  return address.startsWith('/') ? url + address.slice(address.indexOf('/v1/')) : address
}
