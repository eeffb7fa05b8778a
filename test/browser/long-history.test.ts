import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browsing, patienceMs } from './support/browser.ts'
import { fill } from './support/fill.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()
const messages = 50_000

declare global {
  interface Window {
    /** Time between animation frames in ms, recorded while this is an array. */
    frameTimes: number[] | null
  }
}

/** The duration of each animation frame while `act` runs, in ms. */
async function framesWhile(page: Page, act: () => Promise<void>): Promise<number[]> {
  await page.evaluate(() => {
    window.frameTimes = []
    let last = performance.now()
    requestAnimationFrame(function next(now) {
      window.frameTimes?.push(now - last)
      last = now
      if (window.frameTimes !== null) requestAnimationFrame(next)
    })
  })
  await act()
  return page.evaluate(() => {
    const frames = window.frameTimes ?? []
    window.frameTimes = null
    return frames
  })
}

/** How many messages lie between this one and the first that is rendered. */
async function farFrom(log: Locator, message: number): Promise<number> {
  const text = await log.locator('article').first().textContent()
  return Math.abs(Number(/message (\d+)/.exec(text ?? '')?.[1]) - message)
}

test('a history of 50,000 messages scrolls smoothly, from the newest and from its middle', async () => {
  const server = await served()
  await fill(
    server,
    Array.from({ length: messages }, (_, i) => `message ${i + 1}`),
  )
  const { page, log, sees } = await visit(browser(), server.url)
  /** Scrolls past a few hundred messages, however slow the machine is. */
  const scroll = async (by: number, from: number) => {
    await log.hover()
    const far = async () => {
      for (let turns = 0; turns < 10; turns++) {
        await page.mouse.wheel(0, by)
        await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
      }
      return farFrom(log, from)
    }
    await expect.poll(far, { timeout: patienceMs, interval: 1 }).toBeGreaterThan(200)
  }
  await sees(`message ${messages}`)
  const up = await framesWhile(page, () => scroll(-400, messages))
  await page.goto(`${server.url}/chat/chat:general?at=25000`)
  await sees('message 25000')
  const down = await framesWhile(page, () => scroll(400, 25_000))
  // Smooth is a frame every 17 ms, or every second one. A busy machine drops frames of any page, so a plain page of
  // the same browser is the measure; a list whose work grows with its length is late with most frames.
  const plain = await visit(browser(), 'about:blank')
  const plainFrames = await framesWhile(plain.page, () => plain.page.waitForTimeout(2000))
  const lateShare = (frames: readonly number[]) => frames.filter((ms) => ms > 50).length / frames.length
  for (const frames of [up, down]) expect(lateShare(frames)).toBeLessThan(0.2 + 2 * lateShare(plainFrames))
  expect(await log.locator('article').count()).toBeLessThan(150)
})
