/** The board fed by `dovetail demo prices`, which writes only while a page reads, over any transport. */
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { runDovetail } from '../support/servers/spawn-server.ts'
import { testSecret } from '../support/servers/token-for.ts'
import { until } from '../support/until.ts'
import { browsing, patienceMs } from './support/browser.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()

test.each(['websocket', 'sse', 'long-poll', 'poll'])(
  'over %s, the board shows forty instruments with rate and delay, latest values and every tick',
  async (transport) => {
    const server = await served()
    const feeder = runDovetail(['demo', 'prices', '--rate', '200', '--url', server.url], {
      DOVETAIL_SECRET: testSecret,
    })
    await until('the feeder', once(feeder.child.stdout, 'data'), () => feeder.text.stderr)
    const { page } = await visit(browser(), `${server.url}/prices?transport=${transport}`)
    const rows = page.getByRole('rowheader')
    const figure = (label: string) => page.locator('figcaption', { hasText: label }).textContent()
    for (const feed of ['Latest', 'Every tick']) {
      await page.getByRole('group', { name: 'What is sent' }).getByText(feed).click()
      await expect.poll(() => rows.count(), { timeout: patienceMs }).toBe(40)
      await expect.poll(() => figure('Changes a second'), { timeout: patienceMs }).toMatch(/[1-9]/)
      await expect.poll(() => figure('Delay'), { timeout: patienceMs }).toMatch(/\d ms/)
    }
    // Rises and falls have a sign and a label, not only a colour.
    await page
      .getByRole('img', { name: /^(rose|fell)$/ })
      .first()
      .waitFor()
    feeder.child.kill('SIGTERM')
    expect((await until('the end', feeder.ended)).code).toBe(0)
  },
)

test('a board that opens has the minute before it, from REST, and a line for a price that stands still', async () => {
  const server = await served()
  const rest = await server.rest('feeder', { role: 'service' })
  const now = Date.now()
  const points = Array.from({ length: 50 }, (_, i) => [now - (51 - i) * 1000, 100 + (i % 7)])
  await rest.put('/v1/channels/prices:demo-minute/quotes/ACME', { symbol: 'ACME', price: 100, points })
  for (const symbol of ['ACME', 'STILL'])
    await rest.put(`/v1/channels/prices:demo/quotes/${symbol}`, { symbol, price: 100 })
  const { page } = await visit(browser(), `${server.url}/prices`)
  const segments = async (symbol: string) => {
    const line = await page
      .getByRole('row', { name: new RegExp(symbol) })
      .locator('path')
      .getAttribute('d')
    return line?.split('L').length ?? 0
  }
  await expect.poll(() => segments('ACME'), { timeout: patienceMs }).toBeGreaterThan(40)
  // As soon as its price is a second old, a page that opens draws it.
  const opened = async () => {
    await page.reload()
    return segments('STILL')
  }
  await expect.poll(opened, { timeout: patienceMs }).toBeGreaterThan(1)
})
