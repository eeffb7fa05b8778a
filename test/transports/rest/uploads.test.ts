import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { announce, picture, pictureFacts, temporaryFolder, upload, uploaded } from '../../support/files.ts'
import { freshChannel } from '../../support/paths.ts'
import { serving, startServer } from '../../support/servers/serving.ts'
import { patienceMs } from '../../support/until.ts'

describe('the bytes of a file', () => {
  const folder = temporaryFolder()
  const server = serving({ store: 'sqlite', files: folder })

  test('[FIL4] fewer or more bytes than announced are refused, and nothing of them is kept', async () => {
    const [ann, nobody, channel] = [await server.rest('ann'), await server.rest(), freshChannel()]
    const { body } = await announce(ann, channel)
    expect((await upload(body, nobody, picture.subarray(1))).code).toBe('invalid_data')
    expect((await upload(body, nobody, Buffer.concat([picture, picture]))).code).toBe('too_large')
    const { url, headers } = body.upload
    const chunked = (bytes: Uint8Array<ArrayBuffer>) =>
      fetch(`${server.url}${url}`, {
        method: 'PUT',
        headers,
        body: new Blob([bytes]).stream(),
        duplex: 'half',
      } as RequestInit)
    expect((await chunked(Uint8Array.from(picture.subarray(2)))).status).toBe(422)
    expect([existsSync(join(folder, body.id.slice(0, 2), body.id)), readdirSync(join(folder, 'incoming'))]).toEqual([
      false,
      [],
    ])
    expect((await chunked(Uint8Array.from(picture))).status).toBe(204)
    expect((await upload(body, nobody, picture.subarray(1))).status).toBe(204)
    expect((await ann.get(body.url)).headers['content-length']).toBe(String(pictureFacts.size))
  })

  test('[FIL4] an address that the server has not signed, or not for this, is refused', async () => {
    const [ann, nobody, channel] = [await server.rest('ann'), await server.rest(), freshChannel()]
    const { body } = await announce(ann, channel)
    const signature = body.upload.url.split('=')[1] ?? ''
    const [until = '', digest = ''] = signature.split('.')
    const put = async (query: string, id = body.id) =>
      (await nobody.send('PUT', `/v1/files/${id}?${query}`, {}, picture)).code
    expect(await put('')).toBe('forbidden')
    expect(await put(`write=${Number(until) + 1}.${digest}`)).toBe('forbidden')
    expect(await put(`write=${until}.${digest.toLowerCase()}x`)).toBe('forbidden')
    expect(await put(`write=${signature}`, 'f'.repeat(32))).toBe('forbidden')
    expect((await nobody.get(`/v1/files/${body.id}?read=${signature}`)).code).toBe('forbidden')
    expect(await put(`write=${signature}`)).toBeUndefined()
  })
})

describe('how much one may upload', () => {
  const limits = { filesWaiting: 2, uploads: 1, commands: 1, commandsBurst: 20, uploadCost: 10 }
  const folder = temporaryFolder()
  const server = serving({ store: 'sqlite', files: folder, limits })

  test('[FIL5] so many files of a user wait for a record, in each channel', async () => {
    const [ann, channel] = [await server.rest('ann'), freshChannel()]
    await uploaded(ann, channel)
    expect((await announce(ann, channel)).status).toBe(201)
    expect((await announce(ann, channel)).code).toBe('rate_limited')
    expect((await announce(await server.rest('bob'), channel)).status).toBe(201)
  })

  test('[FIL5] so many uploads of a user are under way at once', async () => {
    const [cat, channel] = [await server.rest('cat'), freshChannel()]
    const [{ body: first }, { body: second }] = [await announce(cat, channel), await announce(cat, channel)]
    const stop = new AbortController()
    const held = endless(`${server.url}${first.upload.url}`, stop.signal)
    await vi.waitFor(() => expect(readdirSync(join(folder, 'incoming'))).toHaveLength(1), patienceMs)
    expect((await upload(second, cat.as())).code).toBe('rate_limited')
    stop.abort()
    await expect(held).rejects.toThrow()
    await vi.waitFor(async () => expect((await upload(second, cat.as())).status).toBe(204), patienceMs)
  })

  test('[LIM37] a file costs by its size, which later requests wait for', async () => {
    const [ann, channel] = [await server.rest('dan'), freshChannel()]
    expect((await announce(ann, channel, { size: 3 * 1_048_576 })).status).toBe(201)
    expect((await announce(ann, channel)).code).toBe('rate_limited')
  })
})

/** An upload whose last bytes never come. */
function endless(url: string, signal?: AbortSignal): Promise<Response> {
  const body = new ReadableStream({ start: (controller) => controller.enqueue(picture.subarray(1)) })
  return fetch(url, { method: 'PUT', body, duplex: 'half', ...(signal === undefined ? {} : { signal }) } as RequestInit)
}

describe('an upload that does not end', () => {
  const folder = temporaryFolder()
  const server = serving({ store: 'sqlite', files: folder, limits: { uploadSeconds: 0.1 } })

  test('[FIL5, LIM36] is refused, and leaves nothing', async () => {
    const { body } = await announce(await server.rest('ann'), freshChannel())
    expect((await endless(`${server.url}${body.upload.url}`)).status).toBe(408)
    expect(readdirSync(join(folder, 'incoming'))).toEqual([])
  })
})

describe('a server with no place for files', () => {
  test('[FIL2] takes none', async () => {
    const server = await startServer()
    onTestFinished(() => server.stop())
    expect((await announce(await server.rest('ann'), freshChannel())).code).toBe('forbidden')
  })
})
