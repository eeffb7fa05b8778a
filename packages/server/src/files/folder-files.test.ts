import { existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { HandClock } from '../core/simulation/hand-clock.fixture.ts'
import { fileStorageContract } from '../ports/files/file-storage.contract.ts'
import { temporaryFolder } from '../stores/sqlite/file/temporary-folder.fixture.ts'
import { folderFiles } from './folder-files.ts'

async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 65_536) yield bytes.subarray(at, at + 65_536)
}

const id = 'ab'.repeat(16)

describe('files in a folder', () => {
  fileStorageContract(async () => {
    const storage = folderFiles(temporaryFolder(), new HandClock())
    const { root } = storage.locate(id)
    return {
      storage,
      upload: (file, bytes, size) => storage.write(file, chunksOf(bytes), size),
      download: async (file) => {
        const path = join(root, storage.locate(file).path)
        return existsSync(path) ? readFileSync(path) : null
      },
      close: async () => undefined,
    }
  })

  test('only the owner may open them', async () => {
    const folder = temporaryFolder()
    const storage = folderFiles(join(folder, 'files'), new HandClock())
    await storage.write(id, chunksOf(Buffer.from('abc')), 3)
    expect(statSync(join(folder, 'files')).mode & 0o777).toBe(0o700)
    expect(statSync(join(folder, 'files', storage.locate(id).path)).mode & 0o777).toBe(0o600)
  })

  test('[FIL4] of two uploads of one file at once, the bytes of the one that ended first stay', async () => {
    const folder = temporaryFolder()
    const storage = folderFiles(folder, new HandClock())
    let goOn = () => {}
    const untilAsked = new Promise<void>((resolve) => {
      goOn = resolve
    })
    async function* slow(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a')
      await untilAsked
      yield Buffer.from('b')
    }
    const first = storage.write(id, slow(), 2)
    await storage.write(id, chunksOf(Buffer.from('xy')), 2)
    goOn()
    await first
    expect(readFileSync(join(folder, storage.locate(id).path), 'utf8')).toBe('xy')
    expect(readdirSync(join(folder, 'incoming'))).toEqual([])
  })

  test('an upload that is given up, or whose bytes fail, leaves nothing', async () => {
    const folder = temporaryFolder()
    const storage = folderFiles(folder, new HandClock())
    const stop = new AbortController()
    async function* given(last: () => void): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a')
      last()
      yield Buffer.from('b')
    }
    await expect(
      storage.write(
        id,
        given(() => stop.abort()),
        2,
        stop.signal,
      ),
    ).rejects.toThrow()
    const fails = () => {
      throw new Error('cut off')
    }
    await expect(storage.write(id, given(fails), 2)).rejects.toThrow('cut off')
    expect([existsSync(join(folder, storage.locate(id).path)), readdirSync(join(folder, 'incoming'))]).toEqual([
      false,
      [],
    ])
  })

  test('what a process that died has left is swept when no upload can be so old', async () => {
    const folder = temporaryFolder()
    const clock = new HandClock()
    const storage = folderFiles(folder, clock)
    await storage.sweep()
    await storage.write(id, chunksOf(Buffer.from('abc')), 3)
    for (const [name, ageMs] of Object.entries({ old: 3 * 3_600_000, young: 3_600_000 })) {
      const path = join(folder, 'incoming', name)
      writeFileSync(path, '')
      utimesSync(path, 0, (clock.now() - ageMs) / 1000)
    }
    await storage.sweep()
    expect(readdirSync(join(folder, 'incoming'))).toEqual(['young'])
  })
})
