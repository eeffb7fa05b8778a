import { beforeAll, expect, test } from 'vitest'
import { type CheckResult, runCheck, type Tree } from './run-check.ts'

const server = 'packages/server/src'

function manifest(name: string): string {
  const exports = { '.': { 'dovetail-source': './src/index.ts' } }
  return JSON.stringify({ name: `@dovetail/${name}`, type: 'module', exports })
}

const packages = ['protocol', 'client', 'lab', 'server', 'web', 'cli']
const links = Object.fromEntries(packages.map((name) => [`node_modules/@dovetail/${name}`, `packages/${name}`]))
const manifests = Object.fromEntries(packages.map((name) => [`packages/${name}/package.json`, manifest(name)]))

/** Every direction that is allowed, once. */
const good: Tree = {
  links,
  files: {
    ...manifests,
    'packages/protocol/src/index.ts': 'export const version = 1\n',
    'packages/client/src/index.ts': "export { version as client } from '@dovetail/protocol'\n",
    'packages/lab/src/index.ts': "export { client } from '@dovetail/client'\n",
    'packages/web/src/index.ts': "export { client } from '@dovetail/client'\n",
    'packages/cli/src/index.ts': "export * from '@dovetail/server'\nexport * from '@dovetail/lab'\n",
    [`${server}/ports/store.ts`]:
      "import { version } from '@dovetail/protocol'\nexport interface Store { of: typeof version }\n",
    [`${server}/core/write.ts`]:
      "import type { Store } from '../ports/store.ts'\nexport type Write = (store: Store) => void\n",
    [`${server}/stores/memory.ts`]:
      "import type { Store } from '../ports/store.ts'\nexport const memory: Store = { of: 1 }\n",
    [`${server}/transports/rest.ts`]: "import type { Write } from '../core/write.ts'\nexport type Rest = Write\n",
    [`${server}/open.ts`]: "export { memory } from './stores/memory.ts'\n",
    [`${server}/index.ts`]: "export { memory } from './open.ts'\n",
    [`${server}/core/write.test.ts`]: "import { memory } from '../stores/memory.ts'\nexport { memory }\n",
  },
}

test('imports that go the way they may are green', async () => {
  expect(await runCheck('check-imports.mjs', good)).toEqual({ red: false, lines: [] })
})

/** Each plants one import that may not be: where, what, and how the line about it begins. */
const planted: readonly (readonly [title: string, path: string, text: string, line: string])[] = [
  [
    'core → stores',
    `${server}/core/bad-1.ts`,
    "import '../stores/memory.ts'",
    `${server}/core/bad-1.ts → ${server}/stores/memory.ts`,
  ],
  [
    'core → stores, for a type only',
    `${server}/core/bad-2.ts`,
    "import type { memory } from '../stores/memory.ts'\nexport type M = typeof memory",
    `${server}/core/bad-2.ts → ${server}/stores/memory.ts`,
  ],
  [
    'stores → core',
    `${server}/stores/bad-3.ts`,
    "import type { Write } from '../core/write.ts'\nexport type W = Write",
    `${server}/stores/bad-3.ts → ${server}/core/write.ts`,
  ],
  [
    'ports → core',
    `${server}/ports/bad-4.ts`,
    "export type { Write } from '../core/write.ts'",
    `${server}/ports/bad-4.ts → ${server}/core/write.ts`,
  ],
  [
    'transports → stores',
    `${server}/transports/bad-5.ts`,
    "import '../stores/memory.ts'",
    `${server}/transports/bad-5.ts → ${server}/stores/memory.ts`,
  ],
  ['core → start', `${server}/core/bad-6.ts`, "import '../open.ts'", `${server}/core/bad-6.ts → ${server}/open.ts`],
  [
    'protocol → client',
    'packages/protocol/src/bad-7.ts',
    "import '@dovetail/client'",
    'packages/protocol/src/bad-7.ts → packages/client/src/index.ts',
  ],
  [
    'client → server',
    'packages/client/src/bad-8.ts',
    "import '@dovetail/server'",
    `packages/client/src/bad-8.ts → ${server}/index.ts`,
  ],
  [
    'lab → server',
    'packages/lab/src/bad-9.ts',
    "import '../../server/src/index.ts'",
    `packages/lab/src/bad-9.ts → ${server}/index.ts`,
  ],
  [
    'web → lab',
    'packages/web/src/bad-10.ts',
    "import '@dovetail/lab'",
    'packages/web/src/bad-10.ts → packages/lab/src/index.ts',
  ],
  ['server → cli', `${server}/bad-11.ts`, "import '@dovetail/cli'", `${server}/bad-11.ts → packages/cli/src/index.ts`],
  [
    'a driver in core',
    `${server}/core/bad-12.ts`,
    "import 'fastify'",
    `${server}/core/bad-12.ts → fastify: the driver fastify has one home`,
  ],
  [
    'a driver in another adapter',
    `${server}/stores/bad-13.ts`,
    "import 'node:sqlite'",
    `${server}/stores/bad-13.ts → node:sqlite`,
  ],
  [
    'an import that leads nowhere',
    `${server}/core/bad-14.ts`,
    "import './gone.ts'",
    `${server}/core/bad-14.ts → ./gone.ts: every import resolves`,
  ],
  [
    'code → its test',
    `${server}/core/bad-15.ts`,
    "import './write.test.ts'",
    `${server}/core/bad-15.ts → ${server}/core/write.test.ts: code never imports a test`,
  ],
]

/** All at once, each in a file of its own: what one run of the check says of them. */
let found: CheckResult

beforeAll(async () => {
  const bad = Object.fromEntries(planted.map(([, path, text]) => [path, `${text}\n`]))
  const ring = {
    [`${server}/core/one.ts`]: "import type { Two } from './two.ts'\nexport type One = Two | 1\n",
    [`${server}/core/two.ts`]: "import type { One } from './one.ts'\nexport type Two = One | 2\n",
  }
  found = await runCheck('check-imports.mjs', { links, files: { ...good.files, ...bad, ...ring } })
})

test.each(planted)('red: %s', (_title, _path, _text, line) => {
  expect(found.red).toBe(true)
  expect(found.lines).toContainEqual(expect.stringContaining(line))
})

test('red: a ring, of types too', () => {
  expect(found.lines).toContainEqual(expect.stringMatching(/core\/(one|two)\.ts → .*core\/(one|two)\.ts.*: no rings$/))
})

test('nothing but what was planted is red', () => {
  const expected = [...planted.map(([, path]) => path), `${server}/core/one.ts`]
  const blamed = new Set(found.lines.filter((line) => line.includes(' → ')).map((line) => line.split(' → ')[0]))
  expect([...blamed].sort()).toEqual(expected.sort())
})
