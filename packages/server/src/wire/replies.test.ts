import {
  BatchReply,
  ChangesReply,
  ChannelRefusal,
  ErrorBody,
  HelloOk,
  Page,
  PingOk,
  PresencePage,
  Problem,
  Reply,
  SearchReply,
  SeveralChangesReply,
  SubscribeOk,
  WriteOk,
} from 'dovetail-protocol'
import { AnyRecord } from 'dovetail-protocol/record'
import type { TSchema } from 'typebox'
import { describe, test } from 'vitest'
import type { JsonText } from './json-text.ts'
import { encodeChannelRefusal, encodeErrorBody, encodeProblem, encodeProblemWith } from './problem.ts'
import { encodeRecord } from './record.ts'
import { emptyOk, errorReply, helloOk, okReply, pingOk, subscribeOk, writeOk } from './replies.ts'
import {
  encodeBatchDone,
  encodeBatchRefused,
  encodeBatchReply,
  encodeChangesReply,
  encodePage,
  encodePresencePage,
  encodeSearchReply,
  encodeSeveralChanges,
} from './rest.ts'
import {
  away,
  awayShown,
  change,
  changes,
  channel,
  deletedRecord,
  deletion,
  expectFits,
  full,
  here,
  hereShown,
  plain,
  present,
  shown,
  signal,
  signalShown,
  snapshot,
  stored,
  time,
  tombstone,
  truncated,
} from './wire.fixture.ts'

const source = { requestId: 'q', basePath: '/live' }

/** [the title, the schema, the JSON text, the value that the text must have] */
const texts: readonly (readonly [string, TSchema, JsonText, unknown])[] = [
  ['a live record', AnyRecord, encodeRecord(stored), shown],
  ['a tombstone', AnyRecord, encodeRecord(tombstone), deletedRecord],
  ['a reply with a result', Reply, okReply('a"1', emptyOk), { id: 'a"1', ok: {} }],
  [
    'a reply with an error',
    Reply,
    errorReply(7, plain, null),
    { id: 7, error: { code: 'forbidden', detail: 'No "way".', retryable: false } },
  ],
  [
    'an error with every optional member',
    ErrorBody,
    encodeErrorBody(full, null),
    {
      code: 'rev_mismatch',
      detail: 'It moved.',
      retryable: false,
      retryAfter: 2,
      errors: full.extras.errors,
      current: shown,
    },
  ],
  [
    'the result of hello',
    HelloOk,
    helloOk({ user: null, connection: 'c', limits: { depth: 64 }, serverTime: time, readers: 20 }),
    { user: null, connection: 'c', limits: { depth: 64 }, serverTime: time, readers: 20 },
  ],
  [
    'the result of a write whose record the client can not take',
    WriteOk,
    writeOk({ record: stored, at: 'e.3' }, 600),
    { record: truncated, at: 'e.3' },
  ],
  [
    'an error whose record the client can not take',
    ErrorBody,
    encodeErrorBody(full, 600),
    {
      code: 'rev_mismatch',
      detail: 'It moved.',
      retryable: false,
      retryAfter: 2,
      errors: full.extras.errors,
      current: truncated,
    },
  ],
  ['the result of ping', PingOk, pingOk({ serverTime: time }), { serverTime: time }],
  [
    'the result of a write',
    WriteOk,
    writeOk({ record: tombstone, at: 'e.4' }, null),
    { record: deletedRecord, at: 'e.4' },
  ],
  [
    'the result of a subscribe without snapshot and presence',
    SubscribeOk,
    subscribeOk({ channel, resume: 'live', reason: null, epoch: null, cursor: '0', snapshot: null, presence: null }),
    { channel, resume: 'live', epoch: null, cursor: '0' },
  ],
  [
    'the result of a subscribe with snapshot and presence',
    SubscribeOk,
    subscribeOk({
      channel,
      resume: 'reset',
      reason: 'expired',
      epoch: 'e',
      cursor: 'e.4',
      snapshot,
      presence: present,
    }),
    {
      channel,
      resume: 'reset',
      reason: 'expired',
      epoch: 'e',
      cursor: 'e.4',
      snapshot: { messages: { records: [shown], before: null } },
      presence: [hereShown, awayShown],
    },
  ],
  [
    'a page of records',
    Page,
    encodePage({ records: [stored], cursor: 'e.4', before: 1, after: null }),
    { records: [shown], cursor: 'e.4', before: 1, after: null },
  ],
  [
    'a page of a search without hits',
    Page,
    encodePage({ records: [], cursor: null, before: null, after: null }),
    { records: [], cursor: null, before: null, after: null },
  ],
  [
    'a changes reply',
    ChangesReply,
    encodeChangesReply({ channel, from: 2, to: 4, cursor: 'e.4', changes, more: false }),
    { channel, from: 2, to: 4, cursor: 'e.4', changes: [change, deletion], more: false },
  ],
  [
    'a changes reply with epoch and signals',
    ChangesReply,
    encodeChangesReply({
      channel,
      from: 0,
      to: 4,
      cursor: 'e.4',
      changes: [],
      more: true,
      epoch: 'e',
      signals: [signal.json],
    }),
    { channel, from: 0, to: 4, cursor: 'e.4', changes: [], more: true, epoch: 'e', signals: [signalShown] },
  ],
  [
    'a channel that could not be read',
    ChannelRefusal,
    encodeChannelRefusal(channel, full),
    {
      channel,
      error: {
        code: 'rev_mismatch',
        detail: 'It moved.',
        retryable: false,
        reason: 'expired',
        cursor: 'e.4',
        retryAfter: 2,
      },
    },
  ],
  [
    'a changes reply for several channels',
    SeveralChangesReply,
    encodeSeveralChanges({ channels: [encodeChannelRefusal(channel, plain)], signals: [] }),
    { channels: [{ channel, error: { code: 'forbidden', detail: 'No "way".', retryable: false } }], signals: [] },
  ],
  [
    'a search reply',
    SearchReply,
    encodeSearchReply([{ channel, record: stored, snippet: { text: 'q', marks: [[0, 1]] } }], {
      after: 'x"y',
      complete: false,
    }),
    {
      hits: [{ channel, collection: 'messages', record: shown, snippet: { text: 'q', marks: [[0, 1]] } }],
      after: 'x"y',
      complete: false,
    },
  ],
  [
    'a page of the presence list',
    PresencePage,
    encodePresencePage({
      users: [
        { ...here, connections: 2 },
        { ...away, connections: 1 },
      ],
      next: 'bob',
    }),
    {
      users: [
        { ...hereShown, connections: 2 },
        { ...awayShown, connections: 1 },
      ],
      next: 'bob',
    },
  ],
  [
    'a batch reply with a record, without one and with an error',
    BatchReply,
    encodeBatchReply([
      encodeBatchDone(201, stored, 'e.3'),
      encodeBatchDone(204, null, 'e.4'),
      encodeBatchRefused(plain, source),
    ]),
    {
      results: [
        { status: 201, record: shown, at: 'e.3' },
        { status: 204, at: 'e.4' },
        { status: 403, error: JSON.parse(encodeProblem(plain, source)) },
      ],
    },
  ],
  [
    'a problem document',
    Problem,
    encodeProblem(plain, source),
    {
      type: '/live/docs/errors/forbidden',
      title: 'This is not allowed',
      status: 403,
      code: 'forbidden',
      detail: 'No "way".',
      retryable: false,
    },
  ],
  [
    'a problem document with every optional member',
    Problem,
    encodeProblem(full, source),
    {
      type: '/live/docs/errors/rev_mismatch',
      title: 'The record has another revision',
      status: 412,
      code: 'rev_mismatch',
      detail: 'It moved.',
      retryable: false,
      ...full.extras,
      current: shown,
    },
  ],
  [
    'a problem document with extension members',
    Problem,
    encodeProblemWith({ ...plain, code: 'internal' }, source, { checks: { store: 1 } }),
    {
      type: '/live/docs/errors/internal',
      title: 'Something went wrong here',
      status: 500,
      code: 'internal',
      detail: 'No "way".',
      retryable: true,
      requestId: 'q',
      checks: { store: 1 },
    },
  ],
]

describe('the JSON of each reply fits its schema', () => {
  test.each(texts)('%s', (_title, schema, text, expected) => expectFits(schema, text, expected))
})
