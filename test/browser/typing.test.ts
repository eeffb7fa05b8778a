import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { awaitLater } from '../support/until.ts'
import { browsing } from './support/browser.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()
const perSecond = 50

declare global {
  interface Window {
    /** Time from each keydown to the paint that showed it, in ms; the browser reports none below 16. */
    presses: number[]
  }
}

async function notePresses(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.presses = []
    new PerformanceObserver((list) => {
      for (const { name, duration } of list.getEntries()) if (name === 'keydown') window.presses.push(duration)
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit)
  })
}

const text = 'the quick brown fox jumps over the lazy dog '.repeat(2)

/** Types into the focused field, and returns for each late press how long it took to show, in ms. */
async function type(page: Page): Promise<number[]> {
  await notePresses(page)
  await page.keyboard.type(text, { delay: 40 })
  return page.evaluate(() => window.presses.filter((ms) => ms > 100))
}

test('typing is shown within 100 ms while 50 messages a second arrive', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const rest = await server.rest('feeder', { role: 'service' })
  const posts: Promise<number>[] = []
  const post = async () => {
    const { status } = await rest.post('/v1/channels/chat:general/messages', { text: `message ${posts.length}` })
    return status
  }
  await ann.composer.focus()
  const feed = setInterval(() => posts.push(awaitLater(post())), 1000 / perSecond)
  onTestFinished(() => clearInterval(feed))
  // Any message from the 20th on: a slow page may skip over that one.
  await ann.log
    .getByText(/^message ([2-9]\d|\d{3,})$/)
    .first()
    .waitFor()
  const before = posts.length
  const late = await type(ann.page)
  const arrived = posts.length - before
  // While something was said about one in three presses at least; else it would not be typing under load.
  expect(arrived).toBeGreaterThan(text.length / 3)
  expect(await ann.composer.inputValue()).toBe(text)
  // What the machine itself takes: the same keys in an empty page, while the chat goes on beside it.
  const plain = await visit(browser(), 'about:blank')
  await plain.page.setContent('<textarea autofocus></textarea>')
  await plain.page.locator('textarea').focus()
  const lateInPlain = await type(plain.page)
  clearInterval(feed)
  expect(new Set(await Promise.all(posts))).toEqual(new Set([201]))
  // 100 ms is felt as immediate. A page that is slow by itself, as when each message renders the composer or the
  // whole list again, is late with most presses; a busy machine, with a few in any page.
  expect(late.length).toBeLessThan(text.length / 10 + 2 * lateInPlain.length)
})
