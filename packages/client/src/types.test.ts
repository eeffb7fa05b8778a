/** What the compiler says of typed clients and hooks: `tsc` holds these lines, as `npm run check` runs it. */
import { createElement } from 'react'
import { expectTypeOf, test } from 'vitest'
import { type Client, createClient } from './index.ts'
import { ClientProvider, createHooks, type Live, useLive } from './react/index.ts'

interface Types {
  chat: { messages: { text: string }; reactions: { emoji: string } }
  prices: { quotes: { symbol: string; price: number } }
}

const options = { url: 'http://server.test', storage: null }

test('[A3] a typed client takes the namespaces of its types, and no other that the compiler knows', () => {
  const client = createClient<Types>(options)
  expectTypeOf(client.channel('chat:general').collection('messages').create).parameter(0).toEqualTypeOf<{
    text: string
  }>()
  expectTypeOf(client.channel('prices:demo').name).toEqualTypeOf<'prices:demo'>()
  // @ts-expect-error: no such namespace
  client.channel('orders:7')
  // @ts-expect-error: a slip in the namespace
  client.channel('chats:general')
  // @ts-expect-error: no such collection
  client.channel('chat:general').collection('quotes')
  // @ts-expect-error: no such member
  expectTypeOf(client.channel('chat:general').collection('messages').create).toBeCallableWith({ words: 'x' })
  client.close()
})

test('[A3] a name that is known only when the program runs is taken, and its data has no type', () => {
  const client = createClient<Types>(options)
  const name: string = ['chat', 'general'].join(':')
  const topic: string = 'general'
  expectTypeOf(client.channel(name).collection('anything').create).parameter(0).toEqualTypeOf<Record<string, unknown>>()
  expectTypeOf(client.channel(`chat:${topic}`).collection('messages').create)
    .parameter(0)
    .toEqualTypeOf<{
      text: string
    }>()
  const untyped = createClient(options)
  expectTypeOf(untyped.channel('orders:7').collection('events').create)
    .parameter(0)
    .toEqualTypeOf<Record<string, unknown>>()
  client.close()
  untyped.close()
})

test('[A3] the provider takes a client of any types', () => {
  const client = createClient<Types>(options)
  createElement(ClientProvider<Types>, { value: client })
  createElement(createHooks<Types>().ClientProvider, { value: client })
  // @ts-expect-error: a client of other types
  createElement(createHooks<{ orders: { events: { state: string } } }>().ClientProvider, { value: client })
  client.close()
})

const hooks = createHooks<Types>()

/** Never shown: hooks run in components only. The compiler reads it all the same. */
function Component() {
  expectTypeOf(hooks.useLive('chat:general', 'messages')).toEqualTypeOf<Live<{ text: string }>>()
  expectTypeOf(hooks.useLive('prices:demo', 'quotes').create).parameter(0).toEqualTypeOf<{
    symbol: string
    price: number
  }>()
  hooks.usePresence('chat:general')
  hooks.useSignal('chat:general')
  // @ts-expect-error: no such namespace
  hooks.useLive('orders:7', 'messages')
  // @ts-expect-error: no such collection
  hooks.useLive('chat:general', 'quotes')
  // @ts-expect-error: no such namespace
  hooks.usePresence('orders:7')
  // @ts-expect-error: no such namespace
  hooks.useSignal('orders:7')
  // Without `createHooks`, a hook takes any channel, and the type of its rows from the caller.
  expectTypeOf(useLive<{ text: string }>('orders:7', 'events')).toEqualTypeOf<Live<{ text: string }>>()
  return null
}

test('[A3] hooks made by createHooks know the channels', () => {
  expectTypeOf(hooks.useClient).returns.toEqualTypeOf<Client<Types>>()
  expectTypeOf(Component).returns.toEqualTypeOf<null>()
})
