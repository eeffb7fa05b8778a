/** The web app and the SDK under a path of another host, by nginx and the lines of docs/proxies.md [N37]. */
import { freePort } from 'dovetail-lab/services'
import { describe, expect, test } from 'vitest'
import { browsing } from '../browser/support/browser.ts'
import { served } from '../browser/support/served.ts'
import { visit } from '../browser/support/visitor.ts'
import { documented } from './configurations.ts'
import { startNginx } from './running-nginx.ts'

const browser = browsing()

/** The configuration of the page, with its location replaced by the one for a path; returns the port. */
async function nginxUnderLive(server: number): Promise<number> {
  const listen = await freePort()
  const [file = '', ...others] = await documented('nginx', { listen, server })
  const location = others.find((fence) => fence.includes('location /live/')) ?? ''
  await startNginx(file.replace(/ {2}location \/ \{[\s\S]*?\n {2}\}\n/, location), listen)
  return listen
}

describe('under a path', () => {
  test('[N37] the web app works: its pages, their links, a reload, and everything that they ask for', {
    timeout: 120_000,
  }, async () => {
    const server = await served({ trustProxy: 1 })
    const url = `http://127.0.0.1:${await nginxUnderLive(server.port)}/live`
    const ann = await visit(browser(), `${url}/`)
    const asked: string[] = []
    const failed: string[] = []
    ann.page.on('request', (request) => asked.push(new URL(request.url()).pathname))
    ann.page.on('response', (reply) => {
      if (reply.status() >= 400) failed.push(`${reply.status()} ${reply.url()}`)
    })
    await ann.composer.waitFor()
    expect(new URL(ann.page.url()).pathname).toMatch(/^\/live\/chat\//)
    await ann.page.reload()
    await ann.say('under a path')
    const bob = await visit(browser(), `${url}/chat/chat:general`)
    await bob.sees('under a path')
    for (const [name, path] of [
      ['Prices', '/live/prices'],
      ['Compare', '/live/compare'],
      ['Status', '/live/status'],
      ['Chat', '/live/chat'],
    ] as const) {
      await ann.page.getByRole('navigation').getByRole('link', { name }).click()
      await ann.page.waitForURL((to) => to.pathname.startsWith(path))
      await ann.page.locator('main h1, main h2').first().waitFor()
    }
    await bob.page.getByText('Skip to the page').focus()
    await bob.page.keyboard.press('Enter')
    expect(new URL(bob.page.url()).pathname).toBe('/live/chat/chat:general')
    expect(asked.filter((path) => !path.startsWith('/live/'))).toEqual([])
    expect(failed).toEqual([])
    expect(asked.length).toBeGreaterThan(10)
  })
})
