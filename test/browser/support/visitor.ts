import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { expect, onTestFinished } from 'vitest'
import { shiftClock } from '../../../scripts/clock/shift-clock.mjs'
import { patienceMs } from './browser.ts'

export interface VisitorOptions {
  readonly width?: number
  readonly height?: number
  readonly colorScheme?: 'light' | 'dark'
  readonly touch?: boolean
}

/** A person with their own browser context: visitors share nothing but the server. */
export interface Visitor {
  readonly context: BrowserContext
  readonly page: Page
  /** The messages that the page shows. */
  readonly log: Locator
  /** The field for a new message. */
  readonly composer: Locator
  say(text: string): Promise<void>
  /** Waits until the page shows this message. */
  sees(text: string): Promise<void>
  /** Waits until the page no longer shows it. */
  misses(text: string): Promise<void>
}

/** Opens `url` as a new visitor. The test fails where the page throws. */
export async function visit(browser: Browser, url: string, options: VisitorOptions = {}): Promise<Visitor> {
  const { width = 1280, height = 800, colorScheme = 'light', touch = false } = options
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, hasTouch: touch })
  context.setDefaultTimeout(patienceMs)
  const shiftMs = Number(process.env.CLOCK_SHIFT_MS ?? 0)
  // A run by a shifted clock: the page has that clock too, as the server has.
  if (shiftMs !== 0) await context.addInitScript(shiftClock, shiftMs)
  const page = await context.newPage()
  const thrown: string[] = []
  page.on('pageerror', (error) => thrown.push(error.stack ?? error.message))
  onTestFinished(async () => {
    await context.close()
    expect(thrown).toEqual([])
  })
  await page.goto(url)
  return visitorOn(context, page)
}

function visitorOn(context: BrowserContext, page: Page): Visitor {
  const log = page.getByRole('log')
  const composer = page.getByRole('textbox', { name: /^Message / })
  const shown = (text: string) => log.getByText(text, { exact: true })
  return {
    context,
    page,
    log,
    composer,
    say: async (text) => {
      await composer.fill(text)
      await composer.press('Enter')
    },
    sees: (text) => shown(text).waitFor(),
    misses: (text) => shown(text).waitFor({ state: 'detached' }),
  }
}
