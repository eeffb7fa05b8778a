import { expect, test } from 'vitest'
import type { Message } from '../messages/message.ts'
import { createQuotedMessages } from './quoted-messages.ts'

const message = (pos: number) => ({ id: `m${pos}`, pos, author: 'ann', text: `text ${pos}` }) as Message

test('the quote of a message that was deleted on the page is gone at once', () => {
  const quotedMessages = createQuotedMessages({ get: () => Promise.reject(new Error('nothing is requested')) })
  let updates = 0
  quotedMessages.subscribe(() => updates++)
  quotedMessages.learn([1, 2, 3].map(message))
  expect(quotedMessages.get('m2')).toMatchObject({ text: 'text 2' })
  quotedMessages.learn([1, 3].map(message))
  expect([quotedMessages.get('m2'), updates]).toEqual(['gone', 1])
})

test('a quoted message stays known when the page moves on', () => {
  const quotedMessages = createQuotedMessages({ get: () => Promise.reject(new Error('nothing is requested')) })
  quotedMessages.learn([1, 2, 3].map(message))
  quotedMessages.learn([7, 8].map(message))
  expect(quotedMessages.get('m2')).toMatchObject({ text: 'text 2' })
})
