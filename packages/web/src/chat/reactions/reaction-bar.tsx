import { useProfile } from '../../profiles/use-profile.ts'
import styles from './reaction-bar.module.css'
import type { Tally } from './tallies.ts'

export interface ReactionBarProps {
  tallies: readonly Tally[]
  onToggle: (emoji: string) => void
}

/**
 * chat/reactions/: who reacted to a message, and with what?
 *
 * The reactions under a message. Pressing one adds the reader's own, or removes it.
 */
export function ReactionBar({ tallies, onToggle }: ReactionBarProps) {
  return (
    <ul className={styles.bar} aria-label="Reactions">
      {tallies.map((tally) => (
        <li key={tally.emoji}>
          <Reaction tally={tally} onToggle={onToggle} />
        </li>
      ))}
    </ul>
  )
}

function Reaction({ tally, onToggle }: { tally: Tally; onToggle: (emoji: string) => void }) {
  const { emoji, users, own } = tally
  const { name } = useProfile(users[0] ?? '')
  const who = users.length === 1 ? name : `${name} and ${users.length - 1} more`
  return (
    <button
      type="button"
      className={styles.reaction}
      aria-pressed={own !== null}
      aria-label={`${emoji} ${users.length}, by ${who}`}
      title={who}
      onClick={() => onToggle(emoji)}
    >
      <span aria-hidden>{emoji}</span>
      <span className={styles.count}>{users.length}</span>
    </button>
  )
}
