import type { ClientState, TraceEvent } from '@dovetail/client'
import { expect, test } from 'vitest'
import { Traffic } from './traffic.ts'

/** A client of which one says by hand what passes and in what state it is. */
function world() {
  const now = { ms: 1_000_000 }
  const traces = new Set<(event: TraceEvent) => void>()
  const watchers = new Set<() => void>()
  let state: ClientState = { name: 'connecting', transport: 'websocket', rttMs: null, lastError: null, user: null }
  const client = {
    trace: (listener: (event: TraceEvent) => void) => {
      traces.add(listener)
      return () => traces.delete(listener)
    },
    subscribe: (listener: () => void) => {
      watchers.add(listener)
      return () => watchers.delete(listener)
    },
    getSnapshot: () => state,
  }
  const traffic = new Traffic(client, { now: () => now.ms, soon: (task) => task() })
  const is = (name: 'connecting' | 'open' | 'offline') => {
    state = { ...state, name }
    for (const watcher of watchers) watcher()
  }
  const hear = (frame: unknown) => {
    for (const trace of traces) trace({ direction: 'down', over: 'websocket', at: now.ms, frame })
  }
  const change = (to: number, writtenAtMs: number) => {
    const record = { id: 'r', pos: to, rev: to, updatedAt: new Date(writtenAtMs).toISOString() }
    hear({ op: 'changes', channel: 'chat:a', from: to - 1, to, changes: [{ collection: 'messages', record }] })
  }
  return { traffic, now, is, hear, change }
}

test('keeps the last 50 frames, numbered from 1', () => {
  const { traffic, hear } = world()
  for (let i = 1; i <= 60; i++) hear({ op: 'signal' })
  const { frames } = traffic.getSnapshot()
  expect(frames).toHaveLength(50)
  expect(frames.map(({ number }) => number)).toEqual(Array.from({ length: 50 }, (_, i) => i + 11))
})

test('counts a loss, and of what comes after it only what was written meanwhile', () => {
  const { traffic, now, is, change } = world()
  is('open')
  change(1, now.ms)
  is('offline')
  const meanwhile = now.ms + 500
  now.ms += 5000
  is('connecting')
  is('open')
  change(2, meanwhile)
  change(3, now.ms + 10)
  expect(traffic.getSnapshot()).toMatchObject({ lost: 1, healed: 1 })
  expect(traffic.getSnapshot().revisions.get('chat:a')).toBe(3)
})

test('a server whose clock is an hour ahead changes nothing', () => {
  const { traffic, now, is, hear, change } = world()
  const hourMs = 3_600_000
  const hello = () => hear({ id: 1, ok: { serverTime: new Date(now.ms + hourMs).toISOString() } })
  is('open')
  hello()
  is('offline')
  const meanwhile = now.ms + 500
  now.ms += 5000
  hello()
  is('open')
  change(1, meanwhile + hourMs)
  expect(traffic.getSnapshot().healed).toBe(1)
})

test('a connection that is still being made was not lost', () => {
  const { traffic, is } = world()
  is('offline')
  is('connecting')
  is('open')
  expect(traffic.getSnapshot().lost).toBe(0)
})

test('a channel’s revision is known from the first page that was read, and an older page takes nothing back', () => {
  const { traffic, hear, change } = world()
  const page = (cursor: string) =>
    hear({ status: 200, path: '/v1/channels/chat%3Aa/messages', body: { records: [], cursor } })
  const revision = () => traffic.getSnapshot().revisions.get('chat:a')
  page('0')
  expect(revision()).toBe(0)
  page('k3vQ0a.7')
  expect(revision()).toBe(7)
  change(9, 0)
  page('k3vQ0a.8')
  expect(revision()).toBe(9)
  hear({ status: 200, path: '/v1/me', body: { user: 'ann' } })
  hear({ status: 404, path: '/v1/channels/chat%3Ab/messages', error: 'not_found' })
  hear({ status: 304, path: '/v1/channels/chat%3Aa/changes', body: null })
  expect([...traffic.getSnapshot().revisions.keys()]).toEqual(['chat:a'])
})
