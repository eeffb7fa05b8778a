import { expect, test } from 'vitest'
import { browsing, patienceMs } from './support/browser.ts'
import { picture } from './support/picture.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()

test('the guide shows the documents, and their links stay in the app', async () => {
  const server = await served()
  const { page } = await visit(browser(), `${server.url}/docs/guide`)
  await page.getByRole('heading', { level: 1, name: 'Install' }).waitFor()
  await picture(page, 'guide')
  await page.getByRole('navigation', { name: 'Documentation' }).getByRole('link', { name: 'Followers' }).click()
  await page.getByRole('heading', { level: 1, name: 'Followers' }).waitFor()
  await page.getByRole('article').getByRole('link', { name: 'protocol.md' }).first().click()
  await page.getByRole('heading', { level: 1, name: 'Dovetail protocol, version 1' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/docs/guide/protocol')
  await page.goBack()
  await page.getByRole('heading', { level: 1, name: 'Followers' }).waitFor()
})

test('an address with a rule or a heading opens the page there', async () => {
  const server = await served()
  const { page } = await visit(browser(), `${server.url}/docs/guide/protocol#FOL1`)
  const rule = page.locator('#FOL1')
  await expect.poll(async () => (await rule.boundingBox())?.y ?? -1, { timeout: patienceMs }).toBeGreaterThanOrEqual(0)
  expect((await rule.boundingBox())?.y).toBeLessThan(page.viewportSize()?.height ?? 0)
})

test('the search finds a section, and its result leads there', async () => {
  const server = await served()
  const { page } = await visit(browser(), `${server.url}/docs/guide`)
  await page.getByRole('searchbox', { name: 'Search the documentation' }).fill('idempotency')
  await page
    .getByRole('link', { name: /Idempotency/ })
    .first()
    .waitFor()
  await picture(page, 'guide-search')
  await page
    .getByRole('link', { name: /Idempotency/ })
    .first()
    .click()
  await page.getByRole('article').waitFor()
  expect(new URL(page.url()).hash).not.toBe('')
})

test('a document that is not there is told as such', async () => {
  const server = await served()
  const { page } = await visit(browser(), `${server.url}/docs/guide/nothing`)
  await page.getByText('There is no such page').waitFor()
})

test('programs get the documents as Markdown, and the API page leads back to the guide', async () => {
  const server = await served()
  const list = await (await fetch(`${server.url}/llms.txt`)).text()
  const links = [...list.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link)
  expect(links).toContain('docs/guide/protocol.md')
  for (const link of links) expect(await (await fetch(`${server.url}/${link}`)).text()).toMatch(/^# /)
  expect(await (await fetch(`${server.url}/llms-full.txt`)).text()).toContain('**FOL1**')
  const { page } = await visit(browser(), `${server.url}/docs`)
  await page.getByRole('link', { name: 'Guide' }).click()
  await page.getByRole('heading', { level: 1, name: 'Install' }).waitFor()
})
