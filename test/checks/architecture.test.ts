import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
/** Where a path on the page may start. */
const starts = ['', 'packages/', 'packages/server/src/']

/** Code spans that name a file or a folder: `core/log/hub.ts`, `auth/`. */
function pathsIn(page: string): readonly string[] {
  const spans = [...page.matchAll(/`([^`\s]+)`/g)].map(([, span = '']) => span)
  return spans.filter((span) => /^[\w.-]+(\/[\w.-]*)+$|^[\w-]+\.(ts|tsx|mjs|cjs)$/.test(span))
}

test('every path that docs/architecture.md names exists', async () => {
  const paths = pathsIn(await readFile(`${root}docs/architecture.md`, 'utf8'))
  expect(paths.length).toBeGreaterThan(50)
  const missing = paths.filter((path) => !starts.some((start) => existsSync(`${root}${start}${path}`)))
  expect(missing).toEqual([])
})

test('a path that does not exist is found missing', () => {
  expect(pathsIn('see `core/log/no-such-file.ts`, `rev > c`, `GET /v1/limits` and `auth/`')).toEqual([
    'core/log/no-such-file.ts',
    'auth/',
  ])
})

test("a message's way passes at most 25 files, each named once", async () => {
  const page = await readFile(`${root}docs/architecture.md`, 'utf8')
  const files = [...page.matchAll(/^\| [\d ]*\| `([^`]+)` \|/gm)].map(([, file = '']) => file)
  expect(files.slice(0, 1).concat(files.slice(-1))).toEqual([
    'client/src/collection.ts',
    'client/src/live/record-window.ts',
  ])
  expect(new Set(files).size).toBe(files.length)
  expect(files.length).toBeLessThanOrEqual(25)
})
