import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { drivers, loadAdapter, StartFailure } from './load-adapter.ts'

const missing = (name: string) =>
  Object.assign(new Error(`Cannot find package '${name}' imported from /app/connections.js`), {
    code: 'ERR_MODULE_NOT_FOUND',
  })

test('a driver that is not installed is told in one line with the command that installs it', async () => {
  const loading = loadAdapter('store', 'pg', () => Promise.reject(missing('pg')))
  await expect(loading).rejects.toThrow(StartFailure)
  await expect(loading).rejects.toThrow('store: the driver "pg" is not installed: npm install pg@8')
})

test('what else fails while an adapter is loaded keeps its own error', async () => {
  const other = missing('something-else')
  await expect(loadAdapter('store', 'pg', () => Promise.reject(other))).rejects.toBe(other)
  const fault = new TypeError('a fault of the driver pg itself')
  await expect(loadAdapter('store', 'pg', () => Promise.reject(fault))).rejects.toBe(fault)
})

test('every driver is an optional peer, of the major version that the line names', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    dependencies: Record<string, string>
    peerDependencies: Record<string, string>
    peerDependenciesMeta: Record<string, { optional: boolean }>
  }
  const optional = Object.keys(manifest.peerDependencies).sort()
  expect(optional).toEqual([...Object.keys(drivers), '@photostructure/sqlite', 'better-sqlite3'].sort())
  for (const [name, line] of Object.entries(drivers)) {
    expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true })
    expect(manifest.dependencies[name]).toBeUndefined()
    const major = /^\^(\d+)\./.exec(manifest.peerDependencies[name] ?? '')?.[1]
    expect(line).toContain(`${name}@${major}`)
  }
})
