import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Server } from '../support/servers/serving.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { seriousFaults } from './support/axe.ts'
import { browsing } from './support/browser.ts'
import { fill } from './support/fill.ts'
import { picture } from './support/picture.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()
const widths = [360, 768, 1440]
const schemes = ['light', 'dark'] as const

const odd = [
  'Good morning.',
  `a word without an end: ${'supercalifragilistic'.repeat(10)}`,
  'هذا نص من اليمين إلى اليسار مع English في الوسط',
  '🎉🎉🎉',
  'A list:\n\n- of **two**\n- `things`\n\n> and a quote',
]

async function talk(server: Server): Promise<void> {
  await fill(server, odd)
  const feeder = await server.rest('feeder', { role: 'service' })
  const writes = Array.from({ length: 40 }, (_, i) => {
    const symbol = `SYM${i + 1}`
    const target = { op: 'put', channel: 'prices:demo', collection: 'quotes', recordId: symbol }
    return { ...target, data: { symbol, price: (i + 1) * 3.21 } }
  })
  const { status } = await feeder.post('/v1/batch', { writes })
  expect(status).toBe(200)
}

/** Whether the page scrolls sideways. */
function sideways(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
}

// Accessibility is checked where the layout differs: wide in both themes, and on a phone.
const variants = widths.flatMap((width) =>
  schemes.map((colorScheme) => ({
    width,
    colorScheme,
    checked: width === 1440 || (width === 360 && colorScheme === 'light'),
  })),
)

test.each(variants)(
  'each page at $width pixels, $colorScheme, has no serious accessibility violation and does not scroll sideways',
  async ({ width, colorScheme, checked }) => {
    const server = await served()
    const options = { width, colorScheme, height: 800 }
    const { page, log } = await visit(browser(), server.url, options)
    await page.getByText('No messages yet').waitFor()
    await picture(page, `chat-empty-${width}-${colorScheme}`)
    await talk(server)
    await log.getByText('Good morning.').waitFor()
    for (const path of [
      '/chat/chat:general',
      '/chat',
      '/prices',
      '/game',
      '/compare',
      '/status',
      '/docs/guide',
      '/nowhere',
    ]) {
      await page.goto(`${server.url}${path}`)
      const ready = page.locator('article, canvas, table, h2').first()
      await ready.waitFor({ state: 'attached' })
      await picture(page, `${path.slice(1).replaceAll(/\W/g, '-')}-${width}-${colorScheme}`)
      expect({ path, faults: checked ? await seriousFaults(page) : [], sideways: await sideways(page) }).toEqual({
        path,
        faults: [],
        sideways: false,
      })
    }
  },
  120_000,
)

test('dialogs have no serious accessibility violation', async () => {
  const server = await served()
  const { page } = await visit(browser(), server.url)
  for (const name of ['Your profile', 'New channel', 'Feedback']) {
    await page.getByRole('button', { name }).click()
    await page.getByRole('dialog').waitFor()
    expect({ name, faults: await seriousFaults(page) }).toEqual({ name, faults: [] })
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
})

test('without a server, the chat keeps its messages and says that it is reconnecting', async () => {
  const spawned = await spawnServer()
  await talk(spawned.server)
  const { page, sees } = await visit(browser(), spawned.server.url, { colorScheme: 'dark' })
  await sees('Good morning.')
  await spawned.kill()
  await page.getByRole('status').getByText('Reconnecting').waitFor()
  await sees('Good morning.')
  await picture(page, 'chat-reconnecting')
})

test('the first load of the web app is under 200 KB compressed', async () => {
  const server = await served()
  const sizes = new Map<string, number>()
  const { page } = await visit(browser(), 'about:blank')
  page.on('response', async (response) => {
    const { pathname } = new URL(response.url())
    if (pathname.startsWith('/v1/')) return
    const body = await response.body().catch(() => Buffer.alloc(0))
    // Fonts are compressed already.
    sizes.set(pathname, pathname.endsWith('.woff2') ? body.length : gzipSync(body).length)
  })
  await page.goto(server.url, { waitUntil: 'networkidle' })
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  expect(sizes.size).toBeGreaterThan(3)
  expect(total).toBeLessThan(200 * 1024)
})
