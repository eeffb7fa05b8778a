import type { ClientState, TransportName } from 'dovetail-client'

type StateName = ClientState['name']

const labels: Record<StateName, string> = {
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
export type Tone = 'good' | 'resting' | 'waiting' | 'bad'

const tones: Record<StateName, Tone> = {
  idle: 'resting',
  connecting: 'waiting',
  open: 'good',
  waiting: 'waiting',
  offline: 'bad',
  auth_failed: 'bad',
  closed: 'bad',
}

export function stateLabel(state: StateName): string {
  return labels[state]
}

export function transportLabel(transport: TransportName): string {
  return transports[transport]
}

export function toneOf(state: StateName): Tone {
  return tones[state]
}

/** Why there is no connection, in a sentence; null while there is one or it is being opened. */
export function reasonLabel(state: ClientState): string | null {
  switch (state.name) {
    case 'idle':
      return 'This page needs no connection'
    case 'open':
    case 'connecting':
      return null
    case 'offline':
      return 'This device has no network'
    case 'waiting':
      // A socket's reason is a close code, which means nothing to people.
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

export interface ConnectionLosses {
  /** How often the connection was lost. */
  lost: number
  /** Changes made meanwhile that have arrived since. */
  caughtUp: number
}

/** “lost twice, 14 caught up”; null where nothing was lost. */
export function caughtUpLabel({ lost, caughtUp }: ConnectionLosses): string | null {
  if (lost === 0) return null
  const times = lost === 1 ? 'once' : lost === 2 ? 'twice' : `${lost} times`
  return `lost ${times}, ${caughtUp === 0 ? 'nothing missed' : `${caughtUp} caught up`}`
}
