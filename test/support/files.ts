/** Files as a test uploads them: over REST, and the bytes without a token, as their address is. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NewFile } from 'dovetail-protocol'
import { afterAll, expect } from 'vitest'
import type { Answer, Rest } from './clients/rest.ts'

export const picture = Buffer.from('89504e470d0a1a0a0000000d4948445200000001', 'hex')
export const pictureFacts = { name: 'läke.png', type: 'image/png', size: picture.length, width: 64, height: 48 }

/** Deleted after the tests of the `describe` or the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dovetail-files-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function announce(rest: Rest, channel: string, more: object = {}): Promise<Answer<NewFile>> {
  return rest.post<NewFile>(`/v1/channels/${channel}/files`, { ...pictureFacts, ...more })
}

export function upload({ upload: { method, url, headers } }: NewFile, nobody: Rest, bytes = picture): Promise<Answer> {
  return nobody.send(method, url, headers, bytes)
}

export async function uploaded(rest: Rest, channel: string, more: object = {}): Promise<NewFile> {
  const { body } = await announce(rest, channel, more)
  expect((await upload(body, rest.as())).status).toBe(204)
  return body
}

export function messageWith(...files: readonly unknown[]) {
  return { text: 'a picture', files }
}
