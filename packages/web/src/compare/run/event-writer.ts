import type { AppClient } from '../../session/app-client.ts'
import type { EventWriter } from './run.ts'

const reuseAfterSeconds = 8 // longer than the longest interval, so that no poll finds an event overwritten
const maxPending = 100 // if the server does not answer, events are skipped instead of queued

/** Text whose letters take one byte each in JSON and UTF-8. */
function filler(bytes: number): string {
  return 'dovetail'.repeat(Math.ceil(bytes / 8)).slice(0, bytes)
}

/** Writes the run's events to a memory channel of its own; ids are reused in turn, so that few records remain. */
export function createEventWriter(client: AppClient, channelName: `game:${string}`, rate: () => number): EventWriter {
  const channel = client.channel(channelName)
  const entities = channel.collection('entities')
  const ids = new Set<string>()
  let pending = 0
  // Followed, so that the page's own connection is open: it carries the writes, and the footer shows its state.
  const unfollow = channel.onSignal(() => undefined)

  return {
    async begin() {
      ids.add('start')
      await entities.replace('start', { kind: 'event' }, { keep: false })
      const { cursor } = await channel.describe()
      return { channel: channelName, cursor }
    },
    send(event, payload) {
      if (pending >= maxPending) return
      const id = `event-${event % Math.max(8, Math.ceil(rate() * reuseAfterSeconds))}`
      ids.add(id)
      pending++
      entities
        .replace(id, { kind: 'event', event, filler: filler(payload) }, { keep: false })
        // An event that the server refuses counts as lost on every lane.
        .catch(() => undefined)
        .finally(() => {
          pending--
        })
    },
    clear() {
      unfollow()
      for (const id of ids) entities.delete(id, { keep: false }).catch(() => undefined)
      ids.clear()
    },
  }
}
