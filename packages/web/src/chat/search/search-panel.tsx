import { X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { Button } from '../../ui/button.tsx'
import { IconButton } from '../../ui/icon-button.tsx'
import { ChannelTitle } from '../channels/channel-title.tsx'
import { HitRow } from './hit-row.tsx'
import styles from './search-panel.module.css'
import { SearchScopeSwitch } from './search-scope-switch.tsx'
import type { FoundHits, Search, SearchResult } from './use-search.ts'

export interface SearchPanelProps {
  search: Search
  /** The open channel. */
  channel: string
  onClose: () => void
  /** A hit was opened. */
  onOpened: () => void
}

/**
 * chat/search/: what was said about this, here or anywhere?
 *
 * Searches the messages of the open channel, or all that the user may read; a hit goes to its position in the history.
 */
export function SearchPanel({ search, channel, onClose, onOpened }: SearchPanelProps) {
  const { query, setQuery, scope, setScope, result, more } = search
  const field = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // The search is opened to type into it, over what was searched last. A hit in another channel keeps it open.
    field.current?.focus()
    field.current?.select()
  }, [])
  return (
    <search className={styles.panel} aria-label="Search messages">
      <div className={styles.head}>
        <input
          ref={field}
          className={styles.field}
          type="search"
          aria-label="Search messages"
          placeholder="Search messages"
          value={query}
          dir="auto"
          onChange={(event) => setQuery(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && onClose()}
        />
        <IconButton icon={X} label="Close the search" onClick={onClose} />
      </div>
      <SearchScopeSwitch scope={scope} onScope={setScope} here={<ChannelTitle channel={channel} />} />
      <p className={styles.note} role="status">
        {noteOf(result, scope === 'here')}
      </p>
      {result.state === 'found' && (
        <div className={styles.hits}>
          <ul>
            {result.hits.map((hit) => (
              <HitRow key={`${hit.channel} ${hit.record.id}`} hit={hit} onOpen={onOpened} />
            ))}
          </ul>
          <More result={result} onMore={more} />
        </div>
      )}
    </search>
  )
}

function More({ result: { hits, after, next }, onMore }: { result: FoundHits; onMore: () => void }) {
  if (hits.length === 0) return null
  if (after === null) return <p className={styles.end}>These are all.</p>
  return (
    <div className={styles.end}>
      <Button onClick={onMore}>{next === 'loading' ? 'Searching…' : 'More results'}</Button>
      {next === 'failed' && <p role="alert">The next results could not be read. Try again when you are connected.</p>}
    </div>
  )
}

function noteOf(result: SearchResult, isOneChannel: boolean): string {
  switch (result.state) {
    case 'idle':
      return ''
    case 'failed':
      return result.reason
    case 'found':
      return [countOf(result), result.complete ? '' : incomplete(isOneChannel)].join(' ').trim()
    default:
      return result satisfies never
  }
}

function countOf({ hits, after }: FoundHits): string {
  if (hits.length === 0) return 'Nothing found. All words must be in the message.'
  return after === null ? `${hits.length} found` : `The newest ${hits.length}`
}

function incomplete(isOneChannel: boolean): string {
  return isOneChannel
    ? 'Some messages are not indexed yet: there may be more.'
    : 'Not all was searched: there are very many channels, or messages that are not indexed yet. Search in one channel to look into all of it.'
}
