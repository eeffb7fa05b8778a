import type { AppClient } from '../session/app-client.ts'
import type { Writer } from './race.ts'

const ringSeconds = 8 // longer than the longest interval: no poll finds an event overwritten
const mostUnderWay = 100 // where the server does not answer, events are left out rather than queued

/** Letters that JSON and UTF-8 leave one byte each. */
function filler(bytes: number): string {
  return 'dovetail'.repeat(Math.ceil(bytes / 8)).slice(0, bytes)
}

/** Writes the race's events as records of a memory channel of its own, round a ring of ids, so that little stays. */
export function raceWriter(client: AppClient, channelName: `game:${string}`, rate: () => number): Writer {
  const channel = client.channel(channelName)
  const entities = channel.collection('entities')
  const ids = new Set<string>()
  let underWay = 0
  // Followed, so that the page's own connection is open: it carries the writes, and its foot line is true.
  const unfollow = channel.onSignal(() => undefined)

  return {
    async begin() {
      ids.add('start')
      await entities.replace('start', { kind: 'event' })
      const { cursor } = await channel.describe()
      return { channel: channelName, cursor }
    },
    send(event, payload) {
      if (underWay >= mostUnderWay) return
      const id = `event-${event % Math.max(8, Math.ceil(rate() * ringSeconds))}`
      ids.add(id)
      underWay++
      entities
        .replace(id, { kind: 'event', event, filler: filler(payload) })
        // An event that the server does not take is lost on every lane alike, and shows there.
        .catch(() => undefined)
        .finally(() => {
          underWay--
        })
    },
    clear() {
      unfollow()
      for (const id of ids) entities.delete(id).catch(() => undefined)
      ids.clear()
    },
  }
}
