/** The suite that every adapter of `file-table.ts` passes. Its rule ids begin with FTB. */
import { expect, test } from 'vitest'
import type { Claim, FileFacts, FileTable, Reference } from './file-table.ts'

interface TableStore {
  readonly files: FileTable
  close(): Promise<void>
}

/** `reopen` closes the store and opens the same data again; `null`: nothing outlives the process. */
export type OpenFileTable = () => Promise<{
  readonly store: TableStore
  readonly reopen: (() => Promise<TableStore>) | null
}>

const at = Date.UTC(2026, 10, 25)
const hour = 3_600_000

function factsOf(id: string, more: Partial<FileFacts> = {}): FileFacts {
  const facts = { channel: 'chat:a', author: 'b+o@x:y', name: 'Ä "1" ☃.png', type: 'image/png', size: 6_000_000_000 }
  return { id, ...facts, width: 640, height: null, createdAt: at, ...more }
}

function referenceTo(file: string, record = 'r1', channel = 'chat:a'): Reference {
  return { file, channel, collection: 'messages', record }
}

export function fileTableContract(open: OpenFileTable): void {
  async function opened(run: (files: FileTable) => Promise<void>): Promise<void> {
    const { store } = await open()
    try {
      await run(store.files)
    } finally {
      await store.close()
    }
  }

  async function addStored(files: FileTable, id: string, more: Partial<FileFacts> = {}): Promise<void> {
    await files.add(factsOf(id, more), at + hour)
    await files.stored(id, at + hour)
  }

  async function claimed(files: FileTable, ...references: readonly Reference[]): Promise<Claim> {
    const [claim] = await files.claim(references, at)
    if (claim === undefined) throw new Error('nothing was claimed')
    return claim
  }

  test('[FTB1] an announced file is pending until its bytes are there, and keeps its facts', () =>
    opened(async (files) => {
      await files.add(factsOf('f1'), at + hour)
      expect(await files.find('f1')).toEqual({ ...factsOf('f1'), state: 'pending', isReferred: false })
      expect(await files.stored('f1', at + hour)).toBe(true)
      expect(await files.find('f1')).toEqual({ ...factsOf('f1'), state: 'stored', isReferred: false })
      expect([await files.find('f2'), await files.stored('f2', at)]).toEqual([null, false])
    }))

  test('[FTB2] waiting files are counted by channel and author, without those that a record refers to', () =>
    opened(async (files) => {
      for (const id of ['f1', 'f2']) await addStored(files, id)
      await files.add(factsOf('f3'), at + hour)
      await addStored(files, 'f4', { channel: 'chat:b' })
      await addStored(files, 'f5', { author: 'ann' })
      const counts = async () =>
        Promise.all([files.waiting('chat:a', 'b+o@x:y'), files.waiting('chat:b', 'b+o@x:y'), files.waiting('x', 'ann')])
      expect(await counts()).toEqual([3, 1, 0])
      await files.claim([referenceTo('f1')], at)
      expect(await counts()).toEqual([2, 1, 0])
    }))

  test('[FTB3] only stored files of the same channel can be claimed; the others are left out', () =>
    opened(async (files) => {
      for (const id of ['f1', 'f2']) await addStored(files, id)
      await files.add(factsOf('f3'), at + hour)
      const wanted = [referenceTo('f1'), referenceTo('f2', 'r1', 'chat:b'), referenceTo('f3'), referenceTo('f9')]
      expect(await files.claim(wanted, at)).toEqual([{ ...referenceTo('f1'), claims: 1, isSettled: false }])
      expect((await files.find('f1'))?.isReferred).toBe(true)
      expect((await files.find('f2'))?.isReferred).toBe(false)
      expect(await files.claim([], at)).toEqual([])
    }))

  test('[FTB4] the references of records are found by channel, collection and record', () =>
    opened(async (files) => {
      for (const id of ['f1', 'f2']) await addStored(files, id)
      await files.claim([referenceTo('f1'), referenceTo('f2'), referenceTo('f2', 'r2')], at)
      const of = (record: string, collection = 'messages') => ({ collection, record })
      const found = await files.referencesOf('chat:a', [of('r1'), of('r3'), of('r2', 'notes')])
      expect(found.map(({ file }) => file).sort()).toEqual(['f1', 'f2'])
      expect(await files.referencesOf('chat:b', [of('r1')])).toEqual([])
      expect(await files.referencesOf('chat:a', [])).toEqual([])
    }))

  test('[FTB5] a claim is due at its time, the earliest first, until it is settled', () =>
    opened(async (files) => {
      for (const id of ['f1', 'f2']) await addStored(files, id)
      await files.claim([referenceTo('f1')], at + 2)
      await files.claim([referenceTo('f2')], at + 1)
      expect(await files.dueClaims(at, 9)).toEqual([])
      const due = await files.dueClaims(at + 2, 9)
      expect(due.map(({ file }) => file)).toEqual(['f2', 'f1'])
      expect(await files.dueClaims(at + 2, 1)).toHaveLength(1)
      for (const claim of due) await files.settle(claim)
      expect(await files.dueClaims(at + hour, 9)).toEqual([])
      expect(await claimed(files, referenceTo('f1'))).toEqual({ ...referenceTo('f1'), claims: 2, isSettled: true })
    }))

  test('[FTB6] the check of an earlier claim settles and withdraws nothing', () =>
    opened(async (files) => {
      await addStored(files, 'f1')
      const early = await claimed(files, referenceTo('f1'))
      const late = await claimed(files, referenceTo('f1'))
      await files.withdraw(early, at)
      await files.settle(early)
      expect((await files.find('f1'))?.isReferred).toBe(true)
      expect(await files.dueClaims(at, 9)).toEqual([late])
    }))

  test('[FTB7] a file is taken over when its time is over and its last reference was withdrawn', () =>
    opened(async (files) => {
      for (const id of ['f1', 'f2', 'f3']) await addStored(files, id)
      const [first, second] = await files.claim([referenceTo('f1', 'r1'), referenceTo('f1', 'r2')], at)
      if (first === undefined || second === undefined) throw new Error('two references were claimed')
      await files.withdraw(first, at)
      expect(await files.takeOver(at, at + hour, 9)).toEqual([])
      await files.withdraw(second, at + 5)
      expect(await files.takeOver(at + 4, at + hour, 9)).toEqual([])
      expect(await files.takeOver(at + 5, at + hour, 9)).toEqual(['f1'])
      expect(await files.find('f1')).toBeNull()
      expect(await files.stored('f1', at + hour)).toBe(false)
      expect(await files.claim([referenceTo('f1')], at)).toEqual([])
      expect(await files.takeOver(at + hour - 1, at + hour, 9)).toEqual([])
      expect(await files.takeOver(at + hour, at + 2 * hour, 1)).toHaveLength(1)
    }))

  test('[FTB8] a file that was taken over is given again until it is dropped; another one can not be dropped', () =>
    opened(async (files) => {
      for (const id of ['f1', 'f2']) await addStored(files, id)
      await files.claim([referenceTo('f2')], at)
      expect(await files.takeOver(at + hour, at + 2 * hour, 9)).toEqual(['f1'])
      expect(await files.takeOver(at + hour, at + 2 * hour, 9)).toEqual([])
      expect(await files.takeOver(at + 2 * hour, at + 3 * hour, 9)).toEqual(['f1'])
      for (const id of ['f1', 'f2', 'f9']) await files.drop(id)
      expect(await files.takeOver(at + 9 * hour, at + 9 * hour, 9)).toEqual([])
      expect(await files.find('f2')).not.toBeNull()
    }))

  test('[FTB9] a channel has all its references checked; those of other channels are not', () =>
    opened(async (files) => {
      await addStored(files, 'f1')
      await addStored(files, 'f2', { channel: 'chat:b' })
      for (const claim of await files.claim([referenceTo('f1'), referenceTo('f2', 'r1', 'chat:b')], at))
        await files.settle(claim)
      await files.claimChannel('chat:a', at + 1)
      expect(await files.dueClaims(at + 1, 9)).toEqual([{ ...referenceTo('f1'), claims: 2, isSettled: true }])
    }))

  test('[FTB10] the files of a forgotten author are taken over, whatever refers to them', () =>
    opened(async (files) => {
      await addStored(files, 'f1')
      await addStored(files, 'f2', { author: 'ann' })
      await files.claim([referenceTo('f1'), referenceTo('f2')], at)
      await files.forget('b+o@x:y', at)
      expect(await files.takeOver(at, at + hour, 9)).toEqual(['f1'])
      expect((await files.find('f2'))?.isReferred).toBe(true)
    }))

  test('[FTB12] the files of an author are given in the order of their ids, with those that wait', () =>
    opened(async (files) => {
      for (const id of ['f3', 'f1']) await addStored(files, id)
      await files.add(factsOf('f2'), at + hour)
      await addStored(files, 'f4', { author: 'ann' })
      await addStored(files, 'f5')
      await files.forget('ann', at)
      await files.takeOver(at, at + hour, 9)
      const ids = async (after: string, limit: number) =>
        (await files.ofAuthor('b+o@x:y', after, limit)).map(({ id, state }) => `${id} ${state}`)
      expect(await ids('', 2)).toEqual(['f1 stored', 'f2 pending'])
      expect(await ids('f2', 9)).toEqual(['f3 stored', 'f5 stored'])
      expect(await files.ofAuthor('ann', '', 9)).toEqual([])
    }))

  test('[FTB11] where data outlives the process, files and references do', async () => {
    const { store, reopen } = await open()
    await addStored(store.files, 'f1')
    const claim = await claimed(store.files, referenceTo('f1'))
    const again = reopen === null ? store : await reopen()
    try {
      expect(await again.files.find('f1')).toEqual({ ...factsOf('f1'), state: 'stored', isReferred: true })
      expect(await again.files.dueClaims(at, 9)).toEqual([claim])
    } finally {
      await again.close()
    }
  })
}
