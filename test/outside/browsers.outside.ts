/** The web app in Firefox and in WebKitGTK: what people do in it, and what axe finds. (Chromium's tests are test/browser.) */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startServer } from '../support/servers/serving.ts'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { webRoot } from '../support/web-root.ts'
import type { DrivenBrowser } from './browsers/driven.ts'
import { openFirefox } from './browsers/firefox.ts'
import { arrive, type Person, patienceMs } from './browsers/person.ts'
import { openWebKit } from './browsers/webkit.ts'

const testMs = 5 * patienceMs
const article = '[role=log] article'
const escapeKey = '\uE00C'
const rightKey = '\uE014'

async function served() {
  const server = await startServer({ webRoot })
  onTestFinished(() => server.stop())
  return server
}

/** How often each message is in the log, in the log's order. */
async function count(person: Person, texts: readonly string[]): Promise<(readonly [string, number])[]> {
  const shown = await person.texts(article)
  return texts.map((text) => [text, shown.filter((message) => message.includes(text)).length] as const)
}

/** Notes where the names of ships are drawn, each at how many places. */
function noteNames(): void {
  const noted = globalThis as unknown as { places: Record<string, number[]> }
  noted.places = {}
  const write = CanvasRenderingContext2D.prototype.fillText
  CanvasRenderingContext2D.prototype.fillText = function (...args) {
    const places = noted.places[args[0]] ?? []
    noted.places[args[0]] = places
    const x = Math.round(this.getTransform().e)
    if (!places.includes(x)) places.push(x)
    write.apply(this, args)
  }
}

function movedNames(): number {
  const { places } = globalThis as unknown as { places: Record<string, number[]> }
  return Object.values(places).filter((each) => each.length > 5).length
}

/** Whether something is drawn on each canvas that is shown. */
function drawnCanvases(): boolean[] {
  return [...document.querySelectorAll('canvas')].map((canvas) => {
    const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
    return data.some((value) => value !== 0)
  })
}

describe.each([
  ['firefox', openFirefox],
  ['webkit', openWebKit],
] as const)('in %s', (name, openBrowser) => {
  let browser: DrivenBrowser
  beforeAll(async () => {
    browser = await openBrowser()
    expect(browser.version).toMatch(/^\d+\.\d+/)
  })
  afterAll(() => browser?.close())

  test(
    'guests talk through a restart of the server, and each message is there once',
    async () => {
      const spawned = await spawnServer()
      const { url } = spawned.server
      const ann = await arrive(browser, url)
      const bob = await arrive(browser, url)
      await Promise.all([ann.open('/'), bob.open('/')])
      await ann.say('before')
      await bob.sees(article, 'before')
      await spawned.kill()
      await ann.sees('footer [role=status]', 'Reconnecting')
      await ann.say('written without a server')
      await ann.sees(article, 'written without a server')
      const { server } = await spawned.restart()
      await bob.sees(article, 'written without a server')
      await (await server.rest('carl')).post('/v1/channels/chat:general/messages', { text: 'afterwards' })
      const texts = ['before', 'written without a server', 'afterwards']
      for (const each of [ann, bob]) {
        await each.sees(article, 'afterwards')
        expect(await count(each, texts)).toEqual(texts.map((text) => [text, 1]))
        expect((await each.texts(article)).length).toBe(3)
      }
      await ann.open('/')
      await ann.sees(article, 'afterwards')
      expect(await count(ann, texts)).toEqual(texts.map((text) => [text, 1]))
      await ann.picture(`${name}-chat`)
    },
    testMs,
  )

  test(
    'a direct message and what was read of it come to every window of its reader without a reload',
    async () => {
      const { url } = await served()
      const ann = await arrive(browser, url)
      const bob = await arrive(browser, url)
      await Promise.all([ann.open('/'), bob.open('/chat/chat:random')])
      await bob.sees('textarea', 'Message random')
      const bobs = await bob.another()
      await bobs.open('/chat/chat:help')
      await bobs.sees('textarea', 'Message help')
      await bob.open('/')
      await ann.click('aside button', 'Message in private')
      await ann.sees('textarea', 'Message ')
      await expect.poll(() => ann.run(() => location.pathname), { timeout: patienceMs }).toMatch(/dm(:|%3A)/)
      await ann.say('between us')
      for (const each of [bob, bobs]) await each.sees('nav a', 'unread')
      await bob.click('nav a', 'unread')
      await bob.sees(article, 'between us')
      for (const each of [bob, bobs]) await each.misses('nav a', 'unread')
    },
    testMs,
  )

  test(
    'prices are drawn, and change',
    async () => {
      const server = await served()
      const rest = await server.rest('feeder', { role: 'service' })
      const quote = (price: number) => rest.put('/v1/channels/prices:demo/quotes/ACME', { symbol: 'ACME', price })
      await quote(100)
      const ann = await arrive(browser, server.url)
      await ann.open('/prices')
      await ann.sees('td', '100.00')
      await quote(110)
      await ann.sees('td', '110.00')
      await ann.sees('[role=img]', 'rose')
      await expect.poll(() => ann.run(drawnCanvases), { timeout: patienceMs }).toEqual([true, true, true])
      const line = () => ann.run(() => document.querySelector('tbody path')?.getAttribute('d') ?? '')
      await expect.poll(line, { timeout: patienceMs }).toMatch(/^M.*L/)
      await ann.picture(`${name}-prices`)
    },
    testMs,
  )

  test(
    'a ship that is flown moves in the other window',
    async () => {
      const { url } = await served()
      const ann = await arrive(browser, url)
      const bob = await arrive(browser, url)
      await ann.open('/game')
      await bob.open('/game')
      await bob.sees('dl div', 'Pilots2')
      await bob.run(noteNames)
      await ann.click('canvas')
      await ann.hold(rightKey)
      await expect.poll(() => bob.run(movedNames), { timeout: patienceMs }).toBe(1)
      await ann.release(rightKey)
      expect(await bob.run(drawnCanvases)).toEqual([true])
      await bob.picture(`${name}-game`)
    },
    testMs,
  )

  test(
    'the search finds a message of long ago, and opens it',
    async () => {
      const server = await served()
      const rest = await server.rest('carl')
      const said = Array.from({ length: 200 }, (_, i) => (i === 9 ? 'The Café of Zürich opens' : `message ${i + 1}`))
      const writes = said.map((text) => ({
        op: 'create',
        channel: 'chat:general',
        collection: 'messages',
        data: { text },
      }))
      expect((await rest.post('/v1/batch', { writes })).status).toBe(200)
      const ann = await arrive(browser, server.url)
      await ann.open('/')
      await ann.sees(article, 'message 200')
      await ann.click('button', 'Search messages')
      await ann.sees('input[type=search]')
      await ann.type('cafe zurich')
      await ann.click('search a', 'The Café of Zürich opens')
      await ann.sees(article, 'The Café of Zürich opens')
      await ann.misses(article, 'message 200')
      await ann.type(escapeKey)
      await ann.click('button', 'Newest')
      await ann.sees(article, 'message 200')
    },
    testMs,
  )

  test(
    'the footer says that the device is offline, and no longer when it is back',
    async () => {
      const { url } = await served()
      const ann = await arrive(browser, url)
      await ann.open('/')
      const state = 'footer [role=status]'
      await ann.sees(state, 'Live')
      // The event alone: the network is there, so that nothing else can tell the page.
      await ann.run(() => void window.dispatchEvent(new Event('offline')))
      await ann.sees(state, 'Offline')
      await ann.run(() => void window.dispatchEvent(new Event('online')))
      await ann.sees(state, 'Live')
    },
    testMs,
  )

  test(
    'no page has a serious accessibility violation, light or dark, or scrolls sideways on a phone',
    async () => {
      const { url } = await served()
      const ann = await arrive(browser, url)
      const pages = [
        ['/', 'textarea', 'Message '],
        ['/prices', 'h1', 'Prices'],
        ['/game', 'canvas', ''],
        ['/compare', 'h1', 'Compare'],
        ['/status', 'h2', 'Health'],
        ['/docs/guide', 'h1', 'Install'],
      ] as const
      await ann.open('/')
      for (const theme of ['light', 'dark']) {
        for (const [path, css, text] of pages) {
          await ann.open(path)
          await ann.sees(css, text)
          expect({ path, theme, violations: await ann.violations() }).toEqual({ path, theme, violations: [] })
          await ann.picture(`${name}-${path.slice(1).replaceAll('/', '-') || 'chat-empty'}-${theme}`)
        }
        await ann.open('/')
        if (theme === 'light') await ann.click('button', 'Use the dark theme')
      }
      await ann.window.resize(400, 740)
      for (const [path, css, text] of pages) {
        await ann.open(path)
        await ann.sees(css, text)
        const widths = await ann.run(() => [document.documentElement.scrollWidth, window.innerWidth])
        expect({ path, beyond: Math.max(0, (widths[0] ?? 0) - (widths[1] ?? 0)) }).toEqual({ path, beyond: 0 })
      }
    },
    2 * testMs,
  )
})
