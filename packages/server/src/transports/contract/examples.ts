/** An example of each schema that people and generators look at first. A test holds each to its schema. */
const epoch = 'k3w9x0a1b2c3d4e5'
const message = {
  id: '0199a4b2-7c1e-7d3f-8a5b-1c2d3e4f5a6b',
  pos: 17,
  rev: 23,
  author: 'alice',
  createdAt: '2026-11-25T01:02:03.456Z',
  updatedAt: '2026-11-25T01:02:09.001Z',
  data: { text: 'hello' },
}
const tombstone = { id: message.id, pos: 17, rev: 24, deleted: true }
const change = { collection: 'messages', record: message }
const channel = {
  name: 'chat:general',
  namespace: 'chat',
  epoch,
  head: 23,
  cursor: `${epoch}.23`,
  collections: ['messages', 'reactions', 'members'],
  readers: 12,
  createdAt: '2026-11-25T01:00:00.000Z',
  files: { types: ['image/*', 'application/pdf'], bytes: 10_485_760 },
}
const changes = { channel: 'chat:general', from: 22, to: 23, cursor: `${epoch}.23`, changes: [change], more: false }
const profile = { user: 'alice', name: 'Alice', guest: false }
const write = { op: 'create', channel: 'chat:general', collection: 'messages', data: { text: 'hello' }, key: 'c-1' }
const listed = { user: 'alice', since: '2026-11-25T01:02:03.456Z', connections: 2 }
const hit = {
  channel: 'chat:general',
  collection: 'messages',
  record: message,
  snippet: { text: 'hello', marks: [[0, 5]] },
}

const imported = {
  collection: 'messages',
  id: 'old-17',
  author: 'alice',
  createdAt: '2019-03-04T05:06:07.890Z',
  data: { text: 'hello' },
}
const exported = { collection: 'messages', ...message }
const apiKey = {
  id: '3f9c0a1b2c3d4e5f',
  user: 'billing',
  role: 'service',
  createdAt: '2026-11-25T01:02:03.456Z',
  lastUsedAt: null,
}
const consumer = { name: 'mail', pattern: 'chat:*', createdAt: '2026-11-30T12:00:00.000Z' }
const worker = { worker: 'host-1', channels: 2 }
const done = { channel: 'chat:general', cursor: `${epoch}.23` }
const consumed = { ...done, epoch, from: 22, to: 23, changes: [change] }

const fileId = '9f86d081884c7d659a2feaa0c55ad015'
const picture = { name: 'lake.png', type: 'image/png', size: 48_213, width: 1280, height: 720 }
const fileUpload = {
  method: 'PUT',
  url: `/v1/files/${fileId}?write=1764035523.q0yTn3`,
  headers: { 'content-type': 'image/png' },
}

export const schemaExamples: Readonly<Record<string, unknown>> = {
  LiveRecord: message,
  Tombstone: tombstone,
  AnyRecord: message,
  Change: change,
  ChannelDescription: channel,
  ChannelList: { channels: [channel], after: null },
  PutChannel: { visibility: 'private', title: 'The team' },
  Page: { records: [message], cursor: `${epoch}.23`, before: 17, after: null },
  ChangesReply: changes,
  SeveralChangesReply: { channels: [changes] },
  FollowRequest: { subs: { 'chat:general': `${epoch}.22`, 'chat:new': null } },
  PatternRequest: { pattern: 'chat:*', after: '0' },
  FollowedChannel: { channel: 'chat:general', epoch, from: 22, to: 23, changes: [change] },
  FollowedEnd: { channel: 'chat:old', ended: 'deleted' },
  PatternReply: {
    channels: [{ channel: 'chat:general', epoch, from: 22, to: 23, changes: [change] }],
    cursor: '1q1YqSy0q',
    more: false,
  },
  ConsumerPut: { pattern: 'chat:*', from: 'beginning' },
  Consumer: consumer,
  ConsumerList: { consumers: [consumer] },
  ConsumerWorker: worker,
  ConsumerReport: { ...consumer, channels: 12, behind: 2, lag: 31, workers: [worker] },
  ConsumerNext: { worker: 'host-1' },
  ConsumedChannel: consumed,
  ConsumedEnd: { channel: 'chat:old', ended: 'deleted', cursor: '0' },
  ConsumedPage: { lease: '0190a6c4e1f07a3b', leaseSeconds: 30, channels: [consumed], more: false },
  AcknowledgedChannel: done,
  ConsumerAcknowledge: { lease: '0190a6c4e1f07a3b', channels: [done] },
  ReleasedChannel: { channel: 'chat:general', delaySeconds: 60 },
  ConsumerRelease: { lease: '0190a6c4e1f07a3b', channels: [{ channel: 'chat:general', delaySeconds: 60 }] },
  ConsumerRenew: { lease: '0190a6c4e1f07a3b' },
  ConsumerReset: { to: 'now' },
  Batch: { writes: [write] },
  BatchWrite: write,
  BatchResult: { status: 201, record: message, at: `${epoch}.23` },
  BatchReply: { results: [{ status: 201, record: message, at: `${epoch}.23` }] },
  ImportedRecord: imported,
  ImportBatch: { records: [imported] },
  ImportResult: { status: 'created', id: 'old-17' },
  ImportReply: { results: [{ status: 'created', id: 'old-17' }], at: `${epoch}.23` },
  ExportedRecord: exported,
  ExportReply: {
    channel: 'chat:general',
    visibility: 'public',
    title: null,
    createdAt: channel.createdAt,
    cursor: `${epoch}.23`,
    head: 23,
    records: [exported],
    more: false,
  },
  OwnedChannel: { channel: 'chat:general', read: 17 },
  OwnedRecord: { channel: 'chat:general', record: exported },
  PersonData: {
    user: 'alice',
    profile,
    channels: [{ channel: 'chat:general', read: 17 }],
    records: [{ channel: 'chat:general', record: exported }],
    looked: 33,
    after: null,
  },
  UserAccount: { profile, channels: [{ channel: 'chat:general', read: 17 }] },
  ErasureReply: { erased: 1, looked: 33, after: null },
  Profile: profile,
  Me: { ...profile, rights: { role: 'user', grants: [] } },
  ProfilePatch: { name: 'Alice L.' },
  ProfilePut: { name: 'Alice L.' },
  ProfileOfUser: { user: 'alice', name: 'Alice L.' },
  ProfilesPut: { users: [{ user: 'alice', name: 'Alice L.' }] },
  ProfileList: { users: [profile] },
  StepRequest: {},
  Ticket: { ticket: 'q0yTn3', expiresAt: '2026-11-25T01:02:33.456Z' },
  GuestRequest: { name: 'Sam' },
  Guest: { user: 'g-1a2b3c', name: 'Sam', token: 'eyJhbGciOiJIUzI1NiJ9.e30.s', expiresAt: '2026-11-26T01:02:03.456Z' },
  ApiKeyRequest: { user: 'billing', role: 'service' },
  ApiKey: apiKey,
  NewApiKey: { ...apiKey, key: 'dk_q0yTn3' },
  ApiKeyList: { keys: [apiKey] },
  FileRequest: picture,
  FileUpload: fileUpload,
  NewFile: {
    id: fileId,
    url: `/v1/channels/chat:general/files/${fileId}`,
    upload: fileUpload,
    expiresAt: '2026-11-25T02:02:03.456Z',
  },
  FileAddress: { url: `/v1/files/${fileId}?read=1764035523.q0yTn3`, expiresAt: '2026-11-25T01:20:00.000Z' },
  FileReference: { id: fileId, ...picture, alt: 'A lake at dawn' },
  ReadMark: { read: 17 },
  PresentUser: { user: 'alice', since: listed.since },
  PresencePage: { users: [listed], next: null },
  PresenceRenewal: { client: 'tab-1', state: { typing: true } },
  SignalRequest: { type: 'typing', data: null },
  SearchHit: hit,
  SearchReply: { hits: [hit], after: null },
}
