import type { ConnectionFacts, ConnectionState } from './connection-facts.ts'

const words: Record<ConnectionState, string> = {
  connecting: 'Connecting',
  open: 'Live',
  waiting: 'Reconnecting',
  offline: 'Offline',
  refused: 'Refused',
  closed: 'Closed',
}

const transports: Record<string, string> = {
  websocket: 'WebSocket',
  sse: 'Server-Sent Events',
  'long-poll': 'Long-poll',
  poll: 'Polling',
}

export type Mood = 'good' | 'waiting' | 'bad'

const moods: Record<ConnectionState, Mood> = {
  connecting: 'waiting',
  open: 'good',
  waiting: 'waiting',
  offline: 'bad',
  refused: 'bad',
  closed: 'bad',
}

export function stateWord(state: ConnectionState): string {
  return words[state]
}

export function transportWord(transport: string): string {
  return transports[transport] ?? transport
}

export function moodOf(state: ConnectionState): Mood {
  return moods[state]
}

/** “lost 2 times, 14 changes caught up”; null where nothing was lost. */
export function healedWords({ lost, healed }: Pick<ConnectionFacts, 'lost' | 'healed'>): string | null {
  if (lost === 0) return null
  const times = lost === 1 ? 'once' : `${lost} times`
  return `lost ${times}, ${healed === 0 ? 'nothing missed' : `${healed} caught up`}`
}
