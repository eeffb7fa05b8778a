import { useProfile } from './use-profile.ts'

export interface UserNameProps {
  user: string
  className?: string | undefined
}

export function UserName({ user, className }: UserNameProps) {
  const { name } = useProfile(user)
  return (
    <bdi className={className} title={user}>
      {name}
    </bdi>
  )
}
