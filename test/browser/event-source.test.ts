/** A browser's own EventSource, without the SDK: it reconnects by itself with Last-Event-ID, and carries a ticket instead of a token. */
import { expect, onTestFinished, test } from 'vitest'
import { idleProxy } from '../support/idle-proxy.ts'
import { at } from '../support/paths.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { browsing, patienceMs } from './support/browser.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()

declare global {
  interface Window {
    source: EventSource
    texts: string[]
    /** How often its connection was lost. */
    cuts: number
    /** How often the browser gave the stream up for good. */
    closes: number
  }
}

/** Follows a channel in the page, and records the texts that arrive. */
function follow(url: string): void {
  window.texts = []
  window.cuts = 0
  window.source = new EventSource(url)
  window.source.addEventListener('error', () => {
    window.cuts += 1
  })
  window.source.addEventListener('changes', ({ data }) => {
    const { changes } = JSON.parse(data) as { changes: { record: { data: { text: string } } }[] }
    window.texts.push(...changes.map(({ record }) => record.data.text))
  })
}

test('an EventSource that is cut repeatedly receives every change once and in order', async () => {
  const server = await served()
  const proxy = await idleProxy(server.port, 300)
  onTestFinished(() => proxy.stop())
  proxy.cuts = false
  const { page } = await visit(browser(), `http://127.0.0.1:${proxy.port}/status`)
  await page.getByRole('heading', { name: 'Health' }).waitFor()
  proxy.cuts = true
  const alice = await server.rest('alice')
  await alice.post(at('chat:cut'), { text: 'before' })
  await page.evaluate(follow, '/v1/channels/chat:cut/changes')
  const cuts = () => page.evaluate(() => window.cuts)
  await expect.poll(cuts, { timeout: patienceMs }).toBeGreaterThan(0)
  const written: string[] = []
  for (let before = await cuts(); before < 4; before = await cuts()) {
    written.push(`m${written.length}`)
    await alice.post(at('chat:cut'), { text: `m${written.length - 1}` })
    await expect.poll(cuts, { timeout: patienceMs }).toBeGreaterThan(before)
  }
  await expect.poll(() => page.evaluate(() => window.texts), { timeout: patienceMs }).toEqual(written)
})

test('an EventSource with a ticket reads what its user may read', async () => {
  const server = await served()
  const { page } = await visit(browser(), `${server.url}/status`)
  const alice = await server.rest('alice')
  await alice.put('/v1/channels/team:own', { visibility: 'private' })
  await alice.post(at('team:own'), { text: 'for us' })
  const path = '/v1/channels/team:own/changes?after=0'
  await page.evaluate(follow, path)
  await expect.poll(() => page.evaluate(() => window.source.readyState), { timeout: patienceMs }).toBe(2)
  const { body } = await alice.post<{ ticket: string }>('/v1/tickets', {})
  await page.evaluate(follow, `${path}&ticket=${encodeURIComponent(body.ticket)}`)
  await expect.poll(() => page.evaluate(() => window.texts.at(-1)), { timeout: patienceMs }).toBe('for us')
})

/** Follows a channel with tickets, as docs/client-authors.md says: after CLOSED, another ticket and the last id. */
async function followWithTickets({ path, token }: { path: string; token: string }): Promise<void> {
  window.texts = []
  window.closes = 0
  let cursor = '0'
  const again = () => setTimeout(() => open().catch(again), 200)
  const open = async () => {
    const headers = { authorization: `Bearer ${token}` }
    const { ticket } = await (await fetch('/v1/tickets', { method: 'POST', headers })).json()
    window.source = new EventSource(`${path}?after=${cursor}&ticket=${ticket}`)
    window.source.addEventListener('changes', ({ data, lastEventId }) => {
      cursor = lastEventId
      const { changes } = JSON.parse(data) as { changes: { collection: string; record: { data: { text: string } } }[] }
      for (const { collection, record } of changes) if (collection === 'messages') window.texts.push(record.data.text)
    })
    window.source.addEventListener('error', () => {
      if (window.source.readyState !== EventSource.CLOSED) return
      window.closes += 1
      again()
    })
  }
  await open()
}

test('[RST31, N33] an EventSource with a ticket that is cut goes on after its last id with another ticket', async () => {
  const server = await served()
  const proxy = await idleProxy(server.port, 300)
  onTestFinished(() => proxy.stop())
  proxy.cuts = false
  const { page } = await visit(browser(), `http://127.0.0.1:${proxy.port}/status`)
  await page.getByRole('heading', { name: 'Health' }).waitFor()
  const alice = await server.rest('alice')
  await alice.put('/v1/channels/team:tickets', { visibility: 'private' })
  const texts = () => page.evaluate(() => window.texts)
  const write = (text: string) => alice.post(at('team:tickets'), { text })
  await write('1')
  const token = await tokenFor('alice')
  await page.evaluate(followWithTickets, { path: '/v1/channels/team:tickets/changes', token })
  await expect.poll(texts, { timeout: patienceMs }).toEqual(['1'])
  proxy.cuts = true
  await expect.poll(() => page.evaluate(() => window.source.readyState), { timeout: patienceMs }).not.toBe(1)
  proxy.cuts = false
  await write('2')
  await expect.poll(texts, { timeout: patienceMs }).toEqual(['1', '2'])
  // The spent ticket was refused, so that the browser gave up by itself: what came after is the way of the page.
  expect(await page.evaluate(() => window.closes)).toBeGreaterThan(0)
  await write('3')
  await expect.poll(texts, { timeout: patienceMs }).toEqual(['1', '2', '3'])
})
