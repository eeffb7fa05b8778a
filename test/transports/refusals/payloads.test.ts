import type { BatchReply, LiveRecord, Page, Problem } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving, stores } from '../../support/servers/serving.ts'
import { agreed, bothTransports } from '../../support/transports/both-transports.ts'

const nested = (levels: number) => `{"text":"a","x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
/** Data of exactly so many bytes as JSON. */
const sized = (bytes: number, filler = 'y') => {
  const space = bytes - Buffer.byteLength('{"text":"a","x":""}')
  return `{"text":"a","x":"${filler.repeat(Math.floor(space / Buffer.byteLength(filler)))}${'y'.repeat(space % Buffer.byteLength(filler))}"}`
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
  ])('[LIM19] %s is invalid_text over both transports', async (_what, data) => {
    const channel = freshChannel()
    expect(await bothTransports(server, 'alice', { channel }, data)).toEqual(agreed('invalid_text'))
    expect(await bothTransports(server, 'alice', { channel, recordId: 'm' }, data)).toEqual(agreed('invalid_text'))
    const rest = await server.rest('alice')
    expect((await rest.get<Page>(at(channel))).body).toMatchObject({ records: [], cursor: '0' })
  })

  test.each([
    ['a pair', '{"text":"\\ud83d\\ude00"}', '😀'],
    ['noncharacters', '{"text":"\\ufffe\\uffff"}', '\ufffe\uffff'],
    ['direction marks', '{"text":"a\\u202e"}', 'a\u202e'],
    ['line separators', '{"text":"a\\u2028\\u2029"}', 'a\u2028\u2029'],
    ['control characters', '{"text":"a\\u0001\\u001f\\u007f"}', 'a\u0001\u001f\u007f'],
  ])('[LIM19] %s are kept as they are', async (_what, data, text) => {
    const channel = freshChannel()
    expect(await bothTransports(server, 'alice', { channel }, data)).toEqual(agreed('ok'))
    const rest = await server.rest('alice')
    const page = await rest.get<Page<{ text: string }>>(at(channel))
    expect(page.body.records.map((record) => record.data.text)).toEqual([text, text])
  })

  test('[LIM3] data nests 64 deep and no deeper, over both transports', async () => {
    const channel = freshChannel()
    expect(await bothTransports(server, 'alice', { channel }, nested(64))).toEqual(agreed('ok'))
    expect(await bothTransports(server, 'alice', { channel }, nested(65))).toEqual(agreed('too_deep'))
    expect(await bothTransports(server, 'alice', { channel }, nested(5_000))).toEqual(agreed('too_deep'))
  })

  test('[LIM2] data has 65,536 bytes and no more, over both transports', async () => {
    const channel = freshChannel()
    expect(await bothTransports(server, 'alice', { channel }, sized(60_000))).toEqual(agreed('ok'))
    expect(await bothTransports(server, 'alice', { channel }, sized(60_001))).toEqual(agreed('too_large'))
    expect(await bothTransports(server, 'alice', { channel }, sized(60_000, '😀'))).toEqual(agreed('ok'))
    expect(await bothTransports(server, 'alice', { channel }, sized(60_001, '😀'))).toEqual(agreed('too_large'))
  })

  test('[LIM2] bytes are counted as JSON.stringify writes them, not as they were sent', async () => {
    const channel = freshChannel()
    const spaced = sized(60_000).replace('{"text"', `{${' '.repeat(500)}"text"`)
    expect(await bothTransports(server, 'alice', { channel }, spaced)).toEqual(agreed('ok'))
    const escaped = `{"text":"a","x":"${'\\u0079'.repeat(10_500)}"}`
    expect(await bothTransports(server, 'alice', { channel }, escaped)).toEqual(agreed('ok'))
  })

  test('[LIM2] a patch is measured by its result', async () => {
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
    expect(await bothTransports(server, 'alice', { channel }, data)).toEqual(agreed('ok'))
    const rest = await server.rest('alice')
    const numbers = [0.1, 1e308, 9007199254740992, 0, 5e-324, 1000]
    const page = await rest.get<Page<{ n: number[] }>>(at(channel))
    for (const record of page.body.records) expect(record.data.n.map((n) => n + 0)).toEqual(numbers)
  })

  test('[LIM20] a number beyond the doubles is refused the same over both transports', async () => {
    const verdicts = await bothTransports(server, 'alice', { channel: freshChannel() }, '{"text":"a","n":1e999}')
    expect(verdicts.rest).toBe(verdicts.socket)
    expect(verdicts.rest).not.toBe('internal')
  })

  test('[ERR2, LIM20] an error has a pointer, also if no schema found it', async () => {
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

  test('[LIM21] __proto__, constructor and prototype are keys like any other, over both transports', async () => {
    const channel = freshChannel()
    const data =
      '{"text":"a","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}},"x":{"__proto__":null}}'
    expect(await bothTransports(server, 'alice', { channel }, data)).toEqual(agreed('ok'))
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

  test('[LIM21] inherited properties do not satisfy a schema', async () => {
    const data = '{"__proto__":{"text":"a"}}'
    expect(await bothTransports(server, 'alice', { channel: freshChannel() }, data)).toEqual(agreed('invalid_data'))
  })
})
