import { X } from 'lucide-react'
import { IconButton } from '../../ui/icon-button.tsx'
import { HitRow } from './hit-row.tsx'
import styles from './search-panel.module.css'
import { useSearch } from './use-search.ts'

export interface SearchPanelProps {
  onClose: () => void
  /** A hit was opened. */
  onOpened: () => void
}

/**
 * chat/search/: what was said about this, anywhere?
 *
 * Searches all messages that the user may read; a hit goes to its position in the history.
 */
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
          // biome-ignore lint/a11y/noAutofocus: the search is opened to type into it
          autoFocus
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && onClose()}
        />
        <IconButton icon={X} label="Close the search" onClick={onClose} />
      </div>
      <p className={styles.note} role="status">
        {result.state === 'failed' && result.reason}
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
