/**
 * What reaches the disk, and when, as the kernel sees it: `strace` records the system calls, and makes
 * some of them fail.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { general } from '../../../ports/store-contract/store.fixture.ts'
import { openSqliteStore } from '../open.ts'
import { acknowledged, WritingChild } from './child-process.fixture.ts'
import { temporaryFolder } from './temporary-folder.fixture.ts'
import { ackedUnflushed } from './trace.fixture.ts'

const groups = 25
const calls = 'pwrite64,fdatasync,fsync,write'

async function traced(flush: 'FULL' | 'OFF'): Promise<string> {
  const folder = temporaryFolder()
  const trace = join(folder, 'trace')
  const recorder = ['strace', '--follow-forks', '--seccomp-bpf', '-y', '-s', '12', '-e', `trace=${calls}`, '-o', trace]
  const child = new WritingChild([join(folder, 'store.db'), String(groups), flush], recorder)
  await child.until((lines) => lines.includes('done'))
  await child.end()
  return readFileSync(trace, 'utf8')
}

/** Runs a child whose system calls fail as `inject` says; it tries all its groups. */
async function failing(path: string, count: number, inject: string): Promise<readonly string[]> {
  const breaker = ['strace', '--follow-forks', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', inject]
  const child = new WritingChild([path, String(count)], breaker)
  const lines = [...(await child.until((said) => said.includes('done')))]
  await child.end()
  return lines
}

async function headOf(path: string): Promise<number> {
  const store = await openSqliteStore({ path })
  const head = (await store.channel(general))?.head ?? 0
  await store.close()
  return head
}

describe('the SQLite store and the disk', () => {
  test('SQLite acknowledges no commit before its flush has returned', async () => {
    const { acks, unflushed } = ackedUnflushed(await traced('FULL'))
    expect({ acks, unflushed }).toEqual({ acks: groups, unflushed: 0 })
  })

  test('the flush test fails, as it must, on a SQLite store that does not flush', async () => {
    const { acks, unflushed } = ackedUnflushed(await traced('OFF'))
    expect({ acks, unflushed }).toEqual({ acks: groups, unflushed: groups })
  })

  test('after a failed flush a SQLite store acknowledges nothing more, and loses nothing acknowledged', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const lines = await failing(path, 40, 'inject=fdatasync,fsync:error=EIO:when=32')
    const firstRefusal = lines.findIndex((line) => line.startsWith('refused'))
    const after = lines.slice(firstRefusal, -1)
    expect(after.length).toBeGreaterThan(5)
    expect(new Set(after)).toEqual(new Set(['refused StoreUnavailable']))
    const acks = acknowledged(lines)
    expect(acks.length).toBeGreaterThan(5)
    expect(await headOf(path)).toBeGreaterThanOrEqual(Math.max(...acks))
  })

  test('a full disk makes whole SQLite commits fail, and commits succeed when there is room again', async () => {
    const path = join(temporaryFolder(), 'store.db')
    const lines = await failing(path, 60, 'inject=pwrite64:error=ENOSPC:when=260..280')
    const outcomes = lines.slice(1, -1)
    expect(outcomes.filter((line) => line === 'refused StoreUnavailable').length).toBeGreaterThan(0)
    expect(outcomes.at(-1)).toMatch(/^ack /)
    const acks = acknowledged(lines)
    expect(acks).toEqual(acks.map((_rev, index) => 2 * index + 2))
    expect(await headOf(path)).toBe(acks.at(-1))
  })
})
