/** Guests: users without a sign-in, whose token is all that they are. */
import { randomBytes } from 'node:crypto'
import type { Guest } from '@dovetail/protocol'
import type { Caller } from '../core/caller.ts'
import { checkedPayload } from '../core/check.ts'
import type { Core } from '../core/core.ts'
import { Failure } from '../core/failure.ts'
import { signToken, type Tokens } from './tokens.ts'

const guestTokenSeconds = 24 * 3600
/** How long after its end a guest's token still brings a fresh one. */
const guestGraceSeconds = 30 * 24 * 3600

export interface GuestOffice {
  readonly core: Core
  readonly tokens: Tokens
  readonly secret: string
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
}

/** Admits a new guest, or renews the one whose token was brought. */
export async function admitGuest(office: GuestOffice, name: string | undefined, token: string | null): Promise<Guest> {
  const { core } = office
  if (name !== undefined) checkedPayload(name, core.limits)
  const known = token === null ? null : await returning(office, token)
  const user = known?.user ?? `guest-${randomBytes(6).toString('hex')}`
  const profile = await core.durable.profile(user)
  // A name that the guest has taken since counts, not the one that the token was made with.
  const shownName = name ?? profile?.name ?? known?.name ?? `Guest ${user.slice(-4)}`
  const { avatar = null, about = null } = profile ?? {}
  await core.durable.saveProfile({ user, name: shownName, avatar, about, guest: true })
  const nowMs = core.clock.now()
  const { secret, issuer, audience } = office
  const signer = { secret, issuer, audience }
  const session = known?.session ?? randomBytes(9).toString('base64url')
  return {
    user,
    name: shownName,
    token: await signToken({
      ...signer,
      user,
      name: shownName,
      role: 'guest',
      ttlSeconds: guestTokenSeconds,
      session,
      nowMs,
    }),
    expiresAt: new Date((Math.floor(nowMs / 1000) + guestTokenSeconds) * 1000).toISOString(),
  }
}

async function returning({ core, tokens }: GuestOffice, token: string): Promise<Caller> {
  const caller = core.revocations.checked(await tokens.verifyExpired(token, guestGraceSeconds))
  if (caller.role !== 'guest') throw new Failure('forbidden', 'This token is no guest token; it needs no renewal here.')
  return caller
}
