import { readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runDovetail, spawnServer } from '../support/servers/spawn-server.ts'
import { testSecret } from '../support/servers/token-for.ts'
import { folderWith } from './run-here.ts'

test('stdout gets one line, and SIGTERM ends the server with exit code 0', async () => {
  const spawned = await spawnServer()
  expect((await fetch(`http://127.0.0.1:${spawned.server.port}/healthz`)).status).toBe(200)
  const { code, signal, stdout } = await spawned.kill('SIGTERM')
  expect({ code, signal }).toEqual({ code: 0, signal: null })
  expect(stdout).toBe(`dovetail ready at http://127.0.0.1:${spawned.server.port}\n`)
})

test('a data folder that is not there yet is made, with the secret given too', async () => {
  const data = join(await folderWith({}), 'new', 'folder')
  const { server } = await spawnServer({ data })
  expect((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status).toBe(200)
  expect(await readdir(data)).toContain('dovetail.db')
})

test('SIGINT twice at once, as Ctrl-C under npm sends it, is a clean end too', async () => {
  const spawned = await spawnServer()
  process.kill(spawned.pid, 'SIGINT')
  const { code, signal } = await spawned.kill('SIGINT')
  expect({ code, signal }).toEqual({ code: 0, signal: null })
})

test('the port is the same on IPv4 and IPv6', async () => {
  const { server } = await spawnServer()
  const reply = await fetch(`http://[::1]:${server.port}/healthz`).catch((error: Error) => error)
  if (reply instanceof Error) expect(String(reply.cause)).toMatch(/EADDRNOTAVAIL|EAFNOSUPPORT|ENETUNREACH/)
  else expect(reply.status).toBe(200)
})

async function failedStart(args: readonly string[]): Promise<string> {
  const { ended } = runDovetail(['serve', '--log', 'silent', ...args], { DOVETAIL_SECRET: testSecret })
  const { code, stdout, stderr } = await ended
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  expect(stderr).toMatch(/^dovetail: [^\n]+\n$/)
  return stderr
}

test('a port in use is one line', async () => {
  const holder = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => {
    holder.close()
  })
  await new Promise((resolve) => holder.once('listening', resolve))
  const address = holder.address()
  const port = String(typeof address === 'object' && address !== null ? address.port : 0)
  const stderr = await failedStart(['--store', 'memory:', '--data', await folderWith({}), '--port', port])
  expect(stderr).toContain(port)
})

test('a data folder that the kernel makes none of is one line', async () => {
  expect(await failedStart(['--port', '0', '--data', '/proc/dovetail'])).toContain('/proc/dovetail')
})

test('a data folder that another process serves is one line, and that process serves on', async () => {
  const { server, data } = await spawnServer()
  const stderr = await failedStart(['--port', '0', '--data', data])
  expect(stderr).toContain(data)
  expect((await fetch(`http://127.0.0.1:${server.port}/healthz`)).status).toBe(200)
})

test('an option is taken from flag, then variable, then file', async () => {
  const folder = await folderWith({
    'dovetail.config.json': '{"limits": {"pageRecords": 11, "changes": 12, "depth": 13}}',
  })
  const { server } = await spawnServer({
    args: ['--config', join(folder, 'dovetail.config.json'), '--limit', 'pageRecords=31', '--limit', 'subscriptions=7'],
    env: { DOVETAIL_LIMITS: 'pageRecords=21,changes=22' },
  })
  const limits = await (await fetch(`http://127.0.0.1:${server.port}/v1/limits`)).json()
  expect(limits).toMatchObject({ pageRecords: 31, changes: 22, depth: 13, subscriptions: 7 })
})

test('with the memory store, the disk gets nothing but what the secret needs', async () => {
  const { data } = await spawnServer({ args: ['--store', 'memory:'] })
  expect(await readdir(data)).toEqual([])
})
