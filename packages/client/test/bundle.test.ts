import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'
import { expect, test } from 'vitest'

const source = fileURLToPath(new URL('../src/', import.meta.url))
/** Loaded when they are needed, as where a socket does not work: other pages never pay for them. */
const onDemand = /\/(follow|http-link|look-up|suspicion)\.ts$/
/** For scripts, mostly: no fallback. */
const follow = /\/follow\.ts$/

async function bundle(external: RegExp[], codeSplitting = false) {
  const build = await rolldown({
    input: `${source}index.ts`,
    platform: 'browser',
    external,
    resolve: { conditionNames: ['dovetail-source', 'browser', 'import', 'default'] },
  })
  const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting })
  await build.close()
  const [entry] = output
  return { entry, bytes: gzipSync(entry.code, { level: 9 }).length }
}

test('what every page loads is under 12 KB gzipped, with all that it imports; 18 KB with every fallback', async () => {
  const page = await bundle([onDemand], true)
  expect(page.entry.imports).toEqual([])
  expect(page.bytes).toBeLessThan(12 * 1024)
  const all = await bundle([follow])
  expect(all.bytes).toBeGreaterThan(page.bytes)
  expect(all.bytes).toBeLessThan(18 * 1024)
})

test('browser code has no Node globals, and no schema library', async () => {
  const { entry } = await bundle([])
  expect(Object.keys(entry.modules).filter((id) => /typebox|node_modules\/ws\//.test(id))).toEqual([])
  expect(entry.code).not.toMatch(/\b(process|Buffer|require|__dirname|setImmediate)\b[.(]/)
})

test('the protocol package is imported for its types, and by its small parts', () => {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /(?<!\.test)\.tsx?$/.test(name),
  )
  for (const name of files) {
    const text = readFileSync(source + name, 'utf8')
    expect([name, /^import \{[^}]*\} from '@dovetail\/protocol'/m.test(text)]).toEqual([name, false])
  }
})
