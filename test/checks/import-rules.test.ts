/**
 * Breaks each rule of .dependency-cruiser.cjs once. What a layer may import is data there, so the import that breaks it
 * is found here: the nearest layer that is not on its list. A rule without a broken import fails the last test.
 */
import { createRequire } from 'node:module'
import { posix } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { type CheckResult, runCheck } from './run-check.ts'

interface Rule {
  readonly name: string
  readonly from: { readonly path?: string }
  readonly to: { readonly path?: string; readonly pathNot?: string | readonly string[] }
}

const config = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as {
  readonly forbidden: readonly Rule[]
  readonly folders: readonly Rule[]
}
const server = 'packages/server/src'

/** The rule, the files that break it, and how the line of the check begins. */
type Broken = readonly [rule: string, files: Readonly<Record<string, string>>, line: string]

const layers = config.forbidden.filter(({ name }) => name.endsWith(' imports only what it may'))

/** The folder of a layer's files: its path is a pattern of a folder, or of the files in a folder. */
function folderOf({ from }: Rule): string {
  return (from.path ?? '').replace(/^\^/, '').replace(/\/?(\[\^\/\]\+\$)?$/, '')
}

const fileIn = (layer: Rule) => `${folderOf(layer)}/here.ts`

function sharedLength(a: string, b: string): number {
  const parts = b.split('/')
  const differs = a.split('/').findIndex((part, index) => part !== parts[index])
  return differs === -1 ? Number.POSITIVE_INFINITY : differs
}

function brokenLayer(layer: Rule, index: number): Broken {
  const allowed = [layer.to.pathNot ?? []].flat().map((pattern) => new RegExp(pattern))
  const path = `${folderOf(layer)}/planted-${index}.ts`
  const [target] = layers
    .map(fileIn)
    .filter((file) => !allowed.some((pattern) => pattern.test(file)))
    .sort((a, b) => sharedLength(b, path) - sharedLength(a, path))
  if (target === undefined) throw new Error(`${layer.name}: it may import every layer`)
  const text = `import '${relative(path, target)}'\n`
  return [layer.name, { [path]: text }, `${path} → ${target}`]
}

function relative(from: string, to: string): string {
  const path = posix.relative(posix.dirname(from), to)
  return path.startsWith('.') ? path : `./${path}`
}

/** `a|@b`: the driver has several packages, or several of one scope. */
function brokenDrivers(rule: Rule): Broken[] {
  const [, drivers = ''] = /^the driver (.+) has one home$/.exec(rule.name) ?? []
  return drivers.split('|').map((driver): Broken => {
    const name = driver === '@fastify' ? '@fastify/cors' : driver
    const path = `packages/protocol/src/driver-${name.replace(/\W/g, '-')}.ts`
    return [rule.name, { [path]: `import '${name}'\n` }, `${path} → ${name}`]
  })
}

const others: readonly Broken[] = [
  ...['stores', 'backbones'].map(
    (port): Broken => [
      `adapters of ${port} never import each other`,
      {
        [`${server}/${port}/one/open.ts`]: 'export const one = 1\n',
        [`${server}/${port}/two/open.ts`]: "import '../one/open.ts'\n",
      },
      `${server}/${port}/two/open.ts → ${server}/${port}/one/open.ts`,
    ],
  ),
  [
    'only open.ts names adapters',
    { [`${server}/runtime/names-one.ts`]: "import '../stores/one/open.ts'\n" },
    `${server}/runtime/names-one.ts → ${server}/stores/one/open.ts`,
  ],
  [
    'nothing undeclared is imported',
    {
      'packages/web/src/game/undeclared.ts': "import 'undeclared'\n",
      'node_modules/undeclared/package.json': '{ "name": "undeclared", "version": "1.0.0", "main": "index.js" }',
      'node_modules/undeclared/index.js': 'module.exports = 1\n',
    },
    'packages/web/src/game/undeclared.ts → node_modules/undeclared/index.js',
  ],
  [
    'no rings',
    {
      'packages/lab/src/ring-of-types.ts': "import type { Two } from './ring.ts'\nexport type One = Two | 1\n",
      'packages/lab/src/ring.ts': "import type { One } from './ring-of-types.ts'\nexport type Two = One | 2\n",
    },
    'packages/lab/src/ring',
  ],
  [
    'every import resolves',
    { 'packages/lab/src/nowhere.ts': "import './gone.ts'\n" },
    'packages/lab/src/nowhere.ts → ./gone.ts',
  ],
  [
    'code never imports a test',
    {
      'packages/lab/src/some.test.ts': 'export const tested = 1\n',
      'packages/lab/src/imports-test.ts': "import './some.test.ts'\n",
    },
    'packages/lab/src/imports-test.ts → packages/lab/src/some.test.ts',
  ],
  [
    'no rings between folders',
    {
      'packages/lab/src/one/a.ts': "export { b } from '../two/b.ts'\n",
      'packages/lab/src/one/c.ts': 'export const c = 1\n',
      'packages/lab/src/two/b.ts': 'export const b = 1\n',
      'packages/lab/src/two/d.ts': "export { c } from '../one/c.ts'\n",
    },
    'packages/lab/src/',
  ],
]

const broken: readonly Broken[] = [
  ...layers.map(brokenLayer),
  ...config.forbidden.filter(({ name }) => name.startsWith('the driver ')).flatMap(brokenDrivers),
  ...others,
]

/** All at once, each in files of its own: what one run of the check says of them. */
let found: CheckResult

beforeAll(async () => {
  const here = Object.fromEntries(layers.map((layer) => [fileIn(layer), 'export const here = 1\n']))
  const planted = broken.map(([, files]) => files)
  found = await runCheck('check-imports.mjs', { files: Object.assign({}, here, ...planted) })
})

test.each(broken)('the rule "%s" turns the check red when an import breaks it', (rule, _files, line) => {
  expect(found.red).toBe(true)
  const ofRule = found.lines.filter((said) => said.endsWith(`: ${rule}`))
  expect(ofRule).toContainEqual(expect.stringContaining(line))
})

test('a broken import is planted for each rule', () => {
  const rules = [...config.forbidden, ...config.folders].map(({ name }) => name)
  expect([...new Set(broken.map(([rule]) => rule))].sort()).toEqual(rules.sort())
})
