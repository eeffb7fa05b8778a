/** Dovetail as a part of an application's own server, whatever framework answers there. */
import { createServer } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { createClient } from 'dovetail-client'
import express from 'express'
import express4 from 'express-4'
import fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { when } from '../client/when.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { until } from '../support/until.ts'
import { bySession, embedded, listening, type Orders, plainServer } from './embedded.ts'

type Server = ReturnType<typeof createServer>

/** Each answers "mine" where the path is not Dovetail's, and reads every body that it gets. */
const applications: Record<string, () => Promise<Server>> = {
  'node:http': async () => plainServer(),
  Express: async () => createServer(express().use(express.json(), (_request, response) => void response.send('mine'))),
  'Express 4': async () =>
    createServer(express4().use(express4.json(), (_request, response) => void response.send('mine'))),
  Fastify: async () => {
    const app = fastify()
    app.all('/*', () => 'mine')
    await app.ready()
    onTestFinished(() => app.close())
    return app.server
  },
  Koa: async () =>
    createServer(
      new Koa()
        .use((context) => {
          context.body = 'mine'
        })
        .callback(),
    ),
  Hono: async () => {
    const app = new Hono().all('*', (context) => context.text('mine'))
    return createAdaptorServer({ fetch: app.fetch }) as Server
  },
}

describe.each(Object.keys(applications))('attached to a server of %s', (name) => {
  test('answers under its path only, by REST and WebSocket, and the SDK reads along', async () => {
    const server = await (applications[name] as () => Promise<Server>)()
    const dovetail = await embedded()
    dovetail.attach(server)
    const url = await listening(server)
    const { token, client } = await clientOf(`${url}/live`)
    expect(await (await fetch(`${url}/v1/limits`)).text()).toBe('mine')
    expect(await (await fetch(`${url}/lively`)).text()).toBe('mine')
    expect((await fetch(`${url}/live/v1/limits`)).status).toBe(200)
    const view = client.channel('orders:7').collection('events').live()
    await when(view, ({ state }) => state === 'live')
    expect(client.state.transport).toBe('websocket')
    const posted = await fetch(`${url}/live/v1/channels/orders:7/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: '{"state":"paid"}',
    })
    expect([posted.status, posted.headers.get('location')]).toEqual([
      201,
      expect.stringMatching(/^\/live\/v1\/channels\/orders:7\/events\/[\w-]+$/),
    ])
    const { type } = (await (await fetch(`${url}/live/v1/nothing`)).json()) as { type: string }
    expect([type, (await fetch(new URL(type, url))).status]).toEqual(['/live/docs/errors/not_found', 200])
    await dovetail.channel('orders:7').collection('events').create({ state: 'sent' })
    await when(view, ({ records }) => records.length === 2)
    expect(view.records.map(({ data }) => data.state)).toEqual(['paid', 'sent'])
  })
})

async function clientOf(url: string) {
  const token = await tokenFor('backend', { role: 'service' })
  const client = createClient({ url, token, storage: null })
  onTestFinished(() => client.close())
  return { token, client }
}

test('a framework that takes the path away, as Express does for a route, may call `handle` itself', async () => {
  const dovetail = await embedded({ path: '/api/live/' })
  expect(dovetail.path).toBe('/api/live')
  const url = await listening(createServer(express().use('/api/live', dovetail.handle)))
  expect((await fetch(`${url}/api/live/v1/limits`)).status).toBe(200)
  expect((await fetch(`${url}/api/other`)).status).toBe(404)
})

test('at the root, and with the addresses in the OpenAPI document that the server has', async () => {
  for (const [path, base] of [
    ['/', '/'],
    ['/live', '/live'],
  ] as const) {
    const server = plainServer()
    const dovetail = await embedded({ path })
    dovetail.attach(server)
    const url = await listening(server)
    const document = (await (await fetch(`${url}${dovetail.path}/openapi.json`)).json()) as { servers: unknown }
    expect(document.servers).toEqual([{ url: base }])
  }
})

test('a path that no address can have is refused in one line', async () => {
  for (const path of ['live', '/li ve', '/live?x', '//'])
    await expect(embedded({ path })).rejects.toThrow(/^path: "[^"]+" must be like \/live/)
})

test('upgrades elsewhere stay with the application', async () => {
  const server = plainServer()
  server.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 418 Teapot\r\nconnection: close\r\n\r\n'))
  ;(await embedded()).attach(server)
  const url = (await listening(server)).replace('http', 'ws')
  expect(await refusal(`${url}/chat`)).toBe(418)
  expect(await refusal(`${url}/live/v1/nowhere`)).toBe(404)
})

function refusal(url: string): Promise<number | undefined> {
  const socket = new WebSocket(url)
  socket.on('error', () => undefined)
  return until(
    'a refusal',
    new Promise((resolve) => socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode))),
  )
}

describe("the application's own session", () => {
  async function withSessions(origins?: readonly string[]) {
    const server = plainServer()
    const dovetail = await embedded({ authenticate: bySession, ...(origins === undefined ? {} : { origins }) })
    dovetail.attach(server)
    const url = await listening(server)
    const me = async (headers: Record<string, string>) => {
      const answer = await fetch(`${url}/live/v1/me`, { headers })
      return answer.status === 200 ? ((await answer.json()) as { user: string }).user : answer.status
    }
    return { url, me }
  }

  test('says who asks, where no token does', async () => {
    const { url, me } = await withSessions()
    expect(await me({})).toBe(401)
    expect(await me({ cookie: 'session=ana' })).toBe('ana')
    expect(await me({ cookie: 'session=ana', origin: url })).toBe('ana')
    expect(await me({ cookie: 'session=ana', authorization: `Bearer ${await tokenFor('bo')}` })).toBe('bo')
    expect(await me({ cookie: 'session=ana', authorization: 'Bearer nonsense' })).toBe(401)
  })

  test("does not count for another site's page, unless its origin is allowed", async () => {
    const { me } = await withSessions()
    expect(await me({ cookie: 'session=ana', origin: 'https://evil.example' })).toBe(401)
    expect(await me({ cookie: 'session=ana', origin: 'null' })).toBe(401)
    expect(await me({ cookie: 'session=ana', 'sec-fetch-site': 'cross-site' })).toBe(401)
    expect(await me({ cookie: 'session=ana', 'sec-fetch-site': 'same-origin' })).toBe('ana')
    const listed = await withSessions(['https://app.example'])
    expect(await listed.me({ cookie: 'session=ana', origin: 'https://app.example' })).toBe('ana')
    expect(await listed.me({ cookie: 'session=ana', origin: 'https://evil.example' })).toBe(403)
  })

  test('opens a WebSocket, and a socket without a session may still say hello with a token', async () => {
    const { url } = await withSessions()
    const hello = async (headers: Record<string, string>, token?: string) => {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/live/v1/ws`, { headers })
      onTestFinished(() => socket.terminate())
      await until('the socket to open', new Promise((resolve) => socket.once('open', resolve)))
      socket.send(JSON.stringify({ op: 'hello', id: 1, ...(token === undefined ? {} : { token }) }))
      const [data] = await until(
        'hello',
        new Promise<[Buffer]>((resolve) => socket.once('message', (...all) => resolve(all as never))),
      )
      return (JSON.parse(String(data)) as { ok: { user: string | null } }).ok.user
    }
    expect(await hello({ cookie: 'session=ana' })).toBe('ana')
    expect(await hello({})).toBeNull()
    expect(await hello({}, await tokenFor('bo'))).toBe('bo')
    expect(await hello({ cookie: 'session=ana', origin: 'https://evil.example' })).toBeNull()
  })

  test('[RST32] sessions that began before all of a user were revoked end, and those that began later do not', async () => {
    const server = plainServer()
    const began = new Map<string, number>()
    const dovetail: Orders = await embedded({
      authenticate: (request) => {
        const found = bySession(request)
        return found === null ? null : { ...found, issuedAt: began.get(found.user) ?? null }
      },
    })
    dovetail.attach(server)
    const live = `${await listening(server)}/live/v1`
    const as = (user: string) => ({ headers: { cookie: `session=${user}` } })
    began.set('bo', Date.now() - 1000)
    for (const user of ['ana', 'bo']) {
      const revoked = await fetch(`${live}/users/${user}/sessions`, { method: 'DELETE', ...as(user) })
      expect(revoked.status).toBe(204)
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect((await fetch(`${live}/me`, as('bo'))).status).toBe(401)
    // What a long-poll waits for comes to a user whom the application still knows.
    const { cursor } = (await (await fetch(`${live}/channels/orders:7`, as('ana'))).json()) as { cursor: string }
    const poll = fetch(`${live}/channels/orders:7/changes?after=${cursor}&wait=20`, as('ana'))
    await new Promise((resolve) => setTimeout(resolve, 100))
    await dovetail.channel('orders:7').collection('events').create({ state: 'sent' })
    expect((await poll).status).toBe(200)
    began.set('bo', Date.now())
    expect((await fetch(`${live}/me`, as('bo'))).status).toBe(200)
  })

  test('an application that fails is an error, and nobody is let in as anonymous', async () => {
    const server = plainServer()
    const dovetail = await embedded({
      authenticate: () => {
        throw new Error('the session store is away')
      },
    })
    dovetail.attach(server)
    const url = await listening(server)
    expect((await fetch(`${url}/live/v1/channels/orders:7/events`)).status).toBe(500)
  })
})

test('stop ends every reader and leaves the server to the application', async () => {
  const server = plainServer()
  const dovetail: Orders = await embedded()
  dovetail.attach(server)
  const url = await listening(server)
  const { client } = await clientOf(`${url}/live`)
  const view = client.channel('orders:7').collection('events').live()
  await when(view, ({ state }) => state === 'live')
  await dovetail.stop()
  await when(view, ({ state }) => state === 'offline')
  expect(await (await fetch(`${url}/`)).text()).toBe('mine')
})
