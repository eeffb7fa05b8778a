/** What a page loads: the SDK as a user's bundler builds it, from `import { createClient } from 'dovetail-client'`. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type OutputChunk, type Plugin, rolldown } from 'rolldown'
import { expect, test } from 'vitest'

const source = fileURLToPath(new URL('../src/', import.meta.url))
const pageKilobytes = 16
/** Includes the chunks that only a fallback or `follow` needs, which are loaded on demand. */
const allKilobytes = 29

/** A user's module that only creates a client. */
const page: Plugin = {
  name: 'page',
  resolveId: (id) => (id === 'page' ? id : null),
  load: (id) =>
    id === 'page' ? `import { createClient } from '${source}index.ts'\nwindow.client = createClient()` : null,
}

async function build(): Promise<OutputChunk[]> {
  const bundle = await rolldown({
    input: 'page',
    platform: 'browser',
    plugins: [page],
    resolve: { conditionNames: ['dovetail-source', 'browser', 'import', 'default'] },
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  await bundle.close()
  return output.filter((file) => file.type === 'chunk')
}

/** The chunks that a page fetches before its own code runs: the entry chunk and its static imports. */
function initialChunks(chunks: readonly OutputChunk[]): OutputChunk[] {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const found = new Set<OutputChunk>()
  const visit = (chunk: OutputChunk | undefined) => {
    if (chunk === undefined || found.has(chunk)) return
    found.add(chunk)
    for (const name of chunk.imports) visit(byName.get(name))
  }
  visit(chunks.find(({ isEntry }) => isEntry))
  return [...found]
}

const kilobytesOf = (chunks: readonly OutputChunk[]): number =>
  chunks.reduce((sum, { code }) => sum + gzipSync(code, { level: 9 }).length, 0) / 1024

test(`a page that imports createClient loads under ${pageKilobytes} KB gzipped, and ${allKilobytes} KB with every fallback`, async () => {
  const chunks = await build()
  const initial = kilobytesOf(initialChunks(chunks))
  const all = kilobytesOf(chunks)
  expect(initial, `${initial.toFixed(1)} KB at first, ${all.toFixed(1)} KB in all`).toBeLessThan(pageKilobytes)
  expect(all).toBeLessThan(allKilobytes)
  const guide = readFileSync(new URL('../../../docs/client.md', import.meta.url), 'utf8')
  const [, stated] = /loads about ([\d.]+) KB of it, gzipped/.exec(guide) ?? []
  expect(
    Math.abs(Number(stated) - initial),
    `docs/client.md says ${stated} KB, it is ${initial.toFixed(1)} KB`,
  ).toBeLessThan(1)
})

test('the browser bundle has no Node globals and no schema library', async () => {
  for (const { modules, code } of await build()) {
    expect(Object.keys(modules).filter((id) => /typebox|node_modules\/ws\//.test(id))).toEqual([])
    expect(code).not.toMatch(/\b(process|Buffer|require|__dirname|setImmediate)\b[.(]/)
  }
})

test('the SDK imports the protocol package only for its types and its small modules', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?<!\.test)\.tsx?$/.test(name),
  )
  for (const name of files) {
    const text = readFileSync(source + name, 'utf8')
    expect([name, /^import \{[^}]*\} from 'dovetail-protocol'/m.test(text)]).toEqual([name, false])
  }
})
