import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ApiKeyList, Me, NewApiKey } from 'dovetail-protocol'
import { demoConfig, start } from 'dovetail-server'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import { at, freshChannel } from '../../support/paths.ts'
import { type Server, serverAt, serving, stores } from '../../support/servers/serving.ts'
import { testSecret } from '../../support/servers/token-for.ts'

const admin = (server: Server) => server.rest('root', { role: 'admin' })

async function newKey(server: Server, body: object = { user: 'billing' }): Promise<NewApiKey> {
  const made = await (await admin(server)).post<NewApiKey>('/v1/keys', body)
  expect(made.status).toBe(201)
  return made.body
}

describe.each(stores)('API keys, %s store', (store) => {
  const server = serving({ store })

  test('[TOK19, RST44, RST45] a key speaks for its user and role on every transport', async () => {
    const { key, id, ...rest } = await newKey(server)
    expect(key).toMatch(/^dk_[\w-]{43}$/)
    expect(rest).toEqual({ user: 'billing', role: 'service', createdAt: expect.any(String), lastUsedAt: null })
    const service = (await server.rest()).as(key)
    const { body } = await service.get<Me>('/v1/me')
    expect([body.user, body.rights.role]).toEqual(['billing', 'service'])
    const channel = freshChannel()
    const authored = await service.post(at(channel), { text: 'for ann' }, { 'dovetail-author': 'ann' })
    expect(authored.status).toBe(201)
    const socket = await server.open()
    expect((await socket.hello(key)).user).toBe('billing')
    const stream = await openStream({ port: server.port, path: `/v1/channels/${channel}/changes?after=0`, token: key })
    onTestFinished(() => stream.close())
    expect(stream.status).toBe(200)
    expect((await service.get(`/v1/channels/${channel}/changes?after=0&wait=1`)).status).toBe(200)
    const { ticket } = (await service.post<{ ticket: string }>('/v1/tickets', {})).body
    const byTicket = await server.open({ path: `/v1/ws?ticket=${encodeURIComponent(ticket)}` })
    expect((await byTicket.hello()).user).toBe('billing')
    const listed = (await (await admin(server)).get<ApiKeyList>('/v1/keys')).body.keys.find((each) => each.id === id)
    expect(Date.parse(listed?.lastUsedAt ?? '')).toBeGreaterThan(Date.now() - 60_000)
    expect(JSON.stringify(listed)).not.toContain(key.slice(3))
  })

  test('[TOK20, RST46, RST44] a revoked key is refused at once, and what was opened with it ends', async () => {
    const [{ key, id }, other] = [await newKey(server), await newKey(server)]
    const service = (await server.rest()).as(key)
    const [socket, staying] = [await server.open(), await server.open()]
    await socket.hello(key)
    await staying.hello(other.key)
    const stream = await openStream({ port: server.port, path: '/v1/channels/chat:a/changes', token: key })
    onTestFinished(() => stream.close())
    const { ticket } = (await service.post<{ ticket: string }>('/v1/tickets', {})).body
    const root = await admin(server)
    expect((await root.delete(`/v1/keys/${id}`)).status).toBe(204)
    expect((await socket.ended()).code).toBe(4401)
    await stream.ended()
    expect((await service.get('/v1/me')).status).toBe(401)
    const late = await server.open({ path: `/v1/ws?ticket=${encodeURIComponent(ticket)}` })
    expect(await late.command('hello')).toMatchObject({ error: { code: 'unauthenticated' } })
    expect((await root.get<ApiKeyList>('/v1/keys')).body.keys.map((each) => each.id)).not.toContain(id)
    expect((await root.delete(`/v1/keys/${id}`)).code).toBe('not_found')
    expect((await service.as(other.key).get('/v1/me')).status).toBe(200)
    expect(await staying.ok('ping')).toHaveProperty('serverTime')
  })

  test.each([
    'dk_',
    `dk_${'A'.repeat(43)}`,
    `dk_${'A'.repeat(42)}`,
    `dk_${'A'.repeat(44)}`,
    `DK_${'A'.repeat(43)}`,
    `dk_${'=%'.repeat(21)}=`,
  ])('[TOK19] %s is no key, over both transports', async (key) => {
    const answer = await (await server.rest()).as(key).get('/v1/me')
    expect([answer.status, answer.code]).toEqual([401, 'unauthenticated'])
    expect(await (await server.open()).command('hello', { token: key })).toMatchObject({
      error: { code: 'unauthenticated' },
    })
  })

  test('[TOK21] only an admin manages keys, a service no more than others', async () => {
    const { id, key } = await newKey(server)
    for (const [rest, code] of [
      [await server.rest(), 'unauthenticated'],
      [await server.rest('ann'), 'forbidden'],
      [await server.rest('backend', { role: 'service' }), 'forbidden'],
      [(await server.rest()).as(key), 'forbidden'],
    ] as const) {
      expect((await rest.get('/v1/keys')).code).toBe(code)
      expect((await rest.post('/v1/keys', { user: 'x', role: 'admin' })).code).toBe(code)
      expect((await rest.post('/v1/keys', { wrong: 1 })).code).toBe(code)
      expect((await rest.delete(`/v1/keys/${id}`)).code).toBe(code)
    }
    const root = await admin(server)
    expect((await root.post('/v1/keys', { user: 'no user' })).code).toBe('invalid_name')
    expect((await root.post('/v1/keys', { user: 'x', role: 'guest' })).code).toBe('invalid_data')
    expect((await root.post('/v1/keys', {})).code).toBe('invalid_data')
    expect(
      (await (await server.rest()).as((await newKey(server, { user: 'ops', role: 'admin' })).key).get('/v1/keys'))
        .status,
    ).toBe(200)
  })

  test('[TOK20] ending all sign-ins of a user ends its keys too, and not those that are made later', async () => {
    const user = freshChannel('u')
    const before = await newKey(server, { user })
    expect((await (await admin(server)).delete(`/v1/users/${user}/sessions`)).status).toBe(204)
    expect((await (await server.rest()).as(before.key).get('/v1/me')).status).toBe(401)
    await expect
      .poll(async () => (await (await server.rest()).as((await newKey(server, { user })).key).get('/v1/me')).status)
      .toBe(200)
  })
})

test('[TOK19] a data folder has no key, and a server that is started again takes it', async () => {
  const data = await mkdtemp(join(tmpdir(), 'dovetail-keys-'))
  onTestFinished(() => rm(data, { recursive: true, force: true }))
  const started = () => start({ config: demoConfig, port: 0, data, secret: testSecret, log: 'silent', drainSeconds: 0 })
  const running = await started()
  const { key } = await newKey(serverAt(running.port))
  await running.stop()
  const again = await started()
  onTestFinished(() => again.stop())
  expect((await (await serverAt(again.port).rest()).as(key).get('/v1/me')).status).toBe(200)
  const files = await readdir(data)
  expect(files).toContain('dovetail.db')
  for (const file of files) expect((await readFile(join(data, file))).includes(key.slice(3)), file).toBe(false)
})
