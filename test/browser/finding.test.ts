import { expect, test } from 'vitest'
import { browsing, patienceMs } from './support/browser.ts'
import { fill } from './support/fill.ts'
import { picture } from './support/picture.ts'
import { served } from './support/served.ts'
import { type Visitor, visit } from './support/visitor.ts'

const browser = browsing()

/** Two hundred messages, of which the tenth is special. */
const said = Array.from({ length: 200 }, (_, i) => (i === 9 ? 'The Café of Zürich opens' : `message ${i + 1}`))

/** Whether a message is in view. */
async function inSight({ log }: Visitor, text: string): Promise<boolean> {
  const [window, message] = await Promise.all([log.boundingBox(), log.getByText(text, { exact: true }).boundingBox()])
  if (window === null || message === null) return false
  return message.y >= window.y && message.y + message.height <= window.y + window.height
}

test('a search hit opens its position in the history, and a button returns to the newest message', async () => {
  const server = await served()
  await fill(server, said)
  const ann = await visit(browser(), server.url)
  await ann.sees('message 200')
  await ann.page.getByRole('button', { name: 'Search messages' }).click()
  await ann.page.getByRole('searchbox').fill('cafe zurich')
  const hit = ann.page.getByRole('search').getByRole('link').first()
  await hit.locator('mark').first().waitFor()
  await picture(ann.page, 'search')
  await hit.click()
  await ann.sees('The Café of Zürich opens')
  await expect.poll(() => inSight(ann, 'The Café of Zürich opens'), { timeout: patienceMs }).toBe(true)
  await ann.misses('message 200')
  await picture(ann.page, 'search-hit')
  await ann.page.getByRole('button', { name: 'Newest' }).click()
  await ann.sees('message 200')
  await expect.poll(() => inSight(ann, 'message 200'), { timeout: patienceMs }).toBe(true)
})

test('scrolling down from an old message reaches the newest without a gap', async () => {
  const server = await served()
  await fill(server, said)
  const ann = await visit(browser(), `${server.url}/chat/chat:general?at=10`)
  await ann.sees('The Café of Zürich opens')
  await ann.log.hover()
  const reached = async () => {
    await ann.page.mouse.wheel(0, 500)
    return ann.log.getByText('message 200', { exact: true }).count()
  }
  // Bounded by time, not by turns: a busy server may send a page later than a hundred turns of the wheel.
  await expect.poll(reached, { timeout: 2 * patienceMs, interval: 20 }).toBeGreaterThan(0)
  const rest = await server.rest('bob')
  await rest.post('/v1/channels/chat:general/messages', { text: 'and live from here on' })
  await ann.sees('and live from here on')
})

test('choosing a day opens its first message', async () => {
  const server = await served()
  await fill(server, said)
  const ann = await visit(browser(), server.url)
  await ann.sees('message 200')
  const rest = await server.rest('bob')
  const { body } = await rest.get<{ records: { createdAt: string }[] }>(
    '/v1/channels/chat:general/messages?after=0&limit=1',
  )
  // The day of the first message in the page's time zone: near midnight that may no longer be today.
  const day = await ann.page.evaluate((createdAt) => {
    const at = new Date(createdAt)
    const two = (part: number) => String(part).padStart(2, '0')
    return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  }, body.records[0]?.createdAt ?? '')
  await ann.page.getByLabel('Day to go to').fill(day)
  await ann.sees('message 1')
  await expect.poll(() => inSight(ann, 'message 1'), { timeout: patienceMs }).toBe(true)
})

test('with the keyboard alone, a user selects a message, reacts to it and edits it', async () => {
  const server = await served()
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

/** The search panel, opened, with this query. */
async function searching({ page }: Visitor, query: string) {
  await page.getByRole('button', { name: 'Search messages' }).click()
  await page.getByRole('searchbox').fill(query)
  const panel = page.getByRole('search')
  return { panel, hits: panel.getByRole('listitem') }
}

test('a search goes on to the last hit, in one channel or in all, and stays open over a hit in another channel', async () => {
  const server = await served()
  await fill(
    server,
    Array.from({ length: 70 }, (_, i) => `needle ${i + 1}`),
  )
  const rest = await server.rest('bob')
  await rest.post('/v1/channels/chat:random/messages', { text: 'a needle elsewhere' })
  const ann = await visit(browser(), server.url)
  const { panel, hits } = await searching(ann, 'needle')
  await panel.getByText('The newest 30').waitFor()
  const more = panel.getByRole('button', { name: 'More results' })
  for (const count of [60, 71]) {
    await more.click()
    await expect.poll(() => hits.count(), { timeout: patienceMs }).toBe(count)
  }
  await panel.getByText('71 found').waitFor()
  await panel.getByText('These are all.').waitFor()
  await panel.getByText('Only general').click()
  await panel.getByText('The newest 30').waitFor()
  for (const count of [60, 70]) {
    await more.click()
    await expect.poll(() => hits.count(), { timeout: patienceMs }).toBe(count)
  }
  await panel.getByText('All channels').click()
  await panel.getByRole('link', { name: /elsewhere/ }).click()
  await ann.page.getByRole('heading', { name: 'random' }).waitFor()
  await ann.sees('a needle elsewhere')
  expect(await panel.getByRole('searchbox').inputValue()).toBe('needle')
  await picture(ann.page, 'search-all')
})

test('[SEA12] a search that did not look everywhere says so', async () => {
  const server = await served()
  await fill(server, ['a needle'])
  const ann = await visit(browser(), server.url)
  await ann.page.route('**/v1/search?*', async (route) => {
    const reply = await route.fetch()
    await route.fulfill({ response: reply, json: { ...(await reply.json()), complete: false } })
  })
  const { panel } = await searching(ann, 'needle')
  await panel.getByText(/^1 found Not all was searched/).waitFor()
  await panel.getByText('Only general').click()
  await panel.getByText(/^1 found Some messages are not indexed yet/).waitFor()
})
