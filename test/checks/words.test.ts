import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { type CheckResult, runCheck } from './run-check.ts'

interface Exceptions {
  readonly pending?: Readonly<Record<string, string>>
  readonly allowed?: Readonly<Record<string, string>>
}

function check(files: Record<string, string>, { pending = {}, allowed = {} }: Exceptions = {}): Promise<CheckResult> {
  const exceptions = JSON.stringify({ pending, allowed })
  return runCheck('check-words.mjs', { files: { ...files, 'scripts/word-exceptions.json': exceptions } })
}

const list = new URL('../../scripts/retired-words.json', import.meta.url)
const { parts, names, prose } = JSON.parse(await readFile(list, 'utf8')) as {
  parts: Record<string, string>
  names: Record<string, string>
  prose: string[]
}

test('plain names, and retired words in strings, comments and uses, are green', async () => {
  const text = [
    '// the bell of a door',
    "export const notification = 'bell'",
    'export const placeholder = 1',
    'export const overlap = window.bell',
    'export const room = 1',
  ].join('\n')
  expect(await check({ 'src/presence/rooms.ts': text })).toEqual({ red: false, lines: [] })
})

test('each retired word is red as a declared name', async () => {
  const words = [...Object.keys(parts), ...Object.keys(names)]
  const { red, lines } = await check({
    'src/a.ts': words.map((word) => `export const ${word} = 1`).join('\n'),
  })
  expect(red).toBe(true)
  expect(lines.slice(0, -1)).toEqual(
    words.map((word) => expect.stringContaining(`src/a.ts: "${word}" is retired; say `)),
  )
})

test('each retired part is red within a name, in the plural too', async () => {
  const declared = Object.keys(parts).map((word) => `on${word.charAt(0).toUpperCase()}${word.slice(1)}s`)
  const { lines } = await check({
    'src/a.ts': `export interface A { ${declared.map((name) => `${name}(): void`).join('; ')} }`,
  })
  expect(lines.slice(0, -1)).toEqual(declared.map((name) => expect.stringContaining(`"${name}" is retired`)))
})

test('a parameter, a private field, a file name and a room outside presence are red', async () => {
  const { lines } = await check({
    'src/a.ts': 'export class A { #bell = 1; b(told: number) { return told + this.#bell } }',
    'src/door-link.ts': 'export const room = 1',
  })
  expect(lines).toEqual([
    'src/a.ts: "#bell" is retired; say notification',
    'src/a.ts: "told" is retired; say notified, reported or replied',
    'src/door-link.ts: "door-link" is retired; say transport',
    'src/door-link.ts: "room" is retired; say capacity, or what it is',
    '4 retired words',
  ])
})

test('retired words are red in the prose of documents, and not in their code', async () => {
  const text = `${prose.join(' ')}\n\n\`door\`\n\n~~~\n\`\`\`\nbell\n\`\`\`\n[a](door.md)\n`
  const { lines } = await check({ 'docs/a.md': text, 'README.md': 'A `door`.\n', 'CHANGELOG.md': 'A door.\n' })
  expect(lines.slice(0, -1)).toEqual(prose.map((word) => expect.stringContaining(`docs/a.md: "${word}" is retired`)))
})

test('an exception for a word in a file, and a folder that is pending, are heard', async () => {
  const files = { 'src/a.ts': 'export const bell = 1', 'old/b.ts': 'export const door = 1' }
  const exceptions = { pending: { 'old/': 'later' }, allowed: { 'src/a.ts bell': 'a field on the wire' } }
  expect(await check(files, exceptions)).toEqual({ red: false, lines: [] })
})

test('an exception that nothing needs is red', async () => {
  const exceptions = { pending: { 'old/': 'later' }, allowed: { '* bell': 'a field on the wire' } }
  const { red, lines } = await check({ 'src/a.ts': 'export const plain = 1' }, exceptions)
  expect(red).toBe(true)
  expect(lines).toEqual([
    'old/: an exception that nothing needs',
    '* bell: an exception that nothing needs',
    '2 retired words',
  ])
})
