/** One limit: what it is worth by default, the range it may be set to, and what it bounds. Units stand in the names. */
export interface LimitMeaning {
  readonly default: number
  readonly min: number
  readonly max: number
  readonly about: string
}

/** No timer runs longer than this: a delay above 2^31-1 ms wraps to 1 ms in every JavaScript runtime. */
const maxSeconds = 2_147_483

/** Every limit, settable with `--limit name=value`, told in `hello` and by `GET /v1/limits`. */
export const limitTable = {
  recordBytes: { default: 65_536, min: 256, max: 1_048_576, about: "UTF-8 bytes of a record's data as JSON" },
  depth: { default: 64, min: 4, max: 512, about: "nesting of a record's data" },
  messageBytes: { default: 131_072, min: 1024, max: 16_777_216, about: 'one WebSocket message from a client' },
  bodyBytes: { default: 1_048_576, min: 1024, max: 67_108_864, about: 'one request body' },
  replyBytes: { default: 1_048_576, min: 65_536, max: 16_777_216, about: 'one page, snapshot, reply or frame' },
  batchWrites: { default: 500, min: 1, max: 10_000, about: 'writes in one batch' },
  subscriptions: { default: 1000, min: 1, max: 100_000, about: 'channels that one connection follows' },
  pageRecords: { default: 500, min: 1, max: 10_000, about: 'the most records of one page' },
  pageRecordsDefault: { default: 50, min: 1, max: 10_000, about: 'records of a page that names no limit' },
  changes: { default: 1000, min: 1, max: 10_000, about: 'the most changes of one reply' },
  changesDefault: { default: 500, min: 1, max: 10_000, about: 'changes of a reply that names no limit' },
  pollChannels: { default: 50, min: 1, max: 1000, about: 'channels of one GET /v1/changes' },
  waitSeconds: { default: 25, min: 0.1, max: 55, about: 'a long-poll that names no wait' },
  waitSecondsMax: { default: 55, min: 0.1, max: 55, about: 'the longest wait of a long-poll' },
  pingSeconds: { default: 25, min: 0.1, max: maxSeconds, about: 'between two pings of a WebSocket' },
  pongSeconds: { default: 5, min: 0.1, max: maxSeconds, about: 'for the pong, while nothing waits to be sent' },
  commentSeconds: { default: 15, min: 0.1, max: maxSeconds, about: 'between two comments of an event stream' },
  stallSeconds: {
    default: 60,
    min: 0.1,
    max: maxSeconds,
    about: 'without progress in reading, then the connection ends',
  },
  bufferBytes: {
    default: 262_144,
    min: 16_384,
    max: 16_777_216,
    about: 'waiting to be sent to one connection; then it is behind',
  },
  presenceSeconds: { default: 30, min: 0.1, max: maxSeconds, about: 'of silence, then a reader is no longer present' },
  presenceStateBytes: { default: 1024, min: 16, max: 65_536, about: 'UTF-8 bytes of a presence state as JSON' },
  helloSeconds: { default: 10, min: 0.1, max: maxSeconds, about: 'for the first command of a WebSocket' },
  leewaySeconds: { default: 30, min: 0, max: 300, about: 'by which clocks may differ: exp, nbf and iat' },
  connections: { default: 20_000, min: 1, max: 1_000_000, about: 'connections of one address' },
  guests: { default: 30, min: 1, max: 1_000_000, about: 'new guests a minute of one address' },
  failures: { default: 600, min: 1, max: 1_000_000, about: 'refused tokens a minute of one address' },
  commands: { default: 200, min: 1, max: 1_000_000, about: 'commands a second of one user' },
  commandsBurst: { default: 1000, min: 1, max: 1_000_000, about: 'commands at once of one user' },
  idempotencyHours: { default: 24, min: 24, max: 8760, about: 'for which a write remembers its key' },
} as const satisfies Record<string, LimitMeaning>

export type LimitName = keyof typeof limitTable
export type Limits = { readonly [Name in LimitName]: number }

export const defaultLimits: Limits = Object.freeze(
  Object.fromEntries(Object.entries(limitTable).map(([name, meaning]) => [name, meaning.default])) as Record<
    LimitName,
    number
  >,
)

export function isLimitName(name: string): name is LimitName {
  return Object.hasOwn(limitTable, name)
}
