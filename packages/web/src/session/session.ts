import { createClient, type TransportName } from '@dovetail/client'
import { createProfiles, type Profiles } from '../people/profiles.ts'
import type { AppClient } from './app-client.ts'
import type { DataTypes } from './data-types.ts'
import { createGuestTokens, type GuestTokens } from './guest-tokens.ts'
import { Traffic } from './traffic.ts'

/** What lives as long as the page: one connection, who it speaks for, and what passed on it. */
export interface Session {
  client: AppClient
  guest: GuestTokens
  profiles: Profiles
  traffic: Traffic
}

const transports: readonly string[] = ['websocket', 'sse', 'long-poll', 'poll'] satisfies TransportName[]

/** `?transport=sse` forces one way of reading, so that anyone can feel the difference. */
export function forcedTransport(search: string): TransportName | 'auto' {
  const wanted = new URLSearchParams(search).get('transport')
  return wanted !== null && transports.includes(wanted) ? (wanted as TransportName) : 'auto'
}

/** Only secure pages have locks; elsewhere two tabs of a first visit may become two guests. */
const exclusively = <Result>(task: () => Promise<Result>): Promise<Result> =>
  'locks' in navigator ? navigator.locks.request('dovetail.guest', task) : task()

export function openSession(): Session {
  const guest = createGuestTokens({ fetch: fetch.bind(window), storage: localStorage, now: Date.now, exclusively })
  const client = createClient<DataTypes>({
    getToken: () => guest.get(),
    transport: forcedTransport(window.location.search),
  })
  const profiles = createProfiles(client)
  return {
    client,
    guest,
    profiles,
    traffic: new Traffic(client, { now: Date.now, soon: requestAnimationFrame.bind(window) }),
  }
}
