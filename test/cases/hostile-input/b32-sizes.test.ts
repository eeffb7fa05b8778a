import type { LiveRecord, Page } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'
import { readTransports } from '../../support/transports/channel-readers.ts'

/** Data of exactly so many bytes as JSON, in characters of so many bytes each. */
function dataOf(bytes: number, character: string): { text: string; note: string } {
  const width = Buffer.byteLength(character)
  const frame = Buffer.byteLength(JSON.stringify({ text: 'a', note: '' }))
  const whole = Math.floor((bytes - frame) / width)
  return { text: 'a', note: character.repeat(whole) + 'x'.repeat(bytes - frame - whole * width) }
}

const sizes = [7_999, 8_000, 8_001, 12_000, 16_383, 16_384, 16_385, 59_999, 60_000]
const corpus = sizes.flatMap((bytes) => ['y', 'é', '😀', '"'].map((character) => ({ bytes, character })))

describe.each(stores)('B32, %s store', (store) => {
  const server = serving({ store })

  test('[LIM2, PRM3] B32: data of any size up to the limit is stored and delivered as it was sent, on every transport', {
    timeout: 60_000,
  }, async () => {
    const channel = freshChannel()
    const alice = await server.rest('alice')
    const readings = await Promise.all(
      readTransports.map((transport) => transport.start(server, { channel, after: '0' })),
    )
    const sent = new Map<string, unknown>()
    for (const [index, { bytes, character }] of corpus.entries()) {
      // A quote costs two bytes in JSON, and the limit counts JSON.
      const data = dataOf(character === '"' ? Math.floor(bytes / 2) : bytes, character)
      if (character !== '"') expect(Buffer.byteLength(JSON.stringify(data))).toBe(bytes)
      const made = await alice.put<LiveRecord>(at(channel, 'messages', `m${index}`), data)
      expect([bytes, character, made.status]).toEqual([bytes, character, 201])
      expect(made.body.data).toEqual(data)
      sent.set(`m${index}`, data)
    }
    for (const reading of readings) {
      const ranges = await reading.reached(sent.size)
      const received = ranges.flatMap(({ changes }) =>
        changes.map(({ record }) => [record.id, 'data' in record ? record.data : null] as const),
      )
      expect(new Map(received)).toEqual(sent)
      expect(received).toHaveLength(sent.size)
      reading.close()
    }
    for (const [id, data] of sent) {
      expect((await alice.get<LiveRecord>(at(channel, 'messages', id))).body.data).toEqual(data)
    }
    const [newest] = (await alice.get<Page>(`${at(channel)}?limit=1`)).body.records
    expect(newest?.data).toEqual(sent.get(`m${sent.size - 1}`))
  })

  test('[LIM2] B32: data one byte over the limit is refused, and nothing is stored', async () => {
    const channel = freshChannel()
    const alice = await server.rest('alice')
    const path = at(channel, 'messages', 'm')
    for (const character of ['y', 'é', '😀']) {
      expect((await alice.put(path, dataOf(60_001, character))).code).toBe('too_large')
    }
    expect((await alice.get(path)).status).toBe(404)
  })
})
