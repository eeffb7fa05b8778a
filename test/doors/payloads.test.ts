import type { BatchReply, LiveRecord, Page, Problem } from '@dovetail/protocol'
import { describe, expect, test } from 'vitest'
import { agreed, bothDoors } from '../support/both-doors.ts'
import { at, freshChannel } from '../support/paths.ts'
import { serving, stores } from '../support/serving.ts'

const nested = (levels: number) => `{"text":"a","x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
/** Data of exactly so many bytes as JSON. */
const sized = (bytes: number, filler = 'y') => {
  const room = bytes - Buffer.byteLength('{"text":"a","x":""}')
  return `{"text":"a","x":"${filler.repeat(Math.floor(room / Buffer.byteLength(filler)))}${'y'.repeat(room % Buffer.byteLength(filler))}"}`
}

describe.each(stores)('payloads, %s store', (store) => {
  const server = serving({ store })

  test.each([
    ['a lone high surrogate', '{"text":"\\ud83d"}'],
    ['a lone low surrogate', '{"text":"\\udc00"}'],
    ['surrogates in the wrong order', '{"text":"\\udc00\\ud83d"}'],
    ['U+0000', '{"text":"a\\u0000b"}'],
    ['a surrogate in a key', '{"text":"a","\\ud83d":1}'],
    ['U+0000 in a key', '{"text":"a","a\\u0000":1}'],
    ['a surrogate far inside', '{"text":"a","x":[{"y":["\\ud83d"]}]}'],
  ])('[LIM19] %s is invalid_text on both doors', async (_what, data) => {
    const channel = freshChannel()
    expect(await bothDoors(server, 'alice', { channel }, data)).toEqual(agreed('invalid_text'))
    expect(await bothDoors(server, 'alice', { channel, recordId: 'm' }, data)).toEqual(agreed('invalid_text'))
    const rest = await server.rest('alice')
    expect((await rest.get<Page>(at(channel))).body).toMatchObject({ records: [], cursor: '0' })
  })

  test.each([
    ['a pair', '{"text":"\\ud83d\\ude00"}', '😀'],
    ['noncharacters', '{"text":"\\ufffe\\uffff"}', '\ufffe\uffff'],
    ['direction marks', '{"text":"\\u202e"}', '\u202e'],
    ['line separators', '{"text":"\\u2028\\u2029"}', '\u2028\u2029'],
    ['control characters', '{"text":"\\u0001\\u001f\\u007f"}', '\u0001\u001f\u007f'],
  ])('[LIM19] %s are kept as they are', async (_what, data, text) => {
    const channel = freshChannel()
    expect(await bothDoors(server, 'alice', { channel }, data)).toEqual(agreed('ok'))
    const rest = await server.rest('alice')
    const page = await rest.get<Page<{ text: string }>>(at(channel))
    expect(page.body.records.map((record) => record.data.text)).toEqual([text, text])
  })

  test('[LIM3] data nests 64 deep and no deeper, on both doors', async () => {
    const channel = freshChannel()
    expect(await bothDoors(server, 'alice', { channel }, nested(64))).toEqual(agreed('ok'))
    expect(await bothDoors(server, 'alice', { channel }, nested(65))).toEqual(agreed('too_deep'))
    expect(await bothDoors(server, 'alice', { channel }, nested(5_000))).toEqual(agreed('too_deep'))
  })

  test('[LIM2] data has 65,536 bytes and no more, on both doors', async () => {
    const channel = freshChannel()
    expect(await bothDoors(server, 'alice', { channel }, sized(65_536))).toEqual(agreed('ok'))
    expect(await bothDoors(server, 'alice', { channel }, sized(65_537))).toEqual(agreed('too_large'))
    expect(await bothDoors(server, 'alice', { channel }, sized(65_536, '😀'))).toEqual(agreed('ok'))
    expect(await bothDoors(server, 'alice', { channel }, sized(65_537, '😀'))).toEqual(agreed('too_large'))
  })

  test('[LIM2] bytes are counted as JSON.stringify writes them, not as they were sent', async () => {
    const channel = freshChannel()
    const spaced = sized(65_536).replace('{"text"', `{${' '.repeat(500)}"text"`)
    expect(await bothDoors(server, 'alice', { channel }, spaced)).toEqual(agreed('ok'))
    const escaped = `{"text":"a","x":"${'\\u0079'.repeat(10_500)}"}`
    expect(await bothDoors(server, 'alice', { channel }, escaped)).toEqual(agreed('ok'))
  })

  test('[LIM2] a patch is measured by what it makes', async () => {
    const rest = await server.rest('alice')
    const path = at(freshChannel(), 'messages', 'm')
    await rest.put(path, { text: 'a', x: 'y'.repeat(40_000) })
    const refused = await rest.patch(path, { z: 'y'.repeat(40_000) })
    expect([refused.status, refused.code]).toEqual([413, 'too_large'])
    expect((await rest.get<LiveRecord>(path)).body.rev).toBe(1)
  })

  test('[LIM20] numbers are doubles', async () => {
    const channel = freshChannel()
    const data = '{"text":"a","n":[0.1,1e308,9007199254740993,-0,5e-324,1E3]}'
    expect(await bothDoors(server, 'alice', { channel }, data)).toEqual(agreed('ok'))
    const rest = await server.rest('alice')
    const numbers = [0.1, 1e308, 9007199254740992, 0, 5e-324, 1000]
    const page = await rest.get<Page<{ n: number[] }>>(at(channel))
    for (const record of page.body.records) expect(record.data.n.map((n) => n + 0)).toEqual(numbers)
  })

  test('[LIM20] a number beyond the doubles is refused the same on both doors', async () => {
    const verdicts = await bothDoors(server, 'alice', { channel: freshChannel() }, '{"text":"a","n":1e999}')
    expect(verdicts.rest).toBe(verdicts.socket)
    expect(verdicts.rest).not.toBe('internal')
  })

  test('[ERR2, LIM20] what is wrong stands at a pointer, also where no schema finds it', async () => {
    const rest = await server.rest('alice')
    const channel = freshChannel()
    const pointers = async (path: string, body: string) => {
      const { code, body: problem } = await rest.send<Problem>(
        'POST',
        path,
        { 'content-type': 'application/json' },
        body,
      )
      return [code, problem.errors?.map(({ pointer }) => pointer)]
    }
    const number = '{"text":"a","n/m":[{"~":null},{"~":[0,-1e999]}]}'
    expect(await pointers(at(channel), number)).toEqual(['invalid_data', ['/n~1m/1/~0/1']])
    expect(await pointers(`/v1/channels/${channel}/signals`, '{"type":"no spaces","data":1}')).toEqual([
      'invalid_data',
      ['/type'],
    ])
    const writes = [{ op: 'put', channel, collection: 'messages', recordId: 'm' }]
    const { body } = await rest.post<BatchReply>('/v1/batch', { writes })
    expect(body.results).toMatchObject([{ status: 422, error: { errors: [{ pointer: '' }] } }])
  })

  test('[LIM21] __proto__, constructor and prototype are keys like any other, on both doors', async () => {
    const channel = freshChannel()
    const data =
      '{"text":"a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"x":{"__proto__":null}}'
    expect(await bothDoors(server, 'alice', { channel }, data)).toEqual(agreed('ok'))
    const rest = await server.rest('alice')
    const page = await rest.get(at(channel))
    expect(page.text.split('"__proto__":{"polluted":1}')).toHaveLength(3)
    expect(page.text.split('"x":{"__proto__":null}')).toHaveLength(3)
    expect(Object.keys({}).length === 0 && !('polluted' in {})).toBe(true)
  })

  test('[LIM21] a merge patch on __proto__ merges plain data', async () => {
    const rest = await server.rest('alice')
    const path = at(freshChannel(), 'messages', 'm')
    const json = { 'content-type': 'application/json' }
    await rest.send('PUT', path, json, '{"text":"a","__proto__":{"one":1}}')
    await rest.send('PATCH', path, json, '{"__proto__":{"two":2}}')
    expect((await rest.get(path)).text).toContain('"__proto__":{"one":1,"two":2}')
    await rest.send('PATCH', path, json, '{"__proto__":null}')
    expect((await rest.get(path)).text).not.toContain('__proto__')
    expect('one' in {} || 'two' in {}).toBe(false)
  })

  test('[LIM21] a schema is not met by what an object inherits', async () => {
    const data = '{"__proto__":{"text":"a"}}'
    expect(await bothDoors(server, 'alice', { channel: freshChannel() }, data)).toEqual(agreed('invalid_data'))
  })
})
