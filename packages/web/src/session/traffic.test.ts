import type { ClientState, TraceEvent } from 'dovetail-client'
import { expect, test } from 'vitest'
import { Traffic } from './traffic.ts'

/** A client whose frames and state the test sets. */
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
  const traffic = new Traffic(client, { now: () => now.ms, beforeNextFrame: (task) => task() })
  const is = (name: 'connecting' | 'open' | 'offline') => {
    state = { ...state, name }
    for (const watcher of watchers) watcher()
  }
  const receive = (frame: unknown) => {
    for (const trace of traces) trace({ direction: 'down', over: 'websocket', at: now.ms, frame })
  }
  const change = (to: number, writtenAtMs: number) => {
    const record = { id: 'r', pos: to, rev: to, updatedAt: new Date(writtenAtMs).toISOString() }
    receive({ op: 'changes', channel: 'chat:a', from: to - 1, to, changes: [{ collection: 'messages', record }] })
  }
  return { traffic, now, is, receive, change }
}

test('traffic keeps the last 50 frames, numbered from 1', () => {
  const { traffic, receive } = world()
  for (let i = 1; i <= 60; i++) receive({ op: 'signal' })
  const { frames } = traffic.getSnapshot()
  expect(frames).toHaveLength(50)
  expect(frames.map(({ number }) => number)).toEqual(Array.from({ length: 50 }, (_, i) => i + 11))
})

test('traffic counts a lost connection, and as caught up only the changes written meanwhile', () => {
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
  expect(traffic.getSnapshot()).toMatchObject({ lost: 1, caughtUp: 1 })
  expect(traffic.getSnapshot().revisions.get('chat:a')).toBe(3)
})

test('caught-up changes are counted by the server’s clock, also when it is an hour fast', () => {
  const { traffic, now, is, receive, change } = world()
  const hourMs = 3_600_000
  const hello = () => receive({ id: 1, ok: { serverTime: new Date(now.ms + hourMs).toISOString() } })
  is('open')
  hello()
  is('offline')
  const meanwhile = now.ms + 500
  now.ms += 5000
  hello()
  is('open')
  change(1, meanwhile + hourMs)
  expect(traffic.getSnapshot().caughtUp).toBe(1)
})

test('a connection that was never open does not count as lost', () => {
  const { traffic, is } = world()
  is('offline')
  is('connecting')
  is('open')
  expect(traffic.getSnapshot().lost).toBe(0)
})

test('a channel’s revision is known from its first page, and an older page does not lower it', () => {
  const { traffic, receive, change } = world()
  const page = (cursor: string) =>
    receive({ status: 200, path: '/v1/channels/chat%3Aa/messages', body: { records: [], cursor } })
  const revision = () => traffic.getSnapshot().revisions.get('chat:a')
  page('0')
  expect(revision()).toBe(0)
  page('k3vQ0a.7')
  expect(revision()).toBe(7)
  change(9, 0)
  page('k3vQ0a.8')
  expect(revision()).toBe(9)
  receive({ status: 200, path: '/v1/me', body: { user: 'ann' } })
  receive({ status: 404, path: '/v1/channels/chat%3Ab/messages', error: 'not_found' })
  receive({ status: 304, path: '/v1/channels/chat%3Aa/changes', body: null })
  expect([...traffic.getSnapshot().revisions.keys()]).toEqual(['chat:a'])
})
