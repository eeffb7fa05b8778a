import { DovetailError } from 'dovetail-client'
import type { FileReference, UploadOptions } from 'dovetail-client/files'
import { expect, test } from 'vitest'
import { Attachments } from './attachments.ts'

interface Upload {
  readonly name: string
  readonly options: UploadOptions
  done(): Promise<void>
  fail(error: DovetailError): Promise<void>
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))
const textFile = (name: string, bytes = 'x') => new File([bytes], name, { type: 'text/plain' })

/** Attachments whose uploads the test ends. */
function world() {
  const uploads: Upload[] = []
  const attachments = new Attachments({
    upload: (file, options) =>
      new Promise<FileReference>((resolve, reject) => {
        const reference = { id: file.name, name: options.name ?? '', type: file.type, size: file.size }
        const done = () => {
          resolve(reference)
          return settled()
        }
        const fail = (error: DovetailError) => {
          reject(error)
          return settled()
        }
        options.signal?.addEventListener('abort', () => reject(new DovetailError('aborted', '')))
        uploads.push({ name: file.name, options, done, fail })
      }),
    readSize: async () => null,
    mostBytes: async () => 1,
  })
  const states = () => attachments.getSnapshot().list.map(({ upload }) => upload.state)
  const keyOf = (name: string) => attachments.getSnapshot().list.find((each) => each.name === name)?.key ?? 0
  return { attachments, uploads, states, keyOf }
}

test('a few files are uploaded at once, the others after them', async () => {
  const { attachments, uploads, states } = world()
  attachments.add(['a', 'b', 'c', 'd', 'e'].map((name) => textFile(name)))
  await settled()
  expect(uploads.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  expect(states()).toEqual(['uploading', 'uploading', 'uploading', 'waiting', 'waiting'])
  await uploads[1]?.done()
  expect(uploads.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd'])
  for (const index of [0, 2, 3, 4]) await uploads[index]?.done()
  expect(states()).toEqual(Array(5).fill('uploaded'))
})

test('a file that is removed ends its upload and makes room for the next', async () => {
  const { attachments, uploads, keyOf } = world()
  attachments.add(['a', 'b', 'c', 'd'].map((name) => textFile(name)))
  await settled()
  attachments.remove(keyOf('b'))
  await settled()
  expect([uploads[1]?.options.signal?.aborted, uploads.at(-1)?.name]).toEqual([true, 'd'])
  expect(attachments.getSnapshot().list.map(({ name }) => name)).toEqual(['a', 'c', 'd'])
})

test('a failed upload says why, and is tried again where that may help', async () => {
  const { attachments, uploads, states, keyOf } = world()
  attachments.add([textFile('a')])
  await settled()
  await uploads[0]?.fail(new DovetailError('network', 'no answer'))
  expect(attachments.getSnapshot().list[0]?.upload).toMatchObject({ state: 'failed', mayRetry: true })
  attachments.retry(keyOf('a'))
  await settled()
  await uploads[1]?.done()
  expect(states()).toEqual(['uploaded'])
})

test('what is taken are the references in the order of the list, with the descriptions', async () => {
  const { attachments, uploads, keyOf } = world()
  attachments.add([textFile('a'), textFile('b')])
  await settled()
  await uploads[1]?.done()
  await uploads[0]?.done()
  attachments.describe(keyOf('b'), '  a lake ')
  expect(attachments.take()).toEqual([
    { id: 'a', name: 'a', type: 'text/plain', size: 1 },
    { id: 'b', name: 'b', type: 'text/plain', size: 1, alt: 'a lake' },
  ])
  expect(attachments.getSnapshot().list).toEqual([])
})

test('more files than a message takes, and empty ones, are not uploaded', async () => {
  const { attachments, uploads, states } = world()
  attachments.add(Array.from({ length: 12 }, (_, index) => textFile(`${index}`, '')))
  await settled()
  expect([uploads.length, states(), attachments.getSnapshot().note]).toEqual([
    0,
    Array(10).fill('failed'),
    'A message takes 10 files at most.',
  ])
})

test('a name that the server would refuse is changed; its ending stays', async () => {
  const { attachments } = world()
  attachments.add([textFile('a/b\\c\u0007.txt'), textFile(`${'x'.repeat(300)}.txt`)])
  const [first, second] = attachments.getSnapshot().list
  expect(first?.name).toMatch(/^[^/\\\p{Cc}]+\.txt$/u)
  expect([(second?.name.length ?? 0) <= 255, second?.name.endsWith('x.txt')]).toEqual([true, true])
})
