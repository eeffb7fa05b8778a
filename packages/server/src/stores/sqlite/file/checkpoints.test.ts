/** When checkpoints are requested, with a disk and a log passed in; and how real checkpoints affect writers. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { StoreUnavailable } from '../../../ports/store.ts'
import { commit, create, range } from '../../../ports/store-contract/store.fixture.ts'
import { loadDriver } from '../driver/driver.ts'
import { sqliteError } from '../driver/sqlite-code.ts'
import { openSqliteStore } from '../open.ts'
import type { CheckpointOptions } from './checkpoint.ts'
import { Checkpoints } from './checkpoints.ts'
import { temporaryFolder } from './temporary-folder.fixture.ts'

const mebibyte = 1024 * 1024
const full = new StoreUnavailable('database or disk is full', { cause: sqliteError('database or disk is full', 13) })

interface Played {
  freeBytes: number
  looks: number
  checkpoint: (asked: CheckpointOptions) => { pages: number; anew: boolean }
  readonly asked: CheckpointOptions[]
}

function played(freeBytes: number, logBytes = 0) {
  const state: Played = { freeBytes, looks: 0, checkpoint: () => ({ pages: 0, anew: true }), asked: [] }
  const checkpoints = new Checkpoints(
    async (options) => {
      state.asked.push(options)
      return state.checkpoint(options)
    },
    {
      logBytes,
      logFileBytes: async () => 0,
      freeBytes: async () => {
        state.looks++
        return state.freeBytes
      },
    },
  )
  const commits = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      checkpoints.note([])
      await checkpoints.close()
    }
  }
  return { state, checkpoints, commits }
}

test('on a disk with room the log may become long, keeps its file, and is rarely checkpointed', async () => {
  const { state, commits } = played(1024 * mebibyte)
  await commits(600)
  expect(state.asked).toEqual([])
  await commits(300)
  expect(state.asked).toEqual([{ from: 4096, file: 'keep' }])
  expect(state.looks).toBeLessThan(8)
})

test('on a small disk the log may use an eighth of the free room, and its file is truncated', async () => {
  const { state, commits } = played(8 * mebibyte)
  await commits(30)
  expect(state.asked).toEqual([])
  await commits(40)
  expect(state.asked.map(({ file }) => file)).toEqual(['cut'])
  expect(state.asked[0]?.from).toBeLessThan(400)
})

test('a disk that other programs fill is noticed before it is full', async () => {
  const { state, commits } = played(1024 * mebibyte)
  await commits(100)
  state.freeBytes = 4 * mebibyte
  await commits(100)
  expect(state.asked.length).toBeGreaterThan(0)
  expect(state.asked[0]?.file).toBe('cut')
})

test('a log that an earlier process left counts from the first commit on', async () => {
  const { state, commits } = played(1024 * mebibyte, 32 * mebibyte)
  await commits(1)
  expect(state.asked.length).toBe(1)
})

test('a commit that found the disk full requests a checkpoint, and the next one only when the free room has changed', async () => {
  const { state, checkpoints } = played(0)
  const refuse = async (): Promise<void> => {
    checkpoints.refused(full)
    await checkpoints.close()
  }
  state.checkpoint = () => {
    throw full
  }
  await refuse()
  await refuse()
  expect(state.asked).toEqual([{ from: 0, file: 'cut' }])
  state.freeBytes = mebibyte
  state.checkpoint = () => ({ pages: 100, anew: true })
  await refuse()
  await refuse()
  expect(state.asked.length).toBe(3)
})

test('a commit that failed for another reason than a full disk requests no checkpoint', async () => {
  const { state, checkpoints } = played(0)
  checkpoints.refused(new StoreUnavailable('the disk failed to flush', { cause: sqliteError('disk I/O error', 1034) }))
  await checkpoints.close()
  expect([state.asked, state.looks]).toEqual([[], 0])
})

test('while somebody reads the log, a checkpoint is requested now and then, not with each commit', async () => {
  const { state, commits } = played(1024 * mebibyte)
  let pages = 4096
  state.checkpoint = () => {
    pages += 1000
    return { pages, anew: false }
  }
  await commits(1400)
  expect(state.asked.length).toBeGreaterThan(1)
  expect(state.asked.length).toBeLessThan(10)
})

test('a long read by another process delays no commit, and the log is begun anew after the read', async () => {
  const path = join(temporaryFolder(), 'store.db')
  const store = await openSqliteStore({ path })
  onTestFinished(() => store.close())
  await commit(store, create('first'))
  const foreign = (await loadDriver()).open(path, { readOnly: true })
  foreign.exec('BEGIN')
  foreign.prepare('SELECT count(*) FROM records').get()
  const text = 'x'.repeat(16_000)
  const round = (name: string) => commit(store, ...range(50).map((index) => create(`${name}.${index}`, text)))
  let slowestMs = 0
  for (const index of range(40)) {
    const begun = performance.now()
    await round(`held${index}`)
    slowestMs = Math.max(slowestMs, performance.now() - begun)
  }
  const heldBytes = statSync(`${path}-wal`).size
  expect(heldBytes).toBeGreaterThan(24 * mebibyte)
  // A commit that waited for the reader would wait for its whole time limit of 20 s.
  expect(slowestMs).toBeLessThan(10_000)
  foreign.close()
  for (const index of range(40)) await round(`free${index}`)
  expect(statSync(`${path}-wal`).size).toBeLessThan(heldBytes + 20 * mebibyte)
})
