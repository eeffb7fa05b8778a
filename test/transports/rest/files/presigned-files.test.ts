/** The rules of files that clients send to a bucket and read there, on a real server of the S3 protocol. */

import { type S3Service, startS3 } from 'dovetail-lab/services'
import type { FileAddress } from 'dovetail-protocol'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeBucket, type TestBucket } from '../../../../packages/server/src/files/s3/bucket.fixture.ts'
import { announce, messageWith, picture, pictureFacts } from '../../../support/files.ts'
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
  server = await startServer({ files: `${bucket.address}&access=presigned` })
}, 300_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  await server.stop()
  await s3.stop()
})

type Upload = { readonly url: string; readonly headers: Readonly<Record<string, string>> }

async function put({ url, headers }: Upload, bytes: Uint8Array = picture, more: object = {}): Promise<number> {
  const answer = await fetch(url, { method: 'PUT', headers: { ...headers, ...more }, body: Uint8Array.from(bytes) })
  return answer.status
}

test('[FIL13] bytes go to the bucket, count as uploaded with the record that refers to them, and are read there', async () => {
  const [ann, bob, nobody] = [await server.rest('ann'), await server.rest('bob'), await server.rest()]
  const channel = freshChannel()
  const { body } = await announce(ann, channel)
  expect(new URL(body.upload.url).origin).toBe(s3.endpoint)
  const minutes = (Date.parse(body.expiresAt) - Date.now()) / 60_000
  expect(minutes > 10 && minutes < 16).toBe(true)
  const message = messageWith({ id: body.id, ...pictureFacts })
  expect((await ann.post(at(channel), message)).code).toBe('invalid_data')
  expect(await put(body.upload)).toBe(200)
  expect((await bob.post(at(channel), message)).code).toBe('invalid_data')
  expect((await nobody.get(body.url)).code).toBe('not_found')
  expect((await ann.post(at(channel), message)).status).toBe(201)
  expect((await bucket.names()).filter((name) => name.includes(body.id))).toEqual([body.id])
  const asked = await nobody.get(body.url, { range: 'bytes=1-3' })
  expect([asked.status, asked.headers['cache-control'], asked.text]).toEqual([302, 'no-store', ''])
  const part = await fetch(`${server.url}${body.url}`, { headers: { range: 'bytes=1-3' } })
  expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, 'PNG', 'bytes 1-3/20'])
  expect([part.headers.get('content-type'), part.headers.get('content-disposition')]).toEqual([
    'image/png',
    `inline; filename="l_ke.png"; filename*=UTF-8''l%C3%A4ke.png`,
  ])
  const head = await fetch(`${server.url}${body.url}`, { method: 'HEAD' })
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(picture.length)])
  expect((await nobody.get(body.url, { 'if-none-match': `"${body.id}"` })).status).toBe(304)
})

test('[FIL13] an address of the bucket needs no token, stays the same for a while, and shows no page', async () => {
  const [ann, channel] = [await server.rest('ann'), freshChannel()]
  const facts = { name: 'page.txt', type: 'text/plain', size: 4 }
  const { body } = await announce(ann, channel, { ...facts, width: undefined, height: undefined })
  expect(await put(body.upload, Buffer.from('<p/>'))).toBe(200)
  const address = async () => (await ann.get<FileAddress>(`${body.url}/address`)).body
  const [first, second] = [await address(), await address()]
  expect([new URL(first.url).origin, second.url]).toEqual([s3.endpoint, first.url])
  const minutes = (Date.parse(first.expiresAt) - Date.now()) / 60_000
  expect(minutes > 9.9 && minutes <= 20).toBe(true)
  const read = await fetch(first.url)
  expect([await read.text(), read.headers.get('content-type')]).toEqual(['<p/>', 'text/plain'])
  expect(read.headers.get('content-disposition')).toMatch(/^attachment; filename="page.txt"/)
  const changed = first.url.replace('attachment', 'inline').replace('text%2Fplain', 'text%2Fhtml')
  expect((await fetch(changed)).status).toBe(403)
  expect((await (await server.rest('bob')).get(`${body.url}/address`)).code).toBe('not_found')
})

test('[FIL13] the bucket refuses another size or type than announced, and nothing of it counts', async () => {
  const [ann, channel] = [await server.rest('ann'), freshChannel()]
  const { body } = await announce(ann, channel)
  expect(await put(body.upload, picture.subarray(1))).toBe(403)
  expect(await put(body.upload, Buffer.concat([picture, picture]))).toBe(403)
  expect(await put(body.upload, picture, { 'content-type': 'text/html' })).toBe(403)
  const chunked = await fetch(body.upload.url, {
    method: 'PUT',
    headers: body.upload.headers,
    body: new Blob([Uint8Array.from(picture)]).stream(),
    duplex: 'half',
  } as RequestInit)
  expect(chunked.status).toBeGreaterThanOrEqual(400)
  expect((await bucket.names()).filter((name) => name.includes(body.id))).toEqual([])
  expect((await ann.post(at(channel), messageWith({ id: body.id, ...pictureFacts }))).code).toBe('invalid_data')
})

test('[FIL13] what is uploaded by the same address after it counted changes nothing that is read', async () => {
  const [ann, channel] = [await server.rest('ann'), freshChannel()]
  const { body } = await announce(ann, channel)
  expect(await put(body.upload)).toBe(200)
  const other = Buffer.from(picture).fill(7)
  expect(await put(body.upload, other)).toBe(200)
  expect((await ann.post(at(channel), messageWith({ id: body.id, ...pictureFacts }))).status).toBe(201)
  expect(await put(body.upload)).toBe(200)
  const read = async () => Buffer.from(await (await fetch(`${server.url}${body.url}`)).arrayBuffer())
  expect(await read()).toEqual(other)
  expect((await ann.post(at(channel), messageWith({ id: body.id, ...pictureFacts }))).status).toBe(201)
  expect(await read()).toEqual(other)
})

test('[FIL11, FIL13] a file goes from the bucket with its last record, and so does what was uploaded twice', async () => {
  const [ann, channel] = [await server.rest('ann'), freshChannel()]
  const { body } = await announce(ann, channel)
  expect(await put(body.upload)).toBe(200)
  const message = await ann.post<{ id: string }>(at(channel), messageWith({ id: body.id, ...pictureFacts }))
  expect(await put(body.upload)).toBe(200)
  const { url } = (await ann.get<FileAddress>(`${body.url}/address`)).body
  expect((await fetch(url)).status).toBe(200)
  expect((await ann.delete(at(channel, 'messages', message.body.id))).status).toBeLessThan(300)
  await vi.waitFor(
    async () => expect((await bucket.names()).filter((name) => name.includes(body.id))).toEqual([]),
    patienceMs,
  )
  expect((await fetch(url)).status).toBe(404)
})

test('[FIL13] a copy that was uploaded and not taken is swept after two hours', async () => {
  const { sweepIncoming } = await import('../../../../packages/server/src/files/s3/presigned.ts')
  const { Bucket } = await import('../../../../packages/server/src/files/s3/bucket.ts')
  const { parseS3Address } = await import('../../../../packages/server/src/files/s3/s3-address.ts')
  const [ann, channel] = [await server.rest('ann'), freshChannel()]
  const { body } = await announce(ann, channel)
  expect(await put(body.upload)).toBe(200)
  const emptied = new Bucket(parseS3Address(bucket.address, bucket.environment))
  const incoming = async () => (await bucket.names()).filter((name) => name === `incoming/${body.id}`).length
  await sweepIncoming(emptied, () => Date.now() + 7_000_000)()
  expect(await incoming()).toBe(1)
  await sweepIncoming(emptied, () => Date.now() + 7_300_000)()
  expect(await incoming()).toBe(0)
})

test('[FIL13] a bucket whose keys may not do what it takes ends the start', async () => {
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'wrong')
  const starting = startServer({ files: `${bucket.address}&access=presigned` })
  await expect(starting).rejects.toThrow(/files: s3:.*403 SignatureDoesNotMatch/)
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3.keys.secretAccessKey)
})
