import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { processTree, processTreeCpu } from './process-tree.ts'

/** A child that works, and whose own child works too; it says when both are done. */
const program = `
const { spawn } = require('node:child_process')
const work = 'const end = process.cpuUsage().user + 300000; while (process.cpuUsage().user < end); console.log("done"); setInterval(() => {}, 1000)'
const child = spawn(process.execPath, ['-e', work], { stdio: 'pipe' })
child.stdout.once('data', () => console.log('done'))
process.once('SIGTERM', () => { child.once('exit', () => process.exit(0)); child.kill() })
`
const started = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })

afterEach(async () => {
  started.kill()
  await once(started, 'exit')
})

test('the CPU of a process includes that of its children', async () => {
  await once(started.stdout, 'data')
  const pid = started.pid ?? 0
  expect(processTree(pid)).toHaveLength(2)
  expect(processTreeCpu(pid)).toBeGreaterThanOrEqual(300_000)
}, 60_000)
