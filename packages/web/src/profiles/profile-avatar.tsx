import { Avatar } from '../ui/avatar.tsx'
import { useProfile } from './use-profile.ts'

export function ProfileAvatar({ user, size = 32 }: { user: string; size?: number }) {
  const { name, avatar } = useProfile(user)
  return <Avatar user={user} name={name} image={avatar} size={size} />
}
