/** A browser's own EventSource, without the SDK: it comes back by itself with Last-Event-ID, and carries a ticket for a token. */
import { expect, test } from 'vitest'
import { idleProxy } from '../support/idle-proxy.ts'
import { at } from '../support/paths.ts'
import { browsing, patienceMs } from './support/browser.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()

declare global {
  interface Window {
    source: EventSource
    texts: string[]
    /** How often it lost its line. */
    cuts: number
  }
}

/** Follows in the page, and notes the texts that come. */
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

test('cut again and again, it has all that was written, once and in order', async () => {
  const server = await served()
  const proxy = await idleProxy(server.port, 300)
  const { page } = await visit(browser(), `http://127.0.0.1:${proxy.port}/status`)
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
  await proxy.stop()
})

test('by a ticket it reads what only its user may', async () => {
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
