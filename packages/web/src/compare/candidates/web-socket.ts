import { serverPath } from '../../session/app-base.ts'
import type { Candidate, CandidateObserver, CandidateTask } from './candidate.ts'
import { findEventNumbers } from './find-event-numbers.ts'
import { frameBytes } from './frame-bytes.ts'
import { sleep } from './sleep.ts'

const reconnectMs = 1000

/** One WebSocket; when it is lost, a new one continues at the last cursor. */
export const webSocket: Candidate = (task, observer) => {
  const stop = new AbortController()
  const reader = { cursor: task.cursor }
  const first = follow(task, reader, observer, stop.signal)
  void first.ended.then(() => followOn(task, reader, observer, stop.signal))
  return { ready: Promise.race([first.ready, first.ended]), stop: () => stop.abort() }
}

async function followOn(
  task: CandidateTask,
  reader: { cursor: string },
  observer: CandidateObserver,
  signal: AbortSignal,
) {
  while (!signal.aborted) {
    await sleep(reconnectMs, signal)
    if (!signal.aborted) await follow(task, reader, observer, signal).ended
  }
}

interface Frame {
  id?: string
  ok?: unknown
  op?: string
  to?: number
}

function follow(task: CandidateTask, reader: { cursor: string }, observer: CandidateObserver, signal: AbortSignal) {
  const socket = new WebSocket(
    new URL(serverPath('/v1/ws'), window.location.href.replace(/^http/, 'ws')),
    'dovetail.v1',
  )
  const close = () => socket.close(1000)
  signal.addEventListener('abort', close)
  const ended = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()))
  void ended.then(() => signal.removeEventListener('abort', close))
  socket.addEventListener('open', () => {
    observer.connected()
    socket.send(JSON.stringify({ id: 'hello', op: 'hello' }))
    socket.send(JSON.stringify({ id: 'subscribe', op: 'subscribe', channel: task.channel, after: reader.cursor }))
  })
  const ready = new Promise<void>((resolve) => {
    socket.addEventListener('message', ({ data }) => {
      const frame = JSON.parse(String(data)) as Frame
      if (frame.id === 'subscribe') resolve()
      if (frame.op !== 'changes' || frame.to === undefined) return
      observer.received(frameBytes(String(data)), 'estimated')
      reader.cursor = `${reader.cursor.slice(0, reader.cursor.lastIndexOf('.'))}.${frame.to}`
      for (const event of findEventNumbers(frame)) observer.delivered(event)
    })
  })
  return { ready, ended }
}
