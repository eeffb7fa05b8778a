/** The game in a browser: how a ship is flown, and how it leaves. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Server } from '../support/servers/serving.ts'
import { browsing, patienceMs } from './support/browser.ts'
import { picture } from './support/picture.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing({ pageCache: true })

interface Ship {
  readonly kind: string
  readonly x: number
  readonly y: number
  readonly angle: number
  readonly thrust: boolean
}

async function shipsOf(server: Server): Promise<Ship[]> {
  const rest = await server.rest()
  const { body } = await rest.get<{ records: { data: Ship }[] }>('/v1/channels/game:arena/entities')
  return body.records.map(({ data }) => data).filter(({ kind }) => kind === 'ship')
}

const pilots = (page: Page, count: number) =>
  page.getByText('Pilots').locator('..').getByText(`${count}`, { exact: true }).waitFor()

test('a held mouse button and the keys W A S D fly the ship', async () => {
  const server = await served()
  const { page } = await visit(browser(), `${server.url}/game`)
  const only = async () => (await shipsOf(server))[0]
  await expect.poll(only, { timeout: patienceMs }).toMatchObject({ thrust: false })
  const box = await page.locator('canvas').boundingBox()
  if (box === null) throw new Error('the arena is not shown')
  await page.mouse.move(box.x + 5, box.y + 5)
  await page.mouse.down()
  await expect.poll(only, { timeout: patienceMs }).toMatchObject({ thrust: true })
  await page.mouse.up()
  await expect.poll(only, { timeout: patienceMs }).toMatchObject({ thrust: false })
  for (const [key, angle] of [
    ['d', 0],
    ['s', Math.PI / 2],
    ['a', Math.PI],
    ['w', 1.5 * Math.PI],
  ] as const) {
    await page.keyboard.down(key)
    const turned = async () => {
      const ship = await only()
      return ship?.thrust && Math.cos(ship.angle - angle) > 0.99
    }
    await expect.poll(turned, { timeout: patienceMs }).toBe(true)
    await page.keyboard.up(key)
  }
})

test.each(['websocket', 'sse', 'long-poll', 'poll'])(
  'over %s, a closed window removes its ship and its pilot at once',
  async (transport) => {
    const server = await served()
    const ann = await visit(browser(), `${server.url}/game?transport=${transport}`)
    const bob = await visit(browser(), `${server.url}/game`)
    await expect.poll(async () => (await shipsOf(server)).length, { timeout: patienceMs }).toBe(2)
    await pilots(bob.page, 2)
    await ann.page.close({ runBeforeUnload: true })
    await expect.poll(async () => (await shipsOf(server)).length, { timeout: patienceMs }).toBe(1)
    await pilots(bob.page, 1)
  },
)

declare global {
  interface Window {
    /** The positions at which each name was drawn since the page was restored. */
    positions: Record<string, number[]>
    restored: boolean
  }
}

/** Records where names are drawn; each ship has its own. */
function noteNames(): void {
  window.positions = {}
  window.restored = false
  const write = CanvasRenderingContext2D.prototype.fillText
  CanvasRenderingContext2D.prototype.fillText = function (...args) {
    const positions = window.positions[args[0]] ?? []
    window.positions[args[0]] = positions
    const x = Math.round(this.getTransform().e)
    if (!positions.includes(x)) positions.push(x)
    write.apply(this, args)
  }
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return
    window.positions = {}
    window.restored = true
  })
}

test('a game page restored from the back/forward cache has its ship again, and sees the others move', async () => {
  const server = await served()
  const ann = await visit(browser(), 'about:blank')
  await ann.page.addInitScript(noteNames)
  await ann.page.goto(`${server.url}/game`)
  const bob = await visit(browser(), `${server.url}/game`)
  await expect.poll(async () => (await shipsOf(server)).length, { timeout: patienceMs }).toBe(2)
  await ann.page.goto(`${server.url}/v1/limits`)
  await expect.poll(async () => (await shipsOf(server)).length, { timeout: patienceMs }).toBe(1)
  await ann.page.goBack({ waitUntil: 'commit' })
  await expect.poll(async () => (await shipsOf(server)).length, { timeout: patienceMs }).toBe(2)
  expect(await ann.page.evaluate(() => window.restored)).toBe(true)
  await pilots(ann.page, 2)
  await bob.page.keyboard.down('ArrowRight')
  // Only Bob’s ship moves.
  const moving = () =>
    ann.page.evaluate(() => Object.values(window.positions).filter((positions) => positions.length > 5).length)
  await expect.poll(moving, { timeout: patienceMs }).toBe(1)
})

test('on a phone the field fills the page, the stick is in reach, and a finger leads the ship', async () => {
  const server = await served()
  const phone = { width: 360, height: 740, touch: true }
  const { page, context } = await visit(browser(), `${server.url}/game`, phone)
  const only = async () => (await shipsOf(server))[0]
  await expect.poll(only, { timeout: patienceMs }).toMatchObject({ thrust: false })
  const [box, stick] = await Promise.all([
    page.locator('canvas').boundingBox(),
    page.locator('[data-stick]').boundingBox(),
  ])
  if (box === null || stick === null) throw new Error('the arena is not shown')
  expect(box.width).toBe(360)
  expect(box.height).toBeGreaterThan(740 / 2)
  expect(stick.y + stick.height).toBeLessThanOrEqual(box.y + box.height)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360)
  const touch = await context.newCDPSession(page)
  // The own ship is in the middle across: a finger at the right edge, at the ship's height, leads to the right.
  const { y = 0 } = (await only()) ?? {}
  const finger = { x: box.x + box.width - 5, y: box.y + (y / 900) * box.height }
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [finger] })
  const flies = async () => {
    const ship = await only()
    return ship?.thrust && Math.cos(ship.angle) > 0.95
  }
  await expect.poll(flies, { timeout: patienceMs }).toBe(true)
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await picture(page, 'game-phone')
})
