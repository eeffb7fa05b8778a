import type { Guest } from '@dovetail/protocol'

export interface GuestStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}

export interface GuestTokensOptions {
  fetch: typeof globalThis.fetch
  storage: GuestStorage
  /** Milliseconds since 1970. */
  now: () => number
  /** Runs one task at a time over all tabs, so that two tabs of a first visit become one guest. */
  exclusively: <Result>(task: () => Promise<Result>) => Promise<Result>
}

export interface GuestTokens {
  /** A token to use now. Asked again, it gives a fresh one: the SDK asks again only where the last was refused or ran out. */
  get(): Promise<string>
  /** Who the stored token belongs to; null before the first visit. */
  user(): string | null
}

const storageKey = 'dovetail.guest'
const marginMs = 60_000 // a token that ends within a minute would end in the middle of something
const freshMs = 10_000 // one that was made this recently is not refused for its age; another would not help

/** Keeps the visitor's guest identity: made at the first visit, renewed with its own old token after. */
export function createGuestTokens({ fetch, storage, now, exclusively }: GuestTokensOptions): GuestTokens {
  let given = false
  let renewedAt = Number.NEGATIVE_INFINITY

  const stored = (): Guest | null => parseGuest(storage.getItem(storageKey))

  const ask = async (token: string | null): Promise<Response> => {
    const headers: Record<string, string> = { 'content-type': 'application/json' }
    if (token !== null) headers.authorization = `Bearer ${token}`
    return fetch('/v1/guests', { method: 'POST', headers, body: '{}' })
  }

  const renew = async (): Promise<string> => {
    const old = stored()
    let reply = await ask(old?.token ?? null)
    // The server no longer knows this guest (its data is new, or a month went by): begin as another.
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
