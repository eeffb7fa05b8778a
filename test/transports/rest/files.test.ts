import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { FileAddress, LiveRecord } from 'dovetail-protocol'
import { describe, expect, test, vi } from 'vitest'
import type { Rest } from '../../support/clients/rest.ts'
import { announce, messageWith, pictureFacts, temporaryFolder, upload, uploaded } from '../../support/files.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'
import { patienceMs } from '../../support/until.ts'

describe('files of a channel', () => {
  const folder = temporaryFolder()
  const server = serving({ store: 'sqlite', files: folder })
  const bytesAt = (id: string) => join(folder, id.slice(0, 2), id)

  async function written(rest: Rest, channel: string, data: object): Promise<LiveRecord> {
    const answer = await rest.post<LiveRecord>(at(channel), data)
    expect([answer.status, answer.text]).toEqual([201, expect.anything()])
    return answer.body
  }

  test('[FIL1, FIL8] a file is announced, uploaded, referred to, and read by whoever reads the channel', async () => {
    const [ann, nobody, channel] = [await server.rest('ann'), await server.rest(), freshChannel()]
    const { status, body } = await announce(ann, channel)
    expect(status).toBe(201)
    expect(body).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      url: `/v1/channels/${channel}/files/${body.id}`,
      upload: { method: 'PUT', url: expect.stringContaining(body.id), headers: { 'content-type': 'image/png' } },
      expiresAt: expect.stringMatching(/Z$/),
    })
    expect((await ann.get(body.url)).code).toBe('not_found')
    expect((await upload(body, nobody)).status).toBe(204)
    expect((await nobody.get(body.url)).code).toBe('not_found')
    expect((await ann.get(body.url)).status).toBe(200)
    await written(ann, channel, messageWith({ id: body.id, ...pictureFacts, alt: 'a lake' }))
    const read = await nobody.get(body.url)
    expect([read.status, read.headers['content-length'], read.headers['content-type']]).toEqual([
      200,
      String(pictureFacts.size),
      'image/png',
    ])
    const part = await nobody.get(body.url, { range: 'bytes=1-3' })
    expect([part.status, part.text, part.headers['content-range']]).toEqual([206, 'PNG', 'bytes 1-3/20'])
    const etag = String(read.headers.etag)
    expect((await nobody.get(body.url, { 'if-none-match': etag })).status).toBe(304)
    expect((await nobody.send('HEAD', body.url)).status).toBe(200)
    // As `fetch` of Node sends a tag.
    const fetched = await nobody.get(body.url, { 'if-none-match': `W/${etag}`, 'cache-control': 'no-cache' })
    expect([fetched.status, fetched.text, fetched.headers.etag]).toEqual([304, '', etag])
    expect((await nobody.get(`/v1/channels/chat:other/files/${body.id}`)).code).toBe('not_found')
    expect((await nobody.get(`/v1/channels/${channel}/files/..%2f..%2fdovetail.db`)).code).toBe('not_found')
  })

  test('[FIL8] a range behind the end is 416 and says the size; a part is sent only of the version that is meant', async () => {
    const ann = await server.rest('ann')
    const { url } = await uploaded(ann, freshChannel())
    const ranged = async (range: string, more = {}) => {
      const { status, headers, text } = await ann.get(url, { range, ...more })
      return [status, headers['content-range'], text.length]
    }
    const { size } = pictureFacts
    expect(await ranged('bytes=-3')).toEqual([206, `bytes ${size - 3}-${size - 1}/${size}`, 3])
    expect(await ranged('bytes=1-999')).toEqual([206, `bytes 1-${size - 1}/${size}`, expect.anything()])
    for (const range of ['bytes=999-', 'bytes=-0']) expect(await ranged(range)).toEqual([416, `bytes */${size}`, 0])
    const etag = String((await ann.send('HEAD', url)).headers.etag)
    expect(await ranged('bytes=1-3', { 'if-range': etag })).toEqual([206, `bytes 1-3/${size}`, 3])
    for (const other of [`W/${etag}`, '"another"', new Date().toUTCString()])
      expect(await ranged('bytes=1-3', { 'if-range': other })).toEqual([200, undefined, expect.anything()])
  })

  test('[FIL1] only the owner may open what is kept', async () => {
    const file = await uploaded(await server.rest('ann'), freshChannel())
    expect(statSync(bytesAt(file.id)).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, file.id.slice(0, 2))).mode & 0o777).toBe(0o700)
  })

  test('[FIL2] only where files are taken, and by whom the configuration lets upload', async () => {
    const [ann, nobody] = [await server.rest('ann'), await server.rest()]
    expect((await announce(nobody, freshChannel())).code).toBe('unauthenticated')
    expect((await announce(ann, 'game:a')).code).toBe('forbidden')
    expect((await announce(ann, 'team:hidden')).code).toBe('not_found')
    expect((await announce(ann, 'me:ann')).code).toBe('forbidden')
    const reader = await server.rest('bob', { grants: [{ channel: 'chat:*', can: ['read'] }] })
    expect((await announce(reader, freshChannel())).code).toBe('forbidden')
  })

  test('[FIL3, LIM36] types, sizes and names that are not taken are refused', async () => {
    const [ann, channel] = [await server.rest('ann'), freshChannel()]
    const answers = async (...wrong: readonly object[]) =>
      Promise.all(wrong.map(async (each) => (await announce(ann, channel, each)).code))
    expect(await answers({ type: 'text/html' }, { type: 'IMAGE/PNG' }, { type: 'image/png; a=b' })).toEqual(
      Array(3).fill('invalid_data'),
    )
    expect(await answers({ size: 10_485_761 }, { size: 10_485_760 })).toEqual(['too_large', undefined])
    expect(await answers({ size: 0 }, { size: 1.5 }, { width: 0 }, { height: 100_001 }, { more: 1 })).toEqual(
      Array(5).fill('invalid_data'),
    )
    expect(await answers({ name: '' }, { name: 'a/b' }, { name: 'a\\b' }, { name: 'x'.repeat(256) })).toEqual(
      Array(4).fill('invalid_data'),
    )
    expect(await answers({ name: 'a\u0007' }, { name: 'a\u007f' }, { name: 'a\u0085' })).toEqual(
      Array(3).fill('invalid_data'),
    )
    expect(await answers({ name: 'a\ud800' })).toEqual(['invalid_text'])
  })

  test('[FIL6] a record refers only to what its writer uploaded to this channel, or what it refers to already', async () => {
    const [ann, bob, channel] = [await server.rest('ann'), await server.rest('bob'), freshChannel()]
    const file = await uploaded(ann, channel)
    const reference = { id: file.id, ...pictureFacts }
    const refused = async (rest: Rest, to: string, id = file.id) => {
      const { body } = await rest.post<{ code: string; errors: unknown[] }>(at(to), messageWith({ ...reference, id }))
      return [body.code, body.errors]
    }
    const fault = ['invalid_data', [{ pointer: '/files/0', message: expect.stringMatching(/no such file/) }]]
    expect(await refused(bob, channel)).toEqual(fault)
    expect(await refused(ann, freshChannel())).toEqual(fault)
    expect(await refused(ann, channel, 'f'.repeat(32))).toEqual(fault)
    const { body: pending } = await announce(ann, channel)
    expect(await refused(ann, channel, pending.id)).toEqual([
      'invalid_data',
      [expect.objectContaining({ pointer: '/files/0' })],
    ])
    const record = await written(ann, channel, messageWith(reference))
    expect(await refused(bob, channel)).toEqual(fault)
    const service = await server.rest('backend', { role: 'service' })
    const patched = await ann.patch(at(channel, 'messages', record.id), { text: 'look here' })
    expect(patched.status).toBe(200)
    const byService = await service.post(at(channel), messageWith(reference), { 'dovetail-author': 'ann' })
    expect(byService.status).toBe(201)
  })

  test('[FIL6] in the demo configuration a message with files needs no text, and one without does', async () => {
    const [ann, channel] = [await server.rest('ann'), freshChannel()]
    const { id } = await uploaded(ann, channel)
    await written(ann, channel, { text: '', files: [{ id, ...pictureFacts }] })
    for (const data of [{ text: '' }, { text: '', files: [] }, { files: [{ id, ...pictureFacts }] }]) {
      const { status, body } = await ann.post<{ errors: unknown[] }>(at(channel), data)
      expect([status, body.errors]).toEqual([422, [expect.anything()]])
    }
  })

  test('[FIL6, WSK15, ERR7] a write over a socket is judged alike', async () => {
    const [ann, channel] = [await server.rest('ann'), freshChannel()]
    const socket = await server.connect('ann')
    const { body: pending } = await announce(ann, channel)
    const data = messageWith({ id: pending.id, ...pictureFacts })
    const create = { channel, collection: 'messages', data }
    expect(await socket.refused('create', create)).toMatchObject({ code: 'invalid_data' })
    await upload(pending, ann.as())
    expect(await socket.ok('create', create)).toMatchObject({ record: { data } })
  })

  test('[FIL7] what a reference says of its file is what was announced', async () => {
    const [ann, channel] = [await server.rest('ann'), freshChannel()]
    const { id } = await uploaded(ann, channel)
    for (const wrong of [{ type: 'image/gif' }, { size: 21 }, { width: 65 }, { name: 'x.png' }]) {
      const { body } = await ann.post<{ errors: { pointer: string }[] }>(
        at(channel),
        messageWith({ id, ...pictureFacts, ...wrong }),
      )
      expect(body.errors.map(({ pointer }) => pointer)).toEqual([`/files/0/${Object.keys(wrong)[0]}`])
    }
  })

  test('[FIL8] a private channel shows its files to its members alone', async () => {
    const [ann, bob, channel] = [await server.rest('ann'), await server.rest('bob'), freshChannel('team')]
    await ann.put(`/v1/channels/${channel}`, {})
    const file = await uploaded(ann, channel)
    await written(ann, channel, messageWith({ id: file.id, ...pictureFacts }))
    expect((await ann.get(file.url)).status).toBe(200)
    expect([(await bob.get(file.url)).code, (await bob.get(`${file.url}/address`)).code]).toEqual(
      Array(2).fill('not_found'),
    )
    expect((await ann.as().get(file.url)).code).toBe('not_found')
  })

  test('[FIL9] nothing that was uploaded runs as a page of this server', async () => {
    const [ann, channel] = [await server.rest('ann'), freshChannel()]
    const headersOf = async (facts: object) => (await ann.get((await uploaded(ann, channel, facts)).url)).headers
    const shown = await headersOf({})
    expect(shown).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "sandbox; default-src 'none'",
      'cache-control': 'private, max-age=31536000, immutable',
      'content-disposition': `inline; filename="l_ke.png"; filename*=UTF-8''l%C3%A4ke.png`,
    })
    const svg = await headersOf({ name: 'x"\'.svg', type: 'image/svg+xml' })
    expect(svg['content-type']).toBe('image/svg+xml')
    expect(svg['content-disposition']).toBe(`attachment; filename="x_'.svg"; filename*=UTF-8''x%22%27.svg`)
    expect((await headersOf({ type: 'text/plain' }))['content-disposition']).toMatch(/^attachment/)
  })

  test('[FIL10] an address without a token is the same for a while, and good for this file alone', async () => {
    const [ann, nobody, channel] = [await server.rest('ann'), await server.rest(), freshChannel('team')]
    await ann.put(`/v1/channels/${channel}`, {})
    const [file, other] = [await uploaded(ann, channel), await uploaded(ann, channel)]
    await written(ann, channel, messageWith({ id: file.id, ...pictureFacts }))
    const { body } = await ann.get<FileAddress>(`${file.url}/address`)
    expect((await nobody.get(body.url)).status).toBe(200)
    expect((await nobody.get(body.url.replace(file.id, other.id))).code).toBe('forbidden')
    const leftMs = Date.parse(body.expiresAt) - Date.now()
    expect(leftMs).toBeGreaterThan(9 * 60_000)
    expect(leftMs).toBeLessThanOrEqual(20 * 60_000)
  })

  test('[FIL11] a file goes with the last record that refers to it', async () => {
    const [ann, channel] = [await server.rest('ann'), freshChannel()]
    const file = await uploaded(ann, channel)
    const reference = { id: file.id, ...pictureFacts }
    const [first, second] = [
      await written(ann, channel, messageWith(reference)),
      await written(ann, channel, messageWith(reference)),
    ]
    await ann.delete(at(channel, 'messages', first.id))
    expect((await ann.get(file.url)).status).toBe(200)
    await ann.put(at(channel, 'messages', second.id), { text: 'without' })
    await vi.waitFor(() => expect(existsSync(bytesAt(file.id))).toBe(false), patienceMs)
    expect((await ann.get(file.url)).code).toBe('not_found')
  })

  test('[FIL11] a file goes with its channel', async () => {
    const [ann, channel] = [await server.rest('ann'), freshChannel('team')]
    await ann.put(`/v1/channels/${channel}`, {})
    const file = await uploaded(ann, channel)
    await written(ann, channel, messageWith({ id: file.id, ...pictureFacts }))
    expect((await ann.delete(`/v1/channels/${channel}`)).status).toBe(204)
    await vi.waitFor(() => expect(existsSync(bytesAt(file.id))).toBe(false), patienceMs)
  })

  test('[FIL6, IMP1] an import takes references as they are', async () => {
    const service = await server.rest('backend', { role: 'service' })
    const data = messageWith({ id: 'f'.repeat(32), ...pictureFacts })
    const { body } = await service.post<{ results: unknown[] }>(`/v1/import/${freshChannel()}`, {
      records: [{ collection: 'messages', id: 'old-1', data }],
    })
    expect(body.results).toEqual([expect.objectContaining({ status: 'created' })])
  })
})
