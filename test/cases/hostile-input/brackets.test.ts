import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { at, freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'

const json = { 'content-type': 'application/json' }
const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

/** How deep brackets nest; the texts of this file have none in strings. */
function depthIn(text: string): number {
  let [depth, deepest] = [0, 0]
  for (const letter of text) {
    if (letter === '[' || letter === '{') deepest = Math.max(deepest, ++depth)
    if (letter === ']' || letter === '}') depth--
  }
  return deepest
}

describe('brackets by the thousand', () => {
  const server = serving()
  let deepest = 0

  beforeEach(() => {
    deepest = 0
    const parse = JSON.parse
    vi.spyOn(JSON, 'parse').mockImplementation((text: string, reviver) => {
      deepest = Math.max(deepest, depthIn(String(text)))
      return parse(text, reviver)
    })
  })
  afterEach(() => {
    vi.restoreAllMocks()
    expect(deepest).toBeLessThanOrEqual(68)
  })

  test.each([
    ['POST', '/v1/nowhere', 500_000, 404],
    ['PUT', '/nowhere', 500_000, 404],
    ['PATCH', '/v1/limits', 500_000, 405],
    ['POST', at('chat:a'), 500_000, 413],
    ['POST', '/v1/guests', 500_000, 413],
    ['POST', at('chat:a'), 150_000, 400],
    ['POST', '/v1/batch', 500_000, 400],
    ['POST', '/v1/changes', 500_000, 400],
  ])('[LIM3, LIM5, S3] %s %s with %i levels is refused unparsed: %i', async (method, path, levels, status) => {
    const nobody = await server.rest()
    const answer = await nobody.send(method, path, json, nested(levels))
    expect(answer.status).toBe(status)
    if (status === 400) expect(answer.code).toBe('too_deep')
    expect((await nobody.get('/healthz')).status).toBe(200)
  })

  test('[LIM3, ERR7, S3] a command is answered as too deep, with its id', async () => {
    const socket = await server.connect('alice')
    const head = JSON.stringify({ id: 7, op: 'create', channel: freshChannel(), collection: 'messages' }).slice(0, -1)
    socket.sendRaw(`${head},"data":${nested(60_000)}}`)
    expect(await socket.reply(7)).toMatchObject({ error: { code: 'too_deep' } })
    expect(await socket.ok('ping')).toHaveProperty('serverTime')
  })

  test('[LIM5, S3] a body of one record is refused at the size that no record can have', async () => {
    const alice = await server.rest('alice')
    const escaped = `{"text":"${'\\u0061'.repeat(8000)}"}`
    expect((await alice.send('POST', at(freshChannel()), json, escaped)).status).toBe(201)
    const padded = `{"text":"a"${' '.repeat(400_000)}}`
    expect((await alice.send('POST', at(freshChannel()), json, padded)).code).toBe('too_large')
    const batch = `{"writes":[]${' '.repeat(1_000_000)}}`
    expect((await alice.send('POST', '/v1/batch', json, batch)).status).toBe(200)
  })
})
