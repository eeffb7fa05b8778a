import { changesAddress } from './changes-address.ts'
import type { Contender } from './contender.ts'
import { eventsIn } from './events-in.ts'
import { streamBytes } from './frame-bytes.ts'

/** Server-Sent Events by the browser's own EventSource, which comes back by itself with the last id. */
export const eventStream: Contender = (course, meters) => {
  const source = new EventSource(changesAddress(course, { after: course.cursor }))
  const ready = new Promise<void>((resolve) => {
    source.addEventListener('open', () => {
      meters.connected()
      resolve()
    })
    source.addEventListener('error', () => resolve())
  })
  source.addEventListener('changes', ({ data, lastEventId }) => {
    meters.received(streamBytes('changes', String(data), lastEventId), 'estimated')
    for (const event of eventsIn(JSON.parse(String(data)))) meters.heard(event)
  })
  return { ready, stop: () => source.close() }
}
