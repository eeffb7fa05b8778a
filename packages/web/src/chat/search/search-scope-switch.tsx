import type { ReactNode } from 'react'
import styles from './search-scope-switch.module.css'
import type { SearchScope } from './use-search.ts'

export interface SearchScopeSwitchProps {
  scope: SearchScope
  onScope: (scope: SearchScope) => void
  /** The name of the open channel. */
  here: ReactNode
}

export function SearchScopeSwitch({ scope, onScope, here }: SearchScopeSwitchProps) {
  const choice = (value: SearchScope, name: ReactNode) => (
    <label className={styles.choice}>
      <input
        className="unseen"
        type="radio"
        name="search-scope"
        checked={scope === value}
        onChange={() => onScope(value)}
      />
      <span className={styles.name}>{name}</span>
    </label>
  )
  return (
    <fieldset className={styles.switch}>
      <legend className="unseen">Where to search</legend>
      {choice('everywhere', 'All channels')}
      {choice('here', <>Only {here}</>)}
    </fieldset>
  )
}
