/**
 * Clients that send bytes to the bucket and read them there. What an address lets in can be replaced through the same
 * address while that is good, so an upload has a name of its own, which nobody can read. The server takes it from there
 * by a copy of exactly what it has looked at, and no address leads to the copy's name but those for reading:
 *
 *   incoming/ID ── PUT by a client ──▶ HEAD: as many bytes as announced? ── copy, if it is still the same ──▶ ID
 */
import type { PresignedAccess } from '../../ports/files/file-storage.ts'
import { type Bucket, finish, unexpected } from './bucket.ts'

/** An upload that is older than this was taken, or is not wanted any more: no address for it is good for so long. */
const longestUploadMs = 2 * 3_600_000
const sweepEveryMs = 3_600_000

const incoming = 'incoming/'

export function incomingName(id: string): string {
  return `${incoming}${id}`
}

export function presignedAccess(bucket: Bucket, now: () => number): PresignedAccess {
  return {
    origin: bucket.origin,
    uploadAddress: (id, { type, size }, seconds) =>
      bucket.sign({
        ...{ method: 'PUT', name: incomingName(id), from: now(), seconds },
        headers: { 'content-type': type, 'content-length': String(size) },
      }),
    readAddress: (id, { method, from, seconds, headers: { type, disposition, cacheControl } }) =>
      bucket.sign({
        ...{ method, name: id, from, seconds },
        query: {
          'response-content-type': type,
          'response-content-disposition': disposition,
          'response-cache-control': cacheControl,
        },
      }),
    take: (id, size) => take(bucket, id, size),
    forgetUpload: async (id) => {
      await bucket.remove(incomingName(id)).catch(() => undefined)
    },
  }
}

async function take(bucket: Bucket, id: string, size: number): Promise<boolean> {
  const uploaded = await probe(bucket, incomingName(id))
  if (uploaded?.size !== size) return false
  const copied = await bucket.ask(id, {
    method: 'PUT',
    headers: {
      'x-amz-copy-source': bucket.sourceOf(incomingName(id)),
      'x-amz-copy-source-if-match': uploaded.tag,
      'x-amz-metadata-directive': 'REPLACE',
      'content-type': 'application/octet-stream',
      // Of two nodes that take it at once, one does. A service that knows no such condition has the last one.
      'if-none-match': '*',
    },
  })
  // 412: another node took it, or it was replaced meanwhile. 404: it was taken and forgotten.
  await finish(copied, [200, 404, 412])
  // A service may answer a copy by 200 before it fails.
  const taken = await probe(bucket, id)
  if (taken === null || taken.size === size) return taken !== null
  await bucket.remove(id)
  return false
}

async function probe(bucket: Bucket, name: string): Promise<{ readonly size: number; readonly tag: string } | null> {
  const answer = await bucket.ask(name, { method: 'HEAD' })
  if (answer.status === 404) return null
  if (answer.status !== 200) throw await unexpected(answer)
  return { size: Number(answer.headers.get('content-length')), tag: answer.headers.get('etag') ?? '' }
}

/** Once an hour, removes what was uploaded and not taken, such as by an address that was used twice. */
export function sweepIncoming(bucket: Bucket, now: () => number): () => Promise<void> {
  let sweptAt = Number.NEGATIVE_INFINITY
  return async () => {
    if (now() - sweptAt < sweepEveryMs) return
    sweptAt = now()
    for (const { name, changedAt } of await bucket.list(incoming))
      if (changedAt < now() - longestUploadMs) await bucket.remove(name)
  }
}
