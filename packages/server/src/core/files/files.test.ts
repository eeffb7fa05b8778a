import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fileIdsIn } from '../rules/file-fields.ts'
import { checkAfterMs, waitingMs } from './file-keeper.ts'
import { type Fate, FileWorld } from './file-world.fixture.ts'

test('[FIL11] a file is removed when the only record that refers to it is deleted, and not before', async () => {
  const world = new FileWorld()
  await world.upload('f1')
  await world.write('r1', ['f1'])
  await world.sweepAfter(100 * waitingMs)
  expect([...world.bytes]).toEqual(['f1'])
  await world.write('r1', null)
  expect([...world.bytes]).toEqual([])
})

test('[FIL11] a file to which no record has referred goes after an hour', async () => {
  const world = new FileWorld()
  await world.upload('f1')
  await world.sweepAfter(waitingMs - 1)
  expect([...world.bytes]).toEqual(['f1'])
  await world.sweepAfter(1)
  expect([...world.bytes]).toEqual([])
})

test('[FIL11] a write that was refused leaves its file for another attempt', async () => {
  const world = new FileWorld()
  await world.upload('f1')
  expect(await world.write('r1', ['f1'], 'lives', { expectRev: 7 })).toBe('refused')
  expect(await world.write('r2', ['f1'], 'dies before')).toBe('died')
  await world.sweepAfter(checkAfterMs)
  expect([...world.bytes]).toEqual(['f1'])
  expect(await world.write('r2', ['f1'])).toBe('committed')
  await world.sweepAfter(2 * waitingMs)
  expect([...world.bytes]).toEqual(['f1'])
})

test('[FIL11] a process that died after a deletion has its file removed all the same', async () => {
  const world = new FileWorld()
  await world.upload('f1')
  await world.write('r1', ['f1'])
  await world.write('r1', null, 'dies after')
  expect([...world.bytes]).toEqual(['f1'])
  await world.sweepAfter(checkAfterMs)
  expect([...world.bytes]).toEqual([])
})

test('[FIL11] the files of a deleted channel go, also where the process dies then', async () => {
  for (const [fate, ms] of [
    ['lives', 0],
    ['dies after', checkAfterMs],
  ] as const) {
    const world = new FileWorld()
    await world.upload('f1')
    await world.write('r1', ['f1'])
    await world.drop(fate)
    await world.sweepAfter(ms)
    expect([...world.bytes]).toEqual([])
  }
})

test('[FIL6] a write whose file has gone since it was planned is refused, so that it is planned again', async () => {
  const world = new FileWorld()
  await world.upload('f1')
  await world.sweepAfter(waitingMs)
  expect(await world.write('r1', ['f1'])).toBe('refused')
  expect(await world.find('r1')).toBeNull()
})

test('[FIL6, IMP1] an import keeps references to files that are not there', async () => {
  const world = new FileWorld()
  const stamp = { createdAt: 1, updatedAt: 1, slot: null }
  expect(await world.write('r1', ['f1'], 'lives', { stamp })).toBe('committed')
})

const files = ['f1', 'f2', 'f3']
const records = ['r1', 'r2', 'r3']
const fates: readonly Fate[] = ['lives', 'lives', 'dies before', 'dies after']
const step = fc.oneof(
  fc.record({ kind: fc.constant('upload' as const), file: fc.constantFrom(...files) }),
  fc.record({
    kind: fc.constant('write' as const),
    record: fc.constantFrom(...records),
    files: fc.option(fc.subarray(files)),
    fate: fc.constantFrom(...fates),
  }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(0, checkAfterMs, waitingMs) }),
)

test('[FIL11] whatever happens, no record lacks its file, and no file is left without a record', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const world = new FileWorld()
      const referred = async () => {
        const found = await Promise.all(records.map((id) => world.find(id)))
        const live = found.flatMap((record) => (record === null || record.deleted ? [] : [record.data]))
        return new Set(live.flatMap((data) => fileIdsIn(JSON.parse(data), [['files', null]])))
      }
      for (const each of steps) {
        if (each.kind === 'wait') await world.sweepAfter(each.ms)
        else if (each.kind === 'write') await world.write(each.record, each.files, each.fate)
        else if ((await world.table.find(each.file)) === null) await world.upload(each.file)
        for (const file of await referred()) expect([...world.bytes], JSON.stringify(steps)).toContain(file)
      }
      for (let times = 0; times < 3; times++) await world.sweepAfter(2 * waitingMs)
      expect([...world.bytes].sort()).toEqual([...(await referred())].sort())
      expect(world.reports).toEqual([])
    }),
    { numRuns: 200 },
  )
})
