/** Files in the chat: chosen, dropped and pasted; uploaded, shown, saved and refused. */
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../support/files.ts'
import { freshChannel } from '../../support/paths.ts'
import type { Server } from '../../support/servers/serving.ts'
import { seriousFaults } from '../support/axe.ts'
import { browsing, patienceMs } from '../support/browser.ts'
import { drawnPicture } from '../support/drawn-picture.ts'
import { picture } from '../support/picture.ts'
import { served } from '../support/served.ts'
import { type Visitor, visit } from '../support/visitor.ts'

const browser = browsing()
const folder = temporaryFolder()
const soon = { timeout: patienceMs }

interface Chosen {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

const notes: Chosen = { name: 'notes of the day.txt', mimeType: 'text/plain', buffer: Buffer.from('At the lake.') }

function serving(): Promise<Server> {
  return served({ store: 'sqlite', files: folder })
}

async function attach({ page }: Visitor, ...files: readonly Chosen[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Attach files' }).click()
  await (await chooser).setFiles([...files])
}

async function lake(page: Page, width = 800, height = 600, name = 'lake.png'): Promise<Chosen> {
  return { name, mimeType: 'image/png', buffer: await drawnPicture(page, width, height) }
}

const send = ({ page }: Visitor) => page.getByRole('button', { name: 'Send', exact: true }).click()
const attached = ({ page }: Visitor) => page.getByRole('list', { name: 'Files of this message' }).getByRole('listitem')

/** Holds the requests of a page to matching addresses until the returned function is called. */
async function hold(page: Page, pattern: RegExp): Promise<() => void> {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route(pattern, async (route) => {
    await held
    await route.continue().catch(() => undefined)
  })
  onTestFinished(() => release())
  return release
}

/** What the page's policy forbids, as the page is told. */
async function violations(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const seen: string[] = []
    Object.assign(window, { seenViolations: seen })
    document.addEventListener('securitypolicyviolation', ({ blockedURI }) => seen.push(blockedURI))
  })
  return () => page.evaluate(() => (window as unknown as { seenViolations: string[] }).seenViolations)
}

test('a picture is sent without a text, and has its room before it is loaded', async () => {
  const server = await serving()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  await ann.say('look at this')
  await bob.sees('look at this')
  const forbidden = await violations(ann.page)
  const release = await hold(bob.page, /\/files\//)
  await attach(ann, await lake(ann.page))
  await ann.page.getByLabel('Description of lake.png').fill('A lake at noon')
  await send(ann)
  await ann.log.getByRole('img', { name: 'A lake at noon' }).waitFor()
  const image = bob.log.getByRole('img', { name: 'A lake at noon' })
  await image.waitFor()
  const before = await image.boundingBox()
  expect([before?.width, before?.height]).toEqual([400, 300])
  expect(await image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBe(0)
  release()
  const isLoaded = () => image.evaluate((element: HTMLImageElement) => element.naturalWidth)
  await expect.poll(isLoaded, soon).toBe(800)
  expect(await image.boundingBox()).toEqual(before)
  await image.click()
  const opened = bob.page.getByRole('dialog', { name: 'lake.png' })
  await opened.getByRole('img', { name: 'A lake at noon' }).waitFor()
  expect(await seriousFaults(bob.page)).toEqual([])
  await bob.page.keyboard.press('Escape')
  await opened.waitFor({ state: 'detached' })
  expect(await forbidden()).toEqual([])
})

test('another file is a row with its name, sort and size, and is saved as it was', async () => {
  const server = await serving()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  await attach(ann, notes)
  await ann.say('the notes')
  await bob.sees('the notes')
  await bob.log.getByText('TXT · 12 B').waitFor()
  const saving = bob.page.waitForEvent('download')
  await bob.log.getByRole('button', { name: `Download ${notes.name}` }).click()
  const saved = await saving
  expect(saved.suggestedFilename()).toBe(notes.name)
  expect(await readFile(await saved.path(), 'utf8')).toBe('At the lake.')
})

test('a private channel shows its pictures to its members', async () => {
  const server = await serving()
  const ann = await visit(browser(), server.url)
  const channel = freshChannel('team')
  await ann.page.goto(`${server.url}/chat/${channel}`)
  const guest = () => ann.page.evaluate(() => JSON.parse(localStorage.getItem('dovetail.guest') ?? '{}').user as string)
  await expect.poll(guest, soon).toMatch(/./)
  const rest = await server.rest('backend', { role: 'service' })
  await rest.put(`/v1/channels/${channel}`, {})
  const member = { user: await guest(), role: 'owner' }
  expect((await rest.post(`/v1/channels/${channel}/members`, member)).status).toBe(201)
  await ann.page.reload()
  await attach(ann, await lake(ann.page))
  await ann.say('for us')
  await ann.sees('for us')
  await ann.page.reload()
  const image = ann.log.getByRole('img', { name: 'lake.png' })
  await expect.poll(() => image.evaluate((element: HTMLImageElement) => element.naturalWidth), soon).toBe(800)
  expect(await image.getAttribute('src')).toContain('?read=')
})

test('what is not taken is told in words, and holds the message until it is removed', async () => {
  const server = await serving()
  const ann = await visit(browser(), server.url)
  await attach(
    ann,
    { name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<p>') },
    { name: 'long.txt', mimeType: 'text/plain', buffer: Buffer.alloc(10_485_761, 'a') },
    { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
    notes,
  )
  const rows = attached(ann)
  await rows.getByText('Files of the type text/html are not taken here.').waitFor()
  await rows.getByText('This file is too large: 10.5 MB; at most 10.5 MB are taken.').waitFor()
  await rows.getByText('This file is empty.').waitFor()
  await ann.page.getByRole('status').getByText('1 of 4 uploaded, 3 failed').waitFor()
  await ann.composer.fill('with notes')
  expect(await ann.page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true)
  for (const name of ['page.html', 'long.txt', 'empty.txt'])
    await ann.page.getByRole('button', { name: `Remove ${name}` }).click()
  await ann.composer.press('Enter')
  await ann.sees('with notes')
  await ann.log.getByText('TXT · 12 B').waitFor()
  await attached(ann).waitFor({ state: 'detached' })
})

test('an upload can be cancelled, and a message that is sent early waits for its files', async () => {
  const server = await serving()
  const ann = await visit(browser(), server.url)
  const release = await hold(ann.page, /\/v1\/files\/.*write=/)
  const begun = ann.page.waitForRequest((request) => request.method() === 'PUT' && request.url().includes('write='))
  const ended = ann.page.waitForEvent('requestfailed', (request) => request.method() === 'PUT')
  await attach(ann, await lake(ann.page))
  await begun
  await ann.page.getByRole('progressbar', { name: 'Upload of lake.png' }).waitFor()
  await ann.page.getByRole('button', { name: 'Cancel the upload of lake.png' }).click()
  expect((await ended).failure()?.errorText).toBe('net::ERR_ABORTED')
  await attached(ann).waitFor({ state: 'detached' })
  await attach(ann, notes)
  await ann.composer.fill('soon')
  await ann.composer.press('Enter')
  await ann.page.getByText('Sent as soon as the files are uploaded.').waitFor()
  release()
  await ann.sees('soon')
  await ann.log.getByText('TXT · 12 B').waitFor()
  expect(await ann.log.getByRole('img').count()).toBe(0)
})

test('files are pasted and dropped; a text that is copied along with its picture is pasted as text', async () => {
  const server = await serving()
  const ann = await visit(browser(), server.url)
  const give = (kind: 'paste' | 'drop' | 'dragover', names: readonly string[], text = '') =>
    ann.composer.evaluate(
      (field, [type, given, plain]) => {
        const data = new DataTransfer()
        for (const name of given) data.items.add(new File(['At the lake.'], name, { type: 'text/plain' }))
        if (plain !== '') data.setData('text/plain', plain)
        const how = { bubbles: true, cancelable: true }
        const event =
          type === 'paste'
            ? new ClipboardEvent(type, { ...how, clipboardData: data })
            : new DragEvent(type, { ...how, dataTransfer: data })
        field.dispatchEvent(event)
        return event.defaultPrevented
      },
      [kind, names, text] as const,
    )
  expect(await give('paste', ['pasted.txt'])).toBe(true)
  await attached(ann).getByText('pasted.txt').waitFor()
  expect(await give('paste', ['picture of it.txt'], 'some words')).toBe(false)
  await give('dragover', ['dropped.txt'])
  await ann.page.getByText('Drop to send to general').waitFor()
  expect(await give('drop', ['dropped.txt'])).toBe(true)
  await attached(ann).getByText('dropped.txt').waitFor()
  await ann.page.getByText('Drop to send to general').waitFor({ state: 'detached' })
  expect(await attached(ann).count()).toBe(2)
  const many = Array.from({ length: 9 }, (_, index) => `${index}.txt`)
  await give('drop', many)
  await ann.page.getByText('A message takes 10 files at most.').waitFor()
  expect(await attached(ann).count()).toBe(10)
})

test('uploads go on while another channel is open', async () => {
  const server = await serving()
  const ann = await visit(browser(), server.url)
  const release = await hold(ann.page, /\/v1\/files\/.*write=/)
  await attach(ann, notes)
  await attached(ann).waitFor()
  await ann.page.getByRole('link', { name: 'random' }).click()
  await ann.page.getByRole('textbox', { name: 'Message random' }).waitFor()
  expect(await attached(ann).count()).toBe(0)
  release()
  await ann.page.getByRole('link', { name: 'general' }).click()
  await ann.page.getByRole('button', { name: `Remove ${notes.name}` }).waitFor()
})

test('by the keyboard alone, a picture is removed and opened', async () => {
  const server = await serving()
  const ann = await visit(browser(), server.url)
  await attach(ann, await lake(ann.page), notes)
  await ann.page.getByRole('button', { name: `Remove ${notes.name}` }).press('Enter')
  await expect.poll(() => ann.composer.evaluate((field) => field === document.activeElement), soon).toBe(true)
  await ann.composer.press('Enter')
  const image = ann.log.getByRole('button', { name: 'lake.png' })
  await image.press('Enter')
  const opened = ann.page.getByRole('dialog', { name: 'lake.png' })
  await opened.waitFor()
  await ann.page.keyboard.press('Escape')
  await opened.waitFor({ state: 'detached' })
  await expect.poll(() => image.evaluate((field) => field === document.activeElement), soon).toBe(true)
})

const views = [360, 768, 1440].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
)

test.each(views)('messages with files at $width pixels, $colorScheme, fit and are accessible', async (options) => {
  const server = await serving()
  const ann = await visit(browser(), server.url, { ...options, height: 800 })
  await attach(ann, await lake(ann.page, 300, 900, 'tall.png'), await lake(ann.page), notes)
  await expect.poll(() => ann.page.getByRole('progressbar').count(), soon).toBe(0)
  await ann.say('two pictures and the notes')
  await ann.sees('two pictures and the notes')
  const long = { ...notes, name: `${'a very long name '.repeat(12)}.txt` }
  await attach(ann, await lake(ann.page, 1600, 900, 'wide.png'), long)
  await expect.poll(() => ann.page.getByRole('progressbar').count(), soon).toBe(0)
  await send(ann)
  await ann.log.getByRole('img', { name: 'wide.png' }).waitFor()
  await attach(ann, await lake(ann.page), { ...notes, name: 'page.html', mimeType: 'text/html' }, long)
  await attached(ann).getByText('are not taken here').waitFor()
  await ann.page.waitForLoadState('networkidle')
  await picture(ann.page, `chat-files-${options.width}-${options.colorScheme}`)
  const sideways = () => ann.page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
  expect([await seriousFaults(ann.page), await sideways()]).toEqual([[], false])
  await ann.log.getByRole('button', { name: 'wide.png' }).click()
  await ann.page.getByRole('dialog').waitFor()
  await picture(ann.page, `chat-image-${options.width}-${options.colorScheme}`)
})
