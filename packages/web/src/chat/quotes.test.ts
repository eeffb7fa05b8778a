import { expect, test } from 'vitest'
import type { Message } from './message.ts'
import { createQuotes } from './quotes.ts'

const message = (pos: number) => ({ id: `m${pos}`, pos, author: 'ann', text: `text ${pos}` }) as Message

test('a quote of a message that is deleted on the page says so at once', () => {
  const quotes = createQuotes({ get: () => Promise.reject(new Error('nothing is asked for')) })
  let told = 0
  quotes.subscribe(() => told++)
  quotes.learn([1, 2, 3].map(message))
  expect(quotes.get('m2')).toMatchObject({ text: 'text 2' })
  quotes.learn([1, 3].map(message))
  expect([quotes.get('m2'), told]).toEqual(['gone', 1])
})

test('a page that moved on keeps what it showed before', () => {
  const quotes = createQuotes({ get: () => Promise.reject(new Error('nothing is asked for')) })
  quotes.learn([1, 2, 3].map(message))
  quotes.learn([7, 8].map(message))
  expect(quotes.get('m2')).toMatchObject({ text: 'text 2' })
})
