import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { carriedComponents } from '../../scripts/release/carried.mjs'
import { differences } from '../../scripts/release/differences.mjs'
import { moveSources } from '../../scripts/release/source-maps.mjs'
import { withModes } from '../../scripts/release/with-modes.mjs'

async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-release-test-'))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text)
  }
  return folder
}

test.each([
  [
    'import Type, { Static, TSchema } from "typebox";',
    [
      'import type Type from "typebox" with { "resolution-mode": "import" };',
      'import type { Static, TSchema } from "typebox" with { "resolution-mode": "import" };',
    ],
  ],
  ['import Type from "typebox";', ['import type Type from "typebox" with { "resolution-mode": "import" };']],
  [
    'import type { JWTPayload } from "jose";',
    ['import type { JWTPayload } from "jose" with { "resolution-mode": "import" };'],
  ],
  ['import { Server } from "node:http";', ['import { Server } from "node:http";']],
])('declarations for CommonJS: %s says how it is resolved, and imports types alone', (line, expected) => {
  expect(withModes(`${line}\nexport { x };`)).toBe(`${expected.join('\n')}\nexport { x };`)
})

test('two builds differ in a file with another byte, and in one that only one of them has', async () => {
  const one = await folderWith({ 'dist/a.js': 'a', 'dist/b.js': 'b', 'c.js': 'c', 'd.js': '' })
  const other = await folderWith({ 'dist/a.js': 'a', 'dist/b.js': 'B', 'd.js': '', 'e.js': 'e' })
  expect(await differences(one, other)).toEqual(['c.js', 'dist/b.js', 'e.js'])
  expect(await differences(one, one)).toEqual([])
})

test('source maps that were built elsewhere name their sources as those of the package do', async () => {
  const map = { version: 3, sources: ['../../../../checkout/packages/a/src/deep/one.ts'], mappings: 'AAAA' }
  const folder = await folderWith({ 'tmp/staged/dist/deep/one.cjs.map': JSON.stringify(map) })
  const file = join(folder, 'tmp/staged/dist/deep/one.cjs.map')
  await moveSources(join(folder, 'tmp/staged/dist'), join(folder, 'checkout/packages/a/dist'), '.cjs.map')
  expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({ ...map, sources: ['../../src/deep/one.ts'] })
})

test('the bill of materials names what the files of a package carry, with its licence', async () => {
  const checkout = await folderWith({
    'node_modules/@fonts/inter/package.json': '{"name":"@fonts/inter","version":"5.3.0","license":"OFL-1.1"}',
    'web/licences.json': '[{"name":"purify","version":"3.4.1","identifier":"(MPL-2.0 OR Apache-2.0)","text":""}]',
  })
  const carried = await carriedComponents({ carries: ['@fonts/inter'], carriesListedIn: 'web/licences.json' }, checkout)
  expect(carried).toMatchObject([
    {
      group: '@fonts',
      name: 'inter',
      purl: 'pkg:npm/%40fonts/inter@5.3.0',
      licenses: [{ license: { id: 'OFL-1.1' } }],
    },
    { name: 'purify', purl: 'pkg:npm/purify@3.4.1', licenses: [{ expression: '(MPL-2.0 OR Apache-2.0)' }] },
  ])
})
