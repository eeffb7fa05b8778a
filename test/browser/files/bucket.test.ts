/** Files that pages send to a bucket and read there; and a page whose server takes none. */
import { type S3Service, startS3 } from 'dovetail-lab/services'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeBucket, type TestBucket } from '../../../packages/server/src/files/s3/bucket.fixture.ts'
import { browsing, patienceMs } from '../support/browser.ts'
import { drawnPicture } from '../support/drawn-picture.ts'
import { served } from '../support/served.ts'
import { visit } from '../support/visitor.ts'

const browser = browsing()
const soon = { timeout: patienceMs }

let s3: S3Service
let bucket: TestBucket
beforeAll(async () => {
  s3 = await startS3()
  bucket = await makeBucket(s3)
  for (const [name, value] of Object.entries(bucket.environment)) vi.stubEnv(name, value)
}, 300_000)
afterAll(async () => {
  vi.unstubAllEnvs()
  await s3.stop()
})

test('[FIL13] a picture goes from the page to the bucket with progress, and from there to other pages', async () => {
  const server = await served({ store: 'sqlite', files: `${bucket.address}&access=presigned` })
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  const requests: string[] = []
  for (const { page } of [ann, bob])
    page.on('request', (request) => {
      const { origin, pathname } = new URL(request.url())
      if (origin === s3.endpoint) requests.push(`${request.method()} ${pathname.split('/').at(-2)}`)
    })
  const chooser = ann.page.waitForEvent('filechooser')
  await ann.page.getByRole('button', { name: 'Attach files' }).click()
  const picture = { name: 'lake.png', mimeType: 'image/png', buffer: await drawnPicture(ann.page, 800, 600) }
  await (await chooser).setFiles([picture])
  await ann.say('look')
  await ann.sees('look')
  for (const { log } of [ann, bob]) {
    const image = log.getByRole('img', { name: 'lake.png' })
    await expect.poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth), soon).toBe(800)
  }
  expect(requests).toContain('PUT incoming')
  expect(requests.filter((each) => each.startsWith('GET')).length).toBeGreaterThan(0)
  expect((await bucket.names()).filter((name) => name.startsWith('incoming/'))).toEqual([])
})

test('[RST3] where the server has no place for files, the page offers none', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  await ann.say('hello')
  await ann.sees('hello')
  await ann.page.getByRole('button', { name: 'Attach files' }).waitFor({ state: 'detached' })
})
