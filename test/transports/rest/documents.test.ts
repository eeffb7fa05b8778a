import { describe, expect, test } from 'vitest'
import { at } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'

interface OpenApi {
  readonly openapi: string
  readonly paths: Record<string, Record<string, { responses: Record<string, unknown> }>>
}

describe('what a server says about itself', () => {
  const server = serving()

  test('[RST35] /openapi.json describes the routes', async () => {
    const rest = await server.rest()
    const { status, body } = await rest.get<OpenApi>('/openapi.json')
    expect(status).toBe(200)
    expect(body.openapi).toMatch(/^3\./)
    const paths = Object.keys(body.paths).map((path) => path.replaceAll(/\{[^}]+\}/g, '{}'))
    for (const path of [
      '/v1/channels',
      '/v1/channels/{}',
      '/v1/channels/{}/{}',
      '/v1/channels/{}/{}/{}',
      '/v1/channels/{}/changes',
      '/v1/changes',
      '/v1/batch',
      '/v1/guests',
      '/v1/me',
      '/v1/limits',
    ]) {
      expect(paths).toContain(path)
    }
    for (const operations of Object.values(body.paths)) {
      for (const method of Object.keys(operations)) {
        expect(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'parameters', 'summary']).toContain(method)
      }
    }
  })

  test('[RST35] /asyncapi.json describes the frames', async () => {
    const rest = await server.rest()
    const { status, body, text } = await rest.get<{ asyncapi: string }>('/asyncapi.json')
    expect([status, body.asyncapi]).toEqual([200, expect.stringMatching(/^[23]\./)])
    for (const word of ['hello', 'subscribe', 'create', 'changes', 'goaway', 'expiring']) expect(text).toContain(word)
  })

  test('[RST35] /docs is a page', async () => {
    const rest = await server.rest()
    const { status, headers } = await rest.get('/docs')
    expect(status).toBe(200)
    expect(headers['content-type']).toMatch(/^text\/html/)
  })

  test('[RST36] /readyz says whether it can serve', async () => {
    const rest = await server.rest()
    expect((await rest.get('/readyz')).status).toBe(200)
  })

  test('[RST36] /metrics counts, and names no channel or user', async () => {
    const alice = await server.rest('canary-user')
    await alice.post(at('chat:canary-channel'), { text: 'a' })
    const { status, headers, text } = await (await server.rest()).get('/metrics')
    expect(status).toBe(200)
    expect(headers['content-type']).toMatch(/^text\/plain/)
    expect(text).toMatch(/^# TYPE /m)
    expect(text).not.toContain('canary')
  })
})
