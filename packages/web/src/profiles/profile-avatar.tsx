import { guestIdentity } from 'dovetail-protocol'
import { Avatar } from '../ui/avatar.tsx'
import { useProfile } from './use-profile.ts'

/** A user's picture: their own, or for a guest an animal, which stays when they change their name, or else a letter. */
export function ProfileAvatar({ user, size = 32 }: { user: string; size?: number }) {
  const { name, avatar, guest } = useProfile(user)
  const emblem = guest ? guestIdentity(user).picture : undefined
  return <Avatar user={user} name={name} image={avatar} emblem={emblem} size={size} />
}
