import { X } from 'lucide-react'
import { IconButton } from '../ui/icon-button.tsx'
import { HitRow } from './hit-row.tsx'
import styles from './search-panel.module.css'
import { useSearch } from './use-search.ts'

export interface SearchPanelProps {
  onClose: () => void
  /** A hit was followed. */
  onOpened: () => void
}

/** Searches all that one may read; a hit leads to its place in the history. */
export function SearchPanel({ onClose, onOpened }: SearchPanelProps) {
  const { query, setQuery, result } = useSearch()
  return (
    <search className={styles.panel} aria-label="Search messages">
      <div className={styles.head}>
        <input
          className={styles.field}
          type="search"
          aria-label="Search messages"
          placeholder="Search messages"
          value={query}
          // biome-ignore lint/a11y/noAutofocus: one opened the search to type into it
          autoFocus
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && onClose()}
        />
        <IconButton icon={X} label="Close the search" onClick={onClose} />
      </div>
      <p className={styles.note} role="status">
        {result.state === 'failed' && result.why}
        {result.state === 'found' && result.hits.length === 0 && 'Nothing found. All words must be in the message.'}
        {result.state === 'found' &&
          result.hits.length > 0 &&
          `${result.hits.length}${result.more ? ' best' : ''} found`}
      </p>
      {result.state === 'found' && (
        <ul className={styles.hits}>
          {result.hits.map((hit) => (
            <HitRow key={`${hit.channel} ${hit.record.id}`} hit={hit} onOpen={onOpened} />
          ))}
        </ul>
      )}
    </search>
  )
}
