import styles from './feed-switch.module.css'
import type { Feed } from './use-quotes.ts'

export interface FeedSwitchProps {
  feed: Feed
  onFeed: (feed: Feed) => void
}

const choices: readonly { feed: Feed; name: string; hint: string }[] = [
  { feed: 'prices', name: 'Latest', hint: 'Changes between two updates are folded: only the newest value is sent' },
  { feed: 'ticks', name: 'Every tick', hint: 'Each change is sent' },
]

export function FeedSwitch({ feed, onFeed }: FeedSwitchProps) {
  return (
    <fieldset className={styles.switch}>
      <legend className="unseen">What is sent</legend>
      {choices.map((choice) => (
        <label key={choice.feed} className={styles.choice} title={choice.hint}>
          <input
            className="unseen"
            type="radio"
            name="feed"
            checked={choice.feed === feed}
            onChange={() => onFeed(choice.feed)}
          />
          {choice.name}
        </label>
      ))}
    </fieldset>
  )
}
