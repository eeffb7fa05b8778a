import type { ClientState, TransportName } from '@dovetail/client'

type StateName = ClientState['name']

const words: Record<StateName, string> = {
  idle: 'Idle',
  connecting: 'Connecting',
  open: 'Live',
  waiting: 'Reconnecting',
  offline: 'Offline',
  auth_failed: 'Refused',
  closed: 'Closed',
}

const transports: Record<TransportName, string> = {
  websocket: 'WebSocket',
  sse: 'Server-Sent Events',
  'long-poll': 'Long-poll',
  poll: 'Polling',
}

/** `resting`: the page needs no connection. */
export type Mood = 'good' | 'resting' | 'waiting' | 'bad'

const moods: Record<StateName, Mood> = {
  idle: 'resting',
  connecting: 'waiting',
  open: 'good',
  waiting: 'waiting',
  offline: 'bad',
  auth_failed: 'bad',
  closed: 'bad',
}

export function stateWord(state: StateName): string {
  return words[state]
}

export function transportWord(transport: TransportName): string {
  return transports[transport]
}

export function moodOf(state: StateName): Mood {
  return moods[state]
}

/** Why there is no connection, in a sentence; null where there is one, or it is on its way for the first time. */
export function reasonWords(state: ClientState): string | null {
  switch (state.name) {
    case 'idle':
    case 'open':
    case 'connecting':
      return null
    case 'offline':
      return 'This device has no network'
    case 'waiting':
      // What a socket gives as its reason (a close code) says nothing to people.
      return state.lastError === null || state.lastError.code === 'network'
        ? 'The server does not answer'
        : state.lastError.detail
    case 'auth_failed':
      return state.error.detail
    case 'closed':
      return state.error?.detail ?? null
    default:
      return state satisfies never
  }
}

export interface Healing {
  /** How often the connection was lost. */
  lost: number
  /** Changes made meanwhile, and caught up since. */
  healed: number
}

/** “lost twice, 14 caught up”; null where nothing was lost. */
export function healedWords({ lost, healed }: Healing): string | null {
  if (lost === 0) return null
  const times = lost === 1 ? 'once' : lost === 2 ? 'twice' : `${lost} times`
  return `lost ${times}, ${healed === 0 ? 'nothing missed' : `${healed} caught up`}`
}
