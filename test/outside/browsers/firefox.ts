/** Firefox, driven by WebDriver BiDi, which it speaks by itself: no driver stands between. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, ServiceProcess } from 'dovetail-lab/services'
import { type Bidi, type LogEntry, openBidi } from './bidi.ts'
import { type DrivenBrowser, type DrivenWindow, viewport } from './driven.ts'

export async function openFirefox(): Promise<DrivenBrowser> {
  const profile = await mkdtemp(join(tmpdir(), 'dovetail-firefox-'))
  const port = await freePort()
  const process = await ServiceProcess.start({
    name: 'Firefox',
    command: '/usr/bin/firefox-esr',
    args: ['--headless', '--no-remote', '--profile', profile, `--remote-debugging-port=${port}`],
    port,
  })
  const bidi = await openBidi(`ws://127.0.0.1:${port}/session`)
  const { capabilities } = await bidi.send('session.new', { capabilities: {} })
  await bidi.send('session.subscribe', { events: ['log.entryAdded'] })
  return {
    version: String((capabilities as { browserVersion?: unknown }).browserVersion),
    newPerson: async () => {
      const { userContext } = await bidi.send('browser.createUserContext', {})
      return await openWindow(bidi, String(userContext))
    },
    close: async () => {
      bidi.close()
      await process.stop()
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function openWindow(bidi: Bidi, userContext: string, faults: string[] = []): Promise<DrivenWindow> {
  const created = await bidi.send('browsingContext.create', { type: 'window', userContext })
  const context = String(created.context)
  const resize = async (width: number, height: number) => {
    await bidi.send('browsingContext.setViewport', { context, viewport: { width, height } })
  }
  await resize(viewport.width, viewport.height)
  bidi.onLog((entry) => {
    if (entry.source.context === context && isFault(entry)) faults.push(entry.text ?? '')
  })
  return {
    open: async (url) => {
      await bidi.send('browsingContext.navigate', { context, url, wait: 'complete' })
    },
    call: async (functionDeclaration, argument) => {
      const said = await bidi.send('script.callFunction', {
        functionDeclaration,
        arguments: [{ type: 'string', value: argument }],
        awaitPromise: true,
        target: { context },
      })
      const { result, exceptionDetails } = said as { result?: { value?: unknown }; exceptionDetails?: { text: string } }
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.text)
      return String(result?.value)
    },
    act: async (source) => {
      // Keys go to the window in front.
      await bidi.send('browsingContext.activate', { context })
      await bidi.send('input.performActions', { context, actions: [source] })
    },
    resize,
    picture: async () => {
      const { data } = await bidi.send('browsingContext.captureScreenshot', { context })
      return Buffer.from(String(data), 'base64')
    },
    faults: async () => faults,
    another: () => openWindow(bidi, userContext, faults),
    close: async () => {
      await bidi.send('browser.removeUserContext', { userContext })
    },
  }
}

/** What Firefox logs of a lost network, and of a font that was not needed any more (NS_BINDING_ABORTED): no fault of a page. */
const harmless = /can’t establish a connection to the server|The connection to \S+ was interrupted|status=2152398850/

function isFault({ type, level, method, text }: LogEntry): boolean {
  if (harmless.test(text ?? '')) return false
  return (type === 'javascript' && level === 'error') || method === 'error' || method === 'assert'
}
