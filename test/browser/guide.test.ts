import { expect, test } from 'vitest'
import { seriousFaults } from './support/axe.ts'
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

test('a snippet of the guide can be copied', async () => {
  const server = await served()
  const { page, context } = await visit(browser(), `${server.url}/docs/guide/install`)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const block = page.getByRole('article').locator('.code-block').first()
  await block.hover()
  await block.getByRole('button', { name: 'Copy' }).click()
  await block.getByRole('button', { name: 'Copied' }).waitFor()
  const text = (await block.locator('pre').textContent()) ?? ''
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(text.replace(/\n$/, ''))
})

test.each(['light', 'dark'] as const)('the API page and the error codes look like the app, %s', async (colorScheme) => {
  const server = await served()
  const { page } = await visit(browser(), 'about:blank', { colorScheme, width: 360 })
  const grounds: string[] = []
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)
  for (const path of ['/chat/chat:general', '/docs', '/docs/errors', '/docs/errors/reset']) {
    await page.goto(`${server.url}${path}`)
    await page
      .getByText(path === '/docs' ? '/v1/limits' : /./)
      .first()
      .waitFor({ state: 'attached' })
    grounds.push(await ground())
    expect([path, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([path, 360])
    if (path.startsWith('/docs/errors')) expect([path, await seriousFaults(page)]).toEqual([path, []])
    await picture(page, `${path.slice(1).replaceAll(/\W/g, '-')}-${colorScheme}`)
  }
  expect(new Set(grounds).size).toBe(1)
  await page.getByRole('link', { name: 'All error codes' }).click()
  await page.getByRole('link', { name: 'API documentation' }).click()
  await page.getByRole('link', { name: 'Dovetail' }).click()
  await page.getByRole('textbox', { name: /^Message / }).waitFor()
})

test('a document is printed whole, without the navigation', async () => {
  const server = await served()
  const { page } = await visit(browser(), `${server.url}/docs/guide/protocol`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  const height = () => page.evaluate(() => document.documentElement.scrollHeight)
  expect(await height()).toBe(page.viewportSize()?.height)
  await page.emulateMedia({ media: 'print' })
  expect(await height()).toBeGreaterThan(10_000)
  expect(await page.getByRole('navigation', { name: 'Pages' }).isVisible()).toBe(false)
})
