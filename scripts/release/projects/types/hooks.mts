/** Typed hooks: they compile, and what is wrong does not. */
import { createClient } from 'dovetail-client'
import { createHooks } from 'dovetail-client/react'
import { createElement } from 'react'
import type { Types } from './typed.mjs'

const { ClientProvider, useLive } = createHooks<Types>()

export function Events() {
  const live = useLive('orders:7', 'events')
  // @ts-expect-error: no such collection
  useLive('orders:7', 'messages')
  return createElement('p', null, live.records.map(({ data }) => data.state).join(', '))
}

export const app = createElement(ClientProvider, {
  value: createClient<Types>({ url: 'http://localhost:4600/live' }),
  children: createElement(Events),
})
