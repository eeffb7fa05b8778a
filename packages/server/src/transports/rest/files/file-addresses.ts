/** Addresses of files that need no token: this server's own, or those of a bucket where clients go there themselves. */

import { type PresignedAccess, presignedOf } from '../../../ports/files/file-storage.ts'
import type { FileFacts } from '../../../ports/files/file-table.ts'
import type { TransportContext } from '../../transport-context.ts'
import { headersOf } from './file-headers.ts'

export interface SignedFileAddress {
  readonly url: string
  /** ISO 8601, UTC. */
  readonly expiresAt: string
}

type ReadFile = Pick<FileFacts, 'id' | 'name' | 'type'>

/** An address is good for this long at least, and for twice as long at most, so that it stays the same for a while. */
const readingMs = 600_000
/** How long a bucket takes an upload: it has to begin by then. */
const bucketUploadSeconds = 900

/** Where the bytes of an announced file are sent. `until`: when it is removed without them. */
export async function signedUpload(
  { core, basePath, fileAddresses }: TransportContext,
  file: FileFacts,
  until: number,
): Promise<SignedFileAddress> {
  const presigned = presignedOf(core.files.storage)
  if (presigned !== null) {
    const expiresAt = core.clock.now() + bucketUploadSeconds * 1000
    return { url: await presigned.uploadAddress(file.id, file, bucketUploadSeconds), expiresAt: iso(expiresAt) }
  }
  const url = `${basePath}/v1/files/${file.id}?write=${fileAddresses.sign('write', file.id, until)}`
  return { url, expiresAt: iso(until) }
}

/** Where an uploaded file is read. */
export async function signedReading(context: TransportContext, file: ReadFile): Promise<SignedFileAddress> {
  const { core, basePath, fileAddresses } = context
  const presigned = presignedOf(core.files.storage)
  if (presigned !== null) return await presignedReading(context, presigned, file, 'GET')
  const { until } = windowOf(core.clock.now())
  return {
    url: `${basePath}/v1/files/${file.id}?read=${fileAddresses.sign('read', file.id, until)}`,
    expiresAt: iso(until),
  }
}

export async function presignedReading(
  { core }: TransportContext,
  presigned: PresignedAccess,
  file: ReadFile,
  method: 'GET' | 'HEAD',
): Promise<SignedFileAddress> {
  const { from, until } = windowOf(core.clock.now())
  const ours = headersOf(file)
  const headers = {
    type: ours['content-type'],
    disposition: ours['content-disposition'],
    cacheControl: ours['cache-control'],
  }
  const url = await presigned.readAddress(file.id, { method, from, seconds: (until - from) / 1000, headers })
  return { url, expiresAt: iso(until) }
}

function windowOf(now: number): { readonly from: number; readonly until: number } {
  const from = Math.floor(now / readingMs) * readingMs
  return { from, until: from + 2 * readingMs }
}

function iso(time: number): string {
  return new Date(time).toISOString()
}
