import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { loadConfigFile } from './config-file.ts'

test.each([
  ['dovetail.config.json', '{"port": 4700}'],
  ['dovetail.config.js', 'export default { port: 4700 }'],
  ['dovetail.config.ts', 'export default { port: 4700 as number }'],
])('[N31] %s may begin with a byte order mark', async (name, text) => {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-config-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const path = join(folder, name)
  await writeFile(path, `\uFEFF${text}`)
  expect([...(await loadConfigFile(path)).options]).toEqual([['port', 4700]])
})
