import { UserName } from '../people/user-name.tsx'
import styles from './typing-line.module.css'

/** Who is writing; its room is kept, so that nothing moves when somebody begins. */
export function TypingLine({ typists }: { typists: readonly string[] }) {
  const [first, second] = typists
  return (
    <p className={styles.line}>
      {first !== undefined && (
        <>
          <UserName user={first} />
          {second !== undefined && (typists.length === 2 ? <> and {<UserName user={second} />}</> : <> and others</>)}
          {second === undefined ? ' is writing…' : ' are writing…'}
        </>
      )}
    </p>
  )
}
