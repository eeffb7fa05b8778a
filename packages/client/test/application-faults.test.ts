import { describe, expect, test, vi } from 'vitest'
import { world } from './support/world.ts'

const follow = (client: ReturnType<typeof world>['client']) =>
  client.channel('chat:general').collection('messages').live()

/** Collects what is thrown past the SDK as the application's own. */
function thrownLater() {
  const thrown: unknown[] = []
  const real = globalThis.queueMicrotask
  const spy = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((task) =>
    real(() => {
      try {
        task()
      } catch (error) {
        thrown.push(error)
      }
    }),
  )
  return { thrown, restore: () => spy.mockRestore() }
}

describe('a listener that throws', () => {
  test('to a trace keeps nobody else from hearing, on any transport', async () => {
    for (const transport of ['websocket', 'sse', 'long-poll'] as const) {
      const later = thrownLater()
      const { clock, client } = world({ transport })
      let heard = 0
      client.trace(() => {
        throw new Error('in a trace')
      })
      client.trace(() => {
        heard += 1
      })
      const view = follow(client)
      await clock.advance(1_000)
      expect([client.state.name, view.state]).toEqual(['open', 'live'])
      expect(heard).toBeGreaterThan(0)
      expect(later.thrown.map(String)).toContain('Error: in a trace')
      expect(client.state.name).toBe('open')
      client.close()
      later.restore()
    }
  })
})

describe('what has no JSON', () => {
  const circle: Record<string, unknown> = {}
  circle.self = circle

  test('is refused as a row of its own, on any transport, and what is written after it goes out', async () => {
    for (const transport of ['websocket', 'sse'] as const) {
      const { clock, client } = world({ transport })
      const view = follow(client)
      await clock.advance(1_000)
      view.create({ text: 1n })
      view.create({ text: 'after it' })
      await clock.advance(10_000)
      const rows = view.records.map((row) => [row.status, row.status === 'failed' ? row.error.code : row.data.text])
      expect(rows).toEqual([
        ['acknowledged', 'after it'],
        ['failed', 'misuse'],
      ])
      await expect(client.channel('chat:general').collection('messages').create(circle)).rejects.toThrow(TypeError)
      client.close()
    }
  })

  test('is no presence state: refused at once, and nothing of it comes up at a reconnect', async () => {
    const { clock, server, client } = world()
    const presence = client.channel('chat:general').presence()
    expect(() => presence.setState(circle)).toThrow(TypeError)
    const view = client.channel('chat:other').collection('messages').live()
    await clock.advance(100)
    for (const socket of [...server.sockets]) socket.drop(1006)
    await clock.advance(5_000)
    expect([client.state.name, view.state]).toEqual(['open', 'live'])
    client.close()
  })
})
