/** The rules of files where their bytes are in a bucket, on a real server of the S3 protocol. */
import { type S3Service, startS3 } from 'dovetail-lab/services'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { makeBucket, type TestBucket } from '../../../../packages/server/src/files/s3/bucket.fixture.ts'
import { announce, messageWith, picture, pictureFacts, upload, uploaded } from '../../../support/files.ts'
import { at, freshChannel } from '../../../support/paths.ts'
import { type Server, startServer } from '../../../support/servers/serving.ts'
import { patienceMs } from '../../../support/until.ts'

let s3: S3Service
let bucket: TestBucket
let server: Server

beforeAll(async () => {
  s3 = await startS3()
  bucket = await makeBucket(s3)
  for (const [name, value] of Object.entries(bucket.environment)) vi.stubEnv(name, value)
  server = await startServer({ files: bucket.address })
}, 300_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  await server.stop()
  await s3.stop()
})

test('[FIL1, FIL8, FIL9] a file in a bucket is read as one in a folder, whole, in part and by its tag', async () => {
  const [ann, nobody, channel] = [await server.rest('ann'), await server.rest(), freshChannel()]
  const file = await uploaded(ann, channel)
  expect(await bucket.names()).toContain(file.id)
  await ann.post(at(channel), messageWith({ id: file.id, ...pictureFacts }))
  const read = await nobody.get(file.url)
  expect([read.status, read.headers]).toEqual([
    200,
    expect.objectContaining({
      'content-length': String(picture.length),
      'content-type': 'image/png',
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
    }),
  ])
  const part = await nobody.get(file.url, { range: 'bytes=1-3' })
  expect([part.status, part.text, part.headers['content-range']]).toEqual([206, 'PNG', 'bytes 1-3/20'])
  expect((await nobody.get(file.url, { range: 'bytes=20-' })).status).toBe(416)
  expect((await nobody.get(file.url, { 'if-none-match': String(read.headers.etag) })).status).toBe(304)
  const head = await nobody.send('HEAD', file.url)
  expect([head.status, head.headers['content-length']]).toEqual([200, String(picture.length)])
})

test('[FIL4] of other sizes than announced, nothing is in the bucket', async () => {
  const [ann, nobody, channel] = [await server.rest('ann'), await server.rest(), freshChannel()]
  const { body } = await announce(ann, channel)
  expect((await upload(body, nobody, picture.subarray(1))).code).toBe('invalid_data')
  expect((await upload(body, nobody, Buffer.concat([picture, picture]))).code).toBe('too_large')
  const chunked = (bytes: Uint8Array<ArrayBuffer>) =>
    fetch(`${server.url}${body.upload.url}`, {
      method: 'PUT',
      headers: body.upload.headers,
      body: new Blob([bytes]).stream(),
      duplex: 'half',
    } as RequestInit)
  expect((await chunked(Uint8Array.from(picture.subarray(2)))).status).toBe(422)
  expect((await chunked(Uint8Array.from(Buffer.concat([picture, picture])))).status).toBe(413)
  expect(await bucket.names()).not.toContain(body.id)
  expect((await chunked(Uint8Array.from(picture))).status).toBe(204)
  expect(await bucket.names()).toContain(body.id)
})

test('[FIL11] a file goes from the bucket with its last record', async () => {
  const [ann, channel] = [await server.rest('ann'), freshChannel()]
  const file = await uploaded(ann, channel)
  const { body } = await ann.post<{ id: string }>(at(channel), messageWith({ id: file.id, ...pictureFacts }))
  expect((await ann.delete(at(channel, 'messages', body.id))).status).toBeLessThan(300)
  await vi.waitFor(async () => expect(await bucket.names()).not.toContain(file.id), patienceMs)
})

test('[FIL2] a bucket that can not be opened ends the start with the reason', async () => {
  const starting = startServer({ files: `${bucket.address}&key=1` })
  await expect(starting).rejects.toThrow(/^files: s3:\/\/[^ ]+: s3: has no parameter "key"/)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wrong')
  onTestFinished(() => void vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3.keys.secretAccessKey))
  await expect(startServer({ files: bucket.address })).rejects.toThrow(/files: s3:.*403 SignatureDoesNotMatch/)
})

test('[FIL8] while the bucket is away, readers and writers are told to come again', async () => {
  const [ann, channel] = [await server.rest('ann'), freshChannel()]
  const [file, { body: pending }] = [await uploaded(ann, channel), await announce(ann, channel)]
  await s3.stop()
  expect((await ann.get(file.url)).code).toBe('store_unavailable')
  expect((await upload(pending, ann.as())).code).toBe('store_unavailable')
})
