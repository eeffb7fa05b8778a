/** A page of the application, whose visitor is known by the application's own session, uses the SDK without a token. */
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import express from 'express'
import { type Plugin, rolldown } from 'rolldown'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { browsing } from '../browser/support/browser.ts'
import { bySession, embedded, listening } from './embedded.ts'

const sdk = fileURLToPath(new URL('../../packages/client/src/index.ts', import.meta.url))

/** What the page runs: it gives its console the SDK. */
const page: Plugin = {
  name: 'page',
  resolveId: (id) => (id === 'page' ? id : null),
  load: (id) => (id === 'page' ? `import { createClient } from '${sdk}'\nwindow.createClient = createClient` : null),
}
let script = ''

beforeAll(async () => {
  const bundle = await rolldown({
    input: 'page',
    platform: 'browser',
    plugins: [page],
    resolve: { conditionNames: ['dovetail-source', 'browser', 'import', 'default'] },
  })
  const { output } = await bundle.generate({ format: 'iife', codeSplitting: false })
  await bundle.close()
  script = output[0].code
})

const browser = browsing()

/** A page of the application: `GET /login` gives its visitor the session of ana. */
function application() {
  const app = express()
  app.get('/login', (_request, response) => {
    response.cookie('session', 'ana', { httpOnly: true, sameSite: 'lax' }).type('html').send('<title>shop</title>')
  })
  app.get('/page.js', (_request, response) => void response.type('js').send(script))
  return createServer(app)
}

interface Options {
  readonly expiresInMs?: number
  readonly origins?: readonly string[]
}

async function shop({ expiresInMs, origins }: Options = {}) {
  const times = { asked: 0 }
  const server = application()
  const dovetail = await embedded({
    ...(origins === undefined ? {} : { origins }),
    limits: { leewaySeconds: 0 },
    authenticate: (request) => {
      times.asked += 1
      const found = bySession(request)
      return found === null || expiresInMs === undefined ? found : { ...found, expiresAt: Date.now() + expiresInMs }
    },
  })
  dovetail.attach(server)
  return { dovetail, times, url: await listening(server) }
}

async function opened(url: string) {
  const context = await browser().newContext()
  onTestFinished(() => context.close())
  const tab = await context.newPage()
  await tab.goto(`${url}/login`)
  await tab.addScriptTag({ url: `${url}/page.js` })
  return tab
}

/** Runs in the page: follows a channel, and tells who the visitor is and what the list holds once it has a paid order. */
const follows = async ({ url, transport }: { url: string; transport: string }) => {
  // @ts-expect-error: what the page's script put there
  const client = window.createClient({ url, transport, session: true, storage: null })
  const orders = client.channel('orders:7')
  const view = orders.collection('events').live()
  const presence = orders.presence()
  Object.assign(window, { client, view })
  await new Promise<void>((resolve) => {
    const check = () => view.records.length > 0 && presence.users.length > 0 && resolve()
    view.subscribe(check)
    presence.subscribe(check)
    check()
  })
  const { records } = await orders.collection('events').list()
  return { user: client.state.user, transport: client.state.transport, live: view.records.length, read: records.length }
}

describe("a page whose visitor has a session of the application's", () => {
  test.each(['websocket', 'sse', 'long-poll', 'poll'])('is read for that user over %s', async (transport) => {
    const { dovetail, url } = await shop()
    await dovetail.channel('orders:7').collection('events').create({ state: 'paid' })
    const tab = await opened(url)
    const seen = await tab.evaluate(follows, { url: `${url}/live`, transport })
    expect(seen).toEqual({ user: 'ana', transport, live: 1, read: 1 })
  })

  test('[WSK25] goes on beyond the time that the session had, and is asked anew', async () => {
    const { dovetail, times, url } = await shop({ expiresInMs: 2_000 })
    const events = dovetail.channel('orders:7').collection('events')
    await events.create({ state: 'paid' })
    const tab = await opened(url)
    await tab.evaluate(follows, { url: `${url}/live`, transport: 'auto' })
    await new Promise((resolve) => setTimeout(resolve, 4_500))
    await events.create({ state: 'sent' })
    // @ts-expect-error: what the page's function put there
    await tab.waitForFunction(() => window.view.records.length === 2)
    // @ts-expect-error: what the page's function put there
    expect(await tab.evaluate(() => [window.client.state.name, window.client.state.user])).toEqual(['open', 'ana'])
    expect(times.asked).toBeGreaterThan(2)
  })

  test('[TAG8] uses a server of another origin, where that names the page', async () => {
    const shown = await listening(application())
    const { dovetail, url } = await shop({ origins: [shown] })
    await dovetail.channel('orders:7').collection('events').create({ state: 'paid' })
    const tab = await opened(shown)
    const seen = await tab.evaluate(follows, { url: `${url}/live`, transport: 'sse' })
    expect(seen).toMatchObject({ user: 'ana', read: 1 })
  })
})
