import type { Page } from 'dovetail-protocol'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'

const encodings: Record<string, string>[] = [{}, { 'accept-encoding': 'gzip' }, { 'accept-encoding': 'br, gzip;q=0.5' }]

describe.each(stores)('B52, %s store', (store) => {
  const server = serving({ store })

  test.each(encodings)(
    '[TAG2, TAG3] B52: a page requested with Accept-Encoding %j is 304 until it changes',
    async (encoding) => {
      const alice = await server.rest('alice')
      const channel = freshChannel()
      const text = 'a'.repeat(5000)
      await alice.put(at(channel, 'messages', 'm'), { text })
      const first = await alice.get<Page>(at(channel), encoding)
      const tag = String(first.headers.etag)
      expect([first.headers['content-encoding'], first.body.records]).toMatchObject([undefined, [{ data: { text } }]])
      for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
        const again = await alice.get(at(channel), { ...encoding, 'if-none-match': known })
        expect([known, again.status, again.text, again.headers.etag]).toEqual([known, 304, '', tag])
      }
      for (const change of [
        () => alice.put(at(channel, 'messages', 'm'), { text: 'b' }),
        () => alice.delete(at(channel, 'messages', 'm')),
        () => alice.post(at(channel, 'reactions'), { message: 'm', emoji: 'x' }),
      ]) {
        const before = String((await alice.get(at(channel), encoding)).headers.etag)
        await change()
        const after = await alice.get(at(channel), { ...encoding, 'if-none-match': before })
        expect([after.status, after.headers.etag === before]).toEqual([200, false])
      }
    },
  )

  test('[TAG2] B52: each query has its own ETag', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    for (let n = 0; n < 3; n++) await alice.put(at(channel, 'messages', `m${n}`), { text: 'a' })
    const queries = ['', '?limit=1', '?limit=2', '?before=2', '?after=2', '?around=2']
    const tags = new Set<string>()
    for (const query of queries) tags.add(String((await alice.get(at(channel) + query)).headers.etag))
    tags.add(String((await alice.get(at(channel, 'reactions'))).headers.etag))
    tags.add(String((await alice.get(`/v1/channels/${channel}/changes?after=0`)).headers.etag))
    expect(tags.size).toBe(queries.length + 2)
  })

  test('[ERR3, TAG3] B52: an ETag gives nobody else the page, nor the fact that it is unchanged', async () => {
    const [olga, eve, nobody] = [await server.rest('olga'), await server.rest('eve'), await server.rest()]
    const channel = freshChannel('team')
    await olga.put(`/v1/channels/${channel}`, {})
    await olga.put(at(channel, 'messages', 'm'), { text: 'a' })
    for (const path of [at(channel), at(channel, 'messages', 'm'), `/v1/channels/${channel}/changes?after=0`]) {
      const read = await olga.get(path)
      expect(read.headers['cache-control']).toMatch(/private|no-store/)
      for (const other of [eve, nobody]) {
        const refused = await other.get(path, { 'if-none-match': String(read.headers.etag) })
        expect([refused.status, refused.headers['cache-control']]).toEqual([404, 'no-store'])
      }
    }
  })

  test('[RDG7, RDG13] B52: long-polls and streams are never cached, have no ETag and are never 304', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.put(at(channel, 'messages', 'm'), { text: 'a' })
    for (const known of ['*', '"x"']) {
      for (const path of [`/v1/channels/${channel}/changes?after=0&wait=1`, `/v1/changes?sub=${channel}@0&wait=1`]) {
        const polled = await alice.get(path, { 'if-none-match': known })
        expect([polled.status, polled.headers['cache-control'], polled.headers.etag]).toEqual([
          200,
          'no-store',
          undefined,
        ])
      }
      const path = `/v1/channels/${channel}/changes?after=0`
      const stream = await openStream({ port: server.port, path, headers: { 'if-none-match': known } })
      onTestFinished(() => stream.close())
      expect([stream.status, stream.headers.etag]).toEqual([200, undefined])
      expect(stream.headers['cache-control']).toMatch(/no-store/)
    }
  })

  test('[RST8] B52: a Range request for JSON gets all of it', async () => {
    const alice = await server.rest('alice')
    const channel = freshChannel()
    await alice.put(at(channel, 'messages', 'm'), { text: 'a' })
    const whole = await alice.get(at(channel))
    for (const range of ['bytes=0-9', 'bytes=999999-', 'bytes=-5', 'bytes=9-0', 'lines=1-2', 'nonsense']) {
      const asked = await alice.get(at(channel), { range, 'if-range': String(whole.headers.etag) })
      expect([range, asked.status, asked.text]).toEqual([range, 200, whole.text])
    }
  })
})
