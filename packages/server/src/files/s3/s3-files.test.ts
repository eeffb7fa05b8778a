import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type S3Service, startS3 } from 'dovetail-lab/services'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { fileStorageContract } from '../../ports/files/file-storage.contract.ts'
import { makeBucket, type TestBucket } from './bucket.fixture.ts'
import { exactBytes } from './exact-bytes.ts'
import { openS3Files } from './open.ts'
import { parseS3Address } from './s3-address.ts'
import { s3Files } from './s3-files.ts'

/** Java on a slow machine, and its jars at the first time. */
const startMs = 300_000

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

const id = 'ab'.repeat(16)
const whole = { isHead: false, range: null }

describe('files in a bucket', () => {
  let s3: S3Service
  beforeAll(async () => {
    s3 = await startS3()
  }, startMs)
  afterAll(() => s3.stop())

  async function openBucket(prefix = '') {
    const bucket: TestBucket = await makeBucket(s3)
    const storage = await openS3Files(bucket.address.replace('?', `${prefix}?`), bucket.environment)
    return { bucket, storage }
  }

  async function textOf(stream: AsyncIterable<unknown>): Promise<string> {
    const pieces: Buffer[] = []
    for await (const piece of stream) pieces.push(Buffer.from(piece as Uint8Array))
    return Buffer.concat(pieces).toString('latin1')
  }

  fileStorageContract(async () => {
    const { storage } = await openBucket()
    return {
      storage,
      upload: (file, bytes, size) => storage.write(file, chunksOf(bytes), size),
      download: async (file) => {
        const found = await storage.read(file, whole)
        return found === null ? null : Buffer.from(await textOf(found.stream), 'latin1')
      },
      close: async () => undefined,
    }
  })

  test('nothing is left of the start, and a prefix stands in front of the names', async () => {
    const { bucket, storage } = await openBucket('/some/place')
    expect(await bucket.names()).toEqual([])
    await storage.write(id, chunksOf(Buffer.from('abc')), 3)
    expect(await bucket.names()).toEqual([`some/place/${id}`])
  })

  test('a part is answered as such, one behind the end by 416, and several by the whole', async () => {
    const { storage } = await openBucket()
    await storage.write(id, chunksOf(Buffer.from('abcdef')), 6)
    const read = async (range: string | null, isHead = false) => {
      const found = await storage.read(id, { isHead, range })
      return [found?.statusCode, found?.headers['content-range'], await textOf(found?.stream ?? chunksOf(Buffer.of()))]
    }
    expect(await read('bytes=1-2')).toEqual([206, 'bytes 1-2/6', 'bc'])
    expect(await read('bytes=-2')).toEqual([206, 'bytes 4-5/6', 'ef'])
    expect(await read('bytes=6-')).toEqual([416, undefined, ''])
    expect(await read('bytes=0-1,3-4')).toEqual([200, undefined, 'abcdef'])
    expect(await read(null, true)).toEqual([200, undefined, ''])
    expect((await storage.read(id, { isHead: true, range: null }))?.headers['content-length']).toBe('6')
  })

  test('an upload that is given up, or whose bytes fail, says so and leaves nothing', async () => {
    const { bucket, storage } = await openBucket()
    const stop = new AbortController()
    async function* given(last: () => void): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a')
      last()
      yield Buffer.from('b')
    }
    const giveUp = () => stop.abort(new Error('too late'))
    await expect(storage.write(id, given(giveUp), 2, stop.signal)).rejects.toThrow('too late')
    const fail = () => {
      throw Object.assign(new Error('cut off'), { code: 'ECONNRESET' })
    }
    await expect(storage.write(id, given(fail), 2)).rejects.toMatchObject({ code: 'ECONNRESET' })
    expect(await bucket.names()).toEqual([])
  })

  test('a bucket that is away, or keys that are wrong, are said at the start and later', async () => {
    const { bucket, storage } = await openBucket()
    const wrong = { ...bucket.environment, AWS_SECRET_ACCESS_KEY: 'wrong' }
    await expect(openS3Files(bucket.address, wrong)).rejects.toThrow(/403 SignatureDoesNotMatch/)
    await expect(openS3Files(bucket.address.replace('files-', 'other-'), bucket.environment)).rejects.toThrow(/404/)
    await s3.stop()
    const unavailable = { name: 'StoreUnavailable' }
    await expect(storage.write(id, chunksOf(Buffer.from('a')), 1)).rejects.toMatchObject(unavailable)
    await expect(storage.read(id, whole)).rejects.toMatchObject(unavailable)
    await expect(storage.remove(id)).rejects.toMatchObject(unavailable)
  })
})

test('[FIL4] an upload asks the service to keep a file that is there already, which is no error', async () => {
  const asked: unknown[] = []
  const service = createServer((request, response) => {
    asked.push([request.method, request.headers['if-none-match'], request.headers['content-length']])
    request.resume().on('end', () => response.writeHead(412).end())
  })
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void service.close())
  const { port } = service.address() as AddressInfo
  const keys = { accessKeyId: 'a', secretAccessKey: 'b' }
  const storage = s3Files({
    ...{ bucket: 'bucket', bucketUrl: `http://127.0.0.1:${port}/bucket`, prefix: '', region: 'us-east-1' },
    ...{ isPresigned: false, ...keys },
  })
  await storage.write(id, chunksOf(Buffer.from('abc')), 3)
  expect(asked).toEqual([['PUT', '*', '3']])
})

test('[FST2] the last piece is given only when it is clear that none follows', async () => {
  async function* long(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('ab')
    yield Buffer.from('c')
    yield Buffer.from('d')
  }
  const given: string[] = []
  const reading = async () => {
    for await (const piece of exactBytes(long(), 3)) given.push(String(piece))
  }
  await expect(reading()).rejects.toMatchObject({ name: 'WrongSize', bytes: 4 })
  expect(given).toEqual(['ab'])
})

describe('the address of a bucket', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' }

  test.each([
    ['s3://pictures?region=eu-west-1', {}, 'https://pictures.s3.eu-west-1.amazonaws.com/', 'eu-west-1'],
    [
      's3://pictures/in/here/',
      { AWS_REGION: 'eu-north-1' },
      'https://pictures.s3.eu-north-1.amazonaws.com/in/here/',
      'eu-north-1',
    ],
    ['s3://pictures?endpoint=http://127.0.0.1:9000/', {}, 'http://127.0.0.1:9000/pictures/', 'us-east-1'],
    [
      's3://pictures',
      { AWS_ENDPOINT_URL_S3: 'https://s3.example.com' },
      'https://s3.example.com/pictures/',
      'us-east-1',
    ],
  ])('%s with %j is %s in %s', (address, more, base, region) => {
    const { bucketUrl, prefix, ...others } = parseS3Address(address, { ...keys, ...more })
    expect(`${bucketUrl}/${prefix}`).toBe(base)
    expect(others).toEqual({
      ...{ bucket: 'pictures', region, isPresigned: false, accessKeyId: 'a', secretAccessKey: 'b' },
    })
  })

  test.each([
    ['s3://', keys, 'is not like s3://bucket'],
    ['s3://pictures?key=1', keys, 'no parameter "key"'],
    ['s3://pictures?access=direct', keys, 'access is server or presigned, not "direct"'],
    ['s3://me:secret@pictures', keys, 'keys are given in the environment'],
    ['s3://pictures?endpoint=s3.example.com', keys, 'no http: or https: URL'],
    ['s3://pictures', { AWS_ACCESS_KEY_ID: 'a' }, 'AWS_SECRET_ACCESS_KEY is not set'],
  ])('%s with %j is refused', (address, environment, words) => {
    expect(() => parseS3Address(address, environment)).toThrow(words)
  })
})
