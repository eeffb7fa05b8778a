/** Profiles: what a user says of themselves, and what others may read of it. */
import type { StoredProfile } from '../../ports/accounts.ts'
import type { Caller, Grant, Role } from '../access/caller.ts'
import { checkedPayload } from '../access/check.ts'
import { requireStaff } from '../access/require-staff.ts'
import { Failure } from '../rules/failure.ts'
import type { ProfileContext } from './context.ts'

export interface PublicProfile {
  readonly user: string
  readonly name: string
  readonly avatar?: string
  readonly about?: string
  readonly guest: boolean
}

export interface OwnProfile extends PublicProfile {
  readonly rights: { readonly role: Role; readonly grants: readonly Grant[] }
}

export interface ProfilePatch {
  readonly name?: string | undefined
  readonly avatar?: string | null | undefined
  readonly about?: string | null | undefined
}

async function storedOf(core: ProfileContext, caller: Caller): Promise<StoredProfile> {
  const user = caller.user ?? ''
  await core.firstProfiles.settled(user)
  const stored = await core.accounts.profile(user)
  return stored ?? { user, name: caller.name ?? user, avatar: null, about: null, guest: caller.role === 'guest' }
}

function shown(profile: StoredProfile): PublicProfile {
  const { user, name, avatar, about, guest } = profile
  return { user, name, ...(avatar === null ? {} : { avatar }), ...(about === null ? {} : { about }), guest }
}

export async function profileOf(core: ProfileContext, caller: Caller): Promise<OwnProfile> {
  return { ...shown(await storedOf(core, caller)), rights: { role: caller.role, grants: caller.grants } }
}

/** A merge patch (RFC 7396): `null` removes. */
export async function changeProfile(core: ProfileContext, caller: Caller, patch: ProfilePatch): Promise<OwnProfile> {
  checkedPayload(patch, core.limits)
  const before = await storedOf(core, caller)
  const after: StoredProfile = {
    ...before,
    name: patch.name ?? before.name,
    avatar: patch.avatar === undefined ? before.avatar : patch.avatar,
    about: patch.about === undefined ? before.about : patch.about,
  }
  await core.accounts.saveProfile(after)
  return { ...shown(after), rights: { role: caller.role, grants: caller.grants } }
}

/** The profiles that there are of these users, in the order given. */
export async function publicProfiles(core: ProfileContext, users: readonly string[]): Promise<PublicProfile[]> {
  await Promise.all(users.map((user) => core.firstProfiles.settled(user)))
  const found = new Map((await core.accounts.profiles(users)).map((profile) => [profile.user, shown(profile)]))
  return [...new Set(users)].flatMap((user) => found.get(user) ?? [])
}

/** What a service says of a user: all of the profile. */
export interface GivenProfile {
  readonly user: string
  readonly name: string
  readonly avatar?: string | null | undefined
  readonly about?: string | null | undefined
}

/** Throws `forbidden`, or `unauthenticated`, for whoever is neither a service nor an admin. */
export function requireProfileKeeper(caller: Caller): void {
  requireStaff(caller, 'Only a service or an admin sets the profiles of others.')
}

/** Replaces profiles, or makes them. Resolves when all of them are durable. */
export async function setProfiles(core: ProfileContext, given: readonly GivenProfile[]): Promise<PublicProfile[]> {
  checkedPayload(given, core.limits)
  const before = new Map((await core.accounts.profiles(given.map(({ user }) => user))).map((each) => [each.user, each]))
  const after = given.map(({ user, name, avatar = null, about = null }) => {
    return { user, name, avatar, about, guest: before.get(user)?.guest ?? false }
  })
  await Promise.all(
    after.map(async (profile) => {
      await core.firstProfiles.settled(profile.user)
      await core.accounts.saveProfile(profile)
    }),
  )
  return after.map(shown)
}

export async function publicProfile(core: ProfileContext, user: string): Promise<PublicProfile> {
  await core.firstProfiles.settled(user)
  const profile = await core.accounts.profile(user)
  if (profile === null) throw new Failure('not_found', `There is no profile of "${user}".`)
  return shown(profile)
}
