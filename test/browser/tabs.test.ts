import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { awaitLater, patienceMs } from '../support/until.ts'
import { browsing } from './support/browser.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()
const composerOf = (page: Page) => page.getByRole('textbox', { name: /^Message / })
const shown = (page: Page, text: string) => page.getByRole('log').getByText(text, { exact: true })

/** How many leaders there are: the leading tab has the only open request, and passes changes to the others. */
async function streamsOf(pages: readonly Page[], transport: string): Promise<number> {
  const locks = await Promise.all(
    pages.map((page) =>
      page.evaluate(async (prefix) => {
        const { held = [] } = await navigator.locks.query()
        return held.filter(({ name }) => name?.startsWith(prefix)).map(({ name }) => name ?? '')
      }, `dovetail.${transport} `),
    ),
  )
  // A tab's own lock ends in its id, the leader's does not.
  return new Set(locks.flat().filter((name) => !/ [0-9a-f]{32}$/.test(name))).size
}

test.each(['sse', 'long-poll'])(
  '[B53] seven tabs over %s share one connection; each posts in time, and the leader may close',
  async (transport) => {
    const server = await served()
    const url = `${server.url}/?transport=${transport}`
    const first = await visit(browser(), url)
    await first.say('the first')
    await first.sees('the first')
    const pages = [first.page]
    while (pages.length < 7) {
      const page = await first.context.newPage()
      await page.goto(url)
      await shown(page, 'the first').waitFor()
      pages.push(page)
    }
    expect(await streamsOf(pages, transport)).toBe(1)
    const seventh = pages[6] as Page
    // A page that waits for one of the browser's six connections would wait for a long-poll of 25 s, or for ever.
    const posted = awaitLater(
      seventh.waitForResponse((response) => response.request().method() === 'POST', {
        timeout: patienceMs,
      }),
    )
    await composerOf(seventh).fill('from the seventh')
    await composerOf(seventh).press('Enter')
    await posted
    for (const page of pages) await shown(page, 'from the seventh').waitFor()
    await pages.shift()?.close()
    await composerOf(seventh).fill('without the leader')
    await composerOf(seventh).press('Enter')
    for (const page of pages) await shown(page, 'without the leader').waitFor()
  },
)

test.each(['websocket', 'sse'])(
  '[B50] a page restored by the Back button over %s misses and repeats nothing',
  async (transport) => {
    const server = await served()
    const ann = await visit(browser(), `${server.url}/?transport=${transport}`)
    const bob = await visit(browser(), server.url)
    await bob.say('before')
    await ann.sees('before')
    await ann.page.goto(`${server.url}/v1/limits`)
    await bob.say('one meanwhile')
    await bob.say('two meanwhile')
    await bob.sees('two meanwhile')
    await ann.page.goBack()
    for (const text of ['before', 'one meanwhile', 'two meanwhile']) {
      await ann.sees(text)
      expect(await shown(ann.page, text).count()).toBe(1)
    }
    await bob.say('after')
    await ann.sees('after')
  },
)
