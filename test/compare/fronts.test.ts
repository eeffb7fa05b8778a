/** What stands in front of a server, measured with a real nginx. */
import type { CompareResult } from 'dovetail-lab/compare'
import { expect, test } from 'vitest'
import { runHere } from '../cli/run-here.ts'

async function compared(...args: string[]): Promise<CompareResult> {
  const { exitCode, stdout, stderr } = await runHere(['compare', '--quick', '--json', ...args])
  expect(exitCode, stderr).toBe(0)
  return JSON.parse(stdout) as CompareResult
}

test('behind a cache the server is asked once however many poll, and nobody misses an event', {
  timeout: 300_000,
}, async () => {
  const only = ['--only', 'poll:200ms', '--front', 'cache', '--workload', 'feed', '--clients', '30', '--duration', '4s']
  const { contenders } = await compared(...only)
  expect(contenders.map(({ name, front }) => [name, front])).toEqual([
    ['poll-200ms', null],
    ['poll-200ms+cache', 'cache'],
  ])
  const [bare, cached] = contenders
  for (const way of [bare, cached]) expect([way?.name, way?.lost, way?.complaints]).toEqual([way?.name, 0, []])
  // nginx is counted with the server: what it hands out costs less than what the server builds anew for each.
  expect(cached?.server?.cpuSeconds).toBeLessThan((bare?.server?.cpuSeconds ?? 0) * 0.6)
})

test('streams and sockets go through a front that ends TLS', { timeout: 300_000 }, async () => {
  const only = ['sse', 'websocket', 'long-poll'].flatMap((name) => ['--only', name])
  const { contenders } = await compared(...only, '--front', 'tls', '--clients', '3', '--duration', '2s')
  const secure = contenders.filter(({ front }) => front === 'tls')
  expect(secure.map(({ name }) => name)).toEqual(['sse+tls', 'websocket+tls', 'long-poll+tls'])
  for (const { name, lost, complaints, latencyMs } of secure) {
    expect([name, lost, complaints, latencyMs.count > 0]).toEqual([name, 0, [], true])
  }
})

test('memory and CPU of an idle client are measured with as many as are asked for', { timeout: 300_000 }, async () => {
  const args = ['--only', 'sse', '--idle-clients', '1000', '--clients', '2', '--duration', '1s']
  const { contenders } = await compared(...args)
  const idle = contenders[0]?.server?.idleClients
  expect(idle?.clients).toBe(1000)
  expect(idle?.memoryBytesPerClient).toBeGreaterThan(500)
  expect(idle?.memoryBytesPerClient).toBeLessThan(200_000)
  expect(idle?.cpuMicrosecondsPerSecond).toBeGreaterThanOrEqual(0)
  expect(contenders[0]?.marks).not.toContain('memory-rough')
})

test('a front that does not exist is refused in one line', async () => {
  const { exitCode, stderr } = await runHere(['compare', '--front', 'brick'])
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/--front: "brick" is none of tls, cache/)])
})
