import { expect, test } from 'vitest'
import { browsing } from './support/browser.ts'
import { picture } from './support/picture.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()

test('a reaction is counted for everyone and taken back by pressing it again', async () => {
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

test('an answer shows what it answers to, and who writes is told', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  await ann.say('who comes?')
  await bob.sees('who comes?')
  await bob.log.getByText('who comes?').hover()
  await bob.page.getByRole('button', { name: 'Answer' }).click()
  await bob.composer.pressSequentially('I do')
  await ann.page.getByText('is writing').waitFor()
  await bob.composer.press('Enter')
  await ann.sees('I do')
  await ann.log.getByRole('button', { name: /who comes\?/ }).waitFor()
  await ann.page.getByText('is writing').waitFor({ state: 'detached' })
})

test('Markdown is shown, and nothing in a message runs or loads', async () => {
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

test('a draft survives a reload, each channel keeps its own', async () => {
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

test('what is unread is counted in the list, and a line stands above it when the channel is opened', async () => {
  const server = await served()
  const ann = await visit(browser(), `${server.url}/chat/chat:random`)
  const bob = await visit(browser(), `${server.url}/chat/chat:random`)
  await bob.say('read by ann')
  await ann.sees('read by ann')
  await ann.page.waitForResponse((reply) => reply.request().method() === 'PUT' && reply.url().includes('/me/channels/'))
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
