import { expect, test } from 'vitest'
import { createGuestTokens } from './guest-tokens.ts'

const hourMs = 3_600_000

/** A server that numbers its guests and tokens, and a browser whose clock the test sets. */
function world() {
  const asked: (string | null)[] = []
  const items = new Map<string, string>()
  const now = { ms: Date.parse('2026-01-01T00:00:00Z') }
  const answers: number[] = []
  const server = async (_url: unknown, init?: RequestInit): Promise<Response> => {
    const token = new Headers(init?.headers).get('authorization')
    asked.push(token)
    const status = answers.shift() ?? 201
    if (status !== 201) return new Response('{}', { status })
    const user = token === null ? `guest-${asked.length}` : (token.split(' ')[1]?.split('/')[0] ?? '')
    const guest = {
      user,
      name: user,
      token: `${user}/${asked.length}`,
      expiresAt: new Date(now.ms + hourMs).toISOString(),
    }
    return Response.json(guest, { status })
  }
  const open = () =>
    createGuestTokens({
      url: '/v1/guests',
      fetch: server,
      storage: { getItem: (key) => items.get(key) ?? null, setItem: (key, value) => void items.set(key, value) },
      now: () => now.ms,
      exclusively: (task) => task(),
    })
  return { asked, answers, now, open }
}

test('a first visit creates one guest, and a reload keeps it', async () => {
  const { asked, open } = world()
  expect(await open().get()).toBe('guest-1/1')
  const reloaded = open()
  expect(await reloaded.get()).toBe('guest-1/1')
  expect(reloaded.user()).toBe('guest-1')
  expect(asked).toEqual([null])
})

test('an expired guest token is renewed for the same user', async () => {
  const { now, open } = world()
  await open().get()
  now.ms += 2 * hourMs
  expect(await open().get()).toBe('guest-1/2')
})

test('a second call for a guest token renews it, unless it was renewed within seconds', async () => {
  const { asked, now, open } = world()
  const tokens = open()
  await tokens.get()
  now.ms += 60_000
  expect(await tokens.get()).toBe('guest-1/2')
  expect(await tokens.get()).toBe('guest-1/2')
  expect(asked).toHaveLength(2)
})

test('a guest that the server no longer knows becomes a new guest', async () => {
  const { answers, now, open } = world()
  await open().get()
  now.ms += 2 * hourMs
  answers.push(401)
  expect(await open().get()).toBe('guest-3/3')
})

test('a guest token that is still valid is used when the server is too busy to renew it', async () => {
  const { answers, now, open } = world()
  const tokens = open()
  await tokens.get()
  now.ms += 60_000
  answers.push(429)
  expect(await tokens.get()).toBe('guest-1/1')
})
