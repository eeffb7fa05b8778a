import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { guestIdentity } from 'dovetail-protocol'
import { expect, onTestFinished, test } from 'vitest'
import { seriousFaults } from './support/axe.ts'
import { browsing, patienceMs } from './support/browser.ts'
import { picture } from './support/picture.ts'
import { served } from './support/served.ts'
import { type Visitor, visit } from './support/visitor.ts'

const browser = browsing()

/** A visitor's user id, from their profile dialog. */
async function userOf({ page }: Visitor): Promise<string> {
  await page.getByRole('button', { name: 'Your profile' }).click()
  const hint = page.getByText(/^You are a guest, /)
  const user = (await hint.textContent())?.slice('You are a guest, '.length, -1) ?? ''
  await page.getByRole('button', { name: 'Close' }).click()
  return user
}

/** Creates a public channel, which the visitor owns. */
async function openPlans({ page }: Visitor): Promise<void> {
  await page.getByRole('button', { name: 'New channel' }).click()
  await page.getByLabel('Name').fill('open-plans')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  await page.getByRole('textbox', { name: 'Message open-plans' }).waitFor()
}

/** The button of the member menu for the one other person in a channel. */
function managing({ page }: Visitor) {
  return page.getByRole('complementary', { name: 'People' }).getByRole('button', { name: /^Manage / })
}

async function manage(visitor: Visitor, action: string): Promise<void> {
  await managing(visitor).click()
  await visitor.page.getByRole('menu').getByText(action, { exact: true }).click()
  await visitor.page.getByRole('menu').waitFor({ state: 'detached' })
}

/** The focused element, by its label or its text. */
function focused({ page }: Visitor): Promise<string | null | undefined> {
  return page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent)
}

test('guests are told apart at a glance: each has an animal and its name, which it keeps under another name', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  const people = bob.page.getByRole('complementary', { name: 'People' })
  for (const visitor of [ann, bob]) {
    const { name, picture } = guestIdentity(await userOf(visitor))
    const row = people.getByRole('listitem').filter({ hasText: picture })
    await row.getByText(name, { exact: true }).first().waitFor()
  }
  await ann.page.getByRole('button', { name: 'Your profile' }).click()
  await ann.page.getByLabel('Name').fill('Ada')
  await ann.page.getByRole('button', { name: 'Save' }).click()
  await ann.page.getByRole('dialog').waitFor({ state: 'detached' })
  const { picture: animal } = guestIdentity(await userOf(ann))
  const own = ann.page.getByRole('complementary', { name: 'People' }).getByRole('listitem').filter({ hasText: 'Ada' })
  await own.getByText(animal).waitFor()
  await picture(bob.page, 'chat-guests')
})

test('a changed name is shown to other users', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  await ann.page.getByRole('button', { name: 'Your profile' }).click()
  await ann.page.getByLabel('Name').fill('Ada Lovelace')
  await ann.page.getByRole('button', { name: 'Save' }).click()
  await ann.page.getByRole('dialog').waitFor({ state: 'detached' })
  await ann.say('it is me')
  const bob = await visit(browser(), server.url)
  await bob.sees('it is me')
  await bob.log.getByText('Ada Lovelace').waitFor()
  await bob.page.getByRole('complementary', { name: 'People' }).getByText('Ada Lovelace').waitFor()
})

test('[S8] a picture of another host is not fetched by those who see its owner', async () => {
  let calls = 0
  const stranger = createServer((_request, response) => {
    calls++
    response.end()
  })
  stranger.listen(0, '127.0.0.1')
  await once(stranger, 'listening')
  onTestFinished(() => void stranger.close())
  const picture = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}/ann.png`
  const server = await served()
  const ann = await visit(browser(), server.url)
  await ann.say('look at me')
  await ann.page.getByRole('button', { name: 'Your profile' }).click()
  await ann.page.getByLabel('Name').fill('Ann Seen')
  await ann.page.getByLabel(/picture/i).fill(picture)
  await ann.page.getByRole('button', { name: 'Save' }).click()
  await ann.page.getByRole('dialog').waitFor({ state: 'detached' })
  const bob = await visit(browser(), server.url)
  await bob.sees('look at me')
  await bob.log.getByText('Ann Seen').waitFor()
  const people = bob.page.getByRole('complementary', { name: 'People' })
  await people.getByText('Ann Seen').waitFor()
  expect(await bob.page.evaluate((url) => fetch(url, { mode: 'no-cors' }).then(String, () => 'blocked'), picture)).toBe(
    'blocked',
  )
  expect([await bob.page.locator('img').count(), calls]).toEqual([0, 0])
})

test('a form field that the server refuses has its message beside it', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  await ann.page.getByRole('button', { name: 'Feedback' }).click()
  const dialog = ann.page.getByRole('dialog', { name: 'Feedback' })
  await dialog.getByLabel('Your name').fill('Ann')
  await dialog.getByLabel('What do you want to say?').fill('I like it.')
  await dialog.getByRole('button', { name: 'Send' }).click()
  const mail = dialog.getByLabel('Mail')
  await dialog.locator('[aria-invalid=true]').first().waitFor()
  expect(await mail.getAttribute('aria-invalid')).toBe('true')
  expect(await dialog.getByLabel('Your name').getAttribute('aria-invalid')).toBeNull()
  await picture(ann.page, 'feedback-refused')
  await mail.fill('ann@example.com')
  await dialog.getByText('5 stars').or(dialog.locator('label').last()).click()
  await dialog.getByRole('button', { name: 'Send' }).click()
  await dialog.getByText('Thank you').waitFor()
})

test('a private channel is unknown to users until they are invited, and closes at once when they are removed', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  const name = await userOf(bob)
  await ann.page.getByRole('button', { name: 'New channel' }).click()
  await ann.page.getByLabel('Name').fill('plans')
  await ann.page.getByLabel(/Private/).check()
  await ann.page.getByRole('button', { name: 'Create' }).click()
  await ann.page.getByRole('textbox', { name: 'Message plans' }).waitFor()
  await ann.say('the plan')

  const address = `${server.url}/chat/team:plans`
  await bob.page.goto(address)
  await bob.page.getByText('There is no such channel').waitFor()
  await picture(bob.page, 'chat-no-such-channel')

  await ann.page.getByLabel('Invite somebody').fill(name)
  await ann.page.getByRole('button', { name: 'Invite' }).click()
  await managing(ann).waitFor()
  await picture(ann.page, 'chat-private-channel')
  await bob.page.goto(address)
  await bob.sees('the plan')

  await manage(ann, 'Remove from here')
  await bob.page.getByText('can’t read this channel any more').waitFor()
  // The focused menu disappeared with its row; the focus is not lost.
  await managing(ann).waitFor({ state: 'detached' })
  await expect.poll(() => focused(ann), { timeout: patienceMs }).toBe('Members · 1')
})

test('a muted user sees until when, and can write again when unmuted', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  await openPlans(ann)
  await bob.page.goto(`${server.url}/chat/chat:open-plans`)
  await bob.composer.fill('half a thought')

  await bob.composer.press('End')
  await bob.composer.press('!')
  await ann.page.getByText(/is writing…/).waitFor()
  await manage(ann, 'for 1 hour')
  // An hour before midnight the end of the mute is on the next day, whose name the text begins with.
  await bob.page.getByText(/You are muted here until (\w+, \w+ \d+, )?\d\d:\d\d/).waitFor()
  await ann.page.getByRole('img', { name: /^Muted until/ }).waitFor()
  expect(await bob.composer.count()).toBe(0)
  // Shown with the same membership that carries the mute: a muted user is not shown as typing.
  await expect.poll(() => ann.page.getByText(/is writing…/).count()).toBe(0)
  await picture(ann.page, 'chat-moderated')
  await picture(bob.page, 'chat-muted')

  await manage(ann, 'Unmute')
  await bob.composer.waitFor()
  expect(await bob.composer.inputValue()).toBe('half a thought!')
  await manage(ann, 'Ban from writing')
  await bob.page.getByText('You were banned from writing here.').waitFor()
  await manage(ann, 'Lift the ban')
  await bob.composer.press('Enter')
  await ann.sees('half a thought!')
})

test('[N24] a direct message opens a channel that both users find in their lists, the other one without a reload', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  const people = ann.page.getByRole('complementary', { name: 'People' })
  const button = people.getByRole('button', { name: 'Message in private' })
  await button.waitFor({ state: 'attached' })
  await button.focus()
  await ann.page.keyboard.press('Enter')
  await ann.page.waitForURL(/dm%3A|dm:/)
  await ann.say('between us')
  await ann.sees('between us')
  await bob.page.getByRole('heading', { name: 'Private' }).waitFor()
  await bob.page.getByRole('link', { name: /unread/ }).click()
  await bob.sees('between us')
})

test('the member menu opens, works and closes by keyboard', async () => {
  const server = await served()
  const ann = await visit(browser(), server.url)
  const bob = await visit(browser(), server.url)
  await openPlans(ann)
  await bob.page.goto(`${server.url}/chat/chat:open-plans`)
  const button = managing(ann)
  await button.focus()
  const label = await button.getAttribute('aria-label')
  for (const time of ['as it is loaded', 'again']) {
    await ann.page.keyboard.press('Enter')
    await ann.page.getByRole('menuitemradio', { name: /^Member/, checked: true }).waitFor()
    expect({ time, faults: await seriousFaults(ann.page) }).toEqual({ time, faults: [] })
    await picture(ann.page, 'chat-member-menu')
    await ann.page.keyboard.press('Escape')
    await ann.page.getByRole('menu').waitFor({ state: 'detached' })
    await expect.poll(() => focused(ann), { timeout: patienceMs }).toBe(label)
  }
  await ann.page.keyboard.press('Enter')
  for (const item of [/^Owner/, /^Moderator/, /^Member/, /^for 10 minutes/]) {
    await expect.poll(() => focused(ann), { timeout: patienceMs }).toMatch(item)
    await ann.page.keyboard.press(item.test('for 10 minutes') ? 'Enter' : 'ArrowDown')
  }
  await ann.page.getByRole('img', { name: /^Muted until/ }).waitFor()
})
