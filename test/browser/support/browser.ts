import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, vi } from 'vitest'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const args = [
  '--no-sandbox', // tests run as root in containers
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** How long a test waits for what a page must show: browsers are slow while a whole suite runs on two cores. */
export const patienceMs = 60_000

/**
 * One real browser for the tests of a file. They have time for several waits of `patienceMs`. `pageCache`: pages that
 * are left may come back as they were (the back/forward cache), which Playwright turns off by itself.
 */
export function browsing({ pageCache = false } = {}): () => Browser {
  let browser: Browser | undefined
  vi.setConfig({ testTimeout: 4 * patienceMs })
  beforeAll(async () => {
    const ignoreDefaultArgs = pageCache ? ['--disable-back-forward-cache'] : []
    browser = await chromium.launch({ executablePath, args, ignoreDefaultArgs })
  })
  afterAll(async () => {
    await browser?.close()
  })
  return () => {
    if (browser === undefined) throw new Error('the browser is open inside tests only')
    return browser
  }
}
