// @vitest-environment happy-dom
import { act, StrictMode, Suspense, use, useEffect, useState } from 'react'
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

function Both({ name, grab }: { name: string; grab(name: string, live: Live<{ text: string }>, users: number): void }) {
  const live = useLive<{ text: string }>(name, 'messages')
  const { users } = usePresence(name)
  grab(name, live, users.length)
  const { create } = live
  useEffect(() => {
    if (name === 'chat:b') create({ text: 'B' })
  }, [name, create])
  return null
}

function FirstEffects() {
  const { create } = useLive<{ text: string }>(channel, 'messages')
  const { setState } = usePresence(channel)
  useEffect(() => setState({ x: 1 }), [setState])
  return <CreatesOnMount create={create} />
}

function CreatesOnMount({ create }: { create(data: { text: string }): string }) {
  useEffect(() => {
    create({ text: 'by the child' })
  }, [create])
  return null
}

function Late({ waiting }: { waiting: Promise<void> }) {
  const live = useLive<{ text: string }>(channel, 'messages')
  const { users } = usePresence(channel)
  use(waiting)
  return <p>{`${live.state} ${users.length}`}</p>
}

const turn = (clock: ReturnType<typeof world>['clock'], ms: number) => act(() => clock.advance(ms))

describe('React hooks under StrictMode', () => {
  test('useLive subscribes once, shows new records, and unsubscribes when it is unmounted', async () => {
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

  test('useLive with another channel shows no record of the former one, and two components share a subscription', async () => {
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

  test("[N09] after a change of channel no render shows the former channel's rows or users, and a create goes to the new channel", async () => {
    const { clock, server, client } = world()
    server.commit(channel, 'bo', { op: 'create', collection: 'messages', data: { text: 'A' } })
    const renders: [string, unknown[], number][] = []
    const lives = new Map<string, Live<{ text: string }>>()
    const grab = (name: string, live: Live<{ text: string }>, users: number) => {
      renders.push([name, live.records.map(({ data }) => data.text), users])
      if (!lives.has(name)) lives.set(name, live)
    }
    show(client, <Both name={channel} grab={grab} />)
    await turn(clock, 20)
    expect(renders.at(-1)).toEqual([channel, ['A'], 1])
    show(client, <Both name="chat:b" grab={grab} />)
    const first = renders.find(([name]) => name === 'chat:b')
    expect(first).toEqual(['chat:b', [], 0])
    await turn(clock, 50)
    expect(renders.filter(([name, texts]) => name === 'chat:b' && texts.includes('A'))).toEqual([])
    const texts = (name: string) =>
      server
        .log(name)
        .all('messages')
        .map(({ data }) => (data as { text: string }).text)
    expect(texts(channel)).toEqual(['A'])
    expect(texts('chat:b')).toContain('B')
    // The former channel's functions throw, since its handle is closed.
    expect(() => lives.get(channel)?.create({ text: 'late' })).toThrow(/closed/)
    await act(async () => client.close())
  })

  test('[N16] a presence state and a create from the first effects take effect, also from effects of child components', async () => {
    const { clock, server, client } = world()
    show(client, <FirstEffects />)
    await turn(clock, 50)
    expect(server.seen.filter(({ op }) => op === 'state').at(-1)).toMatchObject({ channel, state: { x: 1 } })
    // StrictMode runs each effect twice.
    expect(
      server
        .log(channel)
        .all('messages')
        .map(({ data }) => data),
    ).toEqual([{ text: 'by the child' }, { text: 'by the child' }])
    await act(async () => client.close())
  })

  test('[N16] a component that suspends before it is mounted opens no view, and one unmounted meanwhile leaves none open', async () => {
    const { clock, server, client } = world()
    let release = (): void => undefined
    const waiting = new Promise<void>((resolve) => {
      release = resolve
    })
    show(
      client,
      <Suspense fallback="waiting">
        <Late waiting={waiting} />
      </Suspense>,
    )
    await turn(clock, 50)
    expect([host.textContent, server.subscriptions(channel)]).toEqual(['waiting', 0])
    await act(async () => release())
    show(client, <Late waiting={waiting} />)
    await turn(clock, 50)
    expect([host.textContent, server.subscriptions(channel)]).toEqual(['live 1', 1])
    show(client, null)
    await turn(clock, 50)
    expect([server.subscriptions(channel), client.state.name]).toEqual([0, 'idle'])
    await act(async () => client.close())
  })

  test('usePresence lists the present users, and useSignal delivers and sends signals', async () => {
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

  test('useConnection returns the connection state and renders again when it changes', async () => {
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

  test('a hook outside of ClientProvider throws an error that names the missing provider', async () => {
    const { client } = world()
    const silence = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect(() => act(() => root.render(<Messages />))).toThrow(/ClientProvider/)
    silence.mockRestore()
    await act(async () => client.close())
  })
})
