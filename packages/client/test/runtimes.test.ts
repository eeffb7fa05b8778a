/** What runtimes that are neither a browser nor Node do differently; `npm run outside -- runtimes` runs the SDK in them. */
import { afterEach, expect, test, vi } from 'vitest'
import { createClient } from '../src/index.ts'

afterEach(() => vi.unstubAllGlobals())

test('[K5] where the global event target refuses to capture, as in workerd, a client opens and closes', () => {
  const listening = new Set<string>()
  const refuse = (capture: unknown) => {
    if (capture === true) throw new TypeError('addEventListener(): useCapture must be false.')
  }
  vi.stubGlobal('addEventListener', (type: string, _listener: unknown, capture?: unknown) => {
    refuse(capture)
    listening.add(type)
  })
  vi.stubGlobal('removeEventListener', (type: string, _listener: unknown, capture?: unknown) => {
    refuse(capture)
    listening.delete(type)
  })
  const client = createClient({ url: 'http://server.test' })
  expect(listening).toContain('online')
  client.close()
  expect(listening).toEqual(new Set())
})

test('[K8] without a document nothing looks at localStorage, of which Node 26 warns', () => {
  let looks = 0
  vi.stubGlobal('localStorage', null)
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get: () => {
      looks++
    },
  })
  createClient({ url: 'http://server.test' }).close()
  expect(looks).toBe(0)
})
