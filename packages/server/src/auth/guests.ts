/** Guests: users without a sign-in, who are known by their token alone. */
import { randomBytes } from 'node:crypto'
import { type Guest, guestIdentity } from 'dovetail-protocol'
import type { Caller } from '../core/access/caller.ts'
import { checkedPayload } from '../core/access/check.ts'
import type { AccessContext, SignInContext } from '../core/access/context.ts'
import type { ProfileContext } from '../core/read/context.ts'
import { Failure } from '../core/rules/failure.ts'
import { signToken, type Tokens } from './tokens.ts'

const guestTokenSeconds = 24 * 3600
/** How long after its expiry a guest's token can still be renewed. */
const guestGraceSeconds = 30 * 24 * 3600

/** What is needed to admit a guest and to store the guest's profile. */
export type GuestContext = ProfileContext & Pick<AccessContext, 'clock'> & Pick<SignInContext, 'revocations'>

export interface GuestOffice {
  readonly core: GuestContext
  readonly tokens: Tokens
  readonly secret: string
  readonly issuer?: string | undefined
  readonly audience?: string | undefined
}

/** Creates a guest, or renews the token of the guest to whom `token` belongs. */
export async function admitGuest(office: GuestOffice, name: string | undefined, token: string | null): Promise<Guest> {
  const { core } = office
  if (name !== undefined) checkedPayload(name, core.limits)
  const known = token === null ? null : await returning(office, token)
  const user = known?.user ?? `guest-${randomBytes(6).toString('hex')}`
  const profile = await core.accounts.profile(user)
  // The name in the profile wins over the name in the token, which may be older.
  const shownName = name ?? profile?.name ?? known?.name ?? guestIdentity(user).name
  const { avatar = null, about = null } = profile ?? {}
  await core.accounts.saveProfile({ user, name: shownName, avatar, about, guest: true })
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
