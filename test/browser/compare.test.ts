import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { browsing, patienceMs } from './support/browser.ts'
import { picture } from './support/picture.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()
const lanes = ['Poll every', 'Poll with ETag', 'Long-poll', 'Server-Sent Events', 'WebSocket']

/** A measurement of a lane, as the page shows it. */
async function figure(page: Page, lane: string, name: string): Promise<string> {
  const row = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: lane }) })
  const value = row
    .locator('div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .getByRole('definition')
  return (await value.textContent()) ?? ''
}

test('the compare page reads the same events in five ways, and its verdict says how late each was and at what cost', async () => {
  const server = await served()
  const { page } = await visit(browser(), `${server.url}/compare`, { width: 1440, height: 1000 })
  const verdict = page.getByRole('region', { name: 'Verdict' })
  await verdict.getByText('Measuring').waitFor()
  const rate = page.getByRole('slider', { name: 'Events' })
  await rate.focus()
  for (let steps = 0; steps < 2; steps++) await rate.press('ArrowRight')
  expect(await rate.getAttribute('aria-valuetext')).toBe('5 /s')
  await verdict.getByText('At 5 events/s of 200 B, polling every 1 s is on average').waitFor()
  for (const lane of lanes) {
    expect([lane, await figure(page, lane, 'Median delay')]).toEqual([lane, expect.stringMatching(/^[\d.,]+ m?s$/)])
    expect([lane, await figure(page, lane, 'Lost')]).toEqual([lane, '0'])
  }
  const delays = page.getByRole('region', { name: 'Delays' }).getByRole('img')
  expect(await delays.count()).toBe(lanes.length)
  for (const row of await delays.all())
    expect(await row.getAttribute('aria-label')).toMatch(/^half within [\d.,]+ m?s, 99 of 100 within /)
  expect(await figure(page, 'WebSocket', 'Requests')).toBe('1')
  expect(await figure(page, 'Poll every', 'Received')).toMatch(/^[\d.,]+ [KM]?B\/s$/)
  await picture(page, 'compare-running')
})

/** Hides or shows the page as a switch of tabs does: a headless page can't be covered by another. */
async function hide(page: Page, visibility: 'hidden' | 'visible'): Promise<void> {
  await page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, visibility)
}

test('the comparison pauses while its page is hidden, and stays paused if the reader paused it', async () => {
  const server = await served()
  const { page } = await visit(browser(), `${server.url}/compare`)
  const state = page.getByRole('group', { name: 'Settings' }).getByRole('status')
  await state.getByText('Running').waitFor()
  await hide(page, 'hidden')
  await state.getByText('Paused').waitFor()
  await hide(page, 'visible')
  await state.getByText('Running').waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await hide(page, 'hidden')
  await hide(page, 'visible')
  expect(await state.textContent()).toBe('Paused')
})

test('the comparison goes on after a loss of the network and after a pause, and a reset deletes its measurements', async () => {
  const server = await served()
  const { page, context } = await visit(browser(), `${server.url}/compare`)
  const sent = async () => Number.parseInt((await page.getByText(/events sent/).textContent()) ?? '', 10)
  await expect.poll(sent, { timeout: patienceMs }).toBeGreaterThan(0)
  await context.setOffline(true)
  await page.getByRole('region', { name: 'Verdict' }).getByText('The server does not answer').waitFor()
  await picture(page, 'compare-offline')
  await context.setOffline(false)
  const before = await sent()
  await expect.poll(sent, { timeout: patienceMs }).toBeGreaterThan(before)
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('status').getByText('Paused').waitFor()
  const measured = await sent()
  const rest = await server.rest()
  const { body } = await rest.get('/v1/channels?prefix=game:compare-')
  const [channel] = (body as { channels: { name: string }[] }).channels
  expect(channel?.name).toMatch(/^game:compare-/)
  await page.getByRole('button', { name: 'Go on' }).click()
  await expect.poll(sent, { timeout: patienceMs }).toBeGreaterThan(measured)
  await page.getByRole('button', { name: 'Reset' }).click()
  await expect.poll(sent, { timeout: patienceMs }).toBeLessThan(2)
  await page.getByRole('link', { name: 'Status' }).click()
  const left = async () => {
    const { body } = await rest.get(`/v1/channels/${channel?.name}/entities`)
    return (body as { records: unknown[] }).records.length
  }
  await expect.poll(left, { timeout: patienceMs }).toBe(0)
})
