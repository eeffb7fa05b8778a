/**
 * Files in a bucket of a service that speaks the S3 protocol. An object has the name of the file's id. A bucket has an
 * object whole or not at all, so nothing is left of an upload that was cut off.
 */
import { Readable } from 'node:stream'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import type { BucketStorage, FileAnswer } from '../../ports/files/file-storage.ts'
import { Bucket, finish, unexpected } from './bucket.ts'
import { exactBytes } from './exact-bytes.ts'
import { incomingName, presignedAccess, sweepIncoming } from './presigned.ts'
import type { S3Address } from './s3-address.ts'

/** A service answers to one range; several are asked for as the whole. */
const oneRange = /^bytes=(\d+-\d*|-\d+)$/
/** What of the service's answer readers are sent: the rest is of another sort, such as its own media type. */
const passedBack = ['content-length', 'content-range', 'accept-ranges']

export function s3Files(address: S3Address, now: () => number = Date.now): BucketStorage {
  const bucket = new Bucket(address)
  const sweep = address.isPresigned ? sweepIncoming(bucket, now) : async () => undefined
  return {
    kind: 'bucket',
    write: async (id, bytes, size, signal) => {
      const source = new Source(exactBytes(bytes, size))
      // A file that is there already stays (412). A service that knows no such condition has the last one.
      const condition = { 'if-none-match': '*' }
      const headers = { ...condition, 'content-length': String(size), 'content-type': 'application/octet-stream' }
      try {
        await finish(
          await bucket.ask(id, { method: 'PUT', headers, body: source.stream, duplex: 'half', signal: signal ?? null }),
          [200, 412],
        )
      } catch (error) {
        signal?.throwIfAborted()
        source.throwIfFailed()
        throw error
      }
    },
    read: async (id, { isHead, range }) => {
      const headers = new Headers()
      if (range !== null && oneRange.test(range)) headers.set('range', range)
      return answerOf(await bucket.ask(id, { method: isHead ? 'HEAD' : 'GET', headers }))
    },
    remove: async (id) => {
      const names = address.isPresigned ? [incomingName(id), id] : [id]
      for (const name of names) await bucket.remove(name)
    },
    sweep,
    presigned: address.isPresigned ? presignedAccess(bucket, now) : null,
  }
}

async function answerOf(response: Response): Promise<FileAnswer | null> {
  const { status: statusCode, body } = response
  switch (statusCode) {
    case 200:
    case 206: {
      // A proxy in between may have compressed it, and `fetch` has undone that.
      const isPacked = response.headers.has('content-encoding')
      const headers = passedBack.flatMap((name) => {
        const value = response.headers.get(name)
        return value === null || (isPacked && name === 'content-length') ? [] : [[name, value] as const]
      })
      const stream = body === null ? Readable.from([]) : Readable.fromWeb(body as NodeReadableStream)
      return { statusCode, headers: Object.fromEntries(headers), stream }
    }
    case 404:
      await body?.cancel()
      return null
    case 416:
      await body?.cancel()
      return { statusCode, headers: {}, stream: Readable.from([]) }
    default:
      throw await unexpected(response)
  }
}

/** The body of a request. It keeps the error of its own bytes: `fetch` gives another one in its place. */
class Source {
  readonly stream: ReadableStream<Uint8Array>
  #failure: { readonly error: unknown } | null = null

  constructor(bytes: AsyncGenerator<Uint8Array>) {
    let isCancelled = false
    this.stream = new ReadableStream({
      pull: async (controller) => {
        try {
          const { value, done } = await bytes.next()
          if (done === true) controller.close()
          else controller.enqueue(value)
        } catch (error) {
          // Nobody takes the piece that came after the request had ended.
          if (isCancelled) return
          this.#failure = { error }
          controller.error(error)
        }
      },
      cancel: () => {
        isCancelled = true
        // It ends at its next piece, which may never come.
        void bytes.return(undefined).catch(() => undefined)
      },
    })
  }

  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error
  }
}
