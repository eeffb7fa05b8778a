import { downSchemas } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import {
  changesFrame,
  demandFrame,
  type EventFrame,
  encodePresenceState,
  encodePresent,
  endedFrame,
  expiringFrame,
  followedFrame,
  goawayFrame,
  presenceListFrame,
  presenceMovesFrame,
  resetFrame,
  signalFrame,
  startFrame,
  unfollowedFrame,
} from './frames.ts'
import { encodeJson } from './json-text.ts'
import { encodeFollowedChannel, encodePatternReply } from './rest.ts'
import {
  away,
  awayShown,
  change,
  changes,
  channel,
  deletion,
  expectFits,
  here,
  hereShown,
  present,
  signal,
  signalShown,
} from './wire.fixture.ts'

/** As a client gets it that takes less. */
const truncatedSignal = signal.within(16) as EventFrame

/** At least one row for each event: [the title, the frame, the members that its JSON must have]. */
const frames: readonly (readonly [string, EventFrame, object])[] = [
  [
    'changes with a live record and a tombstone',
    changesFrame({ channel, from: 2, to: 4, epoch: 'e', changes }),
    { from: 2, to: 4, cursor: 'e.4', changes: [change, deletion] },
  ],
  [
    'changes from revision 0, which carry the epoch',
    changesFrame({ channel, from: 0, to: 4, epoch: 'e', changes: [] }),
    { from: 0, to: 4, cursor: 'e.4', epoch: 'e', changes: [] },
  ],
  [
    'the first frame of a subscription from now on',
    startFrame(channel, 'e', 4),
    { from: 4, to: 4, cursor: 'e.4', epoch: 'e', changes: [] },
  ],
  [
    'the first frame of a subscription to a channel without an epoch',
    startFrame(channel, null, 0),
    { from: 0, to: 0, cursor: '0', epoch: null, changes: [] },
  ],
  [
    'a reset to the head',
    resetFrame({ channel, reason: 'epoch', epoch: 'e', head: 4 }),
    { reason: 'epoch', epoch: 'e', cursor: 'e.4' },
  ],
  [
    'a reset of a channel without an epoch',
    resetFrame({ channel, reason: 'ahead', epoch: null, head: 0 }),
    { reason: 'ahead', epoch: null, cursor: '0' },
  ],
  ['the end of a subscription', endedFrame({ channel, reason: 'deleted' }), { reason: 'deleted' }],
  ['a signal of a user', signal, signalShown],
  [
    'a signal of an anonymous caller',
    signalFrame({ channel, type: 'typing', data: encodeJson(1), user: null }),
    { type: 'typing', data: 1, user: null },
  ],
  ['a signal that the client can not take', truncatedSignal, { ...signalShown, data: null, truncated: true }],
  ['a presence list', presenceListFrame(channel, present), { all: [hereShown, awayShown] }],
  [
    'presence changes of all three kinds',
    presenceMovesFrame({ channel, join: [encodePresent(away)], leave: ['cid'], state: [encodePresenceState(here)] }),
    { join: [awayShown], leave: ['cid'], state: [{ user: 'ana', state: { typing: true } }] },
  ],
  [
    'a presence change without the empty lists',
    presenceMovesFrame({ channel, join: [], leave: ['cid'], state: [] }),
    { leave: ['cid'] },
  ],
  ['demand for a channel with readers', demandFrame({ channel, readers: 1 }), { readers: 1 }],
]

/** Events that name no channel: those of patterns, and those of the connection. */
const withoutChannel: readonly (readonly [string, EventFrame, object])[] = [
  ['the warning before a token expires', expiringFrame({ inSeconds: 30 }), { inSeconds: 30 }],
  [
    'what is new in the channels of a pattern',
    followedFrame(
      'chat:*',
      encodePatternReply({
        channels: [
          encodeFollowedChannel({ channel, epoch: 'e', from: 2, to: 4, changes }),
          encodeJson({ channel: 'chat:gone', ended: 'deleted' as const }),
        ],
        cursor: '1abc',
        more: false,
      }),
    ),
    {
      pattern: 'chat:*',
      channels: [
        { channel, epoch: 'e', from: 2, to: 4, changes: [change, deletion] },
        { channel: 'chat:gone', ended: 'deleted' },
      ],
      cursor: '1abc',
      more: false,
    },
  ],
  [
    'the end of the following of a pattern',
    unfollowedFrame({ pattern: 'chat:*', reason: 'forbidden' }),
    { pattern: 'chat:*', reason: 'forbidden' },
  ],
  ['the announcement of a shutdown', goawayFrame({ reconnectInMs: 1840 }), { reconnectInMs: 1840 }],
]

describe('the JSON of each event frame fits its schema', () => {
  test.each(frames)('%s', (_title, frame, expected) => {
    const op = frame.event as keyof typeof downSchemas
    expectFits(downSchemas[op], frame.json, { op, channel, ...expected })
  })

  test.each(withoutChannel)('%s', (_title, frame, expected) => {
    const op = frame.event as keyof typeof downSchemas
    expectFits(downSchemas[op], frame.json, { op, ...expected })
  })

  test('these tests build every event of the protocol', () => {
    const built = new Set([...frames, ...withoutChannel].map(([, { event }]) => event))
    expect([...built].sort()).toEqual(Object.keys(downSchemas).sort())
  })

  test('exactly the frames of changes and resets carry a cursor', () => {
    const moving = frames.filter(([, { cursor }]) => cursor !== null)
    expect(new Set(moving.map(([, { event }]) => event))).toEqual(new Set(['changes', 'reset']))
    expect(moving.map(([, { cursor }]) => cursor)).toEqual(['e.4', 'e.4', 'e.4', '0', 'e.4', '0'])
  })
})
