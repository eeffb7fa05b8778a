import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browsing, patienceMs } from './support/browser.ts'
import { fill } from './support/fill.ts'
import { picture } from './support/picture.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()
/** This many messages, every seventh of two lines. */
function saying(count: number): string[] {
  const text = (i: number) => (i % 7 === 0 ? `message ${i}\nof two lines` : `message ${i}`)
  return Array.from({ length: count }, (_, i) => text(i + 1))
}

/** Scrolls by one turn of the wheel, and returns by how much the message being read moved. */
async function turnWheel(page: Page, by: number): Promise<number> {
  const marked = await page.evaluate(() => {
    const log = document.querySelector('[role=log]') as HTMLElement
    const top = log.getBoundingClientRect().top + 100
    const article = [...log.querySelectorAll('article')].find((each) => each.getBoundingClientRect().top > top)
    return { text: article?.querySelector('p')?.textContent ?? '', y: article?.getBoundingClientRect().top ?? 0 }
  })
  const turns = await turnUntilMoved(page, by)
  // The smooth scrolling ends, and an older page that it requested has arrived.
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve, { timeout: 1000 })))
  const moved = await page.evaluate(async ({ text, y }) => {
    const position = () => {
      const all = [...document.querySelectorAll('[role=log] article')]
      const article = all.find((each) => each.querySelector('p')?.textContent === text)
      return article?.getBoundingClientRect().top ?? Number.NaN
    }
    for (let still = 0, last = position(); still < 5; ) {
      await new Promise((resolve) => requestAnimationFrame(resolve))
      still = Object.is(position(), last) ? still + 1 : 0
      last = position()
    }
    return position() - y
  }, marked)
  return moved / turns
}

/** Repeats a turn of the wheel that the browser dropped while an older page arrived. Returns how many it took. */
async function turnUntilMoved(page: Page, by: number): Promise<number> {
  // Measured from the end: an older page that arrives changes the offset from the beginning without any scrolling.
  const fromEnd = () => {
    const log = document.querySelector('[role=log]') as HTMLElement
    return Math.round(log.scrollHeight - log.scrollTop)
  }
  const before = await page.evaluate(fromEnd)
  for (let turns = 1; ; turns++) {
    await page.mouse.wheel(0, by)
    const moved = page.waitForFunction(
      (was) => {
        const log = document.querySelector('[role=log]') as HTMLElement
        return Math.abs(log.scrollHeight - log.scrollTop - was) > 20
      },
      before,
      { timeout: patienceMs / 5 },
    )
    const didMove = await moved.then(
      () => true,
      () => false,
    )
    if (didMove) return turns
    if (turns === 5) throw new Error('the log does not scroll')
  }
}

test('scrolling back through 300 messages never shifts the message being read', async () => {
  const server = await served()
  await fill(server, saying(300))
  const ann = await visit(browser(), server.url)
  await ann.sees('message 300')
  await ann.log.hover()
  const moved: number[] = []
  while ((await ann.log.getByText('message 1', { exact: true }).count()) === 0) {
    moved.push(await turnWheel(ann.page, -300))
    if (moved.length > 100) throw new Error(`the first message was not reached: ${moved.join(' ')}`)
  }
  const astray = moved.slice(0, -2).filter((by) => !(by > -2 && by < 302))
  expect(astray).toEqual([])
  await picture(ann.page, 'chat-history')
})

test('new messages do not shift a reader of old ones, and a button counts them and goes there', async () => {
  const server = await served()
  await fill(server, saying(80))
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  await ann.sees('message 80')
  await ann.log.hover()
  await turnWheel(ann.page, -600)
  const before = await ann.log.evaluate((log) => log.scrollTop)
  await bob.say('news one')
  await bob.say('news two')
  const button = ann.page.getByRole('button', { name: '2 new' })
  await button.waitFor()
  expect(await ann.log.evaluate((log) => log.scrollTop)).toBe(before)
  await button.click()
  await ann.sees('news two')
  await button.waitFor({ state: 'detached' })
})
