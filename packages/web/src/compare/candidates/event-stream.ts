import type { Candidate } from './candidate.ts'
import { changesUrl } from './changes-url.ts'
import { findEventNumbers } from './find-event-numbers.ts'
import { streamBytes } from './frame-bytes.ts'

/** Server-Sent Events by the browser's EventSource, which reconnects by itself with the last id. */
export const eventStream: Candidate = (task, observer) => {
  const source = new EventSource(changesUrl(task, { after: task.cursor }))
  const ready = new Promise<void>((resolve) => {
    source.addEventListener('open', () => {
      observer.connected()
      resolve()
    })
    source.addEventListener('error', () => resolve())
  })
  source.addEventListener('changes', ({ data, lastEventId }) => {
    observer.received(streamBytes('changes', String(data), lastEventId), 'estimated')
    for (const event of findEventNumbers(JSON.parse(String(data)))) observer.delivered(event)
  })
  return { ready, stop: () => source.close() }
}
