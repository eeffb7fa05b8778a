import { WebSocket } from 'ws'
import { authorization, type ChangesFrame, type Follow, type FollowOptions, Reset } from './follow.ts'

interface SubscribeOk {
  readonly resume: string
  readonly reason?: string
  readonly cursor: string
}

type Frame = {
  readonly id?: number
  readonly op?: string
  readonly ok?: SubscribeOk
  readonly error?: { readonly code: string }
  readonly reason?: string
  readonly cursor?: string
} & Partial<ChangesFrame>

export const followWebSocket: Follow = (following) => {
  const { url, channel, token, after, signal } = following
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/ws`, ['dovetail.v1'], {
      headers: authorization(token),
    })
    const drop = (): void => socket.terminate()
    signal.addEventListener('abort', drop, { once: true })
    socket.on('error', reject)
    socket.on('close', (code) => {
      signal.removeEventListener('abort', drop)
      if (code === 1012 || code === 1006) resolve()
      else reject(new Error(`closed with ${code}`))
    })
    socket.on('open', () => {
      socket.send(JSON.stringify({ id: 1, op: 'hello' }))
      socket.send(JSON.stringify({ id: 2, op: 'subscribe', channel, after }))
    })
    // `over`: what comes in the same turn as a reset belongs to what the reader reads anew.
    let state: 'asking' | 'reading' | 'over' = 'asking'
    socket.on('message', (data) => {
      if (state === 'over') return
      try {
        state = handleFrame(following, state, JSON.parse(String(data)) as Frame)
      } catch (error) {
        state = 'over'
        reject(error as Error)
        socket.terminate()
      }
    })
  })
}

function handleFrame(following: FollowOptions, state: 'asking' | 'reading', frame: Frame): 'asking' | 'reading' {
  if (frame.error !== undefined) throw new Error(`refused: ${frame.error.code}`)
  if (frame.id === 2 && frame.ok !== undefined) {
    if (frame.ok.resume === 'reset') throw new Reset(frame.ok.reason ?? 'unknown', frame.ok.cursor)
    following.onOpen()
    return 'reading'
  }
  if (frame.op === 'reset') throw new Reset(frame.reason ?? 'unknown', frame.cursor ?? '0')
  if (frame.op !== 'changes') return state
  if (state === 'asking') throw new Error('changes came before the reply to the subscribe')
  following.onRange(frame as ChangesFrame, frame.epoch ?? null)
  return state
}
