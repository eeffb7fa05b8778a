import type { Guest } from 'dovetail-protocol'

export interface GuestStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

export interface GuestTokensOptions {
  /** Where guests are made. */
  url: string
  fetch: typeof globalThis.fetch
  storage: GuestStorage
  /** Milliseconds since 1970. */
  now: () => number
  /** Runs one task at a time over all tabs, so that two tabs of a first visit become one guest. */
  exclusively: <Result>(task: () => Promise<Result>) => Promise<Result>
}

export interface GuestTokens {
  /** A token to use now. A second call gives a fresh one: the SDK calls again only when the last was refused or expired. */
  get(): Promise<string>
  /** The user id of the stored token; null before the first visit. */
  user(): string | null
}

const storageKey = 'dovetail.guest'
const marginMs = 60_000 // a token that expires within a minute is renewed before it is used
const freshMs = 10_000 // a token this new was not refused for its age; another one would not help

/** Keeps the visitor's guest identity: created at the first visit, then renewed with its previous token. */
export function createGuestTokens({ url, fetch, storage, now, exclusively }: GuestTokensOptions): GuestTokens {
  let given = false
  let renewedAt = Number.NEGATIVE_INFINITY

  const stored = (): Guest | null => parseGuest(storage.getItem(storageKey))

  const ask = async (token: string | null): Promise<Response> => {
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    if (token !== null) headers.authorization = `Bearer ${token}`
    return fetch(url, { method: 'POST', headers, body: '{}' })
  }

  const renew = async (): Promise<string> => {
    const old = stored()
    let reply = await ask(old?.token ?? null)
    // The server no longer knows this guest (its data was replaced, or a month went by): start as a new one.
    if (old !== null && (reply.status === 401 || reply.status === 403)) reply = await ask(null)
    if (!reply.ok) {
      if (old !== null && Date.parse(old.expiresAt) > now()) return old.token
      throw new Error(`The server gave no guest token (${reply.status}).`)
    }
    const guest = (await reply.json()) as Guest
    storage.setItem(storageKey, JSON.stringify(guest))
    renewedAt = now()
    return guest.token
  }

  return {
    user: () => stored()?.user ?? null,
    get: () =>
      exclusively(async () => {
        const guest = stored()
        const usable = guest !== null && Date.parse(guest.expiresAt) - marginMs > now()
        const asFreshAsCanBe = now() - renewedAt < freshMs
        if (usable && (!given || asFreshAsCanBe)) {
          given = true
          return guest.token
        }
        const token = await renew()
        given = true
        return token
      }),
  }
}

function parseGuest(text: string | null): Guest | null {
  if (text === null) return null
  try {
    const guest = JSON.parse(text) as Partial<Guest>
    const { user, token, expiresAt, name } = guest
    if (typeof user !== 'string' || typeof token !== 'string' || typeof expiresAt !== 'string') return null
    return { user, token, expiresAt, name: name ?? user }
  } catch {
    return null
  }
}
