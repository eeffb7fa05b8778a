import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { browsing, patienceMs } from './support/browser.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()

declare global {
  interface Window {
    /** When this page sent or received each ship position, in ms since 1970, by position. */
    moves: { sent: Record<string, number>; heard: Record<string, number> }
  }
}

/** Records each ship state that the page sends or receives on its WebSocket, before the app sees it. */
function noteMoves(): void {
  const now = () => performance.timeOrigin + performance.now()
  const moves: Window['moves'] = { sent: {}, heard: {} }
  window.moves = moves
  interface Ship {
    x?: number
    y?: number
    angle?: number
  }
  const positionOf = ({ x, y, angle }: Ship) => `${x} ${y} ${angle}`
  window.WebSocket = class extends WebSocket {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols)
      this.addEventListener('message', ({ data }) => {
        const { changes = [] } = JSON.parse(String(data)) as { changes?: { record: { data?: Ship } }[] }
        for (const { record } of changes) if (record.data) moves.heard[positionOf(record.data)] ??= now()
      })
    }
    override send(data: string): void {
      const { op, data: ship } = JSON.parse(data) as { op: string; data?: Ship }
      if (op === 'put' && ship !== undefined) moves.sent[positionOf(ship)] ??= now()
      super.send(data)
    }
  }
}

/** For each move of `page` that `other` received: how many newer ones `page` had sent by then. */
async function lags(page: Page, other: Page): Promise<number[]> {
  const [{ sent }, { heard }] = (await Promise.all([page, other].map((each) => each.evaluate(() => window.moves)))) as [
    Window['moves'],
    Window['moves'],
  ]
  const times = Object.values(sent).sort((a, b) => a - b)
  return Object.entries(sent).flatMap(([position, sentAt]) => {
    const heardAt = heard[position]
    return heardAt === undefined ? [] : [times.filter((at) => at > sentAt && at < heardAt).length]
  })
}

test('two game windows receive each other’s moves within two moves, which is 100 ms', async () => {
  const { server } = await spawnServer()
  const [ann, bob] = [await visit(browser(), 'about:blank'), await visit(browser(), 'about:blank')]
  for (const { page } of [ann, bob]) {
    await page.addInitScript(noteMoves)
    await page.goto(`${server.url}/game`)
    await page
      .getByText('Pilots')
      .locator('..')
      .getByText(/^[12]$/)
      .waitFor()
    await page.keyboard.down('ArrowRight')
  }
  const enough = 60
  const both = async () => [await lags(ann.page, bob.page), await lags(bob.page, ann.page)] as const
  await expect
    .poll(async () => Math.min(...(await both()).map(({ length }) => length)), { timeout: patienceMs })
    .toBeGreaterThan(enough)
  for (const lag of await both()) {
    // Counted in moves (20 a second), since a loaded machine slows the sender as much as the receiver. A few moves
    // may be later: a machine that stops one page delays several moves at once. If half of 60 moves are, a move
    // waits for something on its way: a timer, a poll or a reply.
    const median = [...lag].sort((a, b) => a - b)[Math.floor(lag.length / 2)]
    expect(median).toBeLessThanOrEqual(2)
  }
})
