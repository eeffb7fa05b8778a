import type { Contender, Course, Meters } from './contender.ts'
import { eventsIn } from './events-in.ts'
import { frameBytes } from './frame-bytes.ts'
import { pause } from './pause.ts'

const againMs = 1000

/** One socket, opened again from where it was when it is lost. */
export const webSocket: Contender = (course, meters) => {
  const stop = new AbortController()
  const reader = { cursor: course.cursor }
  const first = follow(course, reader, meters, stop.signal)
  void first.ended.then(() => followOn(course, reader, meters, stop.signal))
  return { ready: Promise.race([first.ready, first.ended]), stop: () => stop.abort() }
}

async function followOn(course: Course, reader: { cursor: string }, meters: Meters, signal: AbortSignal) {
  while (!signal.aborted) {
    await pause(againMs, signal)
    if (!signal.aborted) await follow(course, reader, meters, signal).ended
  }
}

interface Frame {
  id?: string
  ok?: unknown
  op?: string
  to?: number
}

function follow(course: Course, reader: { cursor: string }, meters: Meters, signal: AbortSignal) {
  const socket = new WebSocket(new URL('/v1/ws', window.location.href.replace(/^http/, 'ws')), 'dovetail.v1')
  const close = () => socket.close(1000)
  signal.addEventListener('abort', close)
  const ended = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()))
  void ended.then(() => signal.removeEventListener('abort', close))
  socket.addEventListener('open', () => {
    meters.connected()
    socket.send(JSON.stringify({ id: 'hello', op: 'hello' }))
    socket.send(JSON.stringify({ id: 'subscribe', op: 'subscribe', channel: course.channel, after: reader.cursor }))
  })
  const ready = new Promise<void>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const frame = JSON.parse(String(data)) as Frame
      if (frame.id === 'subscribe') resolve()
      if (frame.op !== 'changes' || frame.to === undefined) return
      meters.received(frameBytes(String(data)), 'estimated')
      reader.cursor = `${reader.cursor.slice(0, reader.cursor.lastIndexOf('.'))}.${frame.to}`
      for (const event of eventsIn(frame)) meters.heard(event)
    })
  })
  return { ready, ended }
}
