/** WebKitGTK's MiniBrowser, driven by WebKitWebDriver over the older WebDriver: HTTP, a session for each person. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort, ServiceProcess } from 'dovetail-lab/services'
import { patienceMs, until } from '../../support/until.ts'
import { type DrivenBrowser, type DrivenWindow, viewport } from './driven.ts'

const miniBrowser = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'

export async function openWebKit(): Promise<DrivenBrowser> {
  const screen = await openScreen()
  const sessions = new Set<Session>()
  const newSession = async () => {
    const session = await Session.start(screen.display)
    sessions.add(session)
    return session
  }
  const first = await newSession()
  const unused = [first]
  return {
    version: first.version,
    newPerson: async () => {
      const session = unused.pop() ?? (await newSession())
      const window = await openWindow(session, String(await session.call('GET', '/window')))
      const close = async () => {
        sessions.delete(session)
        await session.stop()
      }
      return { ...window, close }
    },
    close: async () => {
      for (const session of sessions) await session.stop()
      await screen.close()
    },
  }
}

/** A screen that nobody sees: MiniBrowser has no other way to run without one. */
async function openScreen(): Promise<{ display: string; close(): Promise<void> }> {
  const xvfb = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  })
  const ready = xvfb.stdio[3]
  if (ready === null || ready === undefined) throw new Error('Xvfb has no pipe to say its number on')
  const [number] = await until('Xvfb', once(ready, 'data'))
  const ended = once(xvfb, 'exit')
  return {
    display: `:${String(number).trim()}`,
    close: async () => {
      xvfb.kill('SIGTERM')
      await ended
    },
  }
}

/** One browser process with its own storage. Its commands go to one window at a time. */
class Session {
  readonly #driver: ServiceProcess
  readonly #address: string
  #path = ''
  #turn: Promise<unknown> = Promise.resolve()
  version = ''

  static async start(display: string): Promise<Session> {
    const port = await freePort()
    const driver = await ServiceProcess.start({
      name: 'WebKitWebDriver',
      command: 'WebKitWebDriver',
      args: [`--port=${port}`],
      env: { DISPLAY: display, LIBGL_ALWAYS_SOFTWARE: '1' },
      port,
    })
    const session = new Session(driver, `http://127.0.0.1:${port}`)
    // `none`: a page can be watched for faults while it loads.
    const alwaysMatch = {
      pageLoadStrategy: 'none',
      'webkitgtk:browserOptions': { binary: miniBrowser, args: ['--automation'] },
    }
    const made = (await session.call('POST', '/session', { capabilities: { alwaysMatch } })) as {
      sessionId: string
      capabilities: { browserVersion: string }
    }
    session.#path = `/session/${made.sessionId}`
    session.version = made.capabilities.browserVersion
    return session
  }

  private constructor(driver: ServiceProcess, address: string) {
    this.#driver = driver
    this.#address = address
  }

  async call(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.#address}${this.#path}${path}`, {
      method,
      body: body === undefined ? null : JSON.stringify(body),
    })
    const { value } = (await response.json()) as { value: unknown }
    if (!response.ok) throw new Error(`${method} ${path}: ${JSON.stringify(value)}`)
    return value
  }

  /** The command, in this window: no other one comes between. */
  in(handle: string, method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const turn = this.#turn.then(async () => {
      await this.call('POST', '/window', { handle })
      return await this.call(method, path, body)
    })
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  async stop(): Promise<void> {
    await this.call('DELETE', '').catch(() => undefined)
    await this.#driver.stop()
  }
}

/** Keeps what the page throws or logs as an error, from now on. Says how far the document is loaded. */
function watchFaults(url: string): string {
  const watched = globalThis as { faults?: string[] }
  if (location.href.split('#')[0] !== url.split('#')[0]) return 'elsewhere'
  if (watched.faults === undefined) {
    const faults: string[] = []
    watched.faults = faults
    addEventListener('error', ({ message }) => faults.push(message))
    addEventListener('unhandledrejection', ({ reason }) => faults.push(String(reason)))
    globalThis.console.error = (...said) => {
      faults.push(said.map(String).join(' '))
    }
  }
  return document.readyState
}

async function openWindow(session: Session, handle: string): Promise<DrivenWindow> {
  const call = async (functionText: string, argument: string) =>
    String(
      await session.in(handle, 'POST', '/execute/sync', {
        script: `return (${functionText})(arguments[0])`,
        args: [argument],
      }),
    )
  const resize = async (width: number, height: number) => {
    await session.in(handle, 'POST', '/window/rect', { width, height })
    // What the window has around the page.
    const inner = (await session.in(handle, 'POST', '/execute/sync', {
      script: 'return [innerWidth, innerHeight]',
      args: [],
    })) as [number, number]
    await session.in(handle, 'POST', '/window/rect', { width: 2 * width - inner[0], height: 2 * height - inner[1] })
  }
  await resize(viewport.width, viewport.height)
  return {
    open: async (url) => {
      await session.in(handle, 'POST', '/url', { url })
      const ends = performance.now() + patienceMs
      while ((await call(String(watchFaults), url)) !== 'complete')
        if (performance.now() > ends) throw new Error(`${url} was not loaded within ${patienceMs} ms`)
    },
    call,
    act: async (source) => {
      await session.in(handle, 'POST', '/actions', { actions: [source] })
    },
    resize,
    picture: async () => Buffer.from(String(await session.in(handle, 'GET', '/screenshot')), 'base64'),
    faults: async () => JSON.parse(await call('() => JSON.stringify(globalThis.faults ?? [])', '')) as string[],
    another: async () => {
      const { handle: next } = (await session.call('POST', '/window/new', { type: 'window' })) as { handle: string }
      return await openWindow(session, next)
    },
    close: () => session.stop(),
  }
}
