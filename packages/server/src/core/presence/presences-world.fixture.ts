import type { Feed } from '../log/feeds/feed.ts'
import { Flusher } from '../log/flush.ts'
import type { Hub } from '../log/hub.ts'
import { Pace } from '../log/pace.ts'
import type { GateOutlet } from '../simulation/gate-outlet.fixture.ts'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { listener } from '../simulation/listener.fixture.ts'
import { Presences } from './presences.ts'

export const room = 'chat:a'

/** Presences and the readers of one channel. */
export function presencesWorld(partBytes = 100_000) {
  const clock = new HandClock()
  const feeds: Feed[] = []
  const hub: Pick<Hub, 'sendTransient' | 'feeds'> = {
    get feeds() {
      return new Set(feeds)
    },
    sendTransient: (frame, to, instead) => {
      for (const feed of feeds) if (to(feed)) feed.sendTransient(frame, instead)
    },
  }
  const presences = new Presences({
    clock,
    flusher: new Flusher(clock, new Pace(clock, 50)),
    hubs: { get: () => hub as Hub },
    link: null,
    partBytes,
    pageBytes: partBytes * 3,
  })
  const reader = (presence = true) => {
    const one = listener({ presence })
    feeds.push(one.feed)
    return one
  }
  /** What a reader was sent, in short. */
  const sent = (outlet: GateOutlet) =>
    outlet.messages.flatMap((message) => {
      const {
        join = [],
        leave = [],
        state = [],
      } = message as { join?: { user: string }[]; leave?: string[]; state?: { user: string; state: unknown }[] }
      return [
        ...join.map(({ user }) => `+${user}`),
        ...leave.map((user) => `-${user}`),
        ...state.map((each) => `${each.user}=${JSON.stringify(each.state)}`),
      ]
    })
  return { clock, presences, reader, sent }
}
