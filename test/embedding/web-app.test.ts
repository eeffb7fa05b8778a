/** The web app under a path of an application's own server. */
import { fileURLToPath } from 'node:url'
import { createDovetail, demoConfig } from 'dovetail-server'
import { expect, onTestFinished, test } from 'vitest'
import { browsing } from '../browser/support/browser.ts'
import { visit } from '../browser/support/visitor.ts'
import { listening, plainServer } from './embedded.ts'

const browser = browsing()
const webRoot = fileURLToPath(new URL('../../packages/web/dist/', import.meta.url))

test('begins at the path, and its pages, files and requests stay below it', async () => {
  const dovetail = await createDovetail({
    config: demoConfig,
    store: 'memory:',
    log: 'fatal',
    drainSeconds: 0,
    webRoot,
  })
  onTestFinished(() => dovetail.stop())
  const server = plainServer()
  dovetail.attach(server)
  const url = await listening(server)
  const { page, say, sees } = await visit(browser(), `${url}/live`)
  const requests: string[] = []
  page.on('request', (request) => requests.push(new URL(request.url()).pathname))
  await say('Hello from below')
  await sees('Hello from below')
  expect(new URL(page.url()).pathname).toMatch(/^\/live\//)
  await page.goto(`${url}/live/docs/guide/install`)
  await page.getByRole('heading', { level: 1, name: 'Install' }).waitFor()
  expect(requests.length).toBeGreaterThan(3)
  expect(requests.filter((path) => !path.startsWith('/live/'))).toEqual([])
  expect(await (await fetch(`${url}/`)).text()).toBe('mine')
  expect((await fetch(`${url}/live?transport=sse`)).url).toBe(`${url}/live/?transport=sse`)
})
