/** A page whose device sleeps or loses its network: it says so, and receives what was said meanwhile, once. */
import { expect, test } from 'vitest'
import { at } from '../support/paths.ts'
import type { Server } from '../support/servers/serving.ts'
import { browsing, patienceMs } from './support/browser.ts'
import { picture } from './support/picture.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing({ pageCache: true })
const channel = 'chat:general'

async function texts(server: Server): Promise<string[]> {
  const rest = await server.rest('observer')
  const page = await rest.get<{ records: { data: { text: string } }[] }>(at(channel))
  return page.body.records.map(({ data }) => data.text)
}

async function readers(server: Server): Promise<number> {
  const rest = await server.rest('observer')
  return (await rest.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers
}

test('a machine that slept past the server’s timeout receives what was said when it wakes', async () => {
  const server = await served({ limits: { pingSeconds: 1, pongSeconds: 1 } })
  const ann = await visit(browser(), server.url)
  await ann.say('before')
  // A page shows what its user writes before the server has it. Put to sleep in between, it would send it when it wakes.
  await expect.poll(() => texts(server), { timeout: patienceMs }).toEqual(['before'])
  const bob = await server.rest('bob')
  await expect.poll(() => readers(server), { timeout: patienceMs }).toBe(1)
  const devtools = await browser().newBrowserCDPSession()
  const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
  // Stops the processes of the page and of its network.
  const asleep = processInfo.filter(({ type }) => type !== 'browser').map(({ id }) => id)
  for (const pid of asleep) process.kill(pid, 'SIGSTOP')
  try {
    await expect.poll(() => readers(server), { timeout: patienceMs }).toBe(0)
    expect((await bob.post(at(channel), { text: 'said while it slept' })).status).toBe(201)
  } finally {
    for (const pid of asleep) process.kill(pid, 'SIGCONT')
  }
  await ann.sees('said while it slept')
  await ann.say('awake')
  await ann.sees('awake')
  await expect.poll(() => texts(server), { timeout: patienceMs }).toEqual(['before', 'said while it slept', 'awake'])
  expect(await ann.log.getByRole('article').count()).toBe(3)
})

test('a chat page restored from the back/forward cache keeps its state, and receives what was said meanwhile', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  await ann.say('before')
  await bob.sees('before')
  await ann.page.evaluate(() => {
    const marked = globalThis as { restored?: boolean }
    marked.restored = false
    addEventListener('pageshow', (event) => {
      marked.restored = event.persisted
    })
  })
  await ann.page.goto(`${server.url}/v1/limits`)
  await expect.poll(() => readers(server), { timeout: patienceMs }).toBe(1)
  await bob.say('said while it was away')
  await bob.sees('said while it was away')
  await ann.page.goBack({ waitUntil: 'commit' })
  await ann.sees('said while it was away')
  // Its variable is still there: it was not loaded again.
  expect(await ann.page.evaluate(() => (globalThis as { restored?: boolean }).restored)).toBe(true)
  await ann.say('back again')
  await bob.sees('back again')
  expect(await ann.log.getByRole('article').count()).toBe(3)
})

test('a device that changes its network reconnects, and misses nothing', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  await ann.say('before')
  await bob.sees('before')
  for (const text of ['by cable', 'by radio', 'by cable again']) {
    await ann.context.setOffline(true)
    await bob.say(text)
    await bob.sees(text)
    await ann.context.setOffline(false)
    await ann.sees(text)
  }
  expect(await ann.log.getByRole('article').count()).toBe(4)
})

// Status and the documents need no connection: only the event can tell them.
test.each(['/chat/chat:general', '/prices', '/game', '/compare', '/status', '/docs/guide'])(
  'the page %s says that the device is offline as soon as the browser does, and no longer when it is back',
  async (path) => {
    const server = await served()
    const { page } = await visit(browser(), `${server.url}${path}`)
    const state = page.getByRole('contentinfo').getByRole('status')
    await state.getByText(/Live|Idle/).waitFor()
    // The event alone: the network is there, so that nothing else can tell the page.
    await page.evaluate(() => window.dispatchEvent(new Event('offline')))
    await state.getByText('Offline').waitFor()
    await page.getByText('This device has no network').waitFor()
    if (path === '/status') await picture(page, 'status-offline')
    await page.evaluate(() => window.dispatchEvent(new Event('online')))
    await state.getByText(/Live|Idle/).waitFor()
  },
)

test('a device that is wrong about its network is shown as live again by what arrives', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const state = ann.page.getByRole('contentinfo').getByRole('status')
  await state.getByText('Live').waitFor()
  await ann.page.evaluate(() => window.dispatchEvent(new Event('offline')))
  await state.getByText('Offline').waitFor()
  const rest = await server.rest('bob')
  const write = async () => {
    await rest.post('/v1/channels/chat:general/messages', { text: 'still here' })
    return state.textContent()
  }
  await expect.poll(write, { timeout: 30_000, interval: 500 }).toBe('Live')
})
