import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CheckResult, type RecoveryWatch, runCheck } from 'dovetail-lab/check'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Fault } from '../join/faults.ts'
import { runDovetail, type Spawned, spawnServer } from '../support/servers/spawn-server.ts'

const short = { seconds: 4, writers: 3, readersEach: 1, settleSeconds: 60 }

/** `SOAK=1` tries as many seeds as `npm run soak` should. */
const seeds = process.env.SOAK === '1' ? 5 : 1

const urlOf = (spawned: Spawned): string => `http://127.0.0.1:${spawned.server.port}`

describe('the invariant checker', () => {
  test('finds nothing on a server that is killed by kill -9 and comes back', { timeout: 180_000 }, async () => {
    const server = await spawnServer()
    const result = await runCheck({
      ...short,
      urls: [urlOf(server)],
      seed: 11,
      disturb: async (watch) => {
        await server.kill('SIGKILL')
        await server.restart()
        await watch.recovered(60_000)
        await watch.written(20)
      },
    })
    expect(result.complaints.slice(0, 5)).toEqual([])
    expect(result.readers).toBe(8)
  })

  test('names the readers that did not come back after a fault, and ends', { timeout: 180_000 }, async () => {
    const server = await spawnServer()
    const meanwhile = async (watch: RecoveryWatch): Promise<void> => {
      process.kill(server.pid, 'SIGSTOP')
      await watch.recovered(500)
    }
    await expect(runCheck({ ...short, urls: [urlOf(server)], seed: 14, disturb: meanwhile })).rejects.toThrow(
      'not recovered within 500 ms: no write was acknowledged',
    )
  })

  const rare: readonly Fault[] = ['live-frame-dropped', 'rare-catch-up-drop', 'before-too-low', 'before-too-high']
  test.each(rare)('[S11] catches %s in a run of 8 seconds', { timeout: 300_000 }, async (fault) => {
    for (let seed = 1; seed <= seeds; seed++) {
      const server = await spawnServer({ entry: 'test/join/faulty-server.ts', env: { DOVETAIL_FAULT: fault } })
      const result = await runCheck({ urls: [urlOf(server)], seed, seconds: 8, writers: 4, readersEach: 2 })
      expect(result.complaints.length, `seed ${seed}`).toBeGreaterThan(0)
      await server.kill()
    }
  })

  const caught: readonly (readonly [Fault, RegExp])[] = [
    ['wrong-from', /raw reader .*: a range begins at \d+, the one before ended at \d+/],
    ['catch-up-off-by-one', /raw reader .*: revision \d+ is missing in the range \d+ to \d+/],
  ]
  test.each(caught)('catches %s', { timeout: 180_000 }, async (fault, complaint) => {
    const server = await spawnServer({ entry: 'test/join/faulty-server.ts', env: { DOVETAIL_FAULT: fault } })
    const result = await runCheck({ ...short, urls: [urlOf(server)], seed: 12, settleSeconds: 5 })
    expect(result.complaints.map(({ text }) => text)).toContainEqual(expect.stringMatching(complaint))
  })
})

describe('dovetail check', () => {
  test('prints its verdict as JSON and ends with 0', { timeout: 120_000 }, async () => {
    const server = await spawnServer()
    const { code, stdout } = await check('--url', urlOf(server), '--json')
    const verdict = JSON.parse(stdout) as CheckResult
    expect([code, verdict.complaints]).toEqual([0, []])
    expect(verdict.acknowledged).toBeGreaterThan(0)
  })

  test('ends with 1 on a faulty one, and writes down its history', { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dovetail-check-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const file = join(folder, 'history.jsonl')
    const server = await spawnServer({ entry: 'test/join/faulty-server.ts', env: { DOVETAIL_FAULT: 'wrong-from' } })
    const { code, stdout } = await check('--url', urlOf(server), '--history', file, '--settle', '5')
    expect(code).toBe(1)
    expect(stdout).toMatch(/FAILED: \d+ complaints\n {2}gap: raw reader/)
    const lines = (await readFile(file, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object)
    expect(lines).toContainEqual(expect.objectContaining({ complaint: expect.objectContaining({ invariant: 'gap' }) }))
  })

  test('says in one line that nobody is there', async () => {
    const { code, stderr } = await check('--url', 'http://127.0.0.1:9')
    expect([code, stderr.split('\n').length]).toEqual([1, 2])
    expect(stderr).toMatch(/^dovetail: http:\/\/127.0.0.1:9 is not reached: /)
  })

  function check(...args: string[]) {
    const { child, ended } = runDovetail(['check', '--seconds', '3', '--readers', '1', '--seed', '13', ...args])
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    return ended
  }
})
