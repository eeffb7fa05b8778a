import { createClient, type TransportName } from 'dovetail-client'
import { appBase, serverPath } from './app-base.ts'
import type { AppClient } from './app-client.ts'
import type { DataTypes } from './data-types.ts'
import { createGuestTokens, type GuestTokens } from './guest-tokens.ts'
import { createProfileCache, type ProfileCache } from './profile-cache.ts'
import { Traffic } from './traffic.ts'

/**
 * session/: what lives as long as the page?
 *
 * One connection, the guest it is signed in as, the profiles and the traffic seen on it.
 */
export interface Session {
  client: AppClient
  guest: GuestTokens
  profiles: ProfileCache
  traffic: Traffic
}

const transports: readonly string[] = ['websocket', 'sse', 'long-poll', 'poll'] satisfies TransportName[]

/** `?transport=sse` forces one transport, so that anyone can feel the difference. */
export function forcedTransport(search: string): TransportName | 'auto' {
  const wanted = new URLSearchParams(search).get('transport')
  return wanted !== null && transports.includes(wanted) ? (wanted as TransportName) : 'auto'
}

/** Only secure contexts have Web Locks; elsewhere two tabs of a first visit may become two guests. */
const exclusively = <Result>(task: () => Promise<Result>): Promise<Result> =>
  'locks' in navigator ? navigator.locks.request('dovetail.guest', task) : task()

export function openSession(): Session {
  const guest = createGuestTokens({
    url: serverPath('/v1/guests'),
    fetch: fetch.bind(window),
    storage: localStorage,
    now: Date.now,
    exclusively,
  })
  const client = createClient<DataTypes>({
    url: window.location.origin + appBase,
    getToken: () => guest.get(),
    transport: forcedTransport(window.location.search),
  })
  const profiles = createProfileCache(client)
  return {
    client,
    guest,
    profiles,
    traffic: new Traffic(client, { now: Date.now, beforeNextFrame: requestAnimationFrame.bind(window) }),
  }
}
