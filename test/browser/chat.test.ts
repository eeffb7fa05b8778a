import { expect, test } from 'vitest'
import { spawnServer } from '../support/servers/spawn-server.ts'
import { browsing } from './support/browser.ts'
import { picture } from './support/picture.ts'
import { served } from './support/served.ts'
import { visit } from './support/visitor.ts'

const browser = browsing()

test('two first-time visitors chat and see each other’s messages without signing in', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url, { colorScheme: 'dark' })
  await ann.say('is anybody here?')
  await bob.sees('is anybody here?')
  await bob.say('I am')
  await ann.sees('I am')
  await picture(bob.page, 'chat-two-people-dark')
})

test('a user who goes offline, writes, reloads and edits loses no message and repeats none', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  await ann.say('before')
  await bob.sees('before')

  await ann.context.setOffline(true)
  await ann.say('written without a network')
  await ann.sees('written without a network')
  await bob.say('said meanwhile')
  await ann.context.setOffline(false)
  await ann.sees('said meanwhile')
  await bob.sees('written without a network')

  await ann.page.reload()
  for (const text of ['before', 'said meanwhile', 'written without a network']) await ann.sees(text)
  await ann.composer.focus()
  await ann.page.keyboard.press('ArrowUp')
  const editor = ann.page.getByRole('textbox', { name: 'Edit the message' })
  await editor.fill('changed after the reload')
  await editor.press('Enter')
  await bob.log.getByText('changed after the reload').waitFor()
  expect(await bob.log.getByRole('article').count()).toBe(3)
})

test('a message written while the server is down survives a reload of the page', async () => {
  const spawned = await spawnServer()
  const ann = await visit(browser(), spawned.server.url)
  await ann.say('before')
  await ann.sees('before')
  // The page comes from the server, so it is the socket that goes: a server killed and started again.
  await spawned.kill()
  await ann.say('kept')
  await ann.sees('kept')
  await picture(ann.page, 'chat-waiting-for-the-server')
  await spawned.restart()
  await ann.page.reload()
  await ann.sees('kept')
  const bob = await visit(browser(), spawned.server.url)
  await bob.sees('kept')
  expect(await bob.log.getByText('kept').count()).toBe(1)
})

test('a message is deleted for everyone after a confirmation', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  await ann.say('a mistake')
  await bob.sees('a mistake')
  await ann.log.getByText('a mistake').hover()
  await ann.page.getByRole('button', { name: 'Delete' }).click()
  await ann.page.getByText('Delete for everyone?').waitFor()
  await ann.page.getByRole('button', { name: 'Delete', exact: true }).click()
  await bob.misses('a mistake')
  await ann.misses('a mistake')
})

test('nobody can edit another user’s message', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  await ann.say('mine')
  await bob.sees('mine')
  await bob.log.getByText('mine').hover()
  expect(await bob.page.getByRole('button', { name: 'Edit' }).count()).toBe(0)
})

test('Shift+Enter inserts a new line, and Enter during an input method’s composition sends nothing', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  await ann.composer.fill('one')
  await ann.composer.press('Shift+Enter')
  await ann.composer.pressSequentially('two')
  await ann.composer.evaluate((field) => {
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, isComposing: true }))
  })
  expect(await ann.composer.inputValue()).toBe('one\ntwo')
  await ann.composer.press('Enter')
  await ann.sees('one two')
})
