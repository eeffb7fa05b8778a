import { demoConfig } from 'dovetail-server'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { at } from '../support/paths.ts'
import type { Server } from '../support/servers/serving.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { feed } from '../transports/slow-readers/feed.ts'
import { seriousFaults } from './support/axe.ts'
import { browsing, patienceMs } from './support/browser.ts'
import { fill } from './support/fill.ts'
import { picture } from './support/picture.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()

/** The status page after a token was given there. */
async function signedIn(page: Page, server: Server, role: 'admin' | 'service' | 'user' = 'admin'): Promise<void> {
  await page.goto(`${server.url}/status`)
  await page.getByLabel('Token').fill(await tokenFor('root', { role }))
  await page.getByRole('button', { name: 'Show more' }).click()
}

const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

test('without an operator’s token the status page names no channel and asks for no status', async () => {
  const server = await served()
  const { page } = await visit(browser(), 'about:blank')
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.goto(`${server.url}/status`)
  await page.getByRole('heading', { name: 'For operators' }).waitFor()
  await page.getByRole('row', { name: /^Readers now/ }).waitFor()
  expect(asked.filter((path) => path === '/v1/status')).toEqual([])
  expect(await page.getByRole('heading', { name: 'Live channels' }).count()).toBe(0)
})

test('a token that is no operator’s is told so, and can be replaced', async () => {
  const server = await served()
  const { page } = await visit(browser(), `${server.url}/status`)
  await signedIn(page, server, 'user')
  await page.getByText('Only services and admins see how the server is.').waitFor()
  await page.getByRole('button', { name: 'Use another token' }).click()
  await page.getByRole('heading', { name: 'For operators' }).waitFor()
})

test('an admin sees the node, its channels, a slow reader and a refusal, and ends the reader’s sign-in', async () => {
  const server = await served()
  const slow = await server.connect('sam')
  await slow.subscribe('prices:demo', { after: '0' })
  slow.pause()
  await feed(server, 'prices:demo', { changes: 600, ids: 600, bytes: 20_000 })
  await (await server.rest('mallory')).put('/v1/users/bob', { name: 'Bob' })
  const { page } = await visit(browser(), `${server.url}/status`)
  await signedIn(page, server)
  await region(page, 'Nodes').getByRole('cell', { name: 'Serving' }).waitFor()
  await region(page, 'Live channels').getByRole('button', { name: 'prices:demo' }).waitFor()
  await region(page, 'Refused lately')
    .getByRole('row', { name: /mallory/ })
    .waitFor()
  const row = region(page, 'Slow readers').getByRole('row', { name: /sam/ })
  await row.getByRole('button', { name: 'End all' }).click()
  await row.getByRole('button', { name: 'Really end' }).click()
  await page.getByText('No reader of this node is behind.').waitFor()
  slow.resume()
  expect(await slow.ended()).toMatchObject({ code: expect.any(Number) })
  await region(page, 'Ended lately').getByRole('row', { name: /sam/ }).waitFor()
})

test('a channel is seen from inside: its log as it grows, the revisions of a record, a write, and rights', async () => {
  const server = await served()
  const alice = await server.rest('alice')
  await alice.put(at('chat:general', 'messages', 'm1'), { text: 'first' })
  const { page } = await visit(browser(), `${server.url}/status`)
  await signedIn(page, server)
  await page.getByLabel('Channel', { exact: true }).fill('chat:general')
  await page.getByRole('button', { name: 'Look into it' }).click()
  const log = region(page, 'Changes').getByRole('listitem')
  await log.filter({ hasText: 'first' }).waitFor()
  await alice.put(at('chat:general', 'messages', 'm1'), { text: 'second' })
  await log.filter({ hasText: 'second' }).waitFor()
  await alice.post(at('chat:general'), { text: 'another' })
  await log.filter({ hasText: 'another' }).waitFor()
  await log.first().waitFor()

  await log.filter({ hasText: 'second' }).getByRole('button', { name: 'messages/m1' }).click()
  await expect.poll(() => log.count(), { timeout: patienceMs }).toBe(2)
  await page.getByRole('button', { name: 'All changes' }).click()

  const form = page.getByRole('form', { name: 'Try a write' })
  await form.getByLabel('Data, as JSON').fill('{"text":""}')
  await form.getByRole('button', { name: 'Write' }).click()
  await form.getByText(/^422 invalid_data: /).waitFor()
  await form.getByLabel('Data, as JSON').fill('{"text":"from the operator"}')
  await form.getByRole('button', { name: 'Write' }).click()
  await form.getByText(/^Written: /).waitFor()
  await log.filter({ hasText: 'from the operator' }).waitFor()

  const rights = page.getByRole('form', { name: 'Explain rights' })
  await rights.getByLabel('User (empty: no token)').fill('alice')
  await rights.getByRole('button', { name: 'Explain' }).click()
  await rights.getByText('delete of others (messages)').waitFor()
})

const variants = [360, 768, 1440].flatMap((width) => (['light', 'dark'] as const).map((scheme) => ({ width, scheme })))

test.each(variants)(
  'the operator’s view at $width pixels, $scheme, has no serious accessibility violation and does not scroll sideways',
  async ({ width, scheme }) => {
    const server = await served({ config: demoConfig })
    const slow = await server.connect('sam')
    await slow.subscribe('prices:demo', { after: '0' })
    slow.pause()
    await feed(server, 'prices:demo', { changes: 600, ids: 600, bytes: 20_000 })
    await fill(server, ['Good morning.', `a word without an end: ${'supercalifragilistic'.repeat(10)}`])
    await (await server.rest('mallory')).put('/v1/users/bob', { name: 'Bob' })
    const reader = await server.connect('dora')
    await reader.command('subscribe', { channel: 'chat:general', after: 'other.7' })
    const { page } = await visit(browser(), `${server.url}/status`, { width, height: 900, colorScheme: scheme })
    await signedIn(page, server)
    await region(page, 'Slow readers').getByRole('row', { name: /sam/ }).waitFor()
    await picture(page, `operator-${width}-${scheme}`)
    await region(page, 'Live channels').getByRole('button', { name: 'chat:general' }).click()
    await region(page, 'Changes').getByRole('listitem').first().waitFor()
    const rights = page.getByRole('form', { name: 'Explain rights' })
    await rights.getByLabel('User (empty: no token)').fill('alice')
    await rights.getByRole('button', { name: 'Explain' }).click()
    await rights.getByRole('listitem').first().waitFor()
    await page.getByRole('heading', { name: 'Channel inspector' }).scrollIntoViewIfNeeded()
    await picture(page, `inspector-${width}-${scheme}`)
    const sideways = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
    expect({ faults: await seriousFaults(page), sideways }).toEqual({ faults: [], sideways: false })
  },
)
