/** A person at a window of a driven browser: what they see and do, in words that no browser's protocol has. */

import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import type { DrivenBrowser, DrivenWindow, InputStep } from './driven.ts'

/** Browsers without a graphics card, two of them, on a busy machine. */
export const patienceMs = 60_000

const folder = fileURLToPath(new URL('../../../artifacts/browser/', import.meta.url))
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const enter = '\uE007'

interface Seen {
  /** Its label for screen readers, and its text. */
  readonly text: string
  readonly x: number
  readonly y: number
}

export interface Person {
  readonly window: DrivenWindow
  open(path: string): Promise<void>
  /** Calls a function of the page; what it uses comes by its arguments. */
  run<A extends readonly unknown[], R>(script: (...args: A) => R, ...args: A): Promise<Awaited<R>>
  /** The labels and texts of what is shown of these elements. */
  texts(css: string): Promise<string[]>
  /** Waits until such an element is shown whose label or text contains this. */
  sees(css: string, text?: string): Promise<void>
  misses(css: string, text?: string): Promise<void>
  click(css: string, text?: string): Promise<void>
  /** Types into what has the focus. */
  type(text: string): Promise<void>
  /** Writes a message into the open channel. */
  say(text: string): Promise<void>
  hold(key: string): Promise<void>
  release(key: string): Promise<void>
  /** The serious violations that axe finds. */
  violations(): Promise<string[]>
  picture(name: string): Promise<void>
  /** One more window of the same person. */
  another(): Promise<Person>
}

/** Opens a window for a new person. When the test ends, no page of theirs may have thrown or logged an error. */
export async function arrive(browser: DrivenBrowser, base: string): Promise<Person> {
  const window = await browser.newPerson()
  const windows = [window]
  onTestFinished(async () => {
    const faults = await Promise.all(windows.map((each) => each.faults()))
    await window.close()
    expect(faults.flat()).toEqual([])
  })
  return personAt(window, base, windows)
}

/** What is shown of the elements, in the middle of the window where it can be. */
function probe(css: string, text: string): Seen[] {
  return [...document.querySelectorAll(css)]
    .filter((element) => element.checkVisibility())
    .map((element) => ({ element, text: `${element.getAttribute('aria-label') ?? ''} ${element.textContent}`.trim() }))
    .filter((shown) => shown.text.includes(text))
    .map((shown, index) => {
      if (index === 0 && text !== '') shown.element.scrollIntoView({ block: 'nearest', behavior: 'instant' })
      const { x, y, width, height } = shown.element.getBoundingClientRect()
      return { text: shown.text, x: Math.round(x + width / 2), y: Math.round(y + height / 2) }
    })
}

type Eyes = Pick<Person, 'run' | 'texts' | 'sees' | 'misses'> & { find(css: string, text?: string): Promise<Seen[]> }

function eyesOn(window: DrivenWindow): Eyes {
  const run: Person['run'] = async (script, ...args) => {
    const text = `async (json) => JSON.stringify([await (${String(script)})(...JSON.parse(json))])`
    const [result] = JSON.parse(await window.call(text, JSON.stringify(args)))
    return result
  }
  const find: Eyes['find'] = (css, text = '') => run(probe, css, text)
  const waitFor = (css: string, text: string | undefined, isShown: boolean) =>
    expect
      .poll(async () => (await find(css, text)).length > 0, {
        timeout: patienceMs,
        interval: 100,
        message: `${css} ${text ?? ''} ${isShown ? 'is shown' : 'is gone'}`,
      })
      .toBe(isShown)
  return {
    run,
    find,
    texts: async (css) => (await find(css)).map(({ text }) => text),
    sees: (css, text) => waitFor(css, text, true),
    misses: (css, text) => waitFor(css, text, false),
  }
}

type Hands = Pick<Person, 'click' | 'type' | 'say' | 'hold' | 'release'>

function handsOn(window: DrivenWindow, { find, sees }: Eyes): Hands {
  const keys = (actions: readonly InputStep[]) => window.act({ type: 'key', id: 'keys', actions })
  const click: Hands['click'] = async (css, text) => {
    await sees(css, text)
    const [at] = await find(css, text)
    if (at === undefined) throw new Error(`${css} ${text ?? ''} is gone before it is pressed`)
    const actions: InputStep[] = [
      { type: 'pointerMove', x: at.x, y: at.y },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ]
    await window.act({ type: 'pointer', id: 'mouse', actions })
  }
  const type: Hands['type'] = (text) => {
    const strokes = [...text].map((value) => [{ type: 'keyDown', value } as const, { type: 'keyUp', value } as const])
    return keys(strokes.flat())
  }
  return {
    click,
    type,
    say: async (text) => {
      await click('textarea', 'Message ')
      await type(`${text}${enter}`)
    },
    hold: (value) => keys([{ type: 'keyDown', value }]),
    release: (value) => keys([{ type: 'keyUp', value }]),
  }
}

function personAt(window: DrivenWindow, base: string, windows: DrivenWindow[]): Person {
  const eyes = eyesOn(window)
  return {
    ...eyes,
    ...handsOn(window, eyes),
    window,
    open: (path) => window.open(`${base}${path}`),
    violations: async () => {
      await window.call(`() => { ${axe}; return '' }`, '')
      return await eyes.run(judge)
    },
    picture: async (name) => {
      await mkdir(folder, { recursive: true })
      await writeFile(`${folder}${name}.png`, await window.picture())
    },
    another: async () => {
      const next = await window.another()
      windows.push(next)
      return personAt(next, base, windows)
    },
  }
}

interface AxeWindow {
  readonly axe: {
    run(): Promise<{ violations: { id: string; impact?: string | null; nodes: { html: string }[] }[] }>
  }
}

async function judge(): Promise<string[]> {
  const { violations } = await (globalThis as unknown as AxeWindow).axe.run()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
}
