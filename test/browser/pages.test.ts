import { expect, test } from 'vitest'
import type { Server } from '../support/servers/serving.ts'
import { browsing, patienceMs } from './support/browser.ts'
import { fill } from './support/fill.ts'
import { picture } from './support/picture.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()

/** Writes one price of an instrument as a feeder does. */
async function quote(server: Server, symbol: string, price: number): Promise<void> {
  const rest = await server.rest('feeder', { role: 'service' })
  for (const feed of ['prices', 'ticks']) {
    await rest.put(`/v1/channels/${feed}:demo/quotes/${symbol}`, { symbol, price })
  }
}

test('the board shows the newest price and whether it rose', async () => {
  const server = await served()
  await quote(server, 'ACME', 100)
  const { page } = await visit(browser(), `${server.url}/prices`)
  const row = page.getByRole('row', { name: /ACME/ })
  await row.getByText('100.00').waitFor()
  await quote(server, 'ACME', 110)
  await row.getByText('110.00').waitFor()
  await row.getByRole('img', { name: 'rose' }).waitFor()
  await page.getByRole('group', { name: 'What is sent' }).getByText('Every tick').click()
  await row.getByText('110.00').waitFor()
  await picture(page, 'prices')
})

test('the board is sorted by the column that is pressed', async () => {
  const server = await served()
  await quote(server, 'AAA', 1)
  await quote(server, 'BBB', 3)
  await quote(server, 'CCC', 2)
  const { page } = await visit(browser(), `${server.url}/prices`)
  await page.getByRole('row', { name: /CCC/ }).waitFor()
  const order = () => page.getByRole('rowheader').allTextContents()
  expect(await order()).toEqual(['AAA', 'BBB', 'CCC'])
  await page.getByRole('button', { name: 'Price' }).click()
  await page
    .getByRole('columnheader', { name: 'Price', exact: false })
    .and(page.locator('[aria-sort=descending]'))
    .waitFor()
  expect(await order()).toEqual(['BBB', 'CCC', 'AAA'])
})

test('two windows meet in the arena, and one that leaves is removed', async () => {
  const server = await served()
  const ann = await visit(browser(), `${server.url}/game`)
  await ann.page.getByText('Pilots').locator('..').getByText('1', { exact: true }).waitFor()
  const bob = await visit(browser(), `${server.url}/game`)
  await bob.page.getByText('Pilots').locator('..').getByText('2', { exact: true }).waitFor()
  const rest = await server.rest()
  const ships = async () => {
    const { body } = await rest.get('/v1/channels/game:arena/entities')
    return (body as { records: { data: { kind: string; x: number } }[] }).records.filter(
      ({ data }) => data.kind === 'ship',
    )
  }
  await expect.poll(async () => (await ships()).length, { timeout: patienceMs }).toBe(2)
  const before = JSON.stringify(await ships())
  await ann.page.keyboard.down('ArrowRight')
  await expect.poll(async () => JSON.stringify(await ships()) !== before, { timeout: patienceMs }).toBe(true)
  await picture(bob.page, 'game')
  await ann.page.getByRole('link', { name: 'Status' }).click()
  await expect.poll(async () => (await ships()).length, { timeout: patienceMs }).toBe(1)
  await ann.page.getByRole('heading', { name: 'Health' }).waitFor()
  await picture(ann.page, 'status')
})

test('the server answers 200 for each page of the navigation, and 404 in the app’s shell for others', async () => {
  const server = await served()
  const { page } = await visit(browser(), server.url)
  const links = await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').all()
  const paths = await Promise.all(links.map((link) => link.getAttribute('href')))
  expect(paths).toHaveLength(6)
  for (const path of ['/', '/chat/chat%3Ageneral', ...paths]) {
    expect([path, (await page.goto(`${server.url}${path}`))?.status()]).toEqual([path, 200])
  }
  for (const path of ['/nope', '/prices/more']) {
    expect([path, (await page.goto(`${server.url}${path}`))?.status()]).toEqual([path, 404])
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
    await page.getByRole('link', { name: 'Go to the chat' }).waitFor()
  }
  // A segment where a channel's name belongs, but that is no valid name.
  await page.goto(`${server.url}/chat/%25`)
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor()
})

test('each page names itself in the tab of the browser', async () => {
  const server = await served()
  const { page } = await visit(browser(), server.url)
  const named = (title: string) => page.waitForFunction((wanted) => document.title === wanted, `${title} · Dovetail`)
  await named('general')
  for (const name of ['Prices', 'Game', 'Compare', 'Status', 'Chat', 'Docs']) {
    await page.getByRole('link', { name, exact: true }).click()
    await named({ Chat: 'general', Docs: 'Install' }[name] ?? name)
  }
  await page.goto(`${server.url}/docs/guide/protocol`)
  await named('Protocol')
})

test('a board whose prices stand still says so, and what to do', async () => {
  const server = await served()
  await quote(server, 'ACME', 100)
  const { page } = await visit(browser(), `${server.url}/prices`)
  await page.getByText('Only a backend writes prices').waitFor()
  await page.evaluate(() => {
    const now = Date.now
    Date.now = () => now() + 15_000
  })
  await page.getByText('nobody feeds them').waitFor()
  await page
    .getByRole('row', { name: /ACME/ })
    .getByText(/^1\d s$/)
    .waitFor()
})

test('the status page keeps its last figures when the server stops answering, and says so', async () => {
  const server = await served()
  const { page } = await visit(browser(), `${server.url}/status`)
  await page.getByRole('row', { name: /^Readers now/ }).waitFor()
  await page.route(/healthz/, (route) => route.abort())
  await page.getByText(/The server does not answer\. This is how it was at/).waitFor()
  await page.getByRole('row', { name: /^Readers now/ }).waitFor()
})

test.each(['sse', 'long-poll', 'poll', 'websocket'])(
  'over %s, the footer shows the channel’s revision before anything changes',
  async (transport) => {
    const server = await served()
    await fill(server, ['one', 'two', 'three'])
    const { page, sees } = await visit(browser(), `${server.url}/chat/chat:general?transport=${transport}`)
    await sees('three')
    await page.getByRole('contentinfo').getByText('rev 3', { exact: true }).waitFor()
  },
)

test('a page that can’t be loaded says so, and the other pages still open', async () => {
  const server = await served()
  const { page } = await visit(browser(), server.url)
  await page.route(/assets\/status-page/, (route) => route.abort())
  await page.getByRole('link', { name: 'Status' }).click()
  await page.getByRole('heading', { name: 'This page could not be loaded' }).waitFor()
  await page.getByRole('link', { name: 'Prices' }).click()
  await page.getByRole('heading', { name: 'Prices', exact: true }).waitFor()
})

test('the stick of a touch screen flies the ship', async () => {
  const server = await served()
  const phone = { width: 390, height: 844, touch: true }
  const { page, context } = await visit(browser(), `${server.url}/game`, phone)
  const stick = page.locator('[data-stick]')
  const box = await stick.boundingBox()
  if (box === null) throw new Error('the stick is not shown')
  const rest = await server.rest()
  const thrust = async () => {
    const { body } = await rest.get('/v1/channels/game:arena/entities')
    const ships = (body as { records: { data: { kind: string; thrust: boolean } }[] }).records
    return ships.filter(({ data }) => data.kind === 'ship').map(({ data }) => data.thrust)
  }
  await expect.poll(thrust, { timeout: patienceMs }).toEqual([false])
  const touch = await context.newCDPSession(page)
  const at = (x: number) => [{ x: box.x + box.width / 2 + x, y: box.y + box.height / 2 }]
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) })
  await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(50) })
  await expect.poll(thrust, { timeout: patienceMs }).toEqual([true])
  await picture(page, 'game-stick')
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await expect.poll(thrust, { timeout: patienceMs }).toEqual([false])
})

test.each(['websocket', 'sse', 'long-poll', 'poll'])(
  'the board and the arena work over %s alone',
  async (transport) => {
    const server = await served()
    await quote(server, 'ACME', 100)
    const sockets: string[] = []
    const ann = await visit(browser(), 'about:blank')
    ann.page.on('websocket', (socket) => sockets.push(socket.url()))
    await ann.page.goto(`${server.url}/prices?transport=${transport}`)
    const row = ann.page.getByRole('row', { name: /ACME/ })
    await row.getByText('100.00').waitFor()
    await quote(server, 'ACME', 90)
    await row.getByText('90.00').waitFor()
    await row.getByRole('img', { name: 'fell' }).waitFor()
    await ann.page.getByRole('link', { name: 'Game' }).click()
    await ann.page.waitForURL(`**/game?transport=${transport}`)
    // A ship that does not move is sent once a second, and received like any other.
    const changes = ann.page.getByText('Changes').locator('..').getByRole('definition')
    await expect.poll(() => changes.textContent(), { timeout: patienceMs }).toMatch(/^[1-9]/)
    if (transport === 'websocket') expect(sockets.length).toBeGreaterThan(0)
    else expect(sockets).toEqual([])
  },
)

test.each(['websocket', 'sse', 'long-poll', 'poll'])('the chat works over %s alone', async (transport) => {
  const server = await served()
  const ann = await visit(browser(), `${server.url}/?transport=${transport}`)
  const bob = await visit(browser(), server.url)
  const sockets: string[] = []
  ann.page.on('websocket', (socket) => sockets.push(socket.url()))
  await bob.say('over any transport')
  await ann.sees('over any transport')
  await ann.say('and back')
  await bob.sees('and back')
  // Links of the navigation rail keep the forced transport.
  await ann.page.getByRole('link', { name: 'Prices' }).click()
  await ann.page.waitForURL(`**/prices?transport=${transport}`)
  if (transport !== 'websocket') expect(sockets).toEqual([])
})
