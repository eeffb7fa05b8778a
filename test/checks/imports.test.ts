import { beforeAll, expect, test } from 'vitest'
import { type CheckResult, runCheck, type Tree } from './run-check.ts'

const server = 'packages/server/src'

function manifest(name: string): string {
  const exports = { '.': { 'dovetail-source': './src/index.ts' } }
  return JSON.stringify({ name: `dovetail-${name}`, type: 'module', exports })
}

const packages = ['protocol', 'client', 'lab', 'server', 'web', 'cli']
const links = Object.fromEntries(packages.map((name) => [`node_modules/dovetail-${name}`, `packages/${name}`]))
const manifests = Object.fromEntries(packages.map((name) => [`packages/${name}/package.json`, manifest(name)]))

/** Every direction that is allowed, once. */
const good: Tree = {
  links,
  files: {
    ...manifests,
    'packages/protocol/src/index.ts': 'export const version = 1\n',
    'packages/client/src/index.ts': "export { version as client } from 'dovetail-protocol'\n",
    'packages/lab/src/index.ts': "export { client } from 'dovetail-client'\n",
    'packages/web/src/index.ts': "export { client } from 'dovetail-client'\n",
    'packages/cli/src/index.ts': "export * from 'dovetail-server'\nexport * from 'dovetail-lab'\n",
    'packages/web/src/session/session.ts': 'export const session = 1\n',
    'packages/web/src/game/field.ts': "export { session } from '../session/session.ts'\n",
    'packages/web/src/chat/messages/message.ts': "export { session } from '../../session/session.ts'\n",
    'packages/web/src/chat/conversation/conversation.ts': "export { session } from '../messages/message.ts'\n",
    'packages/web/src/app.ts': "export * from './game/field.ts'\nexport * from './chat/conversation/conversation.ts'\n",
    [`${server}/ports/store.ts`]:
      "import { version } from 'dovetail-protocol'\nexport interface Store { of: typeof version }\n",
    [`${server}/core/log/log.ts`]: 'export const log = 1\n',
    [`${server}/core/read/read.ts`]: "export { log } from '../log/log.ts'\n",
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

test('allowed imports pass the check', async () => {
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
    "import 'dovetail-client'",
    'packages/protocol/src/bad-7.ts → packages/client/src/index.ts',
  ],
  [
    'client → server',
    'packages/client/src/bad-8.ts',
    "import 'dovetail-server'",
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
    "import 'dovetail-lab'",
    'packages/web/src/bad-10.ts → packages/lab/src/index.ts',
  ],
  ['server → cli', `${server}/bad-11.ts`, "import 'dovetail-cli'", `${server}/bad-11.ts → packages/cli/src/index.ts`],
  [
    'a room of the core → a room above it',
    `${server}/core/log/bad-19.ts`,
    "import '../read/read.ts'",
    `${server}/core/log/bad-19.ts → ${server}/core/read/read.ts`,
  ],
  [
    'a room within a room of the core → the room around it',
    `${server}/core/log/feeds/bad-25.ts`,
    "import '../log.ts'",
    `${server}/core/log/feeds/bad-25.ts → ${server}/core/log/log.ts`,
  ],
  [
    'a room of the core → what puts the rooms together',
    `${server}/core/log/bad-20.ts`,
    "import type { Write } from '../write.ts'\nexport type W = Write",
    `${server}/core/log/bad-20.ts → ${server}/core/write.ts`,
  ],
  [
    'a page → another page',
    'packages/web/src/prices/bad-16.ts',
    "import '../game/field.ts'",
    'packages/web/src/prices/bad-16.ts → packages/web/src/game/field.ts',
  ],
  [
    'a room of the chat → a room above it',
    'packages/web/src/chat/messages/bad-17.ts',
    "import '../conversation/conversation.ts'",
    'packages/web/src/chat/messages/bad-17.ts → packages/web/src/chat/conversation/conversation.ts',
  ],
  [
    'a room of the chat → a page',
    'packages/web/src/chat/messages/bad-18.ts',
    "import '../../game/field.ts'",
    'packages/web/src/chat/messages/bad-18.ts → packages/web/src/game/field.ts',
  ],
  [
    'the controls of the pages → the session',
    'packages/web/src/ui/bad-19.ts',
    "import '../session/session.ts'",
    'packages/web/src/ui/bad-19.ts → packages/web/src/session/session.ts',
  ],
]

/** All at once, each in a file of its own: what one run of the check says of them. */
let found: CheckResult

beforeAll(async () => {
  const bad = Object.fromEntries(planted.map(([, path, text]) => [path, `${text}\n`]))
  found = await runCheck('check-imports.mjs', { links, files: { ...good.files, ...bad } })
})

test.each(planted)('an import %s fails the check', (_title, _path, _text, line) => {
  expect(found.red).toBe(true)
  expect(found.lines).toContainEqual(expect.stringContaining(line))
})

test('only the planted imports fail the check', () => {
  // A planted import between two rooms makes a ring of their folders, too: those lines have a test of their own.
  const ofFiles = found.lines.filter((line) => line.includes(' → ') && !line.endsWith('no rings between folders'))
  const expected = planted.map(([, path]) => path)
  const blamed = new Set(ofFiles.map((line) => line.split(' → ')[0]))
  expect([...blamed].sort()).toEqual(expected.sort())
})
