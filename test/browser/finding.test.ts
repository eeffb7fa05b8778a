import { expect, test } from 'vitest'
import type { Server } from '../support/serving.ts'
import { spawnServer } from '../support/spawn-server.ts'
import { browsing } from './support/browser.ts'
import { picture } from './support/picture.ts'
import { type Visitor, visit } from './support/visitor.ts'

const browser = browsing()

/** Two hundred messages, of which the tenth is special. */
async function fill(server: Server): Promise<void> {
  const rest = await server.rest('ann')
  for (let i = 1; i <= 200; i++) {
    const text = i === 10 ? 'The Café of Zürich opens' : `message ${i}`
    await rest.post('/v1/channels/chat:general/messages', { text })
  }
}

/** Whether a message stands where one can read it. */
async function inSight({ log }: Visitor, text: string): Promise<boolean> {
  const [window, message] = await Promise.all([log.boundingBox(), log.getByText(text, { exact: true }).boundingBox()])
  if (window === null || message === null) return false
  return message.y >= window.y && message.y + message.height <= window.y + window.height
}

test('a search hit leads to its place in the history, and a button back to the newest', async () => {
  const { server } = await spawnServer()
  await fill(server)
  const ann = await visit(browser(), server.url)
  await ann.sees('message 200')
  await ann.page.getByRole('button', { name: 'Search messages' }).click()
  await ann.page.getByRole('searchbox').fill('cafe zurich')
  const hit = ann.page.getByRole('search').getByRole('link').first()
  await hit.locator('mark').first().waitFor()
  await picture(ann.page, 'search')
  await hit.click()
  await ann.sees('The Café of Zürich opens')
  await expect.poll(() => inSight(ann, 'The Café of Zürich opens')).toBe(true)
  await ann.misses('message 200')
  await picture(ann.page, 'search-hit')
  await ann.page.getByRole('button', { name: 'Newest' }).click()
  await ann.sees('message 200')
  await expect.poll(() => inSight(ann, 'message 200')).toBe(true)
})

test('reading on from a place in the past comes to the newest without a break', async () => {
  const { server } = await spawnServer()
  await fill(server)
  const ann = await visit(browser(), `${server.url}/chat/chat:general?at=10`)
  await ann.sees('The Café of Zürich opens')
  await ann.log.hover()
  for (let turns = 0; (await ann.log.getByText('message 200', { exact: true }).count()) === 0; turns++) {
    if (turns > 200) throw new Error('the newest message was not reached')
    await ann.page.mouse.wheel(0, 500)
    await ann.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)))
  }
  const rest = await server.rest('bob')
  await rest.post('/v1/channels/chat:general/messages', { text: 'and live from here on' })
  await ann.sees('and live from here on')
})

test('a day leads to its first message', async () => {
  const { server } = await spawnServer()
  await fill(server)
  const ann = await visit(browser(), server.url)
  await ann.sees('message 200')
  const today = await ann.page.evaluate(() => {
    const now = new Date()
    const two = (part: number) => String(part).padStart(2, '0')
    return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
  })
  await ann.page.getByLabel('Day to go to').fill(today)
  await ann.sees('message 1')
  await expect.poll(() => inSight(ann, 'message 1')).toBe(true)
})

test('by keyboard alone one finds a message, reacts to it and edits one’s own', async () => {
  const { server } = await spawnServer()
  const ann = await visit(browser(), server.url)
  await ann.say('first')
  await ann.sees('first')
  await ann.say('second')
  await ann.sees('second')
  await ann.log.focus()
  await ann.page.keyboard.press('ArrowUp')
  await ann.page.keyboard.press('ArrowUp')
  await ann.page.getByRole('toolbar', { name: 'Message actions' }).waitFor()
  await ann.page.keyboard.press('Tab')
  await ann.page.keyboard.press('Enter')
  await ann.page.getByRole('button', { name: /^👍 1/ }).waitFor()
  await ann.page.getByRole('button', { name: 'Edit' }).focus()
  await ann.page.keyboard.press('Enter')
  await ann.page.keyboard.type(' of all')
  await ann.page.keyboard.press('Enter')
  await ann.log.getByText('first of all').waitFor()
  expect(await ann.composer.evaluate((field) => field === document.activeElement)).toBe(true)
})
