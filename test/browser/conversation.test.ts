import { expect, test } from 'vitest'
import { browsing } from './support/browser.ts'
import { picture } from './support/picture.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()

test('a reaction is counted for everyone, and removed by pressing it again', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  await ann.say('we shipped it')
  await bob.sees('we shipped it')
  await bob.log.getByText('we shipped it').hover()
  await bob.page.getByRole('button', { name: 'React with 🎉' }).click()
  await ann.page.getByRole('button', { name: /^🎉 1/ }).click()
  await bob.page.getByRole('button', { name: /^🎉 2/ }).click()
  await ann.page.getByRole('button', { name: /^🎉 1/ }).waitFor()
})

test('a reply quotes the message it answers, and typing users are shown', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  await ann.say('who comes?')
  await bob.sees('who comes?')
  await bob.log.getByText('who comes?').hover()
  await bob.page.getByRole('button', { name: 'Reply' }).click()
  await bob.composer.pressSequentially('I do')
  await ann.page.getByText('is writing').waitFor()
  await bob.composer.press('Enter')
  await ann.sees('I do')
  await ann.log.getByRole('button', { name: /who comes\?/ }).waitFor()
  await ann.page.getByText('is writing').waitFor({ state: 'detached' })
})

test('Markdown is rendered, and nothing in a message runs a script or loads a file', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  const loads: string[] = []
  bob.page.on('request', (request) => loads.push(request.url()))
  const text = [
    '**bold** <img src=/stolen onerror="document.title=1"> ![](/stolen)',
    '[bad](javascript:document.title=1) [good](https://example.com)',
    '<script>document.title=1</script>',
  ]
  await ann.composer.fill(text.join('\n\n'))
  await ann.composer.press('Enter')
  await bob.log.locator('strong').getByText('bold').waitFor()
  const link = bob.log.getByRole('link', { name: 'good' })
  expect(await link.getAttribute('rel')).toContain('noopener')
  expect(await bob.log.locator('img, script').count()).toBe(0)
  expect(await bob.log.locator('[href^=javascript]').count()).toBe(0)
  expect(loads.filter((url) => url.includes('stolen'))).toEqual([])
  expect(await bob.page.title()).toBe('general · Dovetail')
})

test('each channel keeps its own draft over a reload', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  await ann.composer.fill('half a thought')
  await ann.page.getByRole('link', { name: 'random' }).click()
  await ann.page.getByRole('textbox', { name: 'Message random' }).waitFor()
  expect(await ann.composer.inputValue()).toBe('')
  await ann.page.reload()
  await ann.page.getByRole('link', { name: 'general' }).click()
  await ann.page.getByRole('textbox', { name: 'Message general' }).waitFor()
  expect(await ann.composer.inputValue()).toBe('half a thought')
})

test('[N25] what is read in one tab is no longer unread in another, which nobody looks at', async () => {
  const server = await served()
  const ann = await visit(browser(), `${server.url}/chat/chat:random`)
  const bob = await visit(browser(), `${server.url}/chat/chat:random`)
  await bob.say('read by ann')
  await ann.sees('read by ann')
  const other = await ann.context.newPage()
  await other.goto(`${server.url}/chat/chat:general`)
  await other.getByRole('textbox', { name: 'Message general' }).waitFor()
  await ann.page.getByRole('link', { name: 'help' }).click()
  await ann.page.getByRole('textbox', { name: 'Message help' }).waitFor()
  await bob.say('news')
  await other.getByRole('link', { name: /^random 1/ }).waitFor()
  await ann.page.getByRole('link', { name: /^random/ }).click()
  await ann.sees('news')
  await other.getByRole('link', { name: 'random', exact: true }).waitFor()
})

test('who leaves a channel at once has read what they saw there', async () => {
  const server = await served()
  const ann = await visit(browser(), `${server.url}/chat/chat:random`)
  const bob = await visit(browser(), `${server.url}/chat/chat:random`)
  const marked = ann.page.waitForRequest((request) => request.method() === 'PUT' && /me\/channels/.test(request.url()))
  await bob.say('seen in passing')
  await ann.sees('seen in passing')
  await ann.page.getByRole('link', { name: 'help' }).click()
  await marked
})

test('unread messages are counted in the channel list, and marked by a line when the channel is opened', async () => {
  const server = await served()
  const ann = await visit(browser(), `${server.url}/chat/chat:random`)
  const bob = await visit(browser(), `${server.url}/chat/chat:random`)
  // Asked for before the message is there: on a slow machine the marker may be set before the test has seen it.
  const marked = ann.page.waitForResponse(
    (reply) => reply.request().method() === 'PUT' && reply.url().includes('/me/channels/'),
  )
  await bob.say('read by ann')
  await ann.sees('read by ann')
  await marked
  await ann.page.getByRole('link', { name: 'general' }).click()
  await ann.page.getByRole('textbox', { name: 'Message general' }).waitFor()
  await bob.say('news one')
  await bob.say('news two')
  const link = ann.page.getByRole('link', { name: /^random 2/ })
  await link.waitFor()
  await picture(ann.page, 'chat-unread')
  await link.click()
  await ann.sees('news two')
  await ann.log.getByRole('heading', { name: 'New' }).waitFor()
  await ann.page.getByRole('link', { name: 'random', exact: true }).waitFor()
})

test('a block of code has a button that copies it, as it was written', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  await ann.context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await ann.composer.fill('So:\n\n```js\nlet a = "<b>" && 1\n  a++\n```')
  await ann.composer.press('Enter')
  const block = ann.log.locator('pre')
  await block.waitFor()
  await block.hover()
  const button = ann.log.getByRole('button', { name: 'Copy', exact: true })
  await button.click()
  await ann.log.getByRole('button', { name: 'Copied' }).waitFor()
  expect(await ann.page.evaluate(() => navigator.clipboard.readText())).toBe('let a = "<b>" && 1\n  a++')
  await picture(ann.page, 'chat-code')
})
