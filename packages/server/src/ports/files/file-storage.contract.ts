/** The suite that every adapter of `file-storage.ts` passes. Its rule ids begin with FST. */
import { expect, test } from 'vitest'
import type { FileStorage } from './file-storage.ts'

export interface StorageUnderTest {
  readonly storage: FileStorage
  /** Sends bytes for a file of `size` bytes as a client would. Rejects where they are refused. */
  upload(id: string, bytes: Uint8Array, size: number): Promise<void>
  /** Reads the file as a client would; `null`: there is none. */
  download(id: string): Promise<Uint8Array | null>
  close(): Promise<void>
}

const id = '0123456789abcdef'.repeat(2)
const other = 'fedcba9876543210'.repeat(2)
/** Larger than what one packet or one buffer holds, and all bytes. */
const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7919) >> 3)

export function fileStorageContract(open: () => Promise<StorageUnderTest>): void {
  async function opened(run: (under: StorageUnderTest) => Promise<void>): Promise<void> {
    const under = await open()
    try {
      await run(under)
    } finally {
      await under.close()
    }
  }

  test('[FST1] what was uploaded is read as it was, under its id alone', () =>
    opened(async ({ upload, download }) => {
      expect(await download(id)).toBeNull()
      await upload(id, bytes, bytes.length)
      expect(Buffer.from((await download(id)) ?? []).equals(bytes)).toBe(true)
      expect(await download(other)).toBeNull()
    }))

  test('[FST2] other sizes than announced are refused, and nothing of them is kept', () =>
    opened(async ({ upload, download }) => {
      await expect(upload(id, bytes, bytes.length + 1)).rejects.toThrow()
      await expect(upload(id, bytes, bytes.length - 1)).rejects.toThrow()
      expect(await download(id)).toBeNull()
    }))

  test('[FST3] a removed file is gone, also where there was none', () =>
    opened(async ({ storage, upload, download }) => {
      await upload(id, bytes, bytes.length)
      await upload(other, bytes.subarray(1), bytes.length - 1)
      for (let times = 0; times < 2; times++) await storage.remove(id)
      expect(await download(id)).toBeNull()
      expect((await download(other))?.length).toBe(bytes.length - 1)
    }))
}
