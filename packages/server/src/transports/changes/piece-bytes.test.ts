import { expect, test } from 'vitest'
import { openMemoryBackbone } from '../../backbones/memory/memory-backbone.ts'
import { encodeNotification } from '../../backbones/shared/notification-text.ts'
import { subscribe } from '../../core/read/subscribe.ts'
import { callerOf, coreWorld } from '../../core/simulation/core-world.fixture.ts'
import { GateOutlet } from '../../core/simulation/gate-outlet.fixture.ts'
import { write } from '../../core/write/write.ts'
import type { Notification } from '../../ports/backbone.ts'
import { encodeWebSocket } from '../websocket/encode.ts'
import { sseForm } from './sse-form.ts'

const channel = 'chat:room-of-an-assistant'
const alice = callerOf('alice')
const target = { channel, collection: 'messages', recordId: '0199b4c2-7a3e-7cc1-9b3e-5d2f8a6c1e04' }
const piece = 'twenty bytes of text'
const pieces = 800
const textBytes = piece.length * pieces
const stream = sseForm({ withId: true, isChunked: true })

/** A text grows by 20 bytes, 50 times a second, to 16 KB; three readers, and another node, follow it. */
async function grow() {
  const notifications: Notification[] = []
  const backbone = openMemoryBackbone()
  backbone.publish = (each) => void notifications.push(each)
  const world = coreWorld({ backbone })
  const { core } = world
  await world.done(write(core, alice, { op: 'put', ...target, data: { role: 'assistant', text: '' } }))
  const follow = async (appends: boolean) => {
    const outlet = new GateOutlet()
    const options = { signals: false, presence: false, demand: false, counted: true, maxBytes: null }
    const request = { channel, after: null, last: { messages: 50 } }
    const ends = { onEnded: () => {}, onBroken: () => {} }
    const { feed } = await world.done(subscribe(core, alice, request, outlet, { ...options, ...ends, appends }))
    feed.begin()
    return outlet
  }
  const [whole, growing] = [await follow(false), await follow(true)]
  notifications.length = 0
  for (let n = 0; n < pieces; n++) {
    const data = [{ op: 'append', path: '/text', value: piece }]
    void write(core, alice, { op: 'append', ...target, data, key: `piece-${n}` })
    for (let ms = 0; ms < 20; ms++) {
      await world.clock.pass(1)
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  await world.clock.pass(500)
  return { whole: whole.frames, growing: growing.frames, notifications }
}

test('[APP9] a text that grows by 20 bytes 50 times a second costs a reader at most three times its bytes', async () => {
  const { whole, growing, notifications } = await grow()
  const bytesOf = (frames: typeof growing, form: typeof stream) =>
    frames.reduce((sum, frame) => sum + form(frame).length, 0)
  const read = { socket: bytesOf(growing, encodeWebSocket), stream: bytesOf(growing, stream) }
  const data = growing.flatMap(({ json }) => (JSON.parse(json) as { changes: Grown[] }).changes)
  const text = data.reduce((sum, { append }) => sum + (append?.pieces[0]?.value ?? ''), '')
  expect(text).toBe(piece.repeat(pieces))
  expect(read.socket / textBytes).toBeLessThanOrEqual(3)
  expect(read.stream / textBytes).toBeLessThanOrEqual(3)
  // The same readers without pieces, so that the count can fail.
  expect(bytesOf(whole, encodeWebSocket) / textBytes).toBeGreaterThan(30)
  const sent = notifications.map((notification) => encodeNotification({ node: 'node-1', notification }).length)
  expect(notifications).toHaveLength(pieces)
  expect(Math.max(...sent.slice(1))).toBeLessThan(400)
})

interface Grown {
  readonly append?: { readonly pieces: readonly { readonly value: string }[] }
}
