/** Profiles: what a user says of themselves, and what others may read of it. */
import type { StoredProfile } from '../ports/store.ts'
import type { Caller, Grant, Role } from './caller.ts'
import { checkedPayload } from './check.ts'
import type { Core } from './core.ts'
import { Failure } from './failure.ts'

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

async function storedOf(core: Core, caller: Caller): Promise<StoredProfile> {
  const user = caller.user ?? ''
  const stored = await core.durable.profile(user)
  return stored ?? { user, name: caller.name ?? user, avatar: null, about: null, guest: caller.role === 'guest' }
}

function shown(profile: StoredProfile): PublicProfile {
  const { user, name, avatar, about, guest } = profile
  return { user, name, ...(avatar === null ? {} : { avatar }), ...(about === null ? {} : { about }), guest }
}

export async function profileOf(core: Core, caller: Caller): Promise<OwnProfile> {
  return { ...shown(await storedOf(core, caller)), rights: { role: caller.role, grants: caller.grants } }
}

/** A merge patch (RFC 7396): `null` removes. */
export async function changeProfile(core: Core, caller: Caller, patch: ProfilePatch): Promise<OwnProfile> {
  checkedPayload(patch, core.limits)
  const before = await storedOf(core, caller)
  const after: StoredProfile = {
    ...before,
    name: patch.name ?? before.name,
    avatar: patch.avatar === undefined ? before.avatar : patch.avatar,
    about: patch.about === undefined ? before.about : patch.about,
  }
  await core.durable.saveProfile(after)
  return { ...shown(after), rights: { role: caller.role, grants: caller.grants } }
}

export async function publicProfile(core: Core, user: string): Promise<PublicProfile> {
  const profile = await core.durable.profile(user)
  if (profile === null) throw new Failure('not_found', `There is no profile of "${user}".`)
  return shown(profile)
}
