import { randomBytes } from 'node:crypto'
import type { BucketStorage, PresignedAccess } from '../../ports/files/file-storage.ts'
import { finish } from './bucket.ts'
import { parseS3Address } from './s3-address.ts'
import { s3Files } from './s3-files.ts'

/**
 * Opens a bucket, and writes and removes an object in it as it will be done: that the address, the keys or their rights are
 * wrong is known at the start, not with somebody's first file. Throws the reason.
 */
export async function openS3Files(
  address: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<BucketStorage> {
  const storage = s3Files(parseS3Address(address, environment))
  const id = `start-${randomBytes(8).toString('hex')}`
  if (storage.presigned === null) await storage.write(id, onePiece(), 1)
  else await tryPresigned(storage.presigned, id)
  await storage.remove(id)
  await storage.sweep()
  return storage
}

async function tryPresigned(presigned: PresignedAccess, id: string): Promise<void> {
  const type = 'application/octet-stream'
  const url = await presigned.uploadAddress(id, { type, size: 1 }, 60)
  const put = { method: 'PUT', headers: { 'content-type': type }, body: Uint8Array.of(0) }
  await finish(await fetch(url, put), [200])
  if (!(await presigned.take(id, 1))) throw new Error('the bucket lost an upload')
}

async function* onePiece(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(0)
}
