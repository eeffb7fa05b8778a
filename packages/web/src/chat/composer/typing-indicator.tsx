import { UserName } from '../../profiles/user-name.tsx'
import styles from './typing-indicator.module.css'

/** Who is typing. It keeps its height while nobody is, so that nothing moves. */
export function TypingIndicator({ typingUsers }: { typingUsers: readonly string[] }) {
  const [first, second] = typingUsers
  return (
    <p className={styles.line}>
      {first !== undefined && (
        <>
          <UserName user={first} />
          {second !== undefined &&
            (typingUsers.length === 2 ? <> and {<UserName user={second} />}</> : <> and others</>)}
          {second === undefined ? ' is writing…' : ' are writing…'}
        </>
      )}
    </p>
  )
}
