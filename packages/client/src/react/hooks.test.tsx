// @vitest-environment happy-dom
import { act, StrictMode, useState } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { world } from '../../test/support/world.ts'
import { ClientProvider, type Live, useConnection, useLive, usePresence, useSignal } from './index.ts'

const channel = 'chat:general'
let root: Root
let host: HTMLElement

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  host = document.createElement('div')
  root = createRoot(host)
})
afterEach(() => {
  act(() => root.unmount())
  vi.unstubAllGlobals()
})

function show(client: ReturnType<typeof world>['client'], ui: React.ReactNode): void {
  act(() =>
    root.render(
      <StrictMode>
        <ClientProvider value={client}>{ui}</ClientProvider>
      </StrictMode>,
    ),
  )
}

function Messages({ name = channel, grab }: { name?: string; grab?: (live: Live<{ text: string }>) => void }) {
  const live = useLive<{ text: string }>(name, 'messages')
  grab?.(live)
  return (
    <p>
      {live.state}: {live.records.map((entry) => `${entry.data.text}(${entry.status})`).join(' ')}
    </p>
  )
}

function Here({ hear, grab }: { hear(line: string): void; grab(send: ReturnType<typeof useSignal>): void }) {
  const [count, setCount] = useState(0)
  const { users } = usePresence(channel)
  const send = useSignal(channel, (signal) => {
    hear(`${signal.type} ${count}`)
    setCount(count + 1)
  })
  grab(send)
  return <p>{users.map(({ user }) => user).join()}</p>
}

function Foot() {
  return <p>{useConnection().name}</p>
}

const turn = (clock: ReturnType<typeof world>['clock'], ms: number) => act(() => clock.advance(ms))

describe('hooks, mounted twice by StrictMode', () => {
  test('useLive subscribes once, shows what comes, and leaves when unmounted', async () => {
    const { clock, server, client } = world()
    let live: Live<{ text: string }> | undefined
    show(client, <Messages grab={(next) => (live = next)} />)
    expect(host.textContent).toBe('loading: ')
    await turn(clock, 20)
    expect(host.textContent).toBe('live: ')
    expect(server.seen.filter((frame) => frame.op === 'subscribe')).toHaveLength(1)
    act(() => void live?.create({ text: 'mine' }))
    await turn(clock, 0)
    expect(host.textContent).toContain('mine(pending)')
    server.commit(channel, 'bo', { op: 'create', collection: 'messages', data: { text: 'theirs' } })
    await turn(clock, 20)
    expect(host.textContent).toBe('live: theirs(acknowledged) mine(acknowledged)')
    show(client, null)
    await turn(clock, 20)
    expect([server.subscriptions(channel), client.state.name]).toEqual([0, 'idle'])
    await act(async () => client.close())
  })

  test('another channel: nothing of the old one is shown in it, and two components share a subscription', async () => {
    const { clock, server, client } = world()
    server.commit(channel, 'bo', { op: 'create', collection: 'messages', data: { text: 'general' } })
    show(client, <Messages />)
    await turn(clock, 20)
    show(client, [<Messages key="a" name="chat:other" />, <Messages key="b" name="chat:other" />])
    await turn(clock, 20)
    expect(host.textContent).toBe('live: live: ')
    expect([server.subscriptions(channel), server.subscriptions('chat:other')]).toEqual([0, 1])
    await act(async () => client.close())
  })

  test('usePresence and useSignal', async () => {
    const { clock, server, client } = world()
    const heard: string[] = []
    let send: ReturnType<typeof useSignal> | undefined
    const hear = (line: string) => heard.push(line)
    const grab = (next: ReturnType<typeof useSignal>) => {
      send = next
    }
    show(client, <Here hear={hear} grab={grab} />)
    await turn(clock, 20)
    expect(host.textContent).toBe('ana')
    server.signal(channel, { type: 'typing', data: null, user: 'bo' })
    await turn(clock, 20)
    server.signal(channel, { type: 'typing', data: null, user: 'bo' })
    await turn(clock, 20)
    expect(heard).toEqual(['typing 0', 'typing 1'])
    await act(async () => send?.('ping', 1))
    await turn(clock, 20)
    expect(server.seen.at(-1)).toMatchObject({ op: 'signal', type: 'ping' })
    show(client, null)
    await turn(clock, 20)
    expect(server.subscriptions(channel)).toBe(0)
    await act(async () => client.close())
  })

  test('useConnection tells the state as it changes', async () => {
    const { clock, server, client } = world()
    show(client, <Foot />)
    expect(host.textContent).toBe('idle')
    const stop = await act(async () => client.channel(channel).onSignal(() => undefined))
    await turn(clock, 20)
    expect(host.textContent).toBe('open')
    server.down = true
    server.cut()
    await turn(clock, 1)
    expect(host.textContent).toBe('waiting')
    await act(async () => {
      stop()
      client.close()
    })
  })

  test('outside of a provider the hook says what is missing', async () => {
    const { client } = world()
    const silence = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect(() => act(() => root.render(<Messages />))).toThrow(/ClientProvider/)
    silence.mockRestore()
    await act(async () => client.close())
  })
})
