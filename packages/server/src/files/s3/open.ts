import { randomBytes } from 'node:crypto'
import type { BucketStorage } from '../../ports/files/file-storage.ts'
import { parseS3Address } from './s3-address.ts'
import { s3Files } from './s3-files.ts'

/**
 * Opens a bucket, and writes and removes an object in it: that the address, the keys or their rights are wrong is known at
 * the start, not with somebody's first file. Throws the reason.
 */
export async function openS3Files(
  address: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<BucketStorage> {
  const storage = s3Files(parseS3Address(address, environment))
  const id = `start-${randomBytes(8).toString('hex')}`
  await storage.write(id, onePiece(), 1)
  await storage.remove(id)
  return storage
}

async function* onePiece(): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(0)
}
